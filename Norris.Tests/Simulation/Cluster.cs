using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using Norris.Protocol;
using Norris.Protocol.Membership;

namespace Norris.Tests.Simulation;

/// <summary>What chance decides, in streams of its own: a fault left out must not change what people say.</summary>
internal enum SimulationStream
{
    Plan,
    Schedule,
    Fault,
    Link,
    Process,
    People,
    Start,
    Noise,
}

/// <summary>Some machines, the network between them, and what is known of both from outside.</summary>
internal sealed class Cluster
{
    /// <summary>Machines, by number; at most one process at each.</summary>
    public const int MachinesMax = 10;

    /// <summary>Processes, over the whole run: a bit for each.</summary>
    public const int ProcessesMax = 64;

    private const long HourMicroseconds = 3_600_000_000;

    private readonly SimulatedNode?[] _byMachine = new SimulatedNode?[MachinesMax];
    private readonly Dictionary<string, int> _machines = [];
    private readonly string[] _addresses = new string[MachinesMax];
    private readonly ulong _seed;
    private readonly Mistake _mistake;
    private readonly long _retentionBytes;

    public Cluster(ulong seed, FaultPlan plan, int traceLines = 0, Mistake mistake = Mistake.None)
    {
        _seed = seed;
        _mistake = mistake;
        Plan = plan;
        // Who cannot be asked for its promise is put out when the host dies, and may go on for itself when nobody else is left.
        MayBranch = plan.Kind == PlanKind.Continue || (plan.Kind == PlanKind.CrashOnly && plan.OutOfReach != 0);
        for (int machine = 0; machine < MachinesMax; machine++)
        {
            _addresses[machine] = $"10.0.0.{machine + 1}:7000";
            _machines.Add(_addresses[machine], machine);
        }
        Random = NewRandom(SimulationStream.Start);
        _retentionBytes = Random.LogUniform(50_000, 1_000_000);
        Trace = new Trace(traceLines);
        Network = new SimulatedNetwork(this);
        History = new History(this) { KeepsTexts = traceLines > 0 };
    }

    /// <summary>For what is decided before the run begins, and by scenarios.</summary>
    public SimulationRandom Random { get; }

    public FaultPlan Plan { get; }

    public Trace Trace { get; }

    public EventQueue Events { get; } = new();

    public SimulatedNetwork Network { get; }

    public History History { get; }

    public List<SimulatedNode> Nodes { get; } = [];

    /// <summary>How often what happened.</summary>
    public SortedDictionary<string, int> Happened { get; } = new(StringComparer.Ordinal);

    /// <summary>How many checks there were.</summary>
    public long Checks { get; private set; }

    /// <summary>Whether the order may branch among the living.</summary>
    public bool MayBranch { get; set; }

    /// <summary>The networks that were to join another one, each by its first entry: what they were ends with that, whatever becomes of the other.</summary>
    public HashSet<HistoryEntry> GaveUp { get; } = [];

    /// <summary>True when no more faults happen.</summary>
    public bool IsCalm { get; private set; }

    /// <summary>The node that orders and does not leave, if there is one; of several, the one of the highest epoch.</summary>
    public SimulatedNode? Host
    {
        get
        {
            SimulatedNode? host = null;
            foreach (SimulatedNode node in Nodes)
            {
                if (node.IsAlive && node.Core.Role == NodeRole.Hosting && (host is null || node.Core.View.Epoch > host.Core.View.Epoch))
                {
                    host = node;
                }
            }
            return host;
        }
    }

    /// <summary>The last member left, or died, while nobody else was in: there is no network any more.</summary>
    public bool HasEnded => !Nodes.Exists(static node => node.IsAlive);

    public SimulationRandom NewRandom(SimulationStream stream, ulong part = 0) => new(_seed, (ulong)stream, part);

    public void Count(string what) => Happened[what] = Happened.GetValueOrDefault(what) + 1;

    public SimulatedNode? At(int machine) => _byMachine[machine];

    public int MachineAt(string address) => _machines[address];

    /// <summary>Nobody reaches that machine from elsewhere.</summary>
    public bool IsOutOfReach(int machine) => ((Plan.OutOfReach >> machine) & 1) != 0;

    public string AddressOf(int machine) => _addresses[machine];

    /// <summary>Nothing passes between a node and the others. For scenarios.</summary>
    public void CutOff(SimulatedNode node) => CutOff(node, static link => link.Cut());

