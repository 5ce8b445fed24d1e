namespace Norris.Protocol.Membership;

/// <summary>
/// Where the nodes were that the log says are lost: a host looks for them there, in case they live on the other side of a cut. Each node
/// keeps it, since each may become the host. Bounded: the one that was lost first is forgotten first.
/// </summary>
internal sealed class LostMembers
{
    private const int LostMax = 1024;

    private readonly List<(MemberId Id, string Address)> _lost = [];

    /// <summary>Who is lost, and where it was, the longest lost first.</summary>
    public IReadOnlyList<(MemberId Id, string Address)> All => _lost;

    /// <summary>A node is lost.</summary>
    public void Add(MemberId id, string address)
    {
        Remove(id);
        if (_lost.Count == LostMax)
        {
            _lost.RemoveAt(0);
        }
        _lost.Add((id, address));
    }

    /// <summary>A node is back.</summary>
    public void Remove(MemberId id) => _lost.RemoveAll(lost => lost.Id == id);
}
