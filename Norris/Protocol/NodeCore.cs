using System.Buffers;
using Norris.Protocol.Membership;
using Norris.Protocol.Messages;
using Norris.Protocol.Ordering;

namespace Norris.Protocol;

/// <summary>
/// The whole protocol of one node, as a state machine that decides and never acts.
/// <para>
/// Theory of operation. Everything that everybody must see in the same order is an entry of one log. One node, the host, gives entries
/// their places; the others follow its log and fold it. A node is in one role at a time: <b>joining</b>, <b>following</b>,
/// <b>hosting</b>, <b>handing over</b>, or <b>gone</b>. Roles change only by what the log says (a joined entry for this node, an epoch
/// that it starts, a left entry for it) or by what another node answers (not a member: join again).
/// </para>
/// <para>
/// How it is run. One thread at a time: tell it the time (<see cref="Advance"/>), give it inputs in any number, then let it
/// <see cref="Settle"/>; carry out the <see cref="Effects"/> in order and clear them; for each follower that can take more,
/// <see cref="TryTakeBatch"/>; show people what is between what they saw last and <see cref="Deliverable"/>, before the next
/// input, or tell with <see cref="ShownUpTo"/> how far they are. Come back at the next input,
/// or at <see cref="NextDeadline"/>. The same inputs at the same times give the same effects: there is no clock, socket, thread or chance
/// in here.
/// </para>
/// <para>
/// Why each rule is there is said where it stands, with the run of events that it prevents. The ideas are those of Birman and Joseph
/// (virtual synchrony, 1987), Chang and Maxemchuk (an ordering site for broadcast, 1984), and of Viewstamped Replication (Liskov and
/// Cowling, 2012) for the change of host.
/// </para>
/// </summary>
internal sealed class NodeCore
{
    private readonly CoreState _state;
    private readonly Sequencer _sequencer;
    private readonly ArrayBufferWriter<byte> _scratch = new(1024);
    private Joiner? _joiner;
    private Follower? _follower;
    private Handover? _handover;
    private Farewell? _farewell;
    private LastWord? _lastWord;
    private bool _wasIn;
    private LeaveReason _rejoinReason;

    public NodeCore(NodeCoreOptions options)
    {
        _state = new CoreState(options);
        _sequencer = new Sequencer(_state);
    }

    /// <summary>What this node is doing.</summary>
    public NodeRole Role { get; private set; }

    /// <summary>What is to be done; cleared by whoever did it.</summary>
    public Effects Effects => _state.Effects;

    /// <summary>This node's member; nobody before it joined.</summary>
    public MemberId Self => _state.Self;

    /// <summary>Who is in, as of the end of the log. Not to be changed.</summary>
    public View View => _state.View;

    /// <summary>What is held of the log. Not to be changed but for leases given back.</summary>
    public Log Log => _state.Log;

    /// <summary>Where this node stands.</summary>
    public Position Position => _state.Position;

    /// <summary>The entries up to here may be shown to the people at this node.</summary>
    public SequenceNumber Deliverable => _state.Deliverable;

    /// <summary>Every member has the entries up to here.</summary>
    public SequenceNumber Stable => _state.Stable;

    /// <summary>The network's time.</summary>
    public Timestamp NetworkNow => _state.NetworkNow;

    /// <summary>The node's reading of the network's clock.</summary>
    public NetworkClock Clock => _state.Clock;

    /// <summary>What waits to be ordered: how many, and their bytes.</summary>
    public (int Count, long Bytes) Waiting => (_state.Outbox.Count, _state.Outbox.Bytes);

    /// <summary>What is held back at this host: how many, their bytes, and the window in microseconds.</summary>
    public (int Count, long Bytes, long WindowMicroseconds) HeldBack =>
        (_sequencer.HeldBack.Count, _sequencer.HeldBack.Bytes, _sequencer.WindowMicroseconds);

    /// <summary>How many followers this node serves.</summary>
    public int FollowerCount => _sequencer.Streams.Count;

    /// <summary>True while this node is in the view and takes submissions.</summary>
    public bool IsIn => Role is NodeRole.Following or NodeRole.Hosting or NodeRole.HandingOver && !_state.Self.IsNone;

    /// <summary>When the core wants to be told the time again, on the node's own clock; the far future when it does not.</summary>
    public Timestamp NextDeadline { get; private set; } = new(long.MaxValue);

