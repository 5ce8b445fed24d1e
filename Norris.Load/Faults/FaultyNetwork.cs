using System.Diagnostics;
using Norris.Load.Nodes;
using Norris.Load.Verification;

namespace Norris.Load.Faults;

/// <summary>Nodes in one view that talk all the time, and what may be waited for about them.</summary>
internal sealed class FaultyNetwork : IAsyncDisposable
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan WaitLimit = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(2);

    private readonly List<FaultNode> _nodes = [];
    private Talk? _talk;

    /// <summary>The nodes; the first is the host at first.</summary>
    public IReadOnlyList<FaultNode> Nodes => _nodes;

    /// <summary>What they say.</summary>
    public Talk Talk => _talk ?? throw new InvalidOperationException("Nobody talks yet.");

    /// <summary>How many messages were typed at a node.</summary>
    public int TypedAt(int node) => _talk?.Typed[node] ?? 0;

    /// <summary>Starts the nodes one after the other, and the talk when all are in one view.</summary>
    public async Task StartAsync(FailoverOptions options, BridgedNetwork? bridged)
    {
        string? host = null;
        NodeSecret? secret = options.IsSecured ? NodeSecret.Create() : null;
        for (int i = 0; i < options.Nodes; i++)
        {
            _nodes.Add(FaultNode.Start(options.Binary, i, options.Nodes, host, options.Partition, bridged, secret));
            await UntilAsync($"node {i} is in the view", () => _nodes[i].Output.Readies > 0, StartLimit);
            host ??= await _nodes[0].Output.Listening;
        }
        await UntilAsync("the host has seen everybody join", () => _nodes[0].Output.Joined >= options.Nodes - 1, StartLimit);
        _talk = new Talk(_nodes, options.Rate);
    }

    /// <summary>Waits until something is so.</summary>
    /// <exception cref="ViolationException">It did not become so.</exception>
    public async Task UntilAsync(string what, Func<bool> isSo, TimeSpan? limit = null)
    {
        long start = Stopwatch.GetTimestamp();
        while (!isSo())
        {
            if (Stopwatch.GetElapsedTime(start) > (limit ?? WaitLimit))
            {
                throw new ViolationException($"{(limit ?? WaitLimit).TotalSeconds} s passed without this: {what}{await DescribeEndedAsync()}");
            }
            await Task.Delay(PollInterval);
        }
    }

    /// <summary>Waits until each of these nodes has printed something new of each of them, which was typed from now on.</summary>
    public Task UntilAllHearAllAsync(string what, IReadOnlyList<int> nodes)
    {
        int[] typed = Talk.Typed;
        return UntilAsync(what, () => nodes.All(node => nodes.All(sender => _nodes[node].Output.LastNumber(sender) > typed[sender])));
    }

    /// <summary>Ends the talk, and waits until these nodes have printed everything that was typed at any of them.</summary>
    public async Task UntilAllIsSaidAsync(IReadOnlyList<int> nodes)
    {
        await Talk.EndAsync();
        int[] typed = Talk.Typed;
        foreach (int node in nodes)
        {
            foreach (int sender in nodes)
            {
                await UntilAsync(
                    $"node {node} prints message {typed[sender]} of node {sender}, the last one (it is at {_nodes[node].Output.LastNumber(sender)})",
                    () => _nodes[node].Output.LastNumber(sender) >= typed[sender]);
            }
        }
    }

    /// <summary>Ends everybody at once; then all that was printed can be read.</summary>
    public async Task EndAsync()
    {
        if (_talk is not null)
        {
            await _talk.EndAsync();
        }
        await Task.WhenAll(_nodes.Select(node => node.EndAsync()));
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await EndAsync();
        foreach (FaultNode node in _nodes)
        {
            await node.DisposeAsync();
        }
    }

    private async Task<string> DescribeEndedAsync()
    {
        string ended = "";
        foreach (FaultNode node in _nodes.Where(node => node.HasEnded))
        {
            ended += $"; node {node.Index} has ended: {(await node.Errors).Trim()}";
        }
        return ended;
    }
}
