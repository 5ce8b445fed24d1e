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
internal sealed partial class NodeCore
{
    private readonly CoreState _state;
    private readonly Sequencer _sequencer;
    private readonly Meetings _meetings;
    private readonly ArrayBufferWriter<byte> _scratch = new(1024);
    private Joiner? _joiner;
    private Follower? _follower;
    private Handover? _handover;
    private Farewell? _farewell;
    private LastWord? _lastWord;
    private Candidacy? _candidacy;
    private Merge? _merge;
    private Resignation? _resignation;
    private Timestamp _soundsAt;
    private bool _wasIn;
    private bool _wantsToLeave;
    private int _timesUnservable;
    private GapReason _gapReason;

    public NodeCore(NodeCoreOptions options)
    {
        _state = new CoreState(options);
        _sequencer = new Sequencer(_state);
        _meetings = new Meetings(_state, _sequencer.Watch);
        _absence = new HostAbsence(_state);
    }

    /// <summary>What this core does wrong: for tests.</summary>
    public Mistake Mistake { init => _state.Mistake = value; }

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

    /// <summary>The relay through which this node follows the host; nobody when it follows the host itself, or is no follower.</summary>
    public MemberId Relay => _follower?.Relay ?? MemberId.None;

    /// <summary>How many followers this node serves.</summary>
    public int FollowerCount => _sequencer.Streams.Count;

    /// <summary>True while the log comes in here, or is made here.</summary>
    public bool IsInTouch => Role is NodeRole.Hosting or NodeRole.HandingOver || _follower is { IsInTouch: true };

    /// <summary>After how long a silent peer is suspected now, in microseconds: the time-out, or more while this machine itself is late.</summary>
    public long SuspicionMicroseconds => _state.TimeoutMicroseconds;

    /// <summary>False while this node's side has no majority, where one is needed: then nothing is ordered here, and no submission taken.</summary>
    public bool HasMajority => _state.HasMajority;

    /// <summary>With the majority rule: whether this node reigns, or reigned last, without more than half of the nodes, since the others are dead.</summary>
    public bool IsOfSurvivors { get; private set; }

    /// <summary>True once this node was in the view, until it is gone: it takes submissions, also while it looks for a way back in.</summary>
    public bool IsIn => Role is not (NodeRole.Idle or NodeRole.Joining or NodeRole.Gone) || (Role == NodeRole.Joining && _wasIn);