    /// <summary>Tells the time, on the node's own clock, which never goes back. First of all calls.</summary>
    public void Advance(Timestamp now)
    {
        if (now <= _state.Now)
        {
            return;
        }
        // A timer that fires late means that this machine stood still: then the others' silence says nothing about the others.
        long stall = _state.Now == Timestamp.Zero ? 0 : now.Since(Timestamp.Max(_state.Now, Timestamp.Min(NextDeadline, now)));
        _state.Now = now;
        if (stall > _state.Options.HeartbeatMicroseconds)
        {
            _sequencer.Watch.Forgive(stall);
            _follower?.Forgive(stall);
            _state.Showing.Forgive(stall);
            _handover?.Forgive(stall);
        }
    }

    /// <summary>Starts a network, as its first member and host.</summary>
    public void Found()
    {
        Invariant.Holds(Role == NodeRole.Idle, "a node starts once");
        Role = NodeRole.Hosting;
        _sequencer.Found();
        _state.DeliverUpTo(_state.Log.Last);
        IsNowIn();
    }

    /// <summary>Joins the network that the nodes at these addresses are in.</summary>
    public void Join(IReadOnlyList<string> addresses)
    {
        Invariant.Holds(Role == NodeRole.Idle, "a node starts once");
        Role = NodeRole.Joining;
        _state.JoinAddresses = addresses;
        _joiner = new Joiner(_state, addresses, isPatient: false);
    }

    /// <summary>Leaves: what this node and its guests submitted is ordered first, and a host hands over.</summary>
    public void Leave()
    {
        switch (Role)
        {
            case NodeRole.Hosting:
                Role = NodeRole.HandingOver;
                _handover = new Handover(_state, _sequencer);
                break;
            case NodeRole.Following:
                _farewell ??= new Farewell(_state);
                break;
            case NodeRole.Joining:
            case NodeRole.Idle:
                IsNowGone();
                break;
            default:
                break;
        }
    }

    /// <summary>
    /// Submits a message of this node's or of one of its guests. False when the author is not in, or must wait because too much waits:
    /// nothing was taken then.
    /// </summary>
    public bool TrySubmitMessage(MemberId author, ReadOnlySpan<byte> text, out ulong number)
    {
        if (!TryBeginSubmission(author, out number))
        {
            return false;
        }
        EntryWriter.WriteMessage(_scratch, _state.NetworkNow, author, number, text);
        _state.Outbox.Add(author, _scratch.WrittenSpan);
        return true;
    }

    /// <summary>Submits another name for this node or one of its guests; if it is taken, the host appends a number to it.</summary>
    public bool TrySubmitName(MemberId author, ReadOnlySpan<byte> name, out ulong number)
    {
        if (!TryBeginSubmission(author, out number))
        {
            return false;
        }
        EntryWriter.WriteRenamed(_scratch, _state.NetworkNow, author, number, author, name);
        _state.Outbox.Add(author, _scratch.WrittenSpan);
        return true;
    }

    /// <summary>
    /// Submits that a guest comes in through this node. The number is this node's; the id comes with the confirmation.
    /// </summary>
    public bool TrySubmitGuest(MemberToken token, ReadOnlySpan<byte> name, out ulong number)
    {
        if (!TryBeginSubmission(_state.Self, out number))
        {
            return false;
        }
        EntryWriter.WriteJoined(
            _scratch, _state.NetworkNow, _state.Self, number, MemberId.None, MemberKind.Guest, _state.Self, token, name, []);
        _state.Outbox.Add(_state.Self, _scratch.WrittenSpan);
        return true;
    }

    /// <summary>Submits that a guest of this node is gone, and why.</summary>
    public bool TrySubmitGuestLeft(MemberId guest, LeaveReason reason, out ulong number)
    {
        number = 0;
        if (!_state.LocalGuests.Contains(guest) || !TryBeginSubmission(_state.Self, out number))
        {
            return false;
        }
        EntryWriter.WriteLeft(_scratch, _state.NetworkNow, _state.Self, number, guest, reason);
        _state.Outbox.Add(_state.Self, _scratch.WrittenSpan);
        return true;
    }

    /// <summary>Another node asks; the answer is among the effects, at once or later.</summary>
    public void Step(CallId call, PeerRequest request)
    {
        if (Role == NodeRole.Hosting)
        {
            switch (request)
            {
                case JoinRequest join:
                    _sequencer.Join(call, join);
                    return;
                case Submission submission:
                    Answer(call, _sequencer.TakeIn(submission));
                    return;
                case LeaveRequest leave:
                    Answer(call, _sequencer.Leave(leave));
                    return;
                default:
                    break;
            }
        }
        if (request is Submission word)
        {
            _follower?.Learn(word.Position);
            Answer(call, _handover?.Hear(word) ?? NotHere());
            return;
        }
        Answer(call, NotHere());
    }

