using Norris.Protocol.Membership;

namespace Norris.Protocol.Ordering;

/// <summary>
/// With the majority rule: who must have an entry before it may be shown, and who must promise before a node may reign. That is, of each view
/// that may still count, more than half of the nodes, or everybody who is not certainly dead. A view counts from its first entry until a
/// later one is committed, since nobody can know before which of them the others go by. Nodes that nobody can reach do not count: they cannot be asked.
/// <para>Source: every view since the last committed one counts, as in the joint consensus of Ongaro and Ousterhout, 2014, section 6.</para>
/// <para>Prevents: five nodes, two have an entry, it is shown, and both die; of the three that live two are "more than half": that was never a majority.</para>
/// </summary>
internal sealed class Quorum
{
    private readonly List<ViewInForce> _views = [];
    private readonly HashSet<MemberId> _dead = [];
    private readonly List<SequenceNumber> _scratch = [];

    /// <summary>How many views may still count.</summary>
    public int ViewCount => _views.Count;

    /// <summary>The log begins after a view, which is in force there.</summary>
    public void Begin(View view, SequenceNumber at)
    {
        _views.Clear();
        Changed(view, at);
    }

    /// <summary>The entry at <paramref name="at"/> changed which nodes are in.</summary>
    public void Changed(View view, SequenceNumber at) =>
        _views.Add(new ViewInForce(at, [.. view.BySeniority.Where(static member => member is { Kind: MemberKind.Node, IsReachable: true })]));

    /// <summary>The entries up to here are committed: what was in force only before them counts no more.</summary>
    public void CommittedUpTo(SequenceNumber committed)
    {
        while (_views.Count > 1 && _views[1].From <= committed)
        {
            _views.RemoveAt(0);
        }
    }

    /// <summary>The entries after this one were taken back.</summary>
    public void TruncatedAfter(SequenceNumber last)
    {
        while (_views.Count > 1 && _views[^1].From > last)
        {
            _views.RemoveAt(_views.Count - 1);
        }
    }

    /// <summary>That node's machine says that nobody listens there any more: it is dead, not silent.</summary>
    public void IsDead(MemberId node) => _dead.Add(node);

    /// <summary>That node was heard.</summary>
    public void IsAlive(MemberId node)
    {
        if (_dead.Count > 0)
        {
            _dead.Remove(node);
        }
    }

    /// <summary>A reign begins: nobody has acknowledged anything in it, everybody was just heard.</summary>
    public void StartOver(Timestamp now)
    {
        foreach (ViewInForce view in _views)
        {
            foreach (Member node in view.Nodes)
            {
                node.Progress.Reset(now);
            }
        }
    }

    /// <summary>All nodes of the views that may still count, each once, as the latest of them knows it.</summary>
    public IEnumerable<Member> Nodes()
    {
        var known = new HashSet<MemberId>();
        for (int i = _views.Count - 1; i >= 0; i--)
        {
            foreach (Member node in _views[i].Nodes)
            {
                if (known.Add(node.Id))
                {
                    yield return node;
                }
            }
        }
    }

    /// <summary>
    /// The node that an entry says is gone, while that is not committed and its word still counts; null when there is none. Until then it gets
    /// the log, up to that entry.
    /// </summary>
    public Member? FindLeaver(View view, MemberId id)
    {
        if (_views.Count == 1 || view.Find(id) is not null)
        {
            return null;
        }
        for (int i = _views.Count - 1; i >= 0; i--)
        {
            if (Array.Find(_views[i].Nodes, node => node.Id == id) is { } leaver)
            {
                return leaver;
            }
        }
        return null;
    }

    /// <summary>The entry that says that a node is gone which <see cref="FindLeaver"/> finds.</summary>
    public SequenceNumber LeftAt(MemberId leaver)
    {
        int last = _views.FindLastIndex(view => Array.Exists(view.Nodes, node => node.Id == leaver));
        return _views[last + 1].From;
    }

    /// <summary>Whether those for whom <paramref name="counts"/> holds are enough in every view that may still count.</summary>
    public bool IsEnough(Func<Member, bool> counts) => _views.TrueForAll(view => IsEnough(view.Nodes, counts));

    /// <summary>Whether those for whom <paramref name="counts"/> holds are more than half in every view that may still count.</summary>
    public bool IsMajority(Func<Member, bool> counts) => _views.TrueForAll(view => 2 * view.Nodes.Count(counts) > view.Nodes.Length);

    /// <summary>The last entry that enough nodes have, in every view in force up to there; <paramref name="has"/> says how far each is.</summary>
    public SequenceNumber Reached(Func<Member, SequenceNumber> has, SequenceNumber last)
    {
        SequenceNumber reached = last;
        for (int i = 0; i < _views.Count && _views[i].From <= reached; i++)
        {
            SequenceNumber here = ReachedIn(_views[i].Nodes, has, last);
            if (i > 0 && here < _views[i].From)
            {
                return new SequenceNumber(_views[i].From.Value - 1);
            }
            reached = here < reached ? here : reached;
        }
        return reached;
    }

    private bool IsEnough(Member[] nodes, Func<Member, bool> counts)
    {
        int counted = 0;
        bool areAllOthersDead = true;
        foreach (Member node in nodes)
        {
            bool isCounted = counts(node);
            counted += isCounted ? 1 : 0;
            areAllOthersDead &= isCounted || _dead.Contains(node.Id);
        }
        return areAllOthersDead || 2 * counted > nodes.Length;
    }

    private SequenceNumber ReachedIn(Member[] nodes, Func<Member, SequenceNumber> has, SequenceNumber last)
    {
        SequenceNumber byLiving = last;
        _scratch.Clear();
        foreach (Member node in nodes)
        {
            SequenceNumber acknowledged = has(node);
            _scratch.Add(acknowledged);
            byLiving = acknowledged < byLiving && !_dead.Contains(node.Id) ? acknowledged : byLiving;
        }
        _scratch.Sort();
        SequenceNumber byMajority = nodes.Length == 0 ? last : _scratch[(nodes.Length - 1) / 2];
        return byMajority > byLiving ? byMajority : byLiving;
    }

    private readonly record struct ViewInForce(SequenceNumber From, Member[] Nodes);
}
