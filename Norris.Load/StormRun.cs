using System.Diagnostics;
using Norris.Load.Nodes;
using Norris.Load.Verification;

namespace Norris.Load;

/// <summary>
/// One storm: starts the nodes, has all of them say everything at once, waits until everybody has delivered everything, and judges.
/// </summary>
internal sealed class StormRun(StormOptions options, NodeSecret? secret = null) : IAsyncDisposable
{
    private const int WriteBytes = 64 * 1024;

    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan StillLimit = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(10);

    private readonly List<LocalNode> _nodes = [];

    private ulong Total => (ulong)options.Nodes * (ulong)options.Messages;

    /// <summary>Runs the storm.</summary>
    /// <exception cref="ViolationException">A promise was broken.</exception>
    public async Task<StormMeasure> RunAsync()
    {
        using (var limit = new CancellationTokenSource(StartLimit))
        {
            await StartAsync(limit.Token);
        }
        ulong after = (await AgreeAsync(CancellationToken.None)).Sequence;
        TimeSpan processorBefore = ProcessorTime();

        using var overall = new CancellationTokenSource(TimeSpan.FromSeconds(60 + (Total / 1000)));
        var go = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Task[] writing = [.. _nodes.Select(node => WriteAsync(node, go.Task))];
        long start = Stopwatch.GetTimestamp();
        go.SetResult();
        foreach (LocalNode node in _nodes)
        {
            await DeliveredAsync(node, after + Total, overall.Token);
        }
        TimeSpan elapsed = Stopwatch.GetElapsedTime(start);
        TimeSpan processor = ProcessorTime() - processorBefore;
        await Task.WhenAll(writing);

        await JudgeAsync(after);
        double[] peaks = [.. _nodes.Select(node => node.Memory.PeakMebibytes)];
        await LeaveAsync();
        if (options.IsPrinted
            && new OrderVerifier(after, options.Nodes, options.Messages).FindViolation([.. _nodes.Select(node => node.Output.Deliveries)]) is { } violation)
        {
            throw new ViolationException(violation);
        }
        return new StormMeasure(
            elapsed.TotalSeconds, Total / elapsed.TotalSeconds, processor.TotalMicroseconds / (Total * (ulong)options.Nodes), peaks[0], peaks.Skip(1).DefaultIfEmpty().Max());
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (LocalNode node in _nodes)
        {
            await node.DisposeAsync();
        }
    }

    private async Task StartAsync(CancellationToken cancellation)
    {
        try
        {
            for (int i = 0; i < options.Nodes; i++)
            {
                _nodes.Add(LocalNode.Start(options.Binary, i, i == 0 ? null : _nodes[0].Address, !options.IsPrinted, secret: secret));
                await _nodes[i].ReadyAsync(cancellation);
            }
            while ((await AgreeAsync(cancellation)).Members != options.Nodes)
            {
                await Task.Delay(PollInterval, cancellation);
            }
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            throw new ViolationException($"{options.Nodes} nodes were not in one view after {StartLimit.TotalSeconds} s");
        }
    }

    // The position of all nodes when it is the same; one of no members while it is not.
    private async Task<NodePosition> AgreeAsync(CancellationToken cancellation)
    {
        NodePosition[] positions = await Task.WhenAll(_nodes.Select(node => node.Status.PositionAsync(cancellation)));
        return positions.Distinct().Count() == 1 ? positions[0] : default;
    }

    private TimeSpan ProcessorTime() => _nodes.Aggregate(TimeSpan.Zero, (sum, node) => sum + node.ProcessorTime);

    private Task WriteAsync(LocalNode node, Task go) => Task.Factory.StartNew(
        () =>
        {
            byte[] lines = new byte[Math.Max(1, WriteBytes / (options.TextBytes + 1)) * (options.TextBytes + 1)];
            go.Wait();
            int filled = 0;
            try
            {
                for (int number = 1; number <= options.Messages; number++)
                {
                    StormText.Write(lines.AsSpan(filled, options.TextBytes), node.Index, number);
                    lines[filled + options.TextBytes] = (byte)'\n';
                    filled += options.TextBytes + 1;
                    if (filled == lines.Length || number == options.Messages)
                    {
                        node.Input.Write(lines.AsSpan(0, filled));
                        node.Input.Flush();
                        filled = 0;
                    }
                }
            }
            catch (IOException)
            {
                // The node is gone, which whoever waits for its deliveries reports.
            }
        },
        CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    private async Task DeliveredAsync(LocalNode node, ulong last, CancellationToken cancellation)
    {
        ulong before = 0;
        long progressAt = Stopwatch.GetTimestamp();
        while (true)
        {
            ulong delivered = await DeliveredByAsync(node, cancellation);
            if (delivered >= last)
            {
                return;
            }
            if (_nodes.Find(each => each.HasEnded) is { } dead)
            {
                throw new ViolationException($"position {Math.Max(before, delivered) + 1}: node {dead.Index} ended in the middle of the storm: {(await dead.Errors).Trim()}");
            }
            if (delivered != before)
            {
                (before, progressAt) = (delivered, Stopwatch.GetTimestamp());
            }
            else if (cancellation.IsCancellationRequested || Stopwatch.GetElapsedTime(progressAt) > StillLimit)
            {
                throw new ViolationException(await DescribeStillAsync(node, delivered, last));
            }
            await Task.Delay(PollInterval, CancellationToken.None);
        }
    }

    private async Task<ulong> DeliveredByAsync(LocalNode node, CancellationToken cancellation)
    {
        if (options.IsPrinted)
        {
            return node.Output.LastSequence;
        }
        try
        {
            return (ulong)(await node.Status.MetricsAsync(cancellation))["delivered_sequence_number"];
        }
        catch (Exception e) when (e is HttpRequestException or OperationCanceledException)
        {
            return 0;
        }
    }

    private async Task<string> DescribeStillAsync(LocalNode node, ulong delivered, ulong last)
    {
        foreach (LocalNode each in _nodes)
        {
            await Console.Error.WriteLineAsync($"storm: node {each.Index}: {await each.Status.DescribeAsync()}");
        }
        return $"position {delivered + 1}: node {node.Index} does not deliver it, of {last}";
    }

    // Equal digests at equal positions are equal histories; the counters say whether nodes saw anything odd meanwhile.
    private async Task JudgeAsync(ulong after)
    {
        foreach (LocalNode node in _nodes)
        {
            NodePosition position = await node.Status.PositionAsync(CancellationToken.None);
            NodePosition first = await _nodes[0].Status.PositionAsync(CancellationToken.None);
            if (position != first || position.Sequence != after + Total || position.Members != options.Nodes)
            {
                throw new ViolationException($"position {after + Total} with {options.Nodes} members is the end of the storm, but node 0 stands at {first}, node {node.Index} at {position}");
            }
            Dictionary<string, double> metrics = await node.Status.MetricsAsync(CancellationToken.None);
            foreach ((string name, double expected) in new[] { ("divergences_total", 0.0), ("gaps_total", 0), ("host_lost_total", 0), ("ordered_submissions_total", options.Messages) })
            {
                if (metrics[name] != expected)
                {
                    throw new ViolationException($"node {node.Index} has norris_{name} {metrics[name]} instead of {expected}");
                }
            }
        }
    }

    private async Task LeaveAsync()
    {
        for (int i = _nodes.Count - 1; i >= 0; i--)
        {
            if (await _nodes[i].LeaveAsync(CancellationToken.None) is { Length: > 0 } said)
            {
                await Console.Error.WriteLineAsync($"storm: node {i} said: {said}");
            }
        }
    }
}
