using System.Buffers;
using Norris.Protocol.Membership;
using Norris.Protocol.Messages;

namespace Norris.Protocol.Ordering;

/// <summary>
/// How a host leaves on purpose without losing anything. It orders what it has, writes the last two entries of its reign, that it left
/// and that its successor's epoch starts, and lets the successor alone have them first. When that one says that it has everything,
/// the reign is over: everybody else gets the two entries, and follows the successor. A successor that does not answer within the
/// time-out never had its turn: the two entries are taken back and the next most senior one is asked, in a higher epoch still.
/// <para>Prevents: host tells b, c and d that b is next, and goes; b never hears of it; c and d wait for a host that does not know it is one.</para>
/// </summary>
internal sealed class Handover(CoreState state, Sequencer sequencer)
{
    private readonly ArrayBufferWriter<byte> _scratch = new(128);
    private readonly HashSet<MemberId> _passedOver = [];
    private SequenceNumber _ownLast;
    private Timestamp _ownLastTime;
    private Timestamp _deadline;
    private Epoch _epoch;
    private Stage _stage;

    private enum Stage
    {
        /// <summary>What is waiting is being ordered.</summary>
        Finishing,

        /// <summary>The successor alone is told.</summary>
        Offering,

        /// <summary>The successor reigns; the others are being told.</summary>
        Telling,

        /// <summary>Nothing more to do.</summary>
        Done,
    }

    /// <summary>Who is to be the next host; nobody before one is chosen, or when there is nobody.</summary>
    public MemberId Successor { get; private set; }

    /// <summary>True once the successor reigns: this node is no host any more.</summary>
    public bool IsOver => _stage >= Stage.Telling;

    /// <summary>True while new submissions and members must wait for the next host.</summary>
    public bool IsClosing => _stage >= Stage.Offering;

    /// <summary>True when the node has nothing more to do.</summary>
    public bool IsDone => _stage == Stage.Done;

    /// <summary>When something is to be done at the latest.</summary>
    public Timestamp NextDeadline => _stage == Stage.Finishing ? Timestamp.Zero : _deadline;

    /// <summary>A node said how far it is: the successor's word ends the reign.</summary>
    public bool TryConclude(Submission submission)
    {
        if (_stage != Stage.Offering || submission.Member != Successor
            || submission.Position.Sequence < state.Log.Last || submission.Position.Digest != state.Log.Digest)
        {
            return false;
        }
        FoldOwnLast();
        sequencer.Streams.OpenUpTo = null;
        _stage = Stage.Telling;
        _deadline = state.Now.Plus(state.Options.TimeoutMicroseconds);
        return true;
    }

    /// <summary>Takes the next step when its time has come.</summary>
    public void Advance()
    {
        switch (_stage)
        {
            case Stage.Finishing:
                sequencer.TakeInOwn();
                sequencer.Advance(all: true);
                if (state.Outbox.HasUnsent)
                {
                    return;
                }
                Offer();
                break;
            case Stage.Offering when state.Now >= _deadline:
                _passedOver.Add(Successor);
                state.Log.TruncateAfter(_ownLast, _ownLastTime);
                sequencer.Streams.EndAllOf(Successor, StreamEnd.HostChanged);
                Offer();
                break;
            case Stage.Telling when sequencer.Streams.Count == 0 || state.Now >= _deadline:
                sequencer.Streams.EndAll(StreamEnd.HostChanged);
                _stage = Stage.Done;
                break;
            default:
                break;
        }
    }

    private void Offer()
    {
        _ownLast = state.Log.Last;
        _ownLastTime = state.Log.LastTime;
        _epoch = (_epoch == Epoch.None ? state.View.Epoch : _epoch).Next;
        Member? successor = null;
        foreach (Member member in state.View.BySeniority)
        {
            if (member.Kind == MemberKind.Node && member.Id != state.Self && member.Progress.HasFollowed && !_passedOver.Contains(member.Id))
            {
                successor = member;
                break;
            }
        }
        AppendOwnLast(successor);
        if (successor is null)
        {
            Successor = MemberId.None;
            FoldOwnLast();
            _stage = Stage.Done;
            return;
        }
        Successor = successor.Id;
        sequencer.Streams.First = Successor;
        sequencer.Streams.OpenUpTo = _ownLast;
        _stage = Stage.Offering;
        _deadline = state.Now.Plus(state.Options.TimeoutMicroseconds);
    }

    private void AppendOwnLast(Member? successor)
    {
        // The next host's entries count on every guest being in, or said to be gone: those of this node go with it.
        foreach (Member guest in state.View.BySeniority)
        {
            if (guest.Via == state.Self)
            {
                AppendLeft(guest.Id);
            }
        }
        AppendLeft(state.Self);
        if (successor is not null)
        {
            _scratch.ResetWrittenCount();
            EntryWriter.WriteEpochStarted(_scratch, state.Log.LastTime, successor.Id, _epoch);
            state.Log.Append(_scratch.WrittenSpan);
        }
    }

    private void AppendLeft(MemberId member)
    {
        _scratch.ResetWrittenCount();
        EntryWriter.WriteLeft(_scratch, Timestamp.Max(state.NetworkNow, state.Log.LastTime), MemberId.None, 0, member, LeaveReason.Left);
        state.Log.Append(_scratch.WrittenSpan);
    }

    private void FoldOwnLast()
    {
        for (SequenceNumber next = _ownLast.Next; next <= state.Log.Last; next = next.Next)
        {
            var entry = new Entry(state.Log.Read(next, next, 1).Memory.Span);
            bool isNext = state.TryFold(entry, next);
            Invariant.Holds(isNext, "a host's last entries follow from its log");
        }
        state.DeliverUpTo(state.Log.Last);
    }
}
