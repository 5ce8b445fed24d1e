using System.Runtime.CompilerServices;
using Norris.Protocol;
using Norris.Protocol.Membership;
using Norris.Protocol.Messages;
using Norris.Protocol.Ordering;

namespace Norris.Tests.Simulation;

/// <summary>
/// One process: a core, run the way a real node runs it, on the process's own clock. It may stand still, die, or leave.
/// </summary>
internal sealed partial class SimulatedNode
{
    private readonly Cluster _cluster;
    private readonly List<Action<NodeCore>> _inbox = [];
    private readonly Dictionary<CallId, PendingCall> _asked = [];
    private readonly Dictionary<StreamId, SimulatedStream> _downstreamById = [];
    private readonly List<SimulatedStream> _downstreams = [];
    private readonly Action _wake;
    private readonly SimulationRandom _random;
    private SimulatedStream? _upstream;
    private ulong _lastAsked;
    private NodeRole _lastRole;
    private SequenceNumber _checkedDeliverable;
    private SequenceNumber _checkedStable;
    private SequenceNumber _checkedBefore;

    public SimulatedNode(Cluster cluster, int index, int machine, SimulatedClock clock, NodeCoreOptions options, Mistake mistake)
    {
        _cluster = cluster;
        Index = index;
        Machine = machine;
        Address = options.Address;
        Tip = cluster.History.Root;
        _wake = Wake;
        _random = cluster.NewRandom(SimulationStream.Process, 0x100 + (ulong)index);
        Clock = clock;
        Core = new NodeCore(options) { Mistake = mistake };
        RetentionBytes = options.RetentionBytes;
        HoldBackBytesMax = options.HoldBackBytesMax;
        Presenter = new Presenter(cluster, this);
        Guests = new SimulatedSessions(cluster, this);
        Conduct = new Conduct(cluster, this);
    }

    public int Index { get; }

    public int Machine { get; }

    public string Address { get; }

    /// <summary>Names this process in sets of processes.</summary>
    public ulong Bit => 1UL << Index;

    /// <summary>Where its log stands, among all histories.</summary>
    public HistoryEntry Tip { get; private set; }

    /// <summary>The machines where this node can look for others, a bit for each: who is in, whom the log lost, and where it came in.</summary>
    public ulong Known { get; private set; }

    /// <summary>What it owes the others.</summary>
    public Conduct Conduct { get; }

    public SimulatedClock Clock { get; }

    public NodeCore Core { get; }

    public Presenter Presenter { get; }

    public long RetentionBytes { get; }

    public long HoldBackBytesMax { get; }

    /// <summary>Whether it can be host, as far as it knows.</summary>
    public bool IsReachable => Core.View.Find(Core.Self) is not { IsReachable: false };

    /// <summary>It was a member once.</summary>
    public bool WasIn => Presenter.At is not null;

    /// <summary>It left, and the order says so.</summary>
    public bool HasSeenItselfLeave => Presenter.HasSeenItselfLeave;

    /// <summary>True once the network removed it: what it wanted while it left is lost with that.</summary>
    public bool WasRemoved { get; private set; }

    public bool IsHost => IsAlive && Core.Role is NodeRole.Hosting or NodeRole.HandingOver;

    public int LeasesHeld { get; private set; }

    /// <summary>Sessions of its guests.</summary>
    public SimulatedSessions Guests { get; }

    /// <summary>Called for each of this node's submissions that has its place.</summary>
    public Action<OrderedSubmission>? OnOrdered { get; set; }

    public string Name => $"n{Index}";

    public bool IsTraced => _cluster.Trace.IsReadable;

    /// <summary>Gives the core one input, at once or when the process runs again, and carries out what it decides.</summary>
    public void Process(Action<NodeCore> input)
    {
        if (!IsAlive)
        {
            return;
        }
        if (IsFrozen)
        {
            _inbox.Add(input);
            return;
        }
        Core.Advance(Clock.At(_cluster.Events.Now));
        input(Core);
        Conclude();
    }

    public void Found() => Process(static core => core.Found());

    public void Join(params string[] addresses)
    {
        foreach (string address in addresses)
        {
            Known |= 1UL << _cluster.MachineAt(address);
        }
        Process(core =>
        {
            if (core.Role == NodeRole.Idle)
            {
                core.Join(addresses);
            }
        });
    }

    /// <summary>It hears of a member.</summary>
    public void Learn(Member member)
    {
        if (member.Kind == MemberKind.Node)
        {
            Known |= 1UL << _cluster.MachineAt(member.Address);
        }
    }

    /// <summary>It hears of a member that joined, or that left in peace.</summary>
    public void Learn(HistoryEntry entry)
    {
        if (entry.Type == EntryType.Joined && entry.JoinedKind == MemberKind.Node)
        {
            Known |= 1UL << _cluster.MachineAt(entry.Address);
        }
        else if (entry.Type == EntryType.Left && entry.Reason == LeaveReason.Left)
        {
            Known &= ~_cluster.History.MachineBit(entry.Subject);
        }
    }

    /// <summary>Another node's request arrives.</summary>
    public void Ask(PendingCall call) => Process(core =>
    {
        PeerRequest request = call.Request;
        var id = new CallId(++_lastAsked);
        _asked.Add(id, call);
        if (IsTraced && request is not Submission { Entries.IsEmpty: true })
        {
            Say($"is asked by {call.From.Name}: {TraceWords.Of(request)}");
        }
        int answers = core.Effects.Answers.Count;
        bool isHosting = core.Role == NodeRole.Hosting;
        Conduct.Ask(id, request);
        if (isHosting && request is Submission submission && core.Effects.Answers.Count > answers
            && core.Effects.Answers[^1].Reply is SubmissionAccepted)
        {
            _cluster.History.Chronology.Arrived(this, submission.Entries.Span);
        }
    });

