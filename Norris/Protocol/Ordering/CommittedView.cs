using Norris.Protocol.Membership;

namespace Norris.Protocol.Ordering;

/// <summary>
/// With the majority rule: the fold over the log once more, but only as far as it is committed. From here a node finds back to what the order
/// was before entries that it has to give up.
/// </summary>
internal sealed class CommittedView
{
    private readonly View _view = new();

    /// <summary>How far it has come.</summary>
    public SequenceNumber At { get; private set; }

    /// <summary>The log begins after this.</summary>
    public void Begin(View view, SequenceNumber at)
    {
        _view.CopyFrom(view);
        At = at;
    }

    /// <summary>Folds what is committed now.</summary>
    public void Advance(Log log, SequenceNumber committed)
    {
        Fold(_view, log, At, committed);
        At = committed > At ? committed : At;
    }

    /// <summary>Whether that member is one here, by the same joined entry.</summary>
    public bool Knows(Member member) => _view.Find(member.Id) is { } known && known.Token == member.Token && known.JoinedAt == member.JoinedAt;

    /// <summary>What a newcomer would start from here.</summary>
    public Snapshot Snapshot(Log log) => Ordering.Snapshot.Of(_view, new Position(_view.Epoch, At, log.DigestAt(At)), log.TimeAt(At));

    /// <summary>Makes <paramref name="view"/> what it was at <paramref name="sequence"/>, which is not before <see cref="At"/>.</summary>
    public void Restore(View view, Log log, SequenceNumber sequence)
    {
        view.CopyFrom(_view);
        Fold(view, log, At, sequence);
    }

    private static void Fold(View view, Log log, SequenceNumber after, SequenceNumber last)
    {
        for (SequenceNumber next = after.Next; next <= last;)
        {
            LogSlice slice = log.Read(next, last, LogSegment.SegmentBytes);
            ReadOnlySpan<byte> entries = slice.Memory.Span;
            while (!entries.IsEmpty)
            {
                bool isNext = Entry.TryRead(entries, out Entry entry) && view.TryApply(entry, next, out _);
                Invariant.Holds(isNext, "what was folded once can be folded again");
                entries = entries[entry.Bytes.Length..];
                next = next.Next;
            }
        }
    }
}
