using System.Buffers;
using System.Text;
using Norris.Protocol.Membership;
using Norris.Protocol.Messages;

namespace Norris.Protocol.Ordering;

/// <summary>
/// The host's part: takes submissions in, each exactly once; holds them back for possibly earlier ones; gives each its place in the
/// log; and decides, as entries of the same log, who joins and who is gone.
/// </summary>
internal sealed partial class Sequencer
{
    private readonly CoreState _state;
    private readonly HoldBackQueue _heldBack = new();
    private readonly ReorderWindow _window;
    private readonly Admission _admission;
    private readonly ArrayBufferWriter<byte> _scratch = new(1024);
    private readonly ReachProbes _probes;
    private readonly Queue<(JoinRequest Request, bool IsReachable)> _waiting = new();
    private bool _isAdmitting;

    public Sequencer(CoreState state)
    {
        _state = state;
        _window = new ReorderWindow(state.Options.ReorderWindowMicroseconds);
        _admission = new Admission(state);
        _probes = new ReachProbes(state);
        _relays = new Relays(state);
        Watch = new FollowerWatch(state);
        Streams = new LogStreams(state, Watch);
    }

    /// <summary>How far the followers are.</summary>
    public FollowerWatch Watch { get; }

    /// <summary>The followers' streams.</summary>
    public LogStreams Streams { get; }

    /// <summary>How long messages are held back now, in microseconds.</summary>
    public long WindowMicroseconds => _window.Microseconds;

    /// <summary>How many entries are held back, and their bytes.</summary>
    public (int Count, long Bytes) HeldBack => (_heldBack.Count, _heldBack.Bytes);

    /// <summary>True when submitters must wait.</summary>
    public bool IsBusy => Watch.IsPressed || Watch.IsStalled || _heldBack.Bytes >= _state.Options.HoldBackBytesMax;

    /// <summary>The first node founds the network: it joins itself and starts the first epoch.</summary>
    public void Found()
    {
        MemberId self = _admission.IdFor(_state.Token);
        _state.Self = self;
        _state.Clock.Found();
        _scratch.ResetWrittenCount();
        EntryWriter.WriteJoined(
            _scratch, _state.NetworkNow, MemberId.None, 0, self, MemberKind.Node, MemberId.None, _state.Token,
            Encoding.UTF8.GetBytes(_state.Options.Name), Encoding.UTF8.GetBytes(_state.Options.Address));
        Append(_scratch.WrittenSpan, _state.NetworkNow);
        Start();
        _scratch.ResetWrittenCount();
        EntryWriter.WriteEpochStarted(_scratch, _state.NetworkNow, self, Epoch.None.Next);
        Append(_scratch.WrittenSpan, _state.NetworkNow);
        _state.AdoptAuthor(_state.View.Find(self)!);
    }

    /// <summary>
    /// This node takes over: the epoch starts, and who did not promise it is lost. A node that the log lost meanwhile, and that goes on with
    /// it since it finds nobody else, comes in again first.
    /// </summary>
    public void TakeOver(Epoch epoch, Func<MemberId, SequenceNumber?> promisedBy)
    {
        Start();
        _state.Majority(isThere: true);
        // What came in with the promises may have been committed long ago, as this node had heard.
        // Prevents: n, at #679, knows that #704 is committed when the host dies; it takes #680 and on from others, reigns, shows them and lets go
        // of them, before anything of its own reign is committed; when that is, the committed view cannot go on from #679.
        _state.Commit(_state.Committed);
        _state.ForgetCommittedBeyond();
        if (_state.View.Find(_state.Self) is null)
        {
            _scratch.ResetWrittenCount();
            EntryWriter.WriteJoined(
                _scratch, _state.NetworkNow, MemberId.None, 0, _state.Self, MemberKind.Node, MemberId.None, _state.Token,
                _admission.FreeName(Encoding.UTF8.GetBytes(_state.Options.Name), _state.Self), Encoding.UTF8.GetBytes(_state.Options.Address), _state.IsReachable);
            AppendDecided();
            Member self = _state.View.Find(_state.Self)!;
            if (_state.Quorum is null)
            {
                _state.AdoptAuthor(self);
            }
            // Else what waits is not ordered before it is committed, be it in the log already.
            self.IsLocal = true;
        }
        Watch.ReignsFrom = _state.Log.Last.Next;
        _scratch.ResetWrittenCount();
        EntryWriter.WriteEpochStarted(_scratch, _state.NetworkNow, _state.Self, epoch);
        AppendDecided();
        foreach (Member member in _state.View.BySeniority.ToArray())
        {
            if (member.Kind != MemberKind.Node || member.Id == _state.Self)
            {
                continue;
            }
            if (promisedBy(member.Id) is { } has)
            {
                Watch.Heard(member, has);
                continue;
            }
            if (_state.Makes(Mistake.KeepsTheLost))
            {
                continue;
            }
            EndSessionsOf(member.Id, LeaveReason.Lost);
            _scratch.ResetWrittenCount();
            EntryWriter.WriteLeft(_scratch, _state.NetworkNow, MemberId.None, 0, member.Id, LeaveReason.Lost);
            AppendDecided();
        }
    }

