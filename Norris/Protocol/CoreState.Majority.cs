using Norris.Protocol.Membership;
using Norris.Protocol.Ordering;

namespace Norris.Protocol;

/// <summary>What is committed, and what is taken back that never was: with the majority rule.</summary>
internal sealed partial class CoreState
{
    /// <summary>With the majority rule: whether it is committed that this node is a member no more.</summary>
    public bool IsRemovedForGood => View.Find(Self) is null && Quorum!.FindLeaver(View, Self) is null;

    /// <summary>This node's side has a majority, or has none.</summary>
    public void Majority(bool isThere)
    {
        if (isThere != HasMajority)
        {
            HasMajority = isThere;
            Notify(isThere ? new MajorityFound() : new MajorityLost());
        }
    }

    /// <summary>The member that an entry says is gone, while that is not committed and its word counts still; null when there is none.</summary>
    public Member? FindLeaver(MemberId id, MemberToken token) =>
        Quorum?.FindLeaver(View, id) is { } leaver && leaver.Token == token ? leaver : null;

    /// <summary>What is committed, if that member is in there; else null.</summary>
    public Snapshot? CommittedSnapshotWith(Member member) => _committedView?.Knows(member) == true ? _committedView.Snapshot(Log) : null;

    /// <summary>
    /// With the majority rule: whether this node's log goes on from there, or begins even later. Then it gives up nothing of it for a snapshot: what
    /// it has beyond may have been committed thanks to its word.
    /// <para>Prevents: only the dead knew that n is in, at #61, and n's log begins at #62; c, who survives with #52, has n come in at #53; n takes
    /// that for a part of what it has, asks for the log after #62, which is not c's, asks to come in again, and so on for ever.</para>
    /// </summary>
    public bool HasMoreThan(Snapshot snapshot) => IsBoundIn(snapshot)
        && snapshot.Position.Sequence <= Log.Last
        && (snapshot.Position.Sequence < Log.Before ? !IsElsewhere(snapshot) : Log.IsOnIt(snapshot.Position, Log.Last));

    /// <summary>With the majority rule: whether a snapshot is of the network that this node is in, where its word counts.</summary>
    private bool IsBoundIn(Snapshot snapshot) => Quorum is not null && !Self.IsNone && snapshot.Network == View.Network;

    /// <summary>
    /// Whether a snapshot from before this node's log is none of what led to it: it has this node in by another entry than the one before the log.
    /// If it led there, its host, who has all that is committed up to where the log begins, would have this node in by that entry as well. What
    /// this log says of it since is no matter.
    /// <para>Prevents: n comes in at #78, where its log begins, and is put out at #99 by a host that dies; the survivors, at #68, let it in; n, which
    /// is in nothing by its own log, keeps that, asks for what follows it, and finds that it is not theirs, for ever.</para>
    /// </summary>
    private bool IsElsewhere(Snapshot snapshot) => (View.Find(Self) ?? Quorum!.FindLeaver(View, Self)) is not { } self || (self.JoinedAt <= Log.Before
        && snapshot.Members.Any(member => member.Id == Self && member.JoinedAt != self.JoinedAt));

    /// <summary>This node takes what a host of this epoch sends.</summary>
    public void Follows(Epoch epoch)
    {
        if (Quorum is not null && epoch > FollowedEpoch)
        {
            FollowedEpoch = epoch;
            ForgetCommittedBeyond();
        }
    }

    /// <summary>
    /// A reign begins, for this node: of what was committed in the one before, what lies beyond its log need not be what comes now.
    /// <para>Prevents: n, at #1180, has heard that #1360 is committed, and everybody who has that dies; n reigns, takes all of its own up to #1360 for
    /// committed, which it never finds out to be so, and lets nobody in who would have to have it first.</para>
    /// </summary>
    public void ForgetCommittedBeyond() => Committed = ShowableAnywhere;

    /// <summary>The entries up to here are committed, as far as this node has them.</summary>
    public void Commit(SequenceNumber upTo)
    {
        Committed = upTo > Committed ? upTo : Committed;
        if (Quorum is not null && ShowableAnywhere > _committedView!.At)
        {
            if (_returnsAt != SequenceNumber.None && _returnsAt <= ShowableAnywhere)
            {
                _committedView.Advance(Log, _returnsAt);
                Return(_committedView.Snapshot(Log));
            }
            _committedView.Advance(Log, ShowableAnywhere);
            Quorum.CommittedUpTo(ShowableAnywhere);
        }
    }

    /// <summary>
    /// A node that the log lost goes on with it all the same, since it finds nobody else. What was said between that and its being in again, which
    /// it may have taken from others when it stood, is shown to nobody here (P8).
    /// </summary>
    public void ReturnByItself()
    {
        if (Quorum is null && RemovedAt != SequenceNumber.None && _returnsAt > RemovedAt.Next)
        {
            Return(Snapshot.Of(View, Log));
        }
        (RemovedAt, _returnsAt) = Quorum is null ? (SequenceNumber.None, SequenceNumber.None) : (RemovedAt, _returnsAt);
    }

    /// <summary>This node, which followed while it was out, is in again: its people missed what was said meanwhile (P8).</summary>
    private void Return(Snapshot snapshot)
    {
        PassOver(Deliverable, snapshot.Position.Sequence);
        Notify(new Gap(Deliverable, Self, GapReason.Lost, snapshot));
        (RemovedAt, _returnsAt) = (SequenceNumber.None, SequenceNumber.None);
        DeliverUpTo(snapshot.Position.Sequence);
    }

    /// <summary>
    /// Gives up the entries after <paramref name="last"/>, which were not committed and are not what a later host goes by. Whatever is this
    /// node's own of them is sent again.
    /// </summary>
    public void TruncateAfter(SequenceNumber last)
    {
        _committedView!.Restore(View, Log, last);
        Log.TruncateAfter(last, Log.TimeAt(last));
        Quorum!.TruncatedAfter(last);
        Reports.Clear();
        ShownBefore.TookBackAfter(last);
        RemovedAt = RemovedAt > last ? SequenceNumber.None : RemovedAt;
        _returnsAt = _returnsAt > last ? SequenceNumber.None : _returnsAt;
        for (int i = _confirmations.Count; i > 0; i--)
        {
            OrderedSubmission confirmation = _confirmations.Dequeue();
            if (confirmation.Sequence <= last)
            {
                _confirmations.Enqueue(confirmation);
            }
        }
        if (View.Find(Self) is { } self)
        {
            self.IsLocal = true;
        }
        Guests.TookBack();
        Outbox.SendAgain();
    }
}