    /// <summary>Another node wants the log. When it is accepted, its stream is taken from with <see cref="TryTakeBatch"/>.</summary>
    public PeerReply Follow(FollowRequest request)
    {
        if (Role is not (NodeRole.Hosting or NodeRole.HandingOver))
        {
            _follower?.Learn(request.After);
            return NotHere();
        }
        if (_handover is { IsOver: true } && (request.After.Sequence >= _state.Log.Last || _state.View.Find(request.Member) is null))
        {
            // It is in the next reign already, or came in there: what this node lacks itself, it is no judge of.
            return NotHere();
        }
        // Who asks a host that has handed over may still lack its last entries: those are for members of the reign that ended, too.
        if (_state.View.Find(request.Member) is not { Kind: MemberKind.Node } member || member.Token != request.Token)
        {
            return new Refused(RefusalReason.NotAMember);
        }
        PeerReply reply = _sequencer.Streams.Open(member, request.After);
        if (reply is FollowAccepted)
        {
            _sequencer.Heard(member, request.After.Sequence);
        }
        return reply;
    }

    /// <summary>Another node answered a call of this one's.</summary>
    public void Step(CallId call, PeerReply reply)
    {
        _follower?.Answered(call, reply);
        _farewell?.Answered(call);
        _lastWord?.Answered(call);
        if (_joiner?.Answered(call, reply) is { } accepted)
        {
            Accepted(accepted);
        }
    }

    /// <summary>A call of this node's brought no answer.</summary>
    public void Failed(CallId call, ExchangeFailure failure)
    {
        _follower?.Failed(call, failure);
        _farewell?.Failed(call);
        _lastWord?.Failed(call, failure);
        _joiner?.Failed(call, failure);
    }

    /// <summary>The answer to this node's wish to follow.</summary>
    public void UpstreamAnswered(StreamId stream, PeerReply reply) => _follower?.StreamAnswered(stream, reply);

    /// <summary>A batch came down the stream. The bytes are copied.</summary>
    public void Receive(StreamId stream, in BatchHeader header, ReadOnlySpan<byte> entries) =>
        _follower?.Receive(stream, header, entries);

    /// <summary>The host ended the stream and said why.</summary>
    public void UpstreamEnded(StreamId stream, StreamEnd reason) => _follower?.StreamEnded(stream, reason);

    /// <summary>The stream broke, or could not be opened.</summary>
    public void UpstreamClosed(StreamId stream, ExchangeFailure failure) => _follower?.StreamClosed(stream, failure);

    /// <summary>A follower's connection is gone.</summary>
    public void DownstreamClosed(StreamId stream) => _sequencer.Streams.Closed(stream);

    /// <summary>
    /// Takes what a follower has not been given yet, or a sign of life that is due. The slice of a batch with entries is leased: give it
    /// back to <see cref="Log"/> when it is written.
    /// </summary>
    public bool TryTakeBatch(StreamId stream, int bytesMax, out LogBatch batch) => _sequencer.Streams.TryTake(stream, bytesMax, out batch);

    /// <summary>
    /// Whether an entry that comes in this log was shown to the people at this node before, by a log that was given up since: then it is
    /// passed over (P4).
    /// </summary>
    public bool WasShownBefore(in Entry entry) => _state.ShownBefore.Contains(entry.Author, entry.Number);

    /// <summary>Draws the conclusions from all inputs since the last time. Call after every burst of inputs, and at <see cref="NextDeadline"/>.</summary>
    public void Settle()
    {
        _state.Trim();
        NodeRole before;
        do
        {
            before = Role;
            StepRole();
        }
        while (Role != before);
        UpdateDeadline();
    }

    /// <summary>
    /// Tells how far the people at this node have been shown what is deliverable. Whoever shows at a pace of its own calls it before
    /// <see cref="Settle"/>; whoever shows everything at once never needs to.
    /// </summary>
    public void ShownUpTo(SequenceNumber sequence) => _state.Showing.Told(sequence, _state.Deliverable, _state.Now);

    private void StepRole()
    {
        _lastWord?.Advance();
        switch (Role)
        {
            case NodeRole.Joining when !_joiner!.Advance():
                Role = NodeRole.Gone;
                break;
            case NodeRole.Following:
                _follower!.Advance();
                _farewell?.Advance();
                FollowOn();
                break;
            case NodeRole.Hosting:
                _sequencer.Advance();
                break;
            case NodeRole.HandingOver:
                _handover!.Advance();
                if (_handover.IsDone)
                {
                    IsNowGone();
                }
                break;
            default:
                break;
        }
    }

