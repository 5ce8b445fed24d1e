namespace Norris.Protocol.Ordering;

/// <summary>
/// Entries waiting at the host for possibly earlier ones (P2): ordered by the time of sending, and by arrival where times are
/// equal, so that an author's entries, whose times never decrease, keep their order. A binary heap of small records over chunks of
/// entry bytes; nothing is allocated once it has grown to its working size.
/// <para>Source: the hold-back queue of Birman, Schiper and Stephenson, "Lightweight causal and atomic group multicast", 1991.</para>
/// </summary>
internal sealed class HoldBackQueue
{
    private const int ChunkBytes = 128 * 1024;

    private readonly Stack<Chunk> _free = new();
    private Held[] _heap = new Held[64];
    private Chunk? _current;
    private ulong _arrivals;

    /// <summary>How many entries wait.</summary>
    public int Count { get; private set; }

    /// <summary>Bytes of the entries that wait.</summary>
    public long Bytes { get; private set; }

    /// <summary>The time of sending of the one that comes next; meaningless when none waits.</summary>
    public Timestamp NextSent => Count == 0 ? Timestamp.Zero : new Timestamp(_heap[0].SentAt);

    /// <summary>Takes a copy of an entry that was sent at <paramref name="sentAt"/>.</summary>
    public void Add(ReadOnlySpan<byte> entry, Timestamp sentAt)
    {
        if (_current is null || ChunkBytes - _current.Used < entry.Length)
        {
            _current = _free.Count > 0 ? _free.Pop() : new Chunk();
        }
        entry.CopyTo(_current.Bytes.AsSpan(_current.Used));
        var held = new Held(sentAt.Microseconds, _arrivals++, _current, _current.Used, entry.Length);
        _current.Used += entry.Length;
        _current.Waiting++;
        Bytes += entry.Length;
        Push(held);
    }

    /// <summary>The entry that comes next, in place until <see cref="RemoveNext"/>.</summary>
    public Entry PeekNext() => new(_heap[0].Chunk.Bytes.AsSpan(_heap[0].Offset, _heap[0].Length));

    /// <summary>Lets go of the entry that comes next.</summary>
    public void RemoveNext()
    {
        Held held = Pop();
        Bytes -= held.Length;
        if (--held.Chunk.Waiting == 0)
        {
            held.Chunk.Used = 0;
            if (held.Chunk != _current)
            {
                _free.Push(held.Chunk);
            }
        }
    }

    /// <summary>Forgets all that waits: the reign is over, and the senders still have what they sent.</summary>
    public void Clear()
    {
        Array.Clear(_heap, 0, Count);
        Count = 0;
        Bytes = 0;
        _current = null;
    }

    private void Push(Held held)
    {
        if (Count == _heap.Length)
        {
            Array.Resize(ref _heap, Count * 2);
        }
        int i = Count++;
        while (i > 0)
        {
            int parent = (i - 1) / 2;
            if (_heap[parent].IsBefore(held))
            {
                break;
            }
            _heap[i] = _heap[parent];
            i = parent;
        }
        _heap[i] = held;
    }

    private Held Pop()
    {
        Invariant.Holds(Count > 0, "only a waiting entry is taken");
        Held first = _heap[0];
        Held last = _heap[--Count];
        _heap[Count] = default;
        int i = 0;
        while (true)
        {
            int child = (2 * i) + 1;
            if (child >= Count)
            {
                break;
            }
            if (child + 1 < Count && _heap[child + 1].IsBefore(_heap[child]))
            {
                child++;
            }
            if (last.IsBefore(_heap[child]))
            {
                break;
            }
            _heap[i] = _heap[child];
            i = child;
        }
        if (Count > 0)
        {
            _heap[i] = last;
        }
        return first;
    }

    private readonly record struct Held(long SentAt, ulong Arrival, Chunk Chunk, int Offset, int Length)
    {
        public bool IsBefore(in Held other) => SentAt < other.SentAt || (SentAt == other.SentAt && Arrival < other.Arrival);
    }

    private sealed class Chunk
    {
        public byte[] Bytes { get; } = GC.AllocateUninitializedArray<byte>(ChunkBytes);

        public int Used { get; set; }

        public int Waiting { get; set; }
    }
}