    /// <summary>When the core wants to be told the time again, on the node's own clock; the far future when it does not.</summary>
    public Timestamp NextDeadline { get; private set; } = Timestamp.Infinite;

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
        _state.Health.Advance(now);
        if (stall > _state.Options.HeartbeatMicroseconds && !_state.Makes(Mistake.BlamesOthersForItsStall))
        {
            _state.Health.WasLate(now);
            _sequencer.Watch.Forgive(stall);
            _follower?.Forgive(stall);
            _state.Showing.Forgive(stall);
            _handover?.Forgive(stall);
            _candidacy?.Forgive();
            _absence.StartOver();
            _state.Notify(new StoodStill(stall));
        }
    }

    /// <summary>Starts a network, as its first member and host.</summary>
    public void Found()
    {
        Invariant.Holds(Role == NodeRole.Idle, "a node starts once");
        Role = NodeRole.Hosting;
        BeginNetwork();
    }

    /// <summary>Joins the network that the nodes at these addresses are in, or those that somebody is <see cref="FoundAt">found at</see> meanwhile.</summary>
    /// <param name="addresses">In the order in which they are tried. With the node's own among them it begins a network when nobody else does.</param>
    /// <param name="searchMicroseconds">So long it waits for others to be found before it begins.</param>
    public void Join(IReadOnlyList<string> addresses, long searchMicroseconds = 0)
    {
        Invariant.Holds(Role == NodeRole.Idle, "a node starts once");
        Role = NodeRole.Joining;
        _state.JoinAddresses = addresses;
        _joiner = new Joiner(_state, addresses, isReturning: false, searchMicroseconds);
    }

    /// <summary>
    /// A node was found at this address. A newcomer asks there whether it may come in, a host whether it is to be one network with the one there;
    /// who is in, and no host, needs nobody. The word is anybody's: nothing is done but to ask.
    /// </summary>
    public void FoundAt(string address)
    {
        _joiner?.Found(address);
        if (Role == NodeRole.Hosting)
        {
            _meetings.Found(address);
        }
    }

    /// <summary>Leaves: what this node and its guests submitted is ordered first, and a host hands over.</summary>
    public void Leave()
    {
        _state.IsLeaving = true;
        switch (Role)
        {
            case NodeRole.Hosting when _state.Quorum is not null:
                (Role, _candidacy) = (NodeRole.HandingOver, null);
                _resignation = new Resignation(_state, _sequencer);
                break;
            case NodeRole.Hosting:
                Role = NodeRole.HandingOver;
                _handover = new Handover(_state, _sequencer);
                break;
            case NodeRole.Following:
                _farewell ??= new Farewell(_state);
                break;
            case NodeRole.TakingOver:
            case NodeRole.Merging:
            case NodeRole.Joining when _state.Outbox.Count > 0:
                // What was typed is ordered first; the way to that is being sought.
                _wantsToLeave = true;
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

    /// <summary>The number that the next submission of an author of this node's gets, itself or a guest; null when it speaks for no such author.</summary>
    public ulong? NextNumberOf(MemberId author) => _state.Outbox.HasAuthor(author) ? _state.Outbox.NextNumber(author) : null;

    /// <summary>Whether a submission of an author of this node's was taken and is not in the order yet.</summary>
    public bool IsWaiting(MemberId author, ulong number) =>
        _state.Outbox.HasAuthor(author) && _state.Outbox.FirstWaiting(author) is var first and > 0 && number >= first && number < _state.Outbox.NextNumber(author);

    /// <summary>The guest of this node's with this token, also while the node is away; null when there is none.</summary>
    public LocalGuest? FindGuest(MemberToken token) => _state.Guests.Find(token);

    /// <summary>The guest of this node's with this id, also while the node is away; null when there is none.</summary>
    public LocalGuest? FindGuest(MemberId guest) => _state.Guests.Find(guest);

    /// <summary>Submits that a guest of this node is gone, and why. It is not brought back if the node is away, or will be.</summary>
    public bool TrySubmitGuestLeft(MemberId guest, LeaveReason reason, out ulong number)
    {
        number = 0;
        if (_state.Guests.Find(guest) is not { } local || !TryBeginSubmission(_state.Self, out number))
        {
            return false;
        }
        local.IsLeaving = true;
        EntryWriter.WriteLeft(_scratch, _state.NetworkNow, _state.Self, number, guest, reason);
        _state.Outbox.Add(_state.Self, _scratch.WrittenSpan);
        return true;
    }

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
    public bool WasShownBefore(in Entry entry) => !_state.Makes(Mistake.ShowsTwice) && _state.ShownBefore.Contains(entry.Author, entry.Number);

    /// <summary>Whether there may be such entries at all.</summary>
    public bool MayRepeat => !_state.ShownBefore.IsEmpty;

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
        EndAbsence();
        _state.GiveOut();
        UpdateDeadline();
    }

    /// <summary>
    /// Tells how far the people at this node have been shown what is deliverable. Whoever shows at a pace of its own calls it before
    /// <see cref="Settle"/>; whoever shows everything at once never needs to.
    /// </summary>
    public void ShownUpTo(SequenceNumber sequence) => _state.Showing.Told(sequence, _state.Deliverable, _state.Now);

    private bool TryBeginSubmission(MemberId author, out ulong number)
    {
        number = 0;
        if (!IsIn || !_state.HasMajority || _farewell is not null || _wantsToLeave || Role == NodeRole.HandingOver || _state.Outbox.IsFull || !_state.Outbox.HasAuthor(author))
        {
            return false;
        }
        number = _state.Outbox.NextNumber(author);
        _scratch.ResetWrittenCount();
        return true;
    }
}
