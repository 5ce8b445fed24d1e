namespace Norris.Discovery;

/// <summary>
/// Who was heard of during one search, and is worth trying: a few members, and of those that only look those that would begin before this node
/// does. So everybody who starts in one moment tries the same one, and whoever floods the segment with names makes a node try a few of them.
/// </summary>
/// <param name="instance">This node's own, as its words say it.</param>
internal sealed class Candidates(ulong instance)
{
    /// <summary>So many members are tried in one search.</summary>
    public const int MembersMax = 4;

    /// <summary>So many are that only look.</summary>
    public const int NewcomersMax = 16;

    private readonly HashSet<ulong> _members = [];
    private readonly HashSet<ulong> _newcomers = [];
    private ulong _lowest = ulong.MaxValue;

    /// <summary>A search begins: what was heard before is forgotten.</summary>
    public void StartOver()
    {
        _members.Clear();
        _newcomers.Clear();
        _lowest = ulong.MaxValue;
    }

    /// <summary>Whether who said this is to be tried, which it was not yet.</summary>
    public bool TryAdd(SegmentWord word)
    {
        if (word.Instance == instance)
        {
            return false;
        }
        if (word.IsOfMember)
        {
            return _members.Count < MembersMax && _members.Add(word.Instance);
        }
        // Only one that goes before all that are known changes who begins.
        if (word.Instance > instance || word.Instance >= _lowest || _newcomers.Count == NewcomersMax)
        {
            return false;
        }
        _lowest = word.Instance;
        return _newcomers.Add(word.Instance);
    }
}
