namespace Norris.Protocol.Membership;

/// <summary>
/// Remembers the nodes that left last, and the guests that were lost with their nodes, with how far their submissions got, so that one that
/// was merely away comes back as who it was and nothing of its is ordered twice. Bounded; part of the fold, so the same at every node.
/// <para>Prevents: a submits #7, is taken for lost, its reply never arrives; it rejoins under a new count and sends #7 again as #1: delivered twice.</para>
/// </summary>
internal sealed class DepartedMembers
{
    /// <summary>
    /// How many nodes are remembered, and how many guests; the oldest is forgotten first.
    /// <para>Prevents: a node with ten thousand guests is lost, and no other node that was away is remembered any more.</para>
    /// </summary>
    public const int DepartedMax = QueueLimits.DepartedMax;

    private readonly Dictionary<MemberId, LinkedListNode<Departed>> _byId = [];
    private readonly LinkedList<Departed> _nodes = new();
    private readonly LinkedList<Departed> _guests = new();

    /// <summary>The remembered ones: nodes, oldest first, then guests, oldest first.</summary>
    public IEnumerable<Departed> OldestFirst => _nodes.Concat(_guests);

    /// <summary>How many are remembered.</summary>
    public int Count => _byId.Count;

    /// <summary>Remembers one that leaves.</summary>
    public void Add(Departed departed)
    {
        if (_byId.ContainsKey(departed.Id))
        {
            return;
        }
        LinkedList<Departed> kin = KinOf(departed);
        _byId.Add(departed.Id, kin.AddLast(departed));
        if (kin.Count > DepartedMax)
        {
            _byId.Remove(kin.First!.Value.Id);
            kin.RemoveFirst();
        }
    }

    /// <summary>Takes out one that comes back: the same id with the same token.</summary>
    public bool TryTake(MemberId id, MemberToken token, out Departed departed)
    {
        if (!TryFind(id, token, out departed))
        {
            departed = default;
            return false;
        }
        _byId.Remove(id, out LinkedListNode<Departed>? node);
        KinOf(departed).Remove(node!);
        return true;
    }

    /// <summary>Looks at one without taking it out.</summary>
    public bool TryFind(MemberId id, MemberToken token, out Departed departed)
    {
        departed = _byId.TryGetValue(id, out LinkedListNode<Departed>? node) ? node.Value : default;
        return node is not null && departed.Token == token;
    }

    /// <summary>Whether one with this id and token is remembered.</summary>
    public bool Contains(MemberId id, MemberToken token) => TryFind(id, token, out _);

    /// <summary>Whether the id belongs to one that is remembered.</summary>
    public bool Contains(MemberId id) => _byId.ContainsKey(id);

    /// <summary>Forgets all.</summary>
    public void Clear()
    {
        _byId.Clear();
        _nodes.Clear();
        _guests.Clear();
    }

    private LinkedList<Departed> KinOf(in Departed departed) => departed.Kind == MemberKind.Node ? _nodes : _guests;
}

/// <summary>One that left: who and what it was, what it proves itself with, and the number of its last entry.</summary>
internal readonly record struct Departed(MemberId Id, MemberKind Kind, MemberToken Token, ulong LastNumber);
