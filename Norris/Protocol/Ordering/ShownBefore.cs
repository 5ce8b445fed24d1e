using Norris.Protocol.Membership;

namespace Norris.Protocol.Ordering;

/// <summary>
/// Which of each author's entries were shown to the people at this node by a log that was given up. When a partition heals, the author of
/// a message that had a place only in that log may send it again; who saw it there is not to see it twice (P4). An author's numbers in one
/// membership are a run without gaps; what it said elsewhere before or between was not shown here.
/// <para>Prevents: a's message is in the order of the side of a and b; b saw it there, a did not yet; both join the other side, a sends it again, b sees it twice.</para>
/// </summary>
internal sealed class ShownBefore
{
    private readonly Dictionary<MemberId, List<(ulong After, ulong UpTo)>> _shown = [];
    private readonly Dictionary<MemberId, List<(ulong After, ulong UpTo)>> _passed = [];
    private readonly List<(SequenceNumber At, MemberId Author, ulong After, ulong UpTo)> _ofThisLog = [];
    private readonly List<(MemberId Author, ulong After, ulong UpTo)> _passedOver = [];

    /// <summary>How many authors are remembered.</summary>
    public int Count => _shown.Count;

    /// <summary>True when nothing can be a repetition.</summary>
    public bool IsEmpty => _shown.Count == 0;

    /// <summary>An author left the log that is being followed: what was shown of it counts once that log is given up.</summary>
    /// <param name="at">The entry that says so.</param>
    /// <param name="author">Who.</param>
    /// <param name="after">The last number that it had used before it came.</param>
    /// <param name="upTo">The last number that it used.</param>
    public void Left(SequenceNumber at, MemberId author, ulong after, ulong upTo)
    {
        if (upTo > after)
        {
            _ofThisLog.Add((at, author, after, upTo));
            ForgetOldest(_ofThisLog);
        }
    }

    /// <summary>
    /// The entries after this one were taken back, and had not been shown.
    /// <para>Prevents: a guest came, spoke and left in entries that nobody committed; they are taken back and it says that again; nobody here sees it.</para>
    /// </summary>
    public void TookBackAfter(SequenceNumber last) => _ofThisLog.RemoveAll(run => run.At > last);

    /// <summary>
    /// An entry of this log is not shown here: it stands at the end of a log that is about to be given up; or this node was out when it was
    /// ordered, and followed nevertheless.
    /// <para>Prevents: a node is put out and back in by entries that it gets together; what b said between has a place only there; the node
    /// moves to another side, b as well, and says it again; the node takes that for a repetition.</para>
    /// </summary>
    public void PassedOver(MemberId author, ulong number)
    {
        int i = _passedOver.FindIndex(run => run.Author == author && run.UpTo + 1 == number);
        if (i >= 0)
        {
            _passedOver[i] = _passedOver[i] with { UpTo = number };
        }
        else if (number > 0)
        {
            _passedOver.Add((author, number - 1, number));
            ForgetOldest(_passedOver);
        }
    }

    /// <summary>
    /// The log is given up. What it had gone past may come again in the next one.
    /// <para>Prevents: c sees #1 to #10 of b, is put out, comes in again and sees #11; it goes to another side, as b does, where nobody ever had
    /// anything of b; b says #2 again, and c sees it twice.</para>
    /// </summary>
    public void GiveUp()
    {
        foreach ((MemberId author, List<(ulong After, ulong UpTo)> runs) in _passed)
        {
            runs.ForEach(run => Add(author, run.After, run.UpTo));
        }
        _passed.Clear();
        foreach ((_, MemberId author, ulong after, ulong upTo) in _ofThisLog)
        {
            ulong from = after;
            foreach ((_, ulong gapAfter, ulong gapUpTo) in _passedOver.Where(run => run.Author == author).OrderBy(static run => run.After))
            {
                Add(author, from, Math.Min(gapAfter, upTo));
                from = Math.Max(from, gapUpTo);
            }
            Add(author, from, upTo);
        }
        _ofThisLog.Clear();
        _passedOver.Clear();
    }

    private void Add(MemberId author, ulong after, ulong upTo)
    {
        if (upTo > after)
        {
            if (!_shown.TryGetValue(author, out List<(ulong After, ulong UpTo)>? runs))
            {
                ForgetOldest(_shown);
                _shown.Add(author, runs = []);
            }
            if (runs.Count > 0 && runs[^1].UpTo == after)
            {
                (after, _) = runs[^1];
                runs.RemoveAt(runs.Count - 1);
            }
            runs.Add((after, upTo));
            ForgetOldest(runs);
        }
    }

    private static void ForgetOldest(Dictionary<MemberId, List<(ulong After, ulong UpTo)>> authors)
    {
        if (authors.Count >= QueueLimits.ShownBeforeMax)
        {
            authors.Remove(authors.First().Key);
        }
    }

    private static void ForgetOldest<T>(List<T> runs)
    {
        if (runs.Count > QueueLimits.ShownBeforeMax)
        {
            runs.RemoveRange(0, QueueLimits.ShownBeforeMax / 2);
        }
    }

    /// <summary>Whether it was; an author whose entries have passed all that was shown of it cannot repeat itself in this log any more.</summary>
    public bool Contains(MemberId author, ulong number)
    {
        if (_shown.Count == 0 || author.IsNone || !_shown.TryGetValue(author, out List<(ulong After, ulong UpTo)>? runs))
        {
            return false;
        }
        bool isAhead = true;
        foreach ((ulong after, ulong upTo) in runs)
        {
            if (number > after && number <= upTo)
            {
                return true;
            }
            isAhead &= number > upTo;
        }
        if (isAhead)
        {
            _shown.Remove(author);
            ForgetOldest(_passed);
            _passed[author] = runs;
        }
        return false;
    }
}
