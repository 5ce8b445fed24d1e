using System.Buffers;
using Norris.Protocol.Membership;
using Norris.Protocol.Messages;

namespace Norris.Protocol.Ordering;

/// <summary>
/// How a host leaves on purpose without losing anything. It orders what it has, writes the last two entries of its reign, that it left
/// and that its successor's epoch starts, and offers them to the successor alone. When that one says that it has everything, the reign
/// is over, and the answer says so: only then does the successor reign (<see cref="HostChange"/>). Everybody else gets the two
/// entries, and follows the successor. A successor that does not answer within the time-out never had its turn: the two entries are
/// taken back, that it is lost is put in their place, and the next most senior one is asked, in a higher epoch still.
/// <para>Prevents: host tells b, c and d that b is next, and goes; b never hears of it; c and d wait for a host that does not know it is one.</para>
/// <para>Prevents: b has the two entries and reigns at once; its word is lost; host asks c instead: two hosts, two orders.</para>
/// </summary>
internal sealed class Handover(CoreState state, Sequencer sequencer)
{
    /// <summary>How many time-outs a successor has for its answer while there are others: one may be lost, and said again.</summary>
    private const int OfferTimeouts = 2;

    /// <summary>How many time-outs the only other node has for its answer.</summary>
    private const int OnlyOtherTimeouts = 5;

    private readonly ArrayBufferWriter<byte> _scratch = new(128);
    private SequenceNumber _ownLast;
    private Timestamp _ownLastTime;
    private Timestamp _deadline;
    private Timestamp? _leaveAt;
    private Epoch _epoch = state.View.Epoch;
    private Stage _stage;
    private bool _isConfirmed;

    private enum Stage
    {
        /// <summary>What is waiting is being ordered.</summary>
        Finishing,

        /// <summary>The successor alone is told.</summary>
        Offering,

        /// <summary>The successor reigns; it and the others are being told.</summary>
        Telling,

        /// <summary>Nothing more to do.</summary>
        Done,
    }

    /// <summary>Who is to be the next host; nobody before one is chosen, or when there is nobody.</summary>
    public MemberId Successor { get; private set; }

    /// <summary>True once the successor has taken over: this node is no host any more.</summary>
    public bool IsOver => _stage >= Stage.Telling;

    /// <summary>True while nothing more is ordered here.</summary>
    public bool IsClosing => _stage >= Stage.Offering;

    /// <summary>True when the node has nothing more to do.</summary>
    public bool IsDone => _stage == Stage.Done;

    /// <summary>When something is to be done at the latest; <see cref="Timestamp.Zero"/> when only the sequencer knows.</summary>
    public Timestamp NextDeadline => _stage is Stage.Offering or Stage.Telling ? _deadline : _leaveAt ?? Timestamp.Zero;

    /// <summary>This node's own timers were late by so much: the successor may have answered meanwhile.</summary>
    public void Forgive(long stallMicroseconds) => (_deadline, _leaveAt) = (_deadline.Plus(stallMicroseconds), _leaveAt?.Plus(stallMicroseconds));

    /// <summary>
    /// A node says how far it is: the successor's word ends the reign, and its word under the new epoch says that it knows. Null when the
    /// node has to turn to the next host, or wait for it.
    /// </summary>
    public PeerReply? Hear(Submission word)
    {
        bool isSuccessors = word.Member == Successor && state.View.Find(word.Member) is { } member && member.Token == word.Token;
        if (IsOver)
        {
            if (isSuccessors && word.Position.Epoch == _epoch && !_isConfirmed)
            {
                _isConfirmed = true;
                _deadline = state.Now.Plus(state.Options.TimeoutMicroseconds);
            }
            return isSuccessors ? new SubmissionAccepted(state.NetworkNow, state.NetworkNow, state.Log.Last) : null;
        }
        PeerReply reply = sequencer.TakeIn(word with { Entries = default });
        if (_stage == Stage.Offering && isSuccessors && reply is SubmissionAccepted && word.Position.Sequence == state.Log.Last)
        {
            Conclude();
            return reply;
        }
        return word.Entries.IsEmpty || reply is Refused ? reply : null;
    }

    /// <summary>Takes the next step when its time has come.</summary>
    public void Advance()
    {
        switch (_stage)
        {
            case Stage.Finishing:
                Finish();
                break;
            case Stage.Offering when state.Now >= _deadline && state.View.NodeCount == 2:
                // There is nobody else to ask: the offer stands, for the other node to take when it finds this one gone.
                _stage = Stage.Done;
                break;
            case Stage.Offering when state.Now >= _deadline:
                PassOver();
                Finish();
                break;
            case Stage.Telling when (_isConfirmed && HaveAllBeenTold()) || state.Now >= _deadline:
                sequencer.Streams.EndAll(StreamEnd.HostChanged);
                _stage = Stage.Done;
                break;
            default:
                break;
        }
    }

