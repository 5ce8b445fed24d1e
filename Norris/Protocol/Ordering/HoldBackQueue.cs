using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Norris.Protocol.Ordering;

/// <summary>
/// Entries waiting at the host for possibly earlier ones (P2): ordered by the time of sending, and by arrival where times are
/// equal, so that an author's entries, whose times never decrease, keep their order. What arrives in order forms a run, which lies in one
/// piece in a chunk of bytes; a binary heap holds the runs by what comes next in each. A submission is one run, so the heap is as large as
/// the number of submissions that wait, and not as that of their entries. Nothing is allocated once it has grown to its working size.
/// <para>Source: the hold-back queue of Birman, Schiper and Stephenson, "Lightweight causal and atomic group multicast", 1991; runs and
/// their merging as in Knuth, The Art of Computer Programming, volume 3, section 5.4.1.</para>
/// </summary>
internal sealed class HoldBackQueue
{
    private const int ChunkBytes = 128 * 1024;

    private readonly List<Chunk> _chunks = [];
    private readonly Stack<int> _free = new();
    private Run[] _heap = new Run[64];
    private int _runs;
    private int _current = -1;
    private int _lastHeader = -1;
    private long _lastSentAt;
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
        int needed = BytesFor(entry.Length);
        if (_current < 0 || ChunkBytes - _chunks[_current].Used < needed)
        {
            _current = FreeChunk();
            _lastHeader = -1;
        }
        Chunk chunk = _chunks[_current];
        int at = chunk.Used;
        HeaderAt(chunk, at) = new Header(sentAt.Microseconds, entry.Length);
        entry.CopyTo(chunk.Bytes.AsSpan(at + Unsafe.SizeOf<Header>()));
        chunk.Used += needed;
        chunk.Waiting++;
        Count++;
        Bytes += entry.Length;
        if (_lastHeader >= 0 && sentAt.Microseconds >= _lastSentAt)
        {
            HeaderAt(chunk, _lastHeader).IsFollowed = true;
        }
        else
        {
            Push(new Run(sentAt.Microseconds, _arrivals, _current, at));
        }
        _arrivals++;
        (_lastHeader, _lastSentAt) = (at, sentAt.Microseconds);
    }

    /// <summary>The entry that comes next, in place until <see cref="RemoveNext"/>.</summary>
    public Entry PeekNext()
    {
        ref Run next = ref _heap[0];
        Chunk chunk = _chunks[next.Chunk];
        return new Entry(chunk.Bytes.AsSpan(next.At + Unsafe.SizeOf<Header>(), HeaderAt(chunk, next.At).Length));
    }

    /// <summary>Lets go of the entry that comes next.</summary>
    public void RemoveNext()
    {
        Invariant.Holds(Count > 0, "only a waiting entry is taken");
        Run first = _heap[0];
        Chunk chunk = _chunks[first.Chunk];
        Header header = HeaderAt(chunk, first.At);
        Count--;
        Bytes -= header.Length;
        if (header.IsFollowed)
        {
            int after = first.At + BytesFor(header.Length);
            SiftDown(new Run(HeaderAt(chunk, after).SentAt, first.Arrival + 1, first.Chunk, after));
        }
        else
        {
            if (first.Chunk == _current && first.At == _lastHeader)
            {
                _lastHeader = -1;
            }
            if (--_runs > 0)
            {
                SiftDown(_heap[_runs]);
            }
        }
        if (--chunk.Waiting == 0)
        {
            chunk.Used = 0;
            if (first.Chunk != _current)
            {
                _free.Push(first.Chunk);
            }
        }
    }

    /// <summary>Forgets all that waits: the reign is over, and the senders still have what they sent.</summary>
    public void Clear()
    {
        _chunks.Clear();
        _free.Clear();
        (_runs, Count, Bytes, _current, _lastHeader) = (0, 0, 0, -1, -1);
    }

    private int FreeChunk()
    {
        if (_free.TryPop(out int free))
        {
            return free;
        }
        _chunks.Add(new Chunk());
        return _chunks.Count - 1;
    }

    private void Push(in Run run)
    {
        if (_runs == _heap.Length)
        {
            Array.Resize(ref _heap, _runs * 2);
        }
        int i = _runs++;
        while (i > 0)
        {
            int parent = (i - 1) / 2;
            if (_heap[parent].IsBefore(run))
            {
                break;
            }
            _heap[i] = _heap[parent];
            i = parent;
        }
        _heap[i] = run;
    }

    /// <summary>Puts a run in the place of the first one.</summary>
    private void SiftDown(Run run)
    {
        Run[] heap = _heap;
        int i = 0;
        while (true)
        {
            int child = (2 * i) + 1;
            if (child >= _runs)
            {
                break;
            }
            if (child + 1 < _runs && heap[child + 1].IsBefore(heap[child]))
            {
                child++;
            }
            if (run.IsBefore(heap[child]))
            {
                break;
            }
            heap[i] = heap[child];
            i = child;
        }
        heap[i] = run;
    }

    /// <summary>What an entry takes with its header; the next header is aligned.</summary>
    private static int BytesFor(int length) => Unsafe.SizeOf<Header>() + ((length + 7) & ~7);

    private static ref Header HeaderAt(Chunk chunk, int at) => ref MemoryMarshal.AsRef<Header>(chunk.Bytes.AsSpan(at));

    /// <summary>What lies before an entry's bytes.</summary>
    private struct Header(long sentAt, int length)
    {
        public readonly long SentAt = sentAt;

        public readonly int Length = length;

        /// <summary>Whether the next one of the same run lies behind the entry.</summary>
        public bool IsFollowed;
    }

    /// <summary>A run, as far as it waits: when what comes next in it was sent, as which of all it arrived, and where it lies.</summary>
    private readonly record struct Run(long SentAt, ulong Arrival, int Chunk, int At)
    {
        public bool IsBefore(in Run other) => SentAt < other.SentAt || (SentAt == other.SentAt && Arrival < other.Arrival);
    }

    private sealed class Chunk
    {
        public byte[] Bytes { get; } = GC.AllocateUninitializedArray<byte>(ChunkBytes);

        public int Used { get; set; }

        public int Waiting { get; set; }
    }
}
