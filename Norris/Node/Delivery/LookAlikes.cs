namespace Norris.Node.Delivery;

/// <summary>
/// Which names in a view may be taken for each other: those are shown with their members' ids behind them, all of them, since nobody can know which
/// is meant to be the other one. So are names that nothing is to be seen of, and those that imitate an id behind a name.
/// </summary>
internal sealed class LookAlikes
{
    private readonly Dictionary<string, int> _counts = new(StringComparer.Ordinal);
    private int _several;

    /// <summary>A member has this name now.</summary>
    public void Add(RosterMember member)
    {
        int count = _counts.GetValueOrDefault(member.Skeleton) + 1;
        _counts[member.Skeleton] = count;
        _several += count == 2 ? 1 : 0;
    }

    /// <summary>A member has it no more.</summary>
    public void Remove(RosterMember member)
    {
        int count = _counts[member.Skeleton] - 1;
        _several -= count == 1 ? 1 : 0;
        if (count > 0)
        {
            _counts[member.Skeleton] = count;
        }
        else
        {
            _counts.Remove(member.Skeleton);
        }
    }

    /// <summary>Whether a member of the view is to be shown with its id. Costs next to nothing while no two names look alike.</summary>
    public bool Contain(RosterMember member) => member.IsOdd || (_several > 0 && _counts.GetValueOrDefault(member.Skeleton) > 1);

    /// <summary>Whether somebody who is about to have a name is to be shown with its id for that others have one like it.</summary>
    /// <param name="skeleton">What the name looks like.</param>
    /// <param name="before">The one it is now; null for somebody who is not in.</param>
    public bool WillContain(string skeleton, RosterMember? before) =>
        _counts.GetValueOrDefault(skeleton) > (before?.Skeleton == skeleton ? 1 : 0);

    /// <summary>Whether nothing of a name is to be seen, or it has the brackets that stand around an id behind a name.</summary>
    public static bool IsOdd(string name, string skeleton) => skeleton.Length == 0 || name.AsSpan().IndexOfAny('[', ']') >= 0;
}