    public void AddDownstream(StreamId id, SimulatedStream stream)
    {
        _downstreamById.Add(id, stream);
        _downstreams.Add(stream);
    }

    public void RemoveDownstream(StreamId id)
    {
        if (_downstreamById.Remove(id, out SimulatedStream? stream))
        {
            _downstreams.Remove(stream);
        }
    }

    /// <summary>Keeps the lease of what is being written until it is written.</summary>
    public void HoldLease(LogSlice slice)
    {
        LeasesHeld++;
        byte[]? before = _cluster.Plan.LeasesReturnLate ? slice.Memory.ToArray() : null;
        long later = before is null ? 0 : _random.LogUniform(1, 50_000);
        _cluster.Events.After(later, () =>
        {
            _cluster.Check(before is null || slice.Memory.Span.SequenceEqual(before), this, "leased bytes changed before the lease was given back");
            LeasesHeld--;
            Core.Log.Release(slice);
        });
    }

    public void Say(string what)
    {
        if (IsTraced)
        {
            _cluster.Trace.Say(_cluster.Events.Now, Name, what);
        }
    }

    public void Say([InterpolatedStringHandlerArgument("")] ref TraceLine what)
    {
        if (IsTraced)
        {
            _cluster.Trace.Say(_cluster.Events.Now, Name, what.Take());
        }
    }

    private void Conclude()
    {
        Core.Settle();
        if (Core.Role is NodeRole.HandingOver or NodeRole.Merging && Core.Role != _lastRole)
        {
            Tip.Reign.EndsAt = Timestamp.Min(Tip.Reign.EndsAt, Core.NetworkNow);
        }
        Guests.Heed(Core.Effects);
        Reign before = Tip.Reign;
        Tip = _cluster.History.Follow(this, Tip);
        if (Tip.Reign != before && Tip.Reign.Host == Core.Self && Core.Role is not (NodeRole.Joining or NodeRole.Following or NodeRole.TakingOver))
        {
            // It may hand over already, or be gone: a node that wanted to leave before it reigned does so at once. And a host may renew its reign.
            _cluster.History.Reigns(this);
        }
        Conduct.Concluded();
        CarryOut();
        Presenter.Show();
        for (int i = _downstreams.Count - 1; i >= 0; i--)
        {
            _downstreams[i].Pump();
        }
        CarryOut();
        if (Core.Role != _lastRole)
        {
            _lastRole = Core.Role;
            _cluster.Count(_lastRole.ToString());
        }
        _cluster.Trace.Note(_cluster.Events.Now, ((ulong)Index << 56) ^ ((ulong)Core.Role << 48) ^ Core.Log.Digest.Value ^ Core.Deliverable.Value);
        CheckBounds();
        if (Core.Role == NodeRole.Gone)
        {
            HasLeft = true;
            Stop(isClean: true);
            return;
        }
        PlanWake();
    }

    private void CheckBounds()
    {
        long slack = (2 * LogSegment.SegmentBytes) + HoldBackBytesMax + (2 * Outbox.SubmissionBytesMax);
        _cluster.Check(Core.Log.BytesHeld <= RetentionBytes + slack, this, "the log holds more than it may");
        _cluster.Check(Core.Deliverable <= Core.Log.Last, this, "more is deliverable than there is");
        _cluster.Check(
            Core.Role != NodeRole.Hosting || !Core.View.HasCandidateBesides(Core.Self) || _cluster.Plan.Kind == PlanKind.Majority || Core.Deliverable == _checkedDeliverable || SomebodyElseHas(Core.Deliverable), this,
            "the host shows what nobody else has: if it died now, the others would go on without that");
        _checkedDeliverable = Core.Deliverable;
        _cluster.Check(Core.Stable <= Core.Log.Last, this, "more is stable than there is");
        _cluster.Check(
            Core.Log.Before <= Core.Stable || Core.Log.Before == Presenter.BeganAfter || Core.Log.Before == _checkedBefore, this,
            "lets go of what is not stable");
        _checkedBefore = Core.Log.Before;
        if (Core.Role == NodeRole.Hosting && Core.Stable != _checkedStable && Core.Stable > Core.Log.Before)
        {
            CheckStable();
        }
        _checkedStable = Core.Stable;
    }

    /// <summary>What the host counts as stable, every node of its view had, or came in after.</summary>
    private void CheckStable()
    {
        HistoryEntry stable = _cluster.History.At(this, Core.Log.DigestAt(Core.Stable), Core.Stable);
        foreach (Member member in Core.View.BySeniority)
        {
            if (member.Kind == MemberKind.Node && member.JoinedAt < Core.Stable && _cluster.Nodes.Find(node => node.IsAlive && node.Core.Self == member.Id) is { } node)
            {
                _cluster.Check((stable.HeldBy & node.Bit) != 0, this, $"counts {stable} as stable, which {node.Name} never had");
            }
        }
    }

    /// <summary>
    /// Whether another node has this very entry; or, where sides may part, had it: it may have gone over to another side since it said so.
    /// </summary>
    private bool SomebodyElseHas(SequenceNumber sequence)
    {
        ulong holders = _cluster.History.At(this, Core.Log.DigestAt(sequence), sequence).HeldBy & ~Bit;
        foreach (SimulatedNode other in _cluster.Nodes)
        {
            // Who cannot be asked for it has it in vain.
            holders &= Core.View.Find(other.Core.Self) is { IsReachable: false } ? ~other.Bit : ulong.MaxValue;
        }
        return holders != 0
            && (_cluster.Plan.Kind == PlanKind.Continue || _cluster.Nodes.Exists(other => (other.Bit & holders) != 0 && other.Core.Log.Last >= sequence));
    }
}
