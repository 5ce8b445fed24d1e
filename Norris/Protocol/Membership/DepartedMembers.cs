namespace Norris.Protocol.Membership;

/// <summary>
/// Remembers the nodes that left last, with how far their submissions got, so that one that was merely away comes back as who it
/// was and nothing of its is ordered twice. Bounded; part of the fold, so the same at every node.
/// <para>Prevents: a submits #7, is taken for lost, its reply never arrives; it rejoins under a new count and sends #7 again as #1: delivered twice.</para>
/// </summary>
internal sealed class DepartedMembers
{
    /// <summary>How many are remembered; the oldest is forgotten first.</summary>
    public const int DepartedMax = 4096;

    private readonly Dictionary<MemberId, Departed> _byId = [];
    private readonly Queue<MemberId> _oldestFirst = new();

    /// <summary>The remembered ones, oldest first.</summary>
    public IEnumerable<Departed> OldestFirst => _oldestFirst.Select(id => _byId[id]);

    /// <summary>How many are remembered.</summary>
    public int Count => _byId.Count;

    /// <summary>Remembers one that leaves.</summary>
    public void Add(Departed departed)
    {
        if (_byId.TryAdd(departed.Id, departed))
        {
            _oldestFirst.Enqueue(departed.Id);
            if (_oldestFirst.Count > DepartedMax)
            {
                _byId.Remove(_oldestFirst.Dequeue());
            }
        }
    }

    /// <summary>Takes out one that comes back: the same id with the same token.</summary>
    public bool TryTake(MemberId id, MemberToken token, out Departed departed)
    {
        if (!_byId.TryGetValue(id, out departed) || departed.Token != token)
        {
            return false;
        }
        _byId.Remove(id);
        int count = _oldestFirst.Count;
        for (int i = 0; i < count; i++)
        {
            MemberId other = _oldestFirst.Dequeue();
            if (other != id)
            {
                _oldestFirst.Enqueue(other);
            }
        }
        return true;
    }

    /// <summary>Looks at one without taking it out.</summary>
    public bool TryFind(MemberId id, MemberToken token, out Departed departed) => _byId.TryGetValue(id, out departed) && departed.Token == token;

    /// <summary>Whether one with this id and token is remembered.</summary>
    public bool Contains(MemberId id, MemberToken token) => TryFind(id, token, out _);

    /// <summary>Whether the id belongs to one that is remembered.</summary>
    public bool Contains(MemberId id) => _byId.ContainsKey(id);

    /// <summary>Forgets all.</summary>
    public void Clear()
    {
        _byId.Clear();
        _oldestFirst.Clear();
    }
}

/// <summary>A node that left: who it was, what it proves itself with, and the number of its last entry.</summary>
internal readonly record struct Departed(MemberId Id, MemberToken Token, ulong LastNumber);
