using System.Diagnostics.CodeAnalysis;
using Norris.Protocol;
using Norris.Protocol.Membership;

namespace Norris.Tests.Simulation;

/// <summary>Some machines, the network between them, and what is known of both from outside.</summary>
internal sealed class Cluster
{
    private const long HourMicroseconds = 3_600_000_000;

    private readonly Dictionary<string, SimulatedNode> _byAddress = [];
    private readonly List<string> _cut = [];
    private readonly long _retentionBytes;

    public Cluster(ulong seed, FaultPlan? plan = null, int traceLines = 0)
    {
        Random = new SimulationRandom(seed);
        Plan = plan ?? FaultPlan.Draw(Random);
        _retentionBytes = Random.LogUniform(50_000, 1_000_000);
        Trace = new Trace(traceLines);
        Network = new SimulatedNetwork(this);
        History = new History(this);
    }

    public SimulationRandom Random { get; }

    public FaultPlan Plan { get; }

    public Trace Trace { get; }

    public EventQueue Events { get; } = new();

    public SimulatedNetwork Network { get; }

    public History History { get; }

    public List<SimulatedNode> Nodes { get; } = [];

    /// <summary>How often what happened.</summary>
    public SortedDictionary<string, int> Happened { get; } = new(StringComparer.Ordinal);

    /// <summary>True when no more faults happen.</summary>
    public bool IsCalm { get; private set; }

    /// <summary>The node that orders and does not leave, if there is one.</summary>
    public SimulatedNode? Host => Nodes.Find(static node => node.IsAlive && node.Core.Role == NodeRole.Hosting);

    public void Count(string what) => Happened[what] = Happened.GetValueOrDefault(what) + 1;

    public SimulatedNode? At(string address) => _byAddress.GetValueOrDefault(address);

    public bool IsCut(string address) => _cut.Count > 0 && _cut.Contains(address);

    public void CutOff(SimulatedNode node)
    {
        node.Say("is cut off");
        _cut.Add(node.Address);
    }

    public void Heal(string address) => _cut.Remove(address);

    /// <summary>A new process, at an address of its own or at that of one that is gone.</summary>
    public SimulatedNode Start(string? address = null, long? clockOffset = null, long? drift = null, Func<NodeCoreOptions, NodeCoreOptions>? adjust = null)
    {
        int index = Nodes.Count;
        address ??= $"10.0.0.{index + 1}:7000";
        bool isWrong = Plan.ClocksAreWrong;
        var clock = new SimulatedClock(
            clockOffset ?? (isWrong ? Random.Between(-5 * HourMicroseconds, 5 * HourMicroseconds) : Random.Between(-1_000, 1_000)),
            drift ?? (isWrong ? Random.Between(-200, 200) : 0));
        var options = new NodeCoreOptions
        {
            Token = new MemberToken(Random.Next(), Random.Next() | 1),
            Name = Random.Chance(200) ? "alice" : $"node-{index}",
            Address = address,
            ReorderWindowMicroseconds = Plan.WindowMicroseconds,
            JoinPatienceMicroseconds = 60_000_000,
        };
        if (Plan.TinyRetention)
        {
            options = options with
            {
                RetentionBytes = _retentionBytes,
                SlowPatienceMicroseconds = Random.LogUniform(300_000, 3_000_000),
                HoldBackBytesMax = 256 * 1024,
                OutboxBytesMax = 256 * 1024,
            };
        }
        var node = new SimulatedNode(this, index, address, clock, adjust?.Invoke(options) ?? options);
        Nodes.Add(node);
        _byAddress[address] = node;
        return node;
    }

    public void Died(SimulatedNode node) => _byAddress.Remove(node.Address);

    /// <summary>Ends all faults: what stands still goes on, what is cut heals.</summary>
    public void CalmDown()
    {
        IsCalm = true;
        _cut.Clear();
        foreach (SimulatedNode node in Nodes)
        {
            node.Thaw();
        }
    }

    /// <summary>Runs on until <paramref name="isSo"/>, looking every ten milliseconds; the promise is broken when it takes longer than that.</summary>
    public void RunUntil(Func<bool> isSo, long within, string what)
    {
        long giveUpAt = Events.Now + within;
        while (!isSo())
        {
            if (Events.Now >= giveUpAt)
            {
                Check(false, null, $"not within {within / 1000} ms: {what}\n{Describe()}");
            }
            Events.RunUntil(Events.Now + 10_000);
        }
    }

    /// <summary>Lets so much virtual time pass.</summary>
    public void Run(long microseconds) => Events.RunUntil(Events.Now + microseconds);

    /// <summary>One host; everybody who lives is in its view, in the same order, and has everything, and all of it is stable.</summary>
    public bool IsSettled()
    {
        if (Host is not { } host)
        {
            return false;
        }
        int alive = 0;
        foreach (SimulatedNode node in Nodes)
        {
            if (!node.IsAlive)
            {
                continue;
            }
            alive++;
            NodeCore core = node.Core;
            if (!core.IsIn || node.IsLeaving || (node != host && node.IsHost) || core.Position != host.Core.Position || core.Waiting.Count > 0
                || core.Deliverable != core.Log.Last || core.Stable != core.Log.Last || !IsSameView(core.View, host.Core.View))
            {
                return false;
            }
        }
        foreach (Member member in host.Core.View.BySeniority)
        {
            if (member.Kind == MemberKind.Guest && host.Core.View.Find(member.Via) is null)
            {
                return false;
            }
        }
        return alive == host.Core.View.NodeCount && host.Core.HeldBack.Count == 0;
    }

    /// <summary>Where everybody stands, for the report of a failure.</summary>
    public string Describe() => string.Join('\n', Nodes.Where(static node => node.IsAlive).Select(static node =>
        $"    {node.Name} {node.Address} {node.Core.Self} {node.Core.Role} at {node.Core.Position} showed {node.Presenter.Shown} stable {node.Core.Stable}"
        + $" waiting {node.Core.Waiting.Count} nodes {node.Core.View.NodeCount} members {node.Core.View.BySeniority.Count} host {node.Core.View.Host}"));

    /// <summary>The last member left, or died, while nobody else was in: there is no network any more.</summary>
    public bool HasEnded => !Nodes.Exists(static node => node.IsAlive);

    /// <summary>Stops the run with what is wrong.</summary>
    public void Check([DoesNotReturnIf(false)] bool holds, SimulatedNode? node, string promise)
    {
        if (!holds)
        {
            throw new PromiseBrokenException($"at {Events.Now / 1e6:F6}: {node?.Name} {promise}");
        }
    }

    private static bool IsSameView(View view, View other)
    {
        if (view.Host != other.Host || view.Epoch != other.Epoch || view.BySeniority.Count != other.BySeniority.Count)
        {
            return false;
        }
        for (int i = 0; i < view.BySeniority.Count; i++)
        {
            Member member = view.BySeniority[i];
            Member same = other.BySeniority[i];
            if (member.Id != same.Id || member.Name != same.Name || member.LastNumber != same.LastNumber || member.JoinedAt != same.JoinedAt)
            {
                return false;
            }
        }
        return true;
    }
}
