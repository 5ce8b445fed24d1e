using Norris.Protocol.Membership;

namespace Norris.Protocol.Ordering;

/// <summary>
/// A change of host as a follower sees it come: that the host left, and that the next one's epoch starts. The two entries take effect
/// together. If they name another node, they do so at once: the host told nobody but its successor before that one had them. If they
/// name this node, they are an offer, and take effect when it is certain that they stand: the old host said so, or somebody has them
/// who can only have them because it said so. Until then the old host may still take them back. That a later epoch follows them in the
/// log is a proof as well: the offer stood, and somebody else has taken over since.
/// <para>Prevents: the successor of a host that left hears nothing but its offer, and never learns that it reigns; somebody takes over with
/// that offer in the history; the successor takes the new host for one that sends nonsense, and comes in anew with a gap.</para>
/// </summary>
internal sealed class HostChange(CoreState state)
{
    private Epoch _epoch;
    private Timestamp _timeBefore;

    /// <summary>True while entries are in the log that have not taken effect.</summary>
    public bool IsPending { get; private set; }

    /// <summary>True when the pending entries offer the reign to this node.</summary>
    public bool IsOffer { get; private set; }

    /// <summary>The last entry that has taken effect.</summary>
    public SequenceNumber Before { get; private set; }

    /// <summary>Where the host is, or was, that offers its reign.</summary>
    public string OldHost { get; private set; } = "";

    /// <summary>Whether an entry is for this to take, rather than to be folded at once.</summary>
    public bool Concerns(in Entry entry) => IsPending || (entry.Type == EntryType.Left && entry.Subject == state.View.Host);

    /// <summary>Takes the entry that comes next in the log, before it is appended. False when it cannot follow.</summary>
    public bool TryTake(in Entry entry)
    {
        if (!IsPending)
        {
            (IsPending, Before, OldHost) = (true, state.Log.Last, state.View.HostMember!.Address);
            _timeBefore = state.Log.LastTime;
            return entry.Author.IsNone;
        }
        if (IsOffer)
        {
            return entry.Type == EntryType.EpochStarted && entry.Author.IsNone && entry.NewEpoch > _epoch && TryFoldOffer()
                && state.TryFold(entry, state.Log.Last.Next);
        }
        if (entry.Type != EntryType.EpochStarted || !entry.Author.IsNone || entry.NewEpoch <= state.View.Epoch
            || entry.Subject == state.View.Host || state.View.Find(entry.Subject) is not { Kind: MemberKind.Node })
        {
            return false;
        }
        if (entry.Subject == state.Self)
        {
            (IsOffer, _epoch) = (true, entry.NewEpoch);
            state.Saw(entry.NewEpoch);
            return true;
        }
        IsPending = false;
        return TryFoldFirst() && state.TryFold(entry, Before.Next.Next);
    }

    /// <summary>Whether somebody at this position proves that the offer stands.</summary>
    public bool IsProvedBy(in Position position) =>
        IsOffer && position.Epoch == _epoch && position.Sequence == state.Log.Last && position.Digest == state.Log.Digest;

    /// <summary>The offer stands: this node is the host.</summary>
    public void Accept()
    {
        Invariant.Holds(IsOffer, "a node reigns when it was offered to");
        bool isNext = TryFoldOffer();
        Invariant.Holds(isNext, "an offer that was looked at takes effect");
        state.DeliverUpTo(state.Log.Last);
    }

    /// <summary>
    /// What is pending is taken back: the host is missed, and a takeover decides. If the offer stood, somebody has the entries and promises
    /// them, and they come back that way. True when there was something.
    /// </summary>
    public bool TryDrop()
    {
        if (!IsPending)
        {
            return false;
        }
        (IsPending, IsOffer) = (false, false);
        state.Log.TruncateAfter(Before, _timeBefore);
        return true;
    }

    private bool TryFoldOffer()
    {
        (IsPending, IsOffer) = (false, false);
        return TryFoldFirst() && state.TryFold(Pending(Before.Next.Next), Before.Next.Next);
    }

    private bool TryFoldFirst() => state.TryFold(Pending(Before.Next), Before.Next);

    private Entry Pending(SequenceNumber sequence) => new(state.Log.Read(sequence, sequence, 1).Memory.Span);
}
