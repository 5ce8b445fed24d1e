using Norris.Protocol;
using Norris.Protocol.Membership;
using Norris.Protocol.Messages;
using Norris.Tests.Simulation;

namespace Norris.Tests.Scale;

/// <summary>
/// Many nodes on healthy lines, in virtual time: what the host sends, how long a message is under way, how long a host change takes. Each
/// node has one line of so many bytes a second, on which one thing goes out after the other, and everything takes the same time on the way.
/// </summary>
internal sealed class LargeNetwork
{
    /// <summary>Where the nodes' clocks begin, in microseconds.</summary>
    public const long Epoch = 1_000_000_000_000;

    /// <summary>What a request takes besides the entries that it carries: head and fields.</summary>
    public const int RequestBytes = 250;

    private const int JoinedAtOnceMax = 1000;

    private readonly EventQueue _events = new();
    private readonly Dictionary<string, LargeNode> _byAddress = [];

    /// <param name="count">How many nodes.</param>
    /// <param name="fanOut">How many of them one serves.</param>
    public LargeNetwork(int count, int fanOut)
    {
        for (int i = 0; i < count; i++)
        {
            var node = new LargeNode(this, i, new NodeCoreOptions
            {
                Token = new MemberToken((ulong)i + 1, 1),
                Name = $"n{i}",
                Address = $"10.{i >> 16}.{(i >> 8) & 255}.{i & 255}:7000",
                FanOut = fanOut,
                ReorderWindowMicroseconds = 0,
                JoinPatienceMicroseconds = 60_000_000,
            });
            Nodes.Add(node);
            _byAddress.Add(node.Address, node);
        }
    }

    /// <summary>On the way, each way, in microseconds.</summary>
    public long LatencyMicroseconds { get; init; } = 250;

    /// <summary>What a line carries: 1 Gbit/s.</summary>
    public long BytesPerSecond { get; init; } = 125_000_000;

    public List<LargeNode> Nodes { get; } = [];

    public long Now => _events.Now;

    public LargeNode? Host => Nodes.Find(static node => node.IsAlive && node.Core.Role == NodeRole.Hosting);

    public IEnumerable<LargeNode> Alive => Nodes.Where(static node => node.IsAlive);

    /// <summary>What an answer takes: the view with it, when somebody is let in.</summary>
    public static int AnswerBytes(PeerReply reply) => reply switch
    {
        JoinAccepted accepted => 200 + (60 * accepted.Snapshot.Members.Count),
        Promised promised => 150 + promised.Entries.Length,
        _ => 150,
    };

    public LargeNode? At(string address) => _byAddress.GetValueOrDefault(address);

    public void At(long time, Action action) => _events.At(time, action);

    public void After(long microseconds, Action action) => _events.After(microseconds, action);

    public void Call(LargeNode from, OutboundCall call)
    {
        // The entries are the core's memory, lent for this moment.
        PeerRequest request = call.Request is Submission lent ? lent with { Entries = lent.Entries.ToArray(), Reports = [.. lent.Reports] } : call.Request;
        int bytes = RequestBytes + (request is Submission submission ? submission.Entries.Length + (20 * submission.Reports.Count) : 0);
        At(from.Send(bytes), () =>
        {
            if (At(call.Address) is { IsAlive: true } to)
            {
                to.Ask(from, call.Id, request);
            }
            else
            {
                After(LatencyMicroseconds, () => from.Process(core => core.Failed(call.Id, ExchangeFailure.ConnectionRefused)));
            }
        });
    }

    /// <summary>
    /// The first founds, all others join through it, so many of them at once as its line can answer within a time-out: each is told the whole view;
    /// until everybody follows and has everything.
    /// </summary>
    public void Start()
    {
        Nodes[0].Process(static core => core.Found());
        foreach (LargeNode[] group in Nodes.Skip(1).Chunk(JoinedAtOnceMax))
        {
            foreach (LargeNode node in group)
            {
                node.Process(core => core.Join([Nodes[0].Address]));
            }
            RunUntil(IsAtRest, 60_000_000, "all are in");
        }
    }

    /// <summary>Until something is so, which is looked at every millisecond.</summary>
    public void RunUntil(Func<bool> isSo, long withinMicroseconds, string what)
    {
        long end = Now + withinMicroseconds;
        while (!isSo())
        {
            Assert.True(Now < end, $"{what}: not within {withinMicroseconds / 1e6} s");
            _events.RunUntil(Now + 1_000);
        }
    }

    public void Run(long microseconds) => _events.RunUntil(Now + microseconds);

    /// <summary>Everybody alive that has begun is in one view, and has and may show everything.</summary>
    public bool IsAtRest()
    {
        LargeNode[] begun = [.. Alive.Where(static node => node.Core.Role != NodeRole.Idle)];
        return Host is { } host && host.Core.View.NodeCount == begun.Length
            && begun.All(node => node.Core.View.Host == host.Core.Self && node.Core.Position == host.Core.Position && node.Core.Deliverable == host.Core.Log.Last
                && (node == host || node.Core.Role == NodeRole.Following));
    }
}