    /// <summary>The reign is over: what was held back is forgotten, since its senders still have it; whoever waits to come in is to ask again.</summary>
    public void StepDown()
    {
        _waiting.Clear();
        _probes.Clear();
        _isAdmitting = false;
        ForgetHeldBack();
        _admission.Dismiss();
    }

    private void ForgetHeldBack()
    {
        if (!_state.Makes(Mistake.KeepsWhatItHeldBack))
        {
            _heldBack.Clear();
        }
    }

    /// <summary>This node is the view's host from here on: it takes in what comes, starting with what it itself had waiting.</summary>
    public void Start()
    {
        foreach (Member member in _state.View.BySeniority)
        {
            member.Intake.Reset(_state.Makes(Mistake.ForgetsNumbersAtTakeover) ? member.Intake.Number : member.LastNumber);
        }
        ForgetHeldBack();
        if (_state.Makes(Mistake.StartsTheClockAnew))
        {
            _state.Clock.Found();
        }
        Watch.Start();
        _state.Outbox.SendAgain();
    }

    /// <summary>Takes a follower's submission in.</summary>
    public PeerReply TakeIn(Submission submission)
    {
        if (FindMember(submission.Member, submission.Token) is not { } member)
        {
            return _state.FindLeaver(submission.Member, submission.Token) is { } leaver ? HearLeaver(leaver, submission) : new Refused(RefusalReason.NotAMember);
        }
        Timestamp takenIn = _state.NetworkNow;
        Position position = submission.Position;
        if (position.Sequence < member.JoinedAt && _state.Quorum is null)
        {
            // Prevents: n was put out and comes in anew; its word from before that comes late, and n counts as one who follows, which it does not yet.
            return new Refused(RefusalReason.NotAMember);
        }
        if (position.Sequence > _state.Log.Last
            || (position.Sequence >= _state.Log.Before && _state.Log.DigestAt(position.Sequence) != position.Digest && !_state.Makes(Mistake.DoesNotCompareDigests)))
        {
            // A word from an earlier epoch, or from another side's epoch of the same number, may have been long on its way, from before its
            // sender came back another way. In this node's own reign there is one history.
            // Prevents: d and e both begin epoch 3; m tells e, by way of d, that it has e's #334; m joins d; the word comes late, when d's own
            // #334 is another one, and d says loudly that the order broke.
            if (submission.Host == _state.Self && position.Epoch == _state.View.Epoch && position.Sequence >= member.JoinedAt)
            {
                Digest own = position.Sequence > _state.Log.Last ? _state.Log.Digest : _state.Log.DigestAt(position.Sequence);
                _state.Notify(new Diverged(position.Sequence, own, position.Digest));
            }
            return new Refused(RefusalReason.Diverged);
        }
        Heard(member, position.Sequence);
        Watch.HeardWord(member, submission.SentAt);
        HearReports(submission);
        ReadOnlySpan<byte> entries = submission.Entries.Span;
        _window.Observe(takenIn.Since(entries.IsEmpty || submission.OldestAt == Timestamp.Zero ? submission.SentAt : submission.OldestAt));
        if ((!entries.IsEmpty && IsBusy) || Watch.IsStalled)
        {
            // A host that does not know whether it still is one says nothing that passes for a host's word.
            return new Busy(_state.Options.HeartbeatMicroseconds / 10);
        }
        while (!entries.IsEmpty)
        {
            if (!Entry.TryRead(entries, out Entry entry))
            {
                return new Refused(RefusalReason.Malformed);
            }
            if (TakeIn(entry, member) is { } refusal)
            {
                return new Refused(refusal);
            }
            entries = entries[entry.Bytes.Length..];
        }
        return new SubmissionAccepted(takenIn, _state.NetworkNow, _state.Log.Last);
    }

