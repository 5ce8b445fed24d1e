using System.Diagnostics;
using System.Globalization;
using Norris.Load.Nodes;
using Norris.Load.Scenarios;
using Norris.Load.Verification;

namespace Norris.Load.Networks;

/// <summary>
/// Nodes that are there already, which nobody here starts or kills: guests come in through them, over HTTP, and speak and observe as such.
/// </summary>
/// <param name="targets">The nodes' <c>HOST:PORT</c>; all of one network.</param>
/// <param name="guests">How many guests, through the targets in turn.</param>
/// <param name="textBytes">How long each text is.</param>
internal sealed class TargetNetwork(IReadOnlyList<string> targets, int guests, int textBytes) : LoadNetwork(Random.Shared.Next(1_000_000, 2_000_000_000))
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan StillLimit = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan CompareLimit = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(10);

    private readonly CancellationTokenSource _over = new();
    private readonly List<(GuestSession Session, Observer Observer, Task Following)> _guests = [];
    private readonly List<GuestVoice> _voices = [];

    /// <inheritdoc/>
    public override string Description => string.Create(CultureInfo.InvariantCulture, $"{guests} guests at {string.Join(", ", targets)}");

    /// <inheritdoc/>
    public override IReadOnlyList<Observer> WaitedFor => [.. _guests.Select(static each => each.Observer)];

    /// <inheritdoc/>
    public override IReadOnlyList<string> Addresses => targets;

    /// <inheritdoc/>
    public override IReadOnlyList<Gauge> MemoryGauges => [];

    /// <inheritdoc/>
    public override async Task StartAsync()
    {
        using var limit = new CancellationTokenSource(StartLimit);
        for (int i = 0; i < guests; i++)
        {
            string name = string.Create(CultureInfo.InvariantCulture, $"load-{i}");
            GuestSession session = await GuestSession.OpenAsync(targets[i % targets.Count], name, limit.Token);
            Observer observer = Observe(name);
            // The limit is for the start only: a stream must last.
            _guests.Add((session, observer, await session.FollowAsync(observer.Take, _over.Token)));
        }
        _voices.AddRange(_guests.Select(guest =>
            AddVoice(number => new GuestVoice(number, WaitedFor, guest.Session, Watch, textBytes), takesTurns: true)));
    }

    /// <inheritdoc/>
    public override async Task SettleAsync()
    {
        long progressAt = Stopwatch.GetTimestamp();
        long before = -1;
        while (_voices.Any(static voice => voice.Pending > 0) && Watch.Violation is null)
        {
            progressAt = Backlog == before ? progressAt : Stopwatch.GetTimestamp();
            before = Backlog;
            if (_guests.FirstOrDefault(static guest => guest.Following.IsCompleted) is { Observer: { } cut })
            {
                throw new ViolationException($"position {cut.Watched.LastSequence + 1}: the stream of {cut.Name} ended before it");
            }
            if (Stopwatch.GetElapsedTime(progressAt) > StillLimit)
            {
                Observer least = _guests.Select(static guest => guest.Observer).MinBy(static observer => observer.Watched.LastSequence)!;
                throw new ViolationException($"position {least.Watched.LastSequence + 1}: {least.Name} does not get it, and nothing has moved for {StillLimit.TotalSeconds} s");
            }
            await Task.Delay(PollInterval);
        }
        Judge();
        await CompareDigestsAsync();
    }

    /// <inheritdoc/>
    public override async Task LeaveAsync()
    {
        using var limit = new CancellationTokenSource(StartLimit);
        foreach (GuestVoice voice in _voices)
        {
            voice.End("left");
            await voice.Ended;
        }
        foreach ((GuestSession session, Observer observer, Task following) in _guests)
        {
            await session.CloseAsync(limit.Token);
            await following.WaitAsync(limit.Token);
            observer.Watched.End();
        }
        if (Watch.Violation is { } violation)
        {
            throw new ViolationException(violation);
        }
    }

    /// <inheritdoc/>
    public override async ValueTask DisposeAsync()
    {
        _voices.ForEach(static voice => voice.End("left"));
        await _over.CancelAsync();
        foreach ((GuestSession session, _, Task following) in _guests)
        {
            await following;
            await session.DisposeAsync();
        }
        _over.Dispose();
    }

    // Others may talk there: digests are compared wherever two nodes happen to stand at the same place.
    private async Task CompareDigestsAsync()
    {
        NodeStatus[] nodes = [.. targets.Select(static address => new NodeStatus(address))];
        try
        {
            long start = Stopwatch.GetTimestamp();
            while (Stopwatch.GetElapsedTime(start) < CompareLimit)
            {
                NodePosition[] positions = await Task.WhenAll(nodes.Select(static node => node.PositionAsync(CancellationToken.None)));
                CompareDigests(positions);
                if (positions.Select(static position => position.Sequence).Distinct().Count() == 1)
                {
                    return;
                }
                await Task.Delay(PollInterval);
            }
        }
        finally
        {
            Array.ForEach(nodes, static node => node.Dispose());
        }
    }
}
