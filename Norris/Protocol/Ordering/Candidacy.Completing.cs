using Norris.Protocol.Membership;

namespace Norris.Protocol.Ordering;

/// <summary>How a candidate that has its promises comes to the history that it goes on with.</summary>
internal sealed partial class Candidacy
{
    /// <summary>Comes to the longest promised history: the latest epoch, and there the highest sequence number.</summary>
    private void Complete()
    {
        if (_longest is null)
        {
            _longest = Longest();
            if (_longest is null || _state.Makes(Mistake.TrustsItsOwnTail))
            {
                CheckAndWin();
                return;
            }
            _deadline = _state.Now.Plus(_state.TimeoutMicroseconds);
        }
        switch (_longest.State)
        {
            case VoteState.Granted when _longest.Position.Sequence > _state.Log.Last && TryTake(_longest.Entries.Span):
                _longest.Entries = default;
                _deadline = _state.Now.Plus(_state.TimeoutMicroseconds);
                if (End == CandidacyEnd.None && _longest.Position.Sequence > _state.Log.Last)
                {
                    Ask(_longest, isBinding: true);
                }
                else
                {
                    _longest = null;
                    Complete();
                }
                break;
            case VoteState.Granted:
                // Its entries do not follow from this log: one of the two histories is wrong.
                Finish(CandidacyEnd.MustRejoin, _longest.Address);
                break;
            case VoteState.Waiting when _state.Now >= _longest.AskAt:
                Ask(_longest, isBinding: true);
                break;
            case VoteState.Gone:
                _longest = null;
                Complete();
                break;
            default:
                if (_state.Now >= _deadline)
                {
                    _longest.State = VoteState.Gone;
                    _longest = null;
                    Complete();
                }
                break;
        }
    }

    private Vote? Longest()
    {
        Vote? longest = null;
        Position best = _state.Position;
        foreach (Vote vote in _votes)
        {
            if (vote.State == VoteState.Granted
                && (vote.Position.Epoch > best.Epoch || (vote.Position.Epoch == best.Epoch && vote.Position.Sequence > best.Sequence)))
            {
                (longest, best) = (vote, vote.Position);
            }
        }
        return longest;
    }

    private bool TryTake(ReadOnlySpan<byte> entries)
    {
        if (entries.IsEmpty)
        {
            return false;
        }
        while (!entries.IsEmpty)
        {
            if (!Entry.TryRead(entries, out Entry entry) || entry.Time < _state.Log.LastTime || !_state.TryFold(entry, _state.Log.Last.Next))
            {
                return false;
            }
            _state.Log.Append(entry.Bytes);
            entries = entries[entry.Bytes.Length..];
        }
        return true;
    }

    /// <summary>The history is complete: it must be everybody's who promised, and there must be nobody in it who was not asked.</summary>
    private void CheckAndWin()
    {
        if (_state.RemovedAt != SequenceNumber.None && _state.Quorum is null)
        {
            Finish(CandidacyEnd.MustRejoin, _votes.Find(static vote => vote.State == VoteState.Granted)?.Address ?? "");
            return;
        }
        foreach (Vote vote in _votes)
        {
            if (vote.State != VoteState.Granted)
            {
                continue;
            }
            if (vote.Position.Sequence < _state.Log.Before && _state.Quorum is null && !MayLeaveBehind)
            {
                // This node's log begins after what that one has: it cannot serve it, but that one may well become the host.
                Finish(CandidacyEnd.MustRejoin, vote.Address);
                return;
            }
            bool isHeld = vote.Position.Sequence >= _state.Log.Before && vote.Position.Sequence <= _state.Log.Last;
            if (!isHeld || _state.Log.DigestAt(vote.Position.Sequence) != vote.Position.Digest)
            {
                // With the majority rule its promise counts all the same: what it has besides was never committed, and it finds that out.
                vote.IsAstray = _state.Quorum is not null;
                vote.State = vote.IsAstray ? VoteState.Granted : VoteState.Gone;
            }
            else if (_state.Quorum is not null)
            {
                // Source: DoViewChange of Liskov and Cowling, 2012, section 4.2, carries the commit number, too.
                // Prevents: a committed that c left, said so to c alone, and dies; b, who has that, but does not know it to be committed, waits for c's
                // word to commit anything, and c, who is out for good, waits for b to let it in.
                _state.Commit(vote.Committed);
            }
        }
        if (Ahead is { } ahead)
        {
            // What others had may lead to what it has.
            Finish(_state.Log.Last > _began ? CandidacyEnd.Again : CandidacyEnd.MustRejoin, ahead.Address);
            return;
        }
        foreach (Member node in Voters())
        {
            if (node.Id != _state.Self && !_votes.Exists(vote => vote.Member == node.Id))
            {
                Finish(CandidacyEnd.Again, "");
                return;
            }
        }
        IsOfSurvivors = _state.Quorum?.IsMajority(HasPromised) == false;
        Finish(HasQuorum() ? CandidacyEnd.Won : CandidacyEnd.NoMajority, "");
    }
}