    /// <summary>Who is gone, but for a majority that has heard of it: it is only asked how far it is.</summary>
    private PeerReply HearLeaver(Member leaver, Submission submission)
    {
        if (!_state.Log.IsOnIt(submission.Position, _state.Log.Last) || submission.Position.Sequence > _state.Log.Last)
        {
            return new Refused(RefusalReason.Diverged);
        }
        Watch.Heard(leaver, submission.Position.Sequence);
        return submission.Entries.IsEmpty && !Watch.IsStalled
            ? new SubmissionAccepted(_state.NetworkNow, _state.NetworkNow, _state.Log.Last)
            : new Busy(_state.Options.HeartbeatMicroseconds);
    }

    /// <summary>Whether the node that asks with this token counts for a majority: it is in, or it is not committed yet that it is gone.</summary>
    public bool Counts(MemberToken token)
    {
        MemberId id = _admission.IdFor(token);
        return FindMember(id, token) is not null || _state.FindLeaver(id, token) is not null;
    }

    private void TakeInOwn()
    {
        Member self = _state.View.Find(_state.Self)!;
        while (_state.Outbox.HasUnsent && !IsBusy)
        {
            _scratch.ResetWrittenCount();
            _state.Outbox.TakeUnsent(_scratch);
            ReadOnlySpan<byte> entries = _scratch.WrittenSpan;
            while (!entries.IsEmpty)
            {
                bool isWhole = Entry.TryRead(entries, out Entry entry);
                Invariant.Holds(isWhole && TakeIn(entry, self) is null, "a node's own submissions are in order");
                entries = entries[entry.Bytes.Length..];
            }
        }
    }

    /// <summary>A node wants in. It is answered when its entry is in the log.</summary>
    public void Join(CallId call, JoinRequest request)
    {
        if (_state.View.Find(_admission.IdFor(request.Token)) is { } member && request.Confirmed > member.LastNumber)
        {
            // It went on elsewhere meanwhile: it comes in anew, and its count goes on from there.
            Remove(member, LeaveReason.Lost);
        }
        if (!_admission.TryBegin(call, request))
        {
            return;
        }
        if (_state.Options.ReachPatienceMicroseconds > 0)
        {
            _probes.Begin(request);
            return;
        }
        Admit(request, isReachable: true);
    }

    private void Admit(JoinRequest request, bool isReachable)
    {
        _waiting.Enqueue((request, isReachable));
        if (_state.Quorum is null)
        {
            AdmitNext();
        }
    }

    /// <summary>
    /// Admits who waits for it. With the majority rule one after the other, each when the one before is committed: a newcomer counts for what a
    /// majority is, and can only say that it has anything once it is let in.
    /// <para>Prevents: a host alone lets in three at once; of four nodes three would have to have that, and none of the three can before it is so.</para>
    /// </summary>
    private void AdmitNext()
    {
        if (_waiting.Count == 0 || (_state.Quorum is { } quorum && (_isAdmitting || (quorum.ViewCount > 1
            && quorum.FindLeaver(_state.View, _admission.IdFor(_waiting.Peek().Request.Token)) is null))))
        {
            // Who counts for a majority already, though it is said to be gone, comes in at once: its word may be what is missing.
            return;
        }
        (JoinRequest request, bool isReachable) = _waiting.Dequeue();
        _isAdmitting = true;
        _scratch.ResetWrittenCount();
        EntryWriter.WriteJoined(
            _scratch, _state.NetworkNow, MemberId.None, 0, MemberId.None, MemberKind.Node, MemberId.None, request.Token,
            Encoding.UTF8.GetBytes(request.Name), Encoding.UTF8.GetBytes(request.Address), isReachable);
        _heldBack.Add(_scratch.WrittenSpan, _state.NetworkNow);
    }

