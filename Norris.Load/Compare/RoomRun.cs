using System.Diagnostics;
using Norris.Load.Compare.Peers;
using Norris.Load.Sockets;
using Norris.Load.Verification;

namespace Norris.Load.Compare;

/// <summary>One run on one peer: connects everybody, has the senders say everything, and waits until each receiver has it.</summary>
internal sealed class RoomRun(CompareOptions options, Peer peer, int messages)
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan StillLimit = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan LookInterval = TimeSpan.FromMilliseconds(100);

    private readonly List<Speaker> _speakers = [.. Enumerable.Range(0, options.Senders).Select(i => new Speaker(i, options.TextBytes))];
    private readonly List<Receipt> _receipts = [];
    private IReadOnlyList<RoomConnection> _connections = [];
    private Arrivals? _arrivals;

    private int PerSender => messages / options.Senders;

    private long Expected => (long)PerSender * options.Senders;

    /// <summary>Runs.</summary>
    /// <exception cref="ViolationException">Something was lost, or came twice or not as its sender said it.</exception>
    public async Task<RoomMeasure> RunAsync()
    {
        using (var limit = new CancellationTokenSource(StartLimit))
        {
            await peer.StartAsync(limit.Token);
        }
        return Run();
    }

    private RoomMeasure Run()
    {
        using var loop = new EventLoop();
        _arrivals = options.Rate > 0 ? new Arrivals(options.Receivers) : null;
        _receipts.AddRange(Enumerable.Range(0, options.Receivers).Select(_ => new Receipt(options.Senders, _arrivals)));
        _connections = peer.Connect(loop, _speakers, _receipts);
        WakeAll();
        long start = Stopwatch.GetTimestamp();
        loop.RunUntil(() => _connections.All(static connection => connection.IsReady) || IsOver(start, StartLimit));
        Judge(isEnd: false);

        TimeSpan server = peer.Server.ProcessorTime;
        TimeSpan own = Environment.CpuUsage.TotalTime;
        start = Stopwatch.GetTimestamp();
        Say(loop, start);
        long progressAt = start;
        long before = 0;
        // Looked at now and then only: what many receivers cost is to be the peer's work and theirs, not the counting.
        bool isOver = false;
        loop.Every(LookInterval, () =>
        {
            long count = _receipts.Sum(static receipt => receipt.Count);
            if (count != before)
            {
                (before, progressAt) = (count, Stopwatch.GetTimestamp());
            }
            isOver = IsOver(progressAt, StillLimit);
        });
        int lacking = 0;
        loop.RunUntil(() =>
        {
            while (lacking < _receipts.Count && _receipts[lacking].Count >= Expected)
            {
                lacking++;
            }
            return lacking == _receipts.Count || isOver;
        });
        double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        Judge(isEnd: true);
        double deliveries = Expected * options.Receivers;
        var measure = new RoomMeasure(
            deliveries / seconds,
            (peer.Server.ProcessorTime - server).TotalMicroseconds / deliveries,
            (Environment.CpuUsage.TotalTime - own).TotalMicroseconds / deliveries,
            peer.Server.PeakMebibytes,
            _receipts.DistinctBy(static receipt => receipt.Fingerprint).Count(),
            [.. (_arrivals?.Microseconds ?? []).Order()]);
        foreach (RoomConnection connection in _connections)
        {
            connection.Close();
        }
        return measure;
    }

    // All at once; or, at a rate, each when it is due, whether those before have arrived or not.
    private void Say(EventLoop loop, long start)
    {
        if (options.Rate == 0)
        {
            _speakers.ForEach(speaker => speaker.Allowed = PerSender);
            WakeAll();
            return;
        }
        long due = 0;
        loop.Every(TimeSpan.FromTicks(TimeSpan.TicksPerSecond / options.Rate), () =>
        {
            long now = Stopwatch.GetTimestamp();
            for (long at; due < Expected && (at = start + (due * Stopwatch.Frequency / options.Rate)) <= now; due++)
            {
                int sender = (int)(due % options.Senders);
                _speakers[sender].Allow(at);
                _connections[sender].Wake();
            }
        });
    }

    private void WakeAll()
    {
        foreach (RoomConnection connection in _connections)
        {
            connection.Wake();
        }
    }

    private bool IsOver(long since, TimeSpan limit) =>
        Stopwatch.GetElapsedTime(since) > limit || _connections.Any(static connection => connection.Failure is not null);

    private void Judge(bool isEnd)
    {
        if (_connections.FirstOrDefault(static connection => connection.Failure is not null) is { } failed)
        {
            throw new ViolationException($"{peer.Name}: {failed.Failure}");
        }
        if (_connections.Any(static connection => !connection.IsReady))
        {
            throw new ViolationException($"{peer.Name}: not everybody was connected after {StartLimit.TotalSeconds} s");
        }
        if (_receipts.FirstOrDefault(static receipt => receipt.Violation is not null) is { } disorder)
        {
            throw new ViolationException($"{peer.Name}: {disorder.Violation}");
        }
        if (isEnd && _receipts.FirstOrDefault(receipt => receipt.Count != Expected) is { } lacking)
        {
            throw new ViolationException($"{peer.Name}: a receiver got {lacking.Count} of {Expected} messages, and nothing more for {StillLimit.TotalSeconds} s");
        }
    }
}

/// <summary>What one run came to.</summary>
/// <param name="DeliveriesPerSecond">Messages that a receiver got, over all receivers.</param>
/// <param name="ServerMicroseconds">Processor time of the server for each delivery.</param>
/// <param name="ClientMicroseconds">Processor time of this program for each delivery.</param>
/// <param name="PeakMebibytes">The most memory that the server had.</param>
/// <param name="Orders">How many different orders the receivers saw.</param>
/// <param name="Latencies">From when each message was due until the last receiver had it, in microseconds, ascending; empty without a rate.</param>
internal sealed record RoomMeasure(
    double DeliveriesPerSecond, double ServerMicroseconds, double ClientMicroseconds, double PeakMebibytes, int Orders, double[] Latencies);
