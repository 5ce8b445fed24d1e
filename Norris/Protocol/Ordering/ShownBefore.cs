using Norris.Protocol.Membership;

namespace Norris.Protocol.Ordering;

/// <summary>
/// How far each author's entries were shown to the people at this node by a log that was given up. When a partition heals, the author of
/// a message that had a place only in that log may send it again; who saw it there is not to see it twice (P4).
/// <para>Prevents: a's message is in the order of the side of a and b; b saw it there, a did not yet; both join the other side, a sends it again, b sees it twice.</para>
/// </summary>
internal sealed class ShownBefore
{
    private readonly Dictionary<MemberId, ulong> _upTo = [];

    /// <summary>True when nothing can be a repetition.</summary>
    public bool IsEmpty => _upTo.Count == 0;

    /// <summary>Notes that everything of an author's up to this number was shown.</summary>
    public void Add(MemberId author, ulong number)
    {
        if (number > _upTo.GetValueOrDefault(author))
        {
            _upTo[author] = number;
        }
    }

    /// <summary>Whether it was; an author whose entries have passed that number is forgotten.</summary>
    public bool Contains(MemberId author, ulong number)
    {
        if (_upTo.Count == 0 || author.IsNone || !_upTo.TryGetValue(author, out ulong upTo))
        {
            return false;
        }
        if (number <= upTo)
        {
            return true;
        }
        _upTo.Remove(author);
        return false;
    }
}
