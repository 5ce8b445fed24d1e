using Norris.Protocol;

namespace Norris.Node.Delivery;

/// <summary>
/// Where nodes were found that are members no more, the last 1,024 of them: a browser that comes from one of these comes from a page of this network.
/// Any thread may use it.
/// </summary>
internal sealed class AddressMemory
{
    private readonly HashSet<string> _all = new(StringComparer.OrdinalIgnoreCase);
    private readonly Queue<string> _oldestFirst = new();

    /// <summary>Takes one down; that of a guest, who has none, says nothing.</summary>
    public void Add(string address)
    {
        lock (_all)
        {
            if (address.Length == 0 || !_all.Add(address))
            {
                return;
            }
            _oldestFirst.Enqueue(address);
            if (_oldestFirst.Count > QueueLimits.MovedFromMax)
            {
                _all.Remove(_oldestFirst.Dequeue());
            }
        }
    }

    /// <summary>How many there are.</summary>
    public int Count
    {
        get
        {
            lock (_all)
            {
                return _oldestFirst.Count;
            }
        }
    }

    /// <summary>Whether one of them is like this.</summary>
    public bool Exists(Predicate<string> isLike)
    {
        lock (_all)
        {
            return _oldestFirst.Any(address => isLike(address));
        }
    }
}