    /// <summary>A member says goodbye: that becomes an entry behind everything it submitted.</summary>
    public PeerReply Leave(LeaveRequest request)
    {
        if (FindMember(request.Member, request.Token) is not { } member)
        {
            return new Refused(RefusalReason.NotAMember);
        }
        Remove(member, LeaveReason.Left);
        return new LeaveAccepted();
    }

    /// <summary>
    /// Takes in what this node itself and its guests have waiting, orders what has been held back long enough, and removes who is gone.
    /// <paramref name="all"/> waits for nothing.
    /// </summary>
    public void Advance(bool all = false)
    {
        do
        {
            while (Watch.Check() is var (gone, reason))
            {
                Remove(gone, reason);
            }
            while (_probes.TakeDecided() is var (request, isReachable))
            {
                Admit(request, isReachable);
            }
            if (Watch.IsStalled)
            {
                break;
            }
            AdmitNext();
            TakeInOwn();
            Timestamp until = _state.NetworkNow.Plus(_state.Makes(Mistake.DoesNotHoldBack) ? 0 : -_window.Microseconds);
            while (_heldBack.Count > 0 && (all || _heldBack.NextSent <= until))
            {
                OrderNext();
            }
        }
        while (_state.Outbox.HasUnsent && !IsBusy);
        Watch.UpdateCommitted();
        _state.DeliverUpTo(Watch.Showable);
        _admission.AnswerUpTo(Watch.Showable, Watch);
    }

    /// <summary>Orders what is held back, and takes nothing more in.</summary>
    public void OrderAll()
    {
        while (_heldBack.Count > 0)
        {
            OrderNext();
        }
    }

    /// <summary>When a newcomer is to be looked for, or no longer; <see cref="Timestamp.Zero"/> when nobody is.</summary>
    public Timestamp NextProbe => _probes.NextDeadline;

    /// <summary>A call was answered: that of a newcomer which is looked for, perhaps.</summary>
    public void Answered(CallId call, PeerReply reply) => _probes.Answered(call, reply);

    /// <summary>A call brought no answer.</summary>
    public void Failed(CallId call, ExchangeFailure failure) => _probes.Failed(call, failure);

    /// <summary>When something held back is due, on the node's own clock; <see cref="Timestamp.Zero"/> when nothing is.</summary>
    public Timestamp NextRelease =>
        _heldBack.Count == 0 ? Timestamp.Zero : _state.Now.Plus(Math.Max(0, _heldBack.NextSent.Plus(_window.Microseconds).Since(_state.NetworkNow)));

    private RefusalReason? TakeIn(in Entry entry, Member node)
    {
        Member? author = entry.Author == node.Id ? node : _state.View.Find(entry.Author);
        if (author is null || author.Intake.IsLeaving || node.Intake.IsLeaving)
        {
            // Who is gone, or going: what it still had on the way goes with it.
            return null;
        }
        if (author != node && author.Via != node.Id)
        {
            return RefusalReason.NotAllowed;
        }
        if (entry.Number <= author.Intake.Number && !_state.Makes(Mistake.TakesRepeats))
        {
            return null;
        }
        if (entry.Number > author.Intake.Number + 1)
        {
            return RefusalReason.OutOfTurn;
        }
        if (!_admission.MaySubmit(entry, author))
        {
            return RefusalReason.NotAllowed;
        }

        // P2 and P3: never from the future, never before what the author sent earlier; how far in the past only costs the sender its turn.
        Timestamp sentAt = _state.Makes(Mistake.BelievesAnyTime) ? entry.Time : Timestamp.Min(entry.Time, _state.NetworkNow);
        sentAt = _state.Makes(Mistake.ForgetsTheAuthorsTime) ? sentAt : Timestamp.Max(sentAt, author.Intake.Time);
        if (entry.Type == EntryType.Left && _state.View.Find(entry.Subject) is { } guest)
        {
            guest.Intake.IsLeaving = true;
            sentAt = Timestamp.Max(sentAt, guest.Intake.Time);
        }
        author.Intake.Number = entry.Number;
        author.Intake.Time = sentAt;
        _heldBack.Add(entry.Bytes, _state.Makes(Mistake.OrdersByArrival) ? _state.NetworkNow : sentAt);
        return null;
    }