    /// <summary>
    /// Whether every node of the view was sent the last entries, and took its leave.
    /// <para>Prevents: c's connection broke a moment ago; the old host goes; c finds it gone, does not know who follows, and takes over.</para>
    /// </summary>
    private bool HaveAllBeenTold()
    {
        foreach (Member member in state.View.BySeniority)
        {
            if (member.Kind == MemberKind.Node && member.Id != Successor && member.Progress.Relay.IsNone && member.Progress.Sent < state.Log.Last)
            {
                return false;
            }
        }
        return sequencer.Streams.Count == 0;
    }

    private void Finish()
    {
        sequencer.Watch.IsLeaving = true;
        sequencer.Advance(all: !state.Makes(Mistake.LeavesWithoutOrdering));
        if (state.Outbox.HasUnsent)
        {
            return;
        }
        if (state.View.NodeCount == 1)
        {
            _stage = Stage.Done;
        }
        else if (!state.View.HasCandidateBesides(state.Self) && !state.Makes(Mistake.HandsOverOutOfReach))
        {
            // There are only those who cannot be host: they are to have everything, and are left.
            _leaveAt ??= state.Now.Plus(OfferTimeouts * state.Options.TimeoutMicroseconds);
            _stage = state.Stable == state.Log.Last || state.Now >= _leaveAt ? Stage.Done : Stage.Finishing;
        }
        else if (FindSuccessor() is { } successor)
        {
            Offer(successor);
            if (state.Makes(Mistake.HandsOverWithoutWaiting))
            {
                Conclude();
            }
        }
        // Else those who are in but do not follow yet will, or will be found lost.
    }

    /// <summary>
    /// The most senior one that follows this node itself, if one does: others do not pass an offer on.
    /// <para>Prevents: b follows through c, and never hears that it is to be the next host; b, who is well, is taken for lost.</para>
    /// </summary>
    private Member? FindSuccessor()
    {
        Member? distant = null;
        foreach (Member member in state.View.BySeniority)
        {
            if (member.Kind == MemberKind.Node && member.Id != state.Self && member.Progress.HasFollowed && !member.Intake.IsLeaving
                && (member.IsReachable || state.Makes(Mistake.HandsOverOutOfReach)))
            {
                if (sequencer.Streams.Serves(member.Id))
                {
                    return member;
                }
                distant ??= member;
            }
        }
        return distant;
    }

    private void Offer(Member successor)
    {
        // The next host's entries count on every guest being in, or said to be gone: those of this node go with it.
        sequencer.EndSessionsOf(state.Self, LeaveReason.Left);
        Successor = successor.Id;
        _ownLast = state.Log.Last;
        _ownLastTime = state.Log.LastTime;
        _epoch = _epoch.Next;
        Timestamp time = Timestamp.Max(state.NetworkNow, state.Log.LastTime);
        _scratch.ResetWrittenCount();
        EntryWriter.WriteLeft(_scratch, time, MemberId.None, 0, state.Self, LeaveReason.Left);
        state.Log.Append(_scratch.WrittenSpan);
        _scratch.ResetWrittenCount();
        EntryWriter.WriteEpochStarted(_scratch, time, Successor, _epoch);
        state.Log.Append(_scratch.WrittenSpan);
        sequencer.Watch.MayBeSucceeded = true;
        sequencer.Streams.First = Successor;
        sequencer.Streams.OpenUpTo = _ownLast;
        _stage = Stage.Offering;
        _deadline = state.Now.Plus((state.View.NodeCount == 2 ? OnlyOtherTimeouts : OfferTimeouts) * state.Options.TimeoutMicroseconds);
    }

    private void PassOver()
    {
        state.Log.TruncateAfter(_ownLast, _ownLastTime);
        sequencer.Streams.OpenUpTo = null;
        _stage = Stage.Finishing;
        if (state.View.Find(Successor) is { } lost)
        {
            sequencer.Remove(lost, LeaveReason.Lost);
        }
    }

    private void Conclude()
    {
        for (SequenceNumber next = _ownLast.Next; next <= state.Log.Last; next = next.Next)
        {
            var entry = new Entry(state.Log.Read(next, next, 1).Memory.Span);
            bool isNext = state.TryFold(entry, next);
            Invariant.Holds(isNext, "a host's last entries follow from its log");
        }
        state.DeliverUpTo(state.Log.Last);
        sequencer.Streams.OpenUpTo = null;
        _stage = Stage.Telling;
        _deadline = state.Now.Plus(LastWord.PatienceTimeouts * state.Options.TimeoutMicroseconds);
    }
}
