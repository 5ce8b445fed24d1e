using Norris.Protocol.Membership;

namespace Norris.Node.Delivery;

/// <summary>
/// Whose messages the person at this terminal does not want to see. Somebody is known by the id, which lasts through a change of name, and by the name,
/// which may come back under another id. Any thread.
/// </summary>
internal sealed class IgnoreList
{
    private readonly object _gate = new();
    private (MemberId Id, string Name)[] _ignored = [];

    /// <summary>The names under which members were ignored.</summary>
    public IReadOnlyList<string> Names => [.. Volatile.Read(ref _ignored).Select(static each => each.Name)];

    /// <summary>Whether nobody is ignored.</summary>
    public bool IsEmpty => Volatile.Read(ref _ignored).Length == 0;

    /// <summary>Whether messages of this member are not wanted.</summary>
    public bool Contains(MemberId id, string name)
    {
        foreach ((MemberId ignored, string called) in Volatile.Read(ref _ignored))
        {
            if (ignored == id || called == name)
            {
                return true;
            }
        }
        return false;
    }

    /// <summary>Adds a member.</summary>
    public void Add(MemberId id, string name)
    {
        lock (_gate)
        {
            Volatile.Write(ref _ignored, [.. _ignored, (id, name)]);
        }
    }

    /// <summary>Takes a member out that was ignored under this name, in whatever case; false when none was.</summary>
    public bool Remove(string name)
    {
        lock (_gate)
        {
            (MemberId, string)[] rest = [.. _ignored.Where(each => !each.Name.Equals(name, StringComparison.OrdinalIgnoreCase))];
            bool isFound = rest.Length < _ignored.Length;
            Volatile.Write(ref _ignored, rest);
            return isFound;
        }
    }
}