    private void FollowOn()
    {
        if (_farewell is { HasGivenUp: true })
        {
            IsNowGone();
            return;
        }
        switch (_follower!.End)
        {
            case FollowingEnd.MustReign:
                _lastWord = new LastWord(_state, _follower.OldHost);
                _follower = null;
                Role = NodeRole.Hosting;
                _sequencer.Start();
                if (_farewell is not null)
                {
                    _farewell = null;
                    Leave();
                }
                break;
            case FollowingEnd.Removed when _farewell is not null:
                IsNowGone();
                break;
            case FollowingEnd.Removed or FollowingEnd.MustRejoin:
                Rejoin();
                break;
            default:
                break;
        }
    }

    private void Rejoin()
    {
        _rejoinReason = _follower!.Removed;
        var addresses = new List<string> { _follower.Target };
        _state.AddWays(addresses);
        _follower = null;
        if (_farewell is not null)
        {
            IsNowGone();
            return;
        }
        Role = NodeRole.Joining;
        _joiner = new Joiner(_state, addresses, isPatient: true);
    }

    private void Accepted(JoinAccepted accepted)
    {
        SequenceNumber after = _state.Deliverable;
        if (!_state.TryStartFrom(accepted.Snapshot, accepted.Member))
        {
            _joiner!.Rejected();
            return;
        }
        _follower = new Follower(_state, _joiner!.Target);
        _joiner = null;
        Role = NodeRole.Following;
        if (_wasIn)
        {
            _state.Notify(new Gap(after, accepted.Member, _rejoinReason, accepted.Snapshot));
        }
        else
        {
            IsNowIn();
        }
    }

    private void IsNowIn()
    {
        _wasIn = true;
        _state.Notify(new Ready(_state.Self, _state.View.Find(_state.Self)!.Name, Snapshot.Of(_state.View, _state.Log)));
    }

    private void IsNowGone()
    {
        _follower?.Stop();
        (_joiner, _follower, _farewell, _lastWord) = (null, null, null, null);
        Role = NodeRole.Gone;
        _state.Notify(new HasLeft());
    }

    private bool TryBeginSubmission(MemberId author, out ulong number)
    {
        number = 0;
        if (!IsIn || _farewell is not null || Role == NodeRole.HandingOver || _state.Outbox.IsFull || !_state.Outbox.HasAuthor(author))
        {
            return false;
        }
        number = _state.Outbox.NextNumber(author);
        _scratch.ResetWrittenCount();
        return true;
    }

    /// <summary>What a node says that cannot do what only the host can: who is, or that it does not know yet.</summary>
    private PeerReply NotHere()
    {
        bool knowsHost = Role == NodeRole.Following || (Role == NodeRole.HandingOver && _handover!.IsOver);
        return knowsHost && _state.View.HostMember is { } host && host.Id != _state.Self
            ? new Redirected(host.Address)
            : new Busy(_state.Options.HeartbeatMicroseconds);
    }

    private void Answer(CallId call, PeerReply reply) => _state.Effects.Answers.Add(new Answer(call, reply));

    private void UpdateDeadline()
    {
        var earliest = new Timestamp(long.MaxValue);
        switch (Role)
        {
            case NodeRole.Joining:
                Consider(_joiner!.NextDeadline, ref earliest);
                break;
            case NodeRole.Following:
                Consider(_follower!.NextDeadline, ref earliest);
                Consider(_farewell?.NextDeadline ?? Timestamp.Zero, ref earliest);
                break;
            case NodeRole.Hosting:
            case NodeRole.HandingOver:
                if (_handover is not { IsClosing: true })
                {
                    Consider(_sequencer.NextRelease, ref earliest);
                    Consider(_sequencer.Watch.NextDeadline, ref earliest);
                }
                Consider(_sequencer.Streams.NextHeartbeat(), ref earliest);
                Consider(_handover?.NextDeadline ?? Timestamp.Zero, ref earliest);
                break;
            default:
                break;
        }
        Consider(_lastWord?.NextDeadline ?? Timestamp.Zero, ref earliest);
        NextDeadline = earliest;
    }

    private static void Consider(Timestamp deadline, ref Timestamp earliest)
    {
        if (deadline != Timestamp.Zero && deadline < earliest)
        {
            earliest = deadline;
        }
    }
}
