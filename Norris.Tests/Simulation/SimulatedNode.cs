using System.Runtime.CompilerServices;
using Norris.Protocol;
using Norris.Protocol.Membership;
using Norris.Protocol.Messages;
using Norris.Protocol.Ordering;

namespace Norris.Tests.Simulation;

/// <summary>
/// One process: a core, run the way a real node runs it, on the process's own clock. It may stand still, die, or leave.
/// </summary>
internal sealed class SimulatedNode
{
    private const int WakesAtOneMomentMax = 3;

    private readonly Cluster _cluster;
    private readonly List<Action<NodeCore>> _inbox = [];
    private readonly Dictionary<CallId, PendingCall> _asked = [];
    private readonly Dictionary<StreamId, SimulatedStream> _downstreamById = [];
    private readonly List<SimulatedStream> _downstreams = [];
    private readonly Action _wake;
    private readonly SimulationRandom _random;
    private SimulatedStream? _upstream;
    private ulong _lastAsked;
    private int _freezes;
    private long _wakeAt = long.MaxValue;
    private long _lastWokenAt = -1;
    private int _wakesAtOneMoment;
    private NodeRole _lastRole;
    private SequenceNumber _checkedDeliverable;

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

    public bool IsAlive { get; private set; } = true;

    public bool IsFrozen => _freezes > 0;

    /// <summary>True once this node wants to leave; whatever it submitted before that is to be ordered.</summary>
    public bool IsLeaving { get; private set; }

    public bool HasLeft { get; private set; }

    /// <summary>It was a member once.</summary>
    public bool WasIn => Presenter.At is not null;

    /// <summary>It left, and the order says so.</summary>
    public bool HasSeenItselfLeave => Presenter.HasSeenItselfLeave;

    /// <summary>True once the network removed it: its guests, and what it wanted while it left, are lost with that.</summary>
    public bool WasRemoved { get; private set; }

    public bool IsHost => IsAlive && Core.Role is NodeRole.Hosting or NodeRole.HandingOver;

    public int LeasesHeld { get; private set; }

    /// <summary>Sessions of guests that are in, oldest first.</summary>
    public List<MemberId> Guests { get; } = [];

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

    public void JumpClock(long microseconds)
    {
        Clock.Jump(_cluster.Events.Now, microseconds);
        Process(static _ => { });
    }

    public void Leave()
    {
        IsLeaving = true;
        Say("wants to leave");
        Process(static core => core.Leave());
    }

    /// <summary>Stands still: nothing is read, no timer fires. Freezes overlap.</summary>
    public void Freeze()
    {
        if (IsAlive && _freezes++ == 0)
        {
            Say("freezes");
        }
    }

    /// <summary>Whatever made it stand still is over.</summary>
    public void ThawForGood()
    {
        _freezes = Math.Min(_freezes, 1);
        Thaw();
    }

    /// <summary>Goes on, with everything that came in meanwhile in one burst.</summary>
    public void Thaw()
    {
        if (!IsFrozen || --_freezes > 0)
        {
            return;
        }
        Say("goes on");
        if (IsAlive)
        {
            Core.Advance(Clock.At(_cluster.Events.Now));
            foreach (Action<NodeCore> input in _inbox)
            {
                input(Core);
            }
            _inbox.Clear();
            Conclude();
        }
    }

