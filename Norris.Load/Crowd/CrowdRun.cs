using System.Diagnostics;
using System.Globalization;
using Norris.Load.Compare;
using Norris.Load.Networks;
using Norris.Load.Nodes;
using Norris.Load.Report;
using Norris.Load.Scenarios;
using Norris.Load.Verification;
using Norris.Transport;

namespace Norris.Load.Crowd;

/// <summary>
/// Very many members: all but the host join at once, all rest for a while, and then everybody speaks at once. Every member must have got every
/// message, in the same order, and must have come to the same digest.
/// </summary>
internal sealed class CrowdRun : IAsyncDisposable
{
    private const int NamedMax = 5;

    private static readonly TimeSpan StillLimit = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(5);

    private readonly CrowdOptions _options;
    private readonly Speaker[] _speakers;
    private readonly Receipt[] _receipts;
    private readonly CrowdFigures _figures;
    private readonly LiveProgress _progress = LiveProgress.ForTerminal();
    private readonly CrowdProcesses _processes;
    private CrowdNodes? _nodes;
    private string _phase = "";

    private CrowdRun(CrowdOptions options)
    {
        _options = options;
        // Everybody says as many, and the first ones one more where it does not come out even.
        _speakers = [.. Enumerable.Range(0, options.Members).Select(i => new Speaker(i, options.TextBytes)
        {
            Total = (options.Messages / options.Members) + (i < options.Messages % options.Members ? 1 : 0),
        })];
        _receipts = [.. Enumerable.Range(0, options.Members).Select(_ => new Receipt(options.Members, null))];
        _figures = new CrowdFigures(options);
        _processes = new CrowdProcesses(options, _speakers[..Outside], _receipts[..Outside]);
    }

    private int Outside => _options.Processes + _options.Guests;

    private CrowdNodes Nodes => _nodes ?? throw new InvalidOperationException("The host has not begun.");

    private int InCount => Nodes.InCount + _processes.InCount;

    private long Deliveries => Nodes.Deliveries + _processes.Deliveries;

