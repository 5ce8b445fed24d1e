using System.Diagnostics;
using Norris.Load.Faults;
using Norris.Load.Verification;
using Norris.Protocol;

namespace Norris.Load;

/// <summary>One failure of the host amid the talk: has it happen, waits until everything is well again, and judges what was printed.</summary>
internal sealed class FailoverRun(FailoverOptions options, int run, BridgedNetwork? bridged) : IAsyncDisposable
{
    private const int Host = 0;

    private readonly Random _random = new(unchecked((options.Seed * 1_000_003) + run));
    private readonly FaultyNetwork _network = new();
    private readonly NodeFate[] _fates = new NodeFate[options.Nodes];
    private double _failoverMs = double.NaN;
    private double _healMs = double.NaN;

    private int[] Others => [.. Enumerable.Range(1, options.Nodes - 1)];

    /// <summary>Runs it.</summary>
    public async Task<FailoverMeasure> RunAsync()
    {
        var violations = new List<string>();
        try
        {
            await FailAsync();
        }
        catch (ViolationException e)
        {
            violations.Add(e.Message);
        }
        await _network.EndAsync();
        violations.AddRange(FaultVerifier.FindViolations([.. await Task.WhenAll(_network.Nodes.Select(StoryAsync))]));
        foreach (FaultNode node in violations.Count > 0 ? _network.Nodes : [])
        {
            await Console.Error.WriteAsync($"failover: node {node.Index}, {_fates[node.Index]}: {Journey(node)}\n{Said(await node.Errors)}");
        }
        int takeovers = _network.Nodes.Select(node => node.Output.Lines.Count(line => line.Type == PrintedType.Host)).DefaultIfEmpty().Max();
        return new FailoverMeasure(_failoverMs, _healMs, takeovers, violations);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _network.DisposeAsync();

    private async Task FailAsync()
    {
        bridged?.Heal();
        await _network.StartAsync(options, bridged);
        await Task.Delay(_random.Next(300, 800));
        switch (options.Fault)
        {
            case Fault.Kill:
                await KillAsync();
                break;
            case Fault.Stop:
                await StopAsync();
                break;
            default:
                await PartitionAsync();
                break;
        }
        await Task.Delay(300);
        await _network.UntilAllIsSaidAsync([.. Enumerable.Range(0, options.Nodes).Where(node => _fates[node] != NodeFate.Died)]);
    }

    private async Task KillAsync()
    {
        _network.Talk.Silence(Host);
        _fates[Host] = NodeFate.Died;
        await TakenOverAsync(Others, () => _network.Nodes[Host].Signal(FaultNode.Sigkill));
    }

    private async Task StopAsync()
    {
        _network.Talk.Silence(Host);
        _fates[Host] = NodeFate.CameBack;
        await TakenOverAsync(Others, () => _network.Nodes[Host].Signal(FaultNode.Sigstop));
        await Task.Delay(_random.Next(0, 1000));
        long start = Stopwatch.GetTimestamp();
        _network.Nodes[Host].Signal(FaultNode.Sigcont);
        _network.Talk.Silence(Host, isSilent: false);
        await HealedAsync(start);
    }

    private async Task PartitionAsync()
    {
        int[] others = Others;
        _random.Shuffle(others);
        int[] smaller = [Host, .. others.Take(((options.Nodes - 1) / 2) - 1)];
        int[] larger = [.. Enumerable.Range(0, options.Nodes).Except(smaller)];
        foreach (int node in smaller)
        {
            _fates[node] = NodeFate.CameBack;
        }
        await TakenOverAsync(larger, () => bridged!.Split(smaller, larger));
        if (options.Partition == PartitionRule.Continue)
        {
            // With the majority rule the smaller side orders nothing, and so prints nothing until it has met the larger one.
            await _network.UntilAsync(
                "the smaller side has lost the larger one",
                () => smaller.All(node => _network.Nodes[node].Output.Lost + _network.Nodes[node].Output.Gaps >= larger.Length));
        }
        await Task.Delay(_random.Next(0, 500));
        long start = Stopwatch.GetTimestamp();
        bridged!.Heal();
        await HealedAsync(start);
    }

    private async Task TakenOverAsync(int[] survivors, Action fault)
    {
        long epoch = survivors.Max(node => _network.Nodes[node].Output.Epoch);
        long start = Stopwatch.GetTimestamp();
        fault();
        await _network.UntilAsync("every survivor prints a message of a new epoch", () => survivors.All(node => _network.Nodes[node].Output.Epoch > epoch));
        _failoverMs = survivors.Max(node => Stopwatch.GetElapsedTime(start, _network.Nodes[node].Output.EpochAt).TotalMilliseconds);
    }

    private async Task HealedAsync(long start)
    {
        await _network.UntilAllHearAllAsync("everybody hears everybody again", [.. Enumerable.Range(0, options.Nodes)]);
        _healMs = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
    }

    private async Task<NodeStory> StoryAsync(FaultNode node) =>
        new(node.Output.Lines, _network.TypedAt(node.Index), _fates[node.Index], Doubts.Count(await node.Errors));

    private static string Journey(FaultNode node) => string.Join(", ", node.Output.Lines
        .Where(line => line.Type is not (PrintedType.Message or PrintedType.OtherEntry))
        .Select(line => $"{line.Type} {line.Epoch}/{line.Entry.Sequence}"));

    private static string Said(string errors) => string.Concat(errors.Split('\n', StringSplitOptions.RemoveEmptyEntries).Take(10).Select(line => $"    {line}\n"));
}

/// <summary>What one run came to.</summary>
/// <param name="FailoverMs">From the fault to the first message of a new epoch at the last survivor to print one; not a number where there was none.</param>
/// <param name="HealMs">From the end of the fault until everybody heard everybody again; not a number where that is not to be.</param>
/// <param name="Takeovers">How many epochs started, as the node saw it that saw the most.</param>
/// <param name="Violations">Promises that were broken, one a line.</param>
internal sealed record FailoverMeasure(double FailoverMs, double HealMs, int Takeovers, IReadOnlyList<string> Violations);