    public void Heal(SimulatedNode node) => CutOff(node, static link => link.Heal());

    /// <summary>A new process, at a machine of its own or at that of one that is gone.</summary>
    public SimulatedNode Start(int? at = null, long? clockOffset = null, long? drift = null, Func<NodeCoreOptions, NodeCoreOptions>? adjust = null)
    {
        int index = Nodes.Count;
        int machine = at ?? index;
        Check(index < ProcessesMax && _byMachine[machine] is null, null, $"machine {machine} has a process already");
        SimulationRandom random = NewRandom(SimulationStream.Process, ((ulong)machine << 16) | (uint)Nodes.Count(node => node.Machine == machine));
        bool isWrong = Plan.ClocksAreWrong;
        var clock = new SimulatedClock(
            clockOffset ?? (isWrong ? random.Between(-5 * HourMicroseconds, 5 * HourMicroseconds) : random.Between(-1_000, 1_000)),
            drift ?? (isWrong ? random.Between(-200, 200) : 0));
        var options = new NodeCoreOptions
        {
            Token = new MemberToken(random.Next(), random.Next() | 1),
            Name = random.Chance(200) ? "alice" : $"node-{index}",
            Address = _addresses[machine],
            Partition = Plan.Partition,
            ReorderWindowMicroseconds = Plan.WindowMicroseconds,
            JoinPatienceMicroseconds = 60_000_000,
            FanOut = Plan.FanOut,
            ReachPatienceMicroseconds = Plan.OutOfReach == 0 ? 0 : 700_000,
        };
        if (Plan.TinyRetention)
        {
            options = options with
            {
                RetentionBytes = _retentionBytes,
                SlowPatienceMicroseconds = random.LogUniform(300_000, 3_000_000),
                HoldBackBytesMax = 256 * 1024,
                OutboxBytesMax = 256 * 1024,
            };
        }
        var node = new SimulatedNode(this, index, machine, clock, adjust?.Invoke(options) ?? options, _mistake);
        Nodes.Add(node);
        _byMachine[machine] = node;
        return node;
    }

    public void Died(SimulatedNode node) => _byMachine[node.Machine] = null;

    /// <summary>Ends all faults: what stands still goes on, what is cut heals.</summary>
    public void CalmDown()
    {
        IsCalm = true;
        Trace.CalmFrom = Events.Now + 5_000_000;
        Network.CalmDown();
        foreach (SimulatedNode node in Nodes)
        {
            node.ThawForGood();
        }
    }

    /// <summary>When somebody was given up last who waits for what can never be. Those who waited for that one begin to look anew then.</summary>
    public long HopelessAt { get; set; }

    /// <summary>Runs on until <paramref name="isSo"/>, looking every ten milliseconds; the promise is broken when it takes longer than that.</summary>
    public void RunUntil(Func<bool> isSo, long within, string what)
    {
        long from = Events.Now;
        while (!isSo())
        {
            if (Events.Now >= Math.Max(from, HopelessAt) + within)
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

    /// <summary>Stops the run with what is wrong.</summary>
    public void Check([DoesNotReturnIf(false)] bool holds, SimulatedNode? node, string promise)
    {
        Checks++;
        if (!holds)
        {
            throw new PromiseBrokenException($"at {Events.Now / 1e6:F6}: {node?.Name} {promise}");
        }
    }

    /// <inheritdoc cref="Check(bool, SimulatedNode?, string)"/>
    public void Check([DoesNotReturnIf(false)] bool holds, SimulatedNode? node, [InterpolatedStringHandlerArgument(nameof(holds))] ref BrokenPromise promise)
    {
        Checks++;
        if (!holds)
        {
            throw new PromiseBrokenException($"at {Events.Now / 1e6:F6}: {node?.Name} {promise.Take()}");
        }
    }

    private void CutOff(SimulatedNode node, Action<Link> change)
    {
        for (int other = 0; other < MachinesMax; other++)
        {
            if (other != node.Machine)
            {
                change(Network.Between(node.Machine, other));
                change(Network.Between(other, node.Machine));
            }
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
            if (member.Id != same.Id || member.Name != same.Name || member.LastNumber != same.LastNumber || member.JoinedAt != same.JoinedAt
                || member.IsReachable != same.IsReachable)
            {
                return false;
            }
        }
        return view.Departed.OldestFirst.SequenceEqual(other.Departed.OldestFirst);
    }
}