    /// <summary>A node is gone: that becomes an entry behind everything taken in from it.</summary>
    public void Remove(Member member, LeaveReason reason)
    {
        if (member.Intake.IsLeaving)
        {
            return;
        }
        member.Intake.IsLeaving = true;
        _scratch.ResetWrittenCount();
        EntryWriter.WriteLeft(_scratch, _state.NetworkNow, MemberId.None, 0, member.Id, reason);
        _heldBack.Add(_scratch.WrittenSpan, _state.NetworkNow);
    }

    /// <summary>
    /// Orders that a node's guests are gone, before the node itself is: also those that joined between the decision and the entry.
    /// </summary>
    public void EndSessionsOf(MemberId node, LeaveReason reason)
    {
        foreach (Member guest in _state.View.BySeniority.ToArray())
        {
            if (guest.Via == node && !_state.Makes(Mistake.KeepsGuestsOfTheGone))
            {
                _scratch.ResetWrittenCount();
                EntryWriter.WriteLeft(_scratch, Timestamp.Zero, MemberId.None, 0, guest.Id, reason);
                AppendDecided();
            }
        }
    }

    private void OrderNext()
    {
        Timestamp sentAt = _heldBack.NextSent;
        Entry next = _heldBack.PeekNext();
        _isAdmitting &= next.Type != EntryType.Joined || !next.Author.IsNone;
        if (next.Author.IsNone || _state.View.Find(next.Author) is not null)
        {
            if (next.Type == EntryType.Left && next.Author.IsNone)
            {
                EndSessionsOf(next.Subject, next.Reason);
            }
            ReadOnlySpan<byte> resolved = _admission.Resolve(next);
            if (!resolved.IsEmpty)
            {
                Append(resolved, Timestamp.Max(sentAt, _state.Log.LastTime));
            }
        }
        _heldBack.RemoveNext();
    }

    /// <summary>Appends what this host decides at this moment.</summary>
    private void AppendDecided() => Append(_scratch.WrittenSpan, Timestamp.Max(_state.NetworkNow, _state.Log.LastTime));

    private void Append(ReadOnlySpan<byte> bytes, Timestamp time)
    {
        Entry entry = _state.Log.Append(bytes, time);
        bool isNext = _state.TryFold(entry, _state.Log.Last);
        Invariant.Holds(isNext, "what the host appends follows from the log");
        switch (entry.Type)
        {
            case EntryType.Joined:
                Member member = _state.View.Find(entry.Subject)!;
                member.Intake.Reset(member.LastNumber);
                member.Progress.Reset(_state.Now);
                // What it need not be sent counts as had; but its word for a majority is its own.
                member.Progress.Acknowledged = _state.Quorum is null ? _state.Log.Last : SequenceNumber.None;
                Watch.ViewChanged();
                _admission.Joined(member);
                break;
            case EntryType.Left:
                if (entry.Reason == LeaveReason.Left || _state.Quorum is not null)
                {
                    Streams.EndAllAfter(_state.Log.Last, entry.Subject);
                }
                else
                {
                    Streams.EndAllOf(entry.Subject, entry.Reason == LeaveReason.Slow ? StreamEnd.Trimmed : StreamEnd.NotAMember);
                }
                Watch.ViewChanged();
                break;
            default:
                break;
        }
    }

    private Member? FindMember(MemberId id, MemberToken token) =>
        _state.View.Find(id) is { Kind: MemberKind.Node } member && member.Token == token ? member : null;
}