    /// <summary>Runs, and returns the report.</summary>
    /// <exception cref="ViolationException">A promise was broken, or a threshold missed; the report is printed all the same.</exception>
    public static async Task<string> RunAsync(CrowdOptions options)
    {
        // Most nodes are in this program: as the program itself does it.
        SocketEngine.RunContinuationsInline();
        // What a node does in a process of its own, the system gives its turn; here, the pool's queue would make a sign of life wait for all that
        // hundreds of others have to write.
        ThreadPool.SetMinThreads(options.Inside + Environment.ProcessorCount, Environment.ProcessorCount);
        if (options.Inside > 0)
        {
            await CrowdWarmUp.RunAsync(options);
        }
        await using var run = new CrowdRun(options);
        return await run.RunAsync();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_nodes is not null)
        {
            await _nodes.DisposeAsync();
        }
        await _processes.DisposeAsync();
    }

    private async Task<string> RunAsync()
    {
        string? violation = null;
        var record = new GaugeRecord(Gauges);
        using var over = new CancellationTokenSource();
        Task recording = Task.CompletedTask;
        try
        {
            await _processes.StartHostAsync();
            _nodes = new CrowdNodes(_options, _processes.Host.Address, _speakers[Outside..], _receipts[Outside..]);
            _nodes.Listen();
            recording = Task.WhenAll(record.RunAsync(over.Token), WatchAsync(over.Token));
            await PlayAsync();
        }
        catch (Exception e) when (e is ViolationException or HttpRequestException or OperationCanceledException)
        {
            violation = _processes.Violation ?? _nodes?.Violation ?? e.Message;
        }
        await over.CancelAsync();
        await recording;
        var report = new RunReport(_figures.Title, _figures.Facts, _figures.Tables, record.Plots(), violation);
        return ReportEnd.Finish(report, violation is null ? _figures.Missed : [], _options.ReportFolder);
    }

    private async Task PlayAsync()
    {
        await JoinAsync();
        await RestAsync();
        await StormAsync();
        NodePosition end = await JudgeAsync();
        if (_options.Processes + _options.Inside > 1)
        {
            await LoseHostAsync(end);
        }
    }

    private async Task JoinAsync()
    {
        _phase = "join";
        TimeSpan host = _processes.Host.ProcessorTime;
        long start = Stopwatch.GetTimestamp();
        Task joining = Task.WhenAll(Nodes.JoinAsync(), _processes.JoinAsync());
        await UntilAsync(() => joining.IsCompleted, () => InCount);
        await joining;
        double[] letIn = [.. _processes.InAt.Skip(1).Concat(Nodes.InAt).Select(at => Stopwatch.GetElapsedTime(start, at).TotalSeconds).Order()];
        ulong last = (await _processes.Host.Status.PositionAsync(CancellationToken.None)).Sequence;
        await UntilAsync(last);
        _figures.TakeJoins(letIn, Stopwatch.GetElapsedTime(start).TotalSeconds, _processes.Host.ProcessorTime - host);
    }

    private async Task RestAsync()
    {
        _phase = "rest";
        TimeSpan[] before = [.. _processes.Nodes.Select(static node => node.ProcessorTime)];
        long start = Stopwatch.GetTimestamp();
        await UntilAsync(() => Stopwatch.GetElapsedTime(start).TotalSeconds >= _options.RestSeconds, Stopwatch.GetTimestamp);
        double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        _figures.TakeRest(
            [.. _processes.Nodes.Select((node, index) => (node.Memory.ResidentMebibytes, (node.ProcessorTime - before[index]).TotalSeconds / seconds))]);
    }

    private async Task StormAsync()
    {
        _phase = "storm";
        TimeSpan host = _processes.Host.ProcessorTime;
        TimeSpan own = Environment.CpuUsage.TotalTime;
        long start = Stopwatch.GetTimestamp();
        Task[] talking = [Nodes.TalkAsync(), .. _processes.TalkAsync()];
        await UntilAsync(() => talking.Any(static each => each.IsFaulted) || (_processes.HaveAll(_options.Messages) && Nodes.HaveAll(_options.Messages)), () => Deliveries);
        double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        await (talking.FirstOrDefault(static each => each.IsFaulted) ?? Task.WhenAll(talking));
        _figures.TakeStorm(seconds, _processes.Host.ProcessorTime - host, Environment.CpuUsage.TotalTime - own);
    }

    private async Task<NodePosition> JudgeAsync()
    {
        _phase = "judge";
        // Signs of life are no entries: where everybody has everything, everybody stands at one place.
        NodePosition host = await _processes.Host.Status.PositionAsync(CancellationToken.None);
        await UntilAsync(host.Sequence);
        (NodePosition at, int atRelays) = await CompareAsync(_options.Members);
        for (int i = 0; i < _receipts.Length; i++)
        {
            if (_receipts[i].Violation is { } disorder)
            {
                throw new ViolationException($"{NameOf(i)}: {disorder}");
            }
            if (_receipts[i].Count != _options.Messages || _receipts[i].Fingerprint != _receipts[0].Fingerprint)
            {
                throw new ViolationException($"{NameOf(i)} got {_receipts[i].Count} of {_options.Messages} messages, with the fingerprint {_receipts[i].Fingerprint:x16}; the host's has {_receipts[0].Fingerprint:x16}");
            }
        }
        _figures.TakeEnd(at, _receipts[0].Fingerprint, [.. _processes.Nodes.Select(static node => node.Memory)], atRelays);
        return at;
    }

    private async Task LoseHostAsync(NodePosition end)
    {
        _phase = "takeover";
        int gone = _processes.MembersAtHost;
        TimeSpan own = Environment.CpuUsage.TotalTime;
        long start = Stopwatch.GetTimestamp();
        await _processes.KillHostAsync();
        // The next epoch, and that who was at the host is gone, is all that is said.
        ulong last = end.Sequence + 1 + (ulong)gone;
        await UntilAsync(last);
        double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        (NodePosition at, _) = await CompareAsync(_options.Members - gone);
        if (at.Sequence != last)
        {
            throw new ViolationException($"{gone} members went with the host, and so position {last} should be the last; the others stand at {at}");
        }
        _figures.TakeTakeover(seconds, gone, Environment.CpuUsage.TotalTime - own);
    }

    // All nodes alive stand at one place, with as many members, and none ever missed anything; where, and how many within this program follow a relay.
    private async Task<(NodePosition At, int AtRelays)> CompareAsync(int members)
    {
        var all = new List<(string Name, NodePosition Position)>();
        foreach (LocalNode node in _processes.Living)
        {
            Dictionary<string, double> metrics = await node.Status.MetricsAsync(CancellationToken.None);
            if (metrics["divergences_total"] + metrics["gaps_total"] != 0)
            {
                throw new ViolationException($"process n{node.Index} had {metrics["divergences_total"]} divergences and {metrics["gaps_total"]} gaps");
            }
            all.Add(($"process n{node.Index}", await node.Status.PositionAsync(CancellationToken.None)));
        }
        CrowdPosition[] inside = await Nodes.PositionsAsync();
        all.AddRange(inside.Select(static (position, index) => (CrowdNodes.NameOf(index), position.Node)));
        foreach ((string name, NodePosition position) in all)
        {
            if (position != all[0].Position || position.Members != members)
            {
                throw new ViolationException($"{all[0].Name} stands at {all[0].Position}; {name} at {position}; {members} members should be there");
            }
        }
        return (all[0].Position, inside.Count(static position => position.IsAtRelay));
    }

    // Everybody has printed all entries up to this one.
    private Task UntilAsync(ulong last) => UntilAsync(() => _processes.HaveUpTo(last) && Nodes.HaveUpTo(last), () => Nodes.Entries + _processes.Entries);

    // Goes on while anything moves.
    private async Task UntilAsync(Func<bool> isDone, Func<long> progress)
    {
        (long before, long progressAt) = (-1, Stopwatch.GetTimestamp());
        while (!isDone())
        {
            if ((_processes.Violation ?? Nodes.Violation) is { } failure)
            {
                throw new ViolationException($"{_phase}: {failure}");
            }
            if (_processes.Living.FirstOrDefault(static node => node.HasEnded) is { } dead)
            {
                throw new ViolationException($"{_phase}: process n{dead.Index} ended by itself: {(await dead.Errors).Trim()}");
            }
            long now = progress();
            if (now != before)
            {
                (before, progressAt) = (now, Stopwatch.GetTimestamp());
            }
            if (Stopwatch.GetElapsedTime(progressAt) > StillLimit)
            {
                throw new ViolationException($"{_phase}: nothing has moved for {StillLimit.TotalSeconds} s; {Describe()}; {DescribeLast()}; {DescribeUnheard()}; {await DescribeFirstAsync()}");
            }
            await Task.Delay(PollInterval);
        }
    }

    private async Task WatchAsync(CancellationToken over)
    {
        long start = Stopwatch.GetTimestamp();
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1));
        try
        {
            while (await timer.WaitForNextTickAsync(over))
            {
                _progress.Say(string.Create(CultureInfo.InvariantCulture, $"{Stopwatch.GetElapsedTime(start).TotalSeconds,5:F0} s  {_phase}: {Describe()}"));
            }
        }
        catch (OperationCanceledException)
        {
            // That is the end.
        }
    }

    private string Describe() => string.Create(
        CultureInfo.InvariantCulture,
        $"{InCount:N0} of {_options.Members:N0} in, {Deliveries:N0} of {(long)_options.Members * _options.Messages:N0} deliveries, {(_processes.Host.HasEnded ? "host killed" : FormattableString.Invariant($"host {HostMebibytes():F0} MiB"))}");

    // Who is furthest behind.
    private string DescribeLast()
    {
        (string Name, PrintedReceipt Printed)[] all = [.. _processes.Printed.Concat(Nodes.Printed).Select((printed, index) => (NameOf(index), printed))];
        ulong furthest = all.Max(static each => each.Printed.Last);
        (string Name, PrintedReceipt Printed)[] behind = [.. all.Where(each => each.Printed.Last < furthest).OrderBy(static each => each.Printed.Last)];
        return $"the furthest is at position {furthest}, {behind.Length} are not: {string.Join(", ", behind.Take(NamedMax).Select(static each => $"{each.Name} at {each.Printed.Last}"))}";
    }

    // Whose messages the host has not got.
    private string DescribeUnheard()
    {
        Speaker[] unheard = [.. _speakers.Where((speaker, index) => _receipts[0].CountOf(index) < speaker.Total)];
        return unheard.Length == 0
            ? "everybody is heard"
            : $"{unheard.Length} are not heard: {string.Join(", ", unheard.Take(NamedMax).Select(each => $"{NameOf(each.Index)} {each.Total - _receipts[0].CountOf(each.Index)} of {each.Total}, {each.Said} said"))}";
    }

    private async Task<string> DescribeFirstAsync() =>
        _processes.Living.Count == 0 ? "no process lives" : $"process n{_processes.Living[0].Index}: {await _processes.Living[0].Status.DescribeAsync()}";

    private IEnumerable<Gauge> Gauges() =>
    [
        new Gauge(LocalMember.MemoryPlot, "host", "MiB", HostMebibytes),
        new Gauge(LocalMember.MemoryPlot, "largest other process", "MiB", () => _processes.Nodes.Skip(1).Select(Mebibytes).DefaultIfEmpty(double.NaN).Max()),
        new Gauge("Members that are in", "members", "members", () => InCount),
        new Gauge("Deliveries", "all members together", "messages/s", () => Deliveries, IsRate: true),
    ];

    private double HostMebibytes() => Mebibytes(_processes.Host);

    // A process that ends just now has no memory to read.
    private static double Mebibytes(LocalNode node)
    {
        try
        {
            return node.HasEnded ? double.NaN : node.Memory.ResidentMebibytes;
        }
        catch (Exception e) when (e is IOException or FormatException or InvalidOperationException)
        {
            return double.NaN;
        }
    }

    private string NameOf(int index) => index < Outside ? _processes.NameOf(index) : CrowdNodes.NameOf(index - Outside);
}
