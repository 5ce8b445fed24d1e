using System.Diagnostics;
using System.Globalization;
using Norris.Protocol;
using Norris.Protocol.Ordering;

namespace Norris.Tests.Scale;

/// <summary>What one large network did: joining, resting, talking, and losing its host.</summary>
internal sealed record ScaleRun(int Members, int FanOut)
{
    public const int TextBytes = 128;

    private const long RestMicroseconds = 2_000_000;

    /// <summary>Until all that joined at once were in.</summary>
    public long JoinMicroseconds { get; private set; }

    /// <summary>What the host sent while all joined.</summary>
    public long JoinBytes { get; private set; }

    /// <summary>How many the host serves itself.</summary>
    public int Followers { get; private set; }

    /// <summary>What the host sends in a second in which nobody speaks: bytes, and how many sends.</summary>
    public (long Bytes, long Sends) Rest { get; private set; }

    /// <summary>What the host sends more for each message.</summary>
    public (double Bytes, double Sends) PerMessage { get; private set; }

    /// <summary>From when it is said until the last member may show it, the median and the longest of all messages.</summary>
    public (long Median, long Longest) DeliveryMicroseconds { get; private set; }

    /// <summary>From the host's death until somebody reigns, and until the last member shows what was said when it died.</summary>
    public (long Reigns, long Delivered) TakeoverMicroseconds { get; private set; }

    /// <summary>Processor time of all cores together for one message: what it costs to play, not what a real node takes.</summary>
    public double PlayedMicrosecondsPerMessage { get; private set; }

    /// <summary>Plays it. Throws when any member has another order than the others, or not all of it.</summary>
    public static ScaleRun Play(int members, int fanOut, int messages)
    {
        var run = new ScaleRun(members, fanOut);
        var network = new LargeNetwork(members, fanOut);
        network.Start();
        LargeNode host = network.Nodes[0];
        Assert.True(host == network.Host, "the founder was deposed while all joined: too many at once");
        (run.JoinMicroseconds, run.JoinBytes) = (network.Now, host.BytesSent);
        network.Run(RestMicroseconds);
        run.Followers = host.Core.FollowerCount;
        (long bytes, long sends) = (host.BytesSent, host.Sends);
        network.Run(RestMicroseconds);
        run.Rest = ((host.BytesSent - bytes) * 1_000_000 / RestMicroseconds, (host.Sends - sends) * 1_000_000 / RestMicroseconds);
        run.Talk(network, messages);
        run.LoseTheHost(network);
        return run;
    }

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture,
        $"| {Members} | {Followers} | {JoinMicroseconds / 1e3:F0} ms | {JoinBytes / 1e6:F2} MB | {Rest.Sends} sends, {Rest.Bytes / 1e3:F1} kB | {PerMessage.Sends:F1} sends, {PerMessage.Bytes:F0} B | {DeliveryMicroseconds.Median / 1e3:F2} ms | {DeliveryMicroseconds.Longest / 1e3:F2} ms | {TakeoverMicroseconds.Reigns / 1e3:F1} ms | {TakeoverMicroseconds.Delivered / 1e3:F1} ms |");

    private void Talk(LargeNetwork network, int messages)
    {
        LargeNode host = network.Nodes[0];
        var delays = new List<long>();
        (long bytes, long sends, long from) = (host.BytesSent, host.Sends, network.Now);
        long played = Stopwatch.GetTimestamp();
        for (int i = 0; i < messages; i++)
        {
            delays.Add(Deliver(network, network.Nodes[1 + (i * 7919 % (Members - 1))], static () => { }));
        }
        PlayedMicrosecondsPerMessage = Stopwatch.GetElapsedTime(played).TotalMicroseconds / messages;
        double seconds = (network.Now - from) / 1e6;
        PerMessage = ((host.BytesSent - bytes - (Rest.Bytes * seconds)) / messages, (host.Sends - sends - (Rest.Sends * seconds)) / messages);
        delays.Sort();
        DeliveryMicroseconds = (delays[delays.Count / 2], delays[^1]);
    }

    private void LoseTheHost(LargeNetwork network)
    {
        network.Run(200_000);
        long died = network.Now;
        long reigns = 0;
        long delivered = Deliver(network, network.Nodes[^1], () =>
        {
            network.Nodes[0].Die();
            network.RunUntil(() => network.Host is not null, 10_000_000, "somebody reigns");
            reigns = network.Now - died;
        });
        TakeoverMicroseconds = (reigns, delivered);
        network.RunUntil(network.IsAtRest, 10_000_000, "all follow the next host");
    }

    /// <summary>Somebody says something, then something happens; how long until all others may show it.</summary>
    private static long Deliver(LargeNetwork network, LargeNode author, Action then)
    {
        long said = network.Now;
        long last = 0;
        ulong? at = null;
        author.Process(core => Assert.True(core.TrySubmitMessage(core.Self, new byte[TextBytes], out _)));
        var waiting = new HashSet<LargeNode>(network.Alive);
        foreach (LargeNode node in network.Alive)
        {
            ulong before = node.Core.Log.Last.Value;
            node.OnDelivered = showing =>
            {
                at ??= MessageAfter(showing.Core, before);
                if (at is { } place && showing.Core.Deliverable.Value >= place && waiting.Remove(showing))
                {
                    last = network.Now;
                }
            };
        }
        then();
        waiting.RemoveWhere(static node => !node.IsAlive);
        network.RunUntil(() => waiting.Count == 0, 20_000_000, "everybody has what was said");
        foreach (LargeNode node in network.Nodes)
        {
            node.OnDelivered = null;
        }
        Assert.Single(network.Alive.Select(static node => node.Core.Position).Distinct());
        return last - said;
    }

    private static ulong? MessageAfter(NodeCore core, ulong before)
    {
        for (ulong place = before + 1; place <= core.Deliverable.Value; place++)
        {
            var sequence = new SequenceNumber(place);
            LogSlice slice = core.Log.Read(sequence, sequence, 1);
            if (Entry.TryRead(slice.Memory.Span, out Entry entry) && entry.Type == EntryType.Message)
            {
                return place;
            }
        }
        return null;
    }
}