    /// <summary>The process dies.</summary>
    public void Crash()
    {
        Say("dies");
        Stop(isClean: false);
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
        Tip = _cluster.History.Follow(this, Tip);
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

    private void CarryOut()
    {
        Effects effects = Core.Effects;
        foreach (Notice notice in effects.Notices)
        {
            Hear(notice);
        }
        foreach (OrderedSubmission ordered in effects.Ordered)
        {
            _cluster.History.Confirmed(this, ordered);
            OnOrdered?.Invoke(ordered);
        }
        foreach (Answer answer in effects.Answers)
        {
            _cluster.Check(_asked.Remove(answer.Id, out PendingCall? call), this, "a call was answered that nobody asked, or twice");
            if (_cluster.Trace.IsReadable && answer.Reply is not SubmissionAccepted)
            {
                Say($"answers {call!.From.Name}: {TraceWords.Of(answer.Reply)}");
            }
            Count(answer.Reply);
            Conduct.Answers(answer.Reply);
            _cluster.Network.Answer(this, call!, answer.Reply);
        }
        foreach (OutboundCall call in effects.Calls)
        {
            _cluster.Network.Call(this, call);
        }
        foreach (UpstreamChange change in effects.UpstreamChanges)
        {
            Say(change.Request is null ? "closes its stream" : $"asks {change.Address} for the log after {change.Request.After.Sequence}");
            _upstream?.Leave();
            _upstream = null;
            Conduct.LostTouch();
            if (change.Request is not null)
            {
                _upstream = _cluster.Network.Open(this, change);
            }
        }
        foreach (EndedStream ended in effects.EndedStreams)
        {
            if (_downstreamById.TryGetValue(ended.Stream, out SimulatedStream? stream))
            {
                _cluster.Count($"StreamEnd, {ended.Reason}");
                Say($"ends the stream of {stream.Follower.Name}: {ended.Reason}");
                RemoveDownstream(ended.Stream);
                stream.End(ended.Reason);
            }
        }
        effects.Clear();
    }

    private void Hear(Notice notice)
    {
        if (IsTraced)
        {
            Say(TraceWords.Of(notice));
        }
        _cluster.Count(notice is Gap { Reason: var reason } ? $"Gap, {reason}" : notice.GetType().Name);
        switch (notice)
        {
            case Ready ready:
                Presenter.Ready(ready);
                break;
            case Gap gap:
                WasRemoved = true;
                Presenter.Jump(gap);
                break;
            case InDoubt doubt:
                for (ulong number = doubt.First; number <= doubt.Last; number++)
                {
                    _cluster.History.Find(doubt.Author, number)!.IsInDoubt = true;
                }
                break;
            case GuestGone gone:
                Guests.Remove(gone.Guest);
                break;
            case Diverged when Conduct.TellsOfDivergence():
                break;
            case Diverged or HostMisbehaved:
                _cluster.Check(false, this, notice.ToString()!);
                break;
            default:
                break;
        }
    }

    private void Count(PeerReply reply)
    {
        if (reply is SubmissionAccepted)
        {
            return;
        }
        _cluster.Count(reply is Refused { Reason: var no } ? $"Refused, {no}" : reply.GetType().Name);
    }

    /// <summary>A wake that was planned earlier than is due finds that out when it comes: most are put off again and again.</summary>
    private void PlanWake()
    {
        long due = Clock.WhenShows(Core.NextDeadline);
        if (due == long.MaxValue)
        {
            return;
        }
        due = Math.Max(due, _cluster.Events.Now);
        if (due < _wakeAt || (due == _wakeAt && due == _cluster.Events.Now))
        {
            _wakeAt = due;
            _cluster.Events.At(due, _wake);
        }
    }

    private void Wake()
    {
        long now = _cluster.Events.Now;
        if (_wakeAt != now || !IsAlive)
        {
            return;
        }
        _wakeAt = long.MaxValue;
        if (!IsFrozen && Clock.WhenShows(Core.NextDeadline) > now)
        {
            PlanWake();
            return;
        }
        _wakesAtOneMoment = _lastWokenAt == now ? _wakesAtOneMoment + 1 : 1;
        _lastWokenAt = now;
        _cluster.Check(_wakesAtOneMoment <= WakesAtOneMomentMax, this, "the core asks to be woken again and again at one moment");
        Process(static _ => { });
    }

    private void CheckBounds()
    {
        long slack = (2 * LogSegment.SegmentBytes) + HoldBackBytesMax + (2 * Outbox.SubmissionBytesMax);
        _cluster.Check(Core.Log.BytesHeld <= RetentionBytes + slack, this, "the log holds more than it may");
        _cluster.Check(Core.Deliverable <= Core.Log.Last, this, "more is deliverable than there is");
        _cluster.Check(
            Core.Role != NodeRole.Hosting || Core.View.NodeCount == 1 || Core.Deliverable == _checkedDeliverable || SomebodyElseHas(Core.Deliverable), this,
            "the host shows what nobody else has: if it died now, the others would go on without that");
        _checkedDeliverable = Core.Deliverable;
        _cluster.Check(Core.Stable <= Core.Log.Last, this, "more is stable than there is");
    }

    private bool SomebodyElseHas(SequenceNumber sequence)
    {
        foreach (SimulatedNode other in _cluster.Nodes)
        {
            if (other != this && other.Core.Log.Last >= sequence)
            {
                return true;
            }
        }
        return false;
    }

    private void Stop(bool isClean)
    {
        IsAlive = false;
        _freezes = 0;
        _inbox.Clear();
        _cluster.Died(this);
        _upstream?.Leave();
        foreach (SimulatedStream stream in _downstreams.ToArray())
        {
            if (isClean)
            {
                stream.Close();
            }
            else
            {
                stream.Die();
            }
        }
        foreach (PendingCall call in _asked.OrderBy(static pair => pair.Key.Value).Select(static pair => pair.Value))
        {
            _cluster.Check(!isClean || call.IsDone, this, $"left without an answer to {call.From.Name}: {TraceWords.Of(call.Request)}");
            _cluster.Network.Reset(call);
        }
    }
}
