namespace Norris.Protocol.Membership;

/// <summary>
/// Where the nodes were that the log says are lost or too slow: a host looks for them there, in case they live on the other side of a cut. Each node
/// keeps it, since each may become the host. Bounded: the one that was lost first is forgotten first.
/// </summary>
internal sealed class LostMembers
{
    private readonly List<(MemberId Id, string Address)> _lost = [];
    private readonly HashSet<MemberId> _slow = [];

    /// <summary>Who is lost, and where it was, the longest lost first.</summary>
    public IReadOnlyList<(MemberId Id, string Address)> All => _lost;

    /// <summary>A node is lost.</summary>
    public void Add(MemberId id, string address, bool isSlow = false)
    {
        Remove(id);
        if (_lost.Count == QueueLimits.LostMax)
        {
            Remove(_lost[0].Id);
        }
        _lost.Add((id, address));
        if (isSlow)
        {
            _slow.Add(id);
        }
    }

    /// <summary>
    /// Whether a node was put out as too slow, and is not back.
    /// <para>Prevents: n is put out as slow while its stream is broken; it asks the host for the log, hears that it is no member, and tells its people
    /// that it was lost.</para>
    /// </summary>
    public bool IsSlow(MemberId id) => _slow.Contains(id);

    /// <summary>A node is back.</summary>
    public void Remove(MemberId id)
    {
        _lost.RemoveAll(lost => lost.Id == id);
        _slow.Remove(id);
    }

    /// <summary>
    /// This node goes on in a view that it did not see grow out of its own: whom it knew, and that view does not, may live on another side.
    /// <para>Prevents: n comes back after others went on without it, and becomes their host when they die; it looks for none of those who were in
    /// the log with it before, and two sides live side by side for ever.</para>
    /// </summary>
    public void StartFrom(View view, IEnumerable<(MemberId Id, string Address)> known)
    {
        foreach ((MemberId id, string address) in known)
        {
            if (view.Find(id) is null)
            {
                Add(id, address);
            }
        }
        _lost.RemoveAll(lost => view.Find(lost.Id) is not null);
        _slow.Clear();
    }
}
