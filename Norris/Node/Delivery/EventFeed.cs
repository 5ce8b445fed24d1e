using System.Buffers;

namespace Norris.Node.Delivery;

/// <summary>
/// The events of a node in one form, as bytes that are made once and read by any number of readers, each at its own pace. Chunks hang
/// together in a chain that only ever grows at its end; a chunk that the slowest reader has passed is the collector's. One thread at a
/// time writes.
/// </summary>
internal sealed class EventFeed : IBufferWriter<byte>
{
    private const int ChunkBytes = 32 * 1024;

    private readonly object _gate = new();
    private readonly List<FeedReader> _readers = [];

    // Nothing until something is written: most forms of events have no reader.
    private FeedChunk _tail = new(0);
    private FeedChunk _publishedChunk;
    private int _publishedOffset;
    private int _written;
    private long _bytesWritten;
    private long _bytesPublished;

    public EventFeed() => _publishedChunk = _tail;

    /// <summary>True while somebody reads: else making events is not worth the while.</summary>
    public bool HasReaders
    {
        get
        {
            lock (_gate)
            {
                return _readers.Count > 0;
            }
        }
    }

    /// <summary>Bytes published since the start.</summary>
    public long BytesPublished => Volatile.Read(ref _bytesPublished);

    /// <summary>How many bytes the slowest reader that is waited for still has before it.</summary>
    public long BacklogBytes => BacklogOf(isWaitedFor: true);

    /// <summary>How many bytes the slowest of the others has before it.</summary>
    public long StreamBacklogBytes => BacklogOf(isWaitedFor: false);

    /// <summary>Reads what is published from now on.</summary>
    /// <param name="isWaitedFor">Whether making events waits for this reader; if not, it is let go when it lags.</param>
    /// <param name="backlogBytesMax">How far it may lag.</param>
    public FeedReader Subscribe(bool isWaitedFor, long backlogBytesMax)
    {
        lock (_gate)
        {
            var reader = new FeedReader(this, _publishedChunk, _publishedOffset, _bytesPublished, isWaitedFor, backlogBytesMax);
            _readers.Add(reader);
            return reader;
        }
    }

    /// <inheritdoc/>
    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        int wanted = Math.Max(sizeHint, 1);
        if (_tail.Bytes.Length - _written < wanted)
        {
            var next = new FeedChunk(Math.Max(ChunkBytes, wanted));
            Volatile.Write(ref _tail.Used, _written);
            Volatile.Write(ref _tail.Next, next);
            _tail = next;
            _written = 0;
        }
        return _tail.Bytes.AsMemory(_written);
    }

    /// <inheritdoc/>
    public Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;

    /// <inheritdoc/>
    public void Advance(int count)
    {
        _written += count;
        _bytesWritten += count;
    }

    /// <summary>Writes bytes as they are.</summary>
    public void Append(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(GetSpan(bytes.Length));
        Advance(bytes.Length);
    }

    /// <summary>Shows the readers what was written, whole events only, and wakes them.</summary>
    public void Publish()
    {
        lock (_gate)
        {
            if (_bytesWritten == _bytesPublished)
            {
                return;
            }
            Volatile.Write(ref _tail.Used, _written);
            _publishedChunk = _tail;
            _publishedOffset = _written;
            Volatile.Write(ref _bytesPublished, _bytesWritten);
            foreach (FeedReader reader in _readers)
            {
                reader.Wake();
            }
        }
    }

    /// <summary>Ends the waiting of those who want that, though there is nothing to read: something else is news.</summary>
    public void Nudge()
    {
        lock (_gate)
        {
            foreach (FeedReader reader in _readers)
            {
                reader.Nudge();
            }
        }
    }

    /// <summary>Nothing more will come: readers end when they have read what there is.</summary>
    public void Complete()
    {
        lock (_gate)
        {
            IsComplete = true;
            foreach (FeedReader reader in _readers)
            {
                reader.Wake();
            }
        }
    }

    /// <summary>True when nothing more will come.</summary>
    public bool IsComplete { get; private set; }

    private long BacklogOf(bool isWaitedFor)
    {
        long backlog = 0;
        lock (_gate)
        {
            foreach (FeedReader reader in _readers)
            {
                backlog = reader.IsWaitedFor == isWaitedFor ? Math.Max(backlog, BytesPublished - reader.BytesRead) : backlog;
            }
        }
        return backlog;
    }

    internal void Remove(FeedReader reader)
    {
        lock (_gate)
        {
            _readers.Remove(reader);
        }
    }
}

/// <summary>A piece of a feed.</summary>
internal sealed class FeedChunk(int bytes)
{
    /// <summary>How much of <see cref="Bytes"/> can be read.</summary>
    public int Used;

    /// <summary>What follows; when it is there, <see cref="Used"/> changes no more.</summary>
    public FeedChunk? Next;

    /// <summary>The memory.</summary>
    public byte[] Bytes { get; } = GC.AllocateUninitializedArray<byte>(bytes);
}
