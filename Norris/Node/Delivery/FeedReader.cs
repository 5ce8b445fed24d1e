namespace Norris.Node.Delivery;

/// <summary>One reader's place in a feed. One thread at a time reads.</summary>
internal sealed class FeedReader : IDisposable
{
    private readonly EventFeed _feed;
    private readonly long _backlogBytesMax;
    private FeedChunk _chunk;
    private int _offset;
    private long _bytesRead;
    private TaskCompletionSource? _waiting;
    private int _isNudged;
    private int _wantsNudges;

    internal FeedReader(EventFeed feed, FeedChunk chunk, int offset, long position, bool isWaitedFor, long backlogBytesMax)
    {
        (_feed, _chunk, _offset, _bytesRead, IsWaitedFor, _backlogBytesMax) = (feed, chunk, offset, position, isWaitedFor, backlogBytesMax);
    }

    /// <summary>Whether making events waits for this reader.</summary>
    public bool IsWaitedFor { get; }

    /// <summary>Bytes behind it, counted from the feed's start.</summary>
    public long BytesRead => Volatile.Read(ref _bytesRead);

    /// <summary>True when it lags further than it may: it should leave.</summary>
    public bool HasFallenBehind => !IsWaitedFor && _feed.BytesPublished - BytesRead > _backlogBytesMax;

    /// <summary>True when it has read everything and nothing more will come.</summary>
    public bool IsAtEnd => _feed.IsComplete && BytesRead == _feed.BytesPublished;

    /// <summary>From now on other news than events end its waiting, too. What they are about is to be looked at after this.</summary>
    public void WantNudges() => Interlocked.Exchange(ref _wantsNudges, 1);

    /// <summary>Waits until there is something to read, or never will be, or somebody nudged.</summary>
    /// <exception cref="OperationCanceledException">The waiting was cancelled.</exception>
    public async ValueTask WaitAsync(CancellationToken cancellation)
    {
        if (HasNews())
        {
            return;
        }
        var waiting = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Volatile.Write(ref _waiting, waiting);
        Interlocked.MemoryBarrier();
        // Something may have been published between the look and the wish to be woken.
        if (!HasNews())
        {
            await waiting.Task.WaitAsync(cancellation);
        }
        Volatile.Write(ref _waiting, null);
    }

    /// <summary>Takes the next bytes, which stay as they are; empty when there are none now.</summary>
    public ReadOnlyMemory<byte> Read()
    {
        long published = _feed.BytesPublished;
        while (true)
        {
            FeedChunk? next = Volatile.Read(ref _chunk.Next);
            int used = Volatile.Read(ref _chunk.Used);
            int readable = (int)Math.Min(used - _offset, published - _bytesRead);
            if (readable > 0)
            {
                ReadOnlyMemory<byte> read = _chunk.Bytes.AsMemory(_offset, readable);
                _offset += readable;
                Volatile.Write(ref _bytesRead, _bytesRead + readable);
                return read;
            }
            if (next is null || _offset < used)
            {
                return default;
            }
            _chunk = next;
            _offset = 0;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _feed.Remove(this);

    internal void Nudge()
    {
        if (Volatile.Read(ref _wantsNudges) == 1)
        {
            Volatile.Write(ref _isNudged, 1);
            Wake();
        }
    }

    private bool HasNews() => Interlocked.Exchange(ref _isNudged, 0) == 1 || BytesRead != _feed.BytesPublished || _feed.IsComplete;

    /// <summary>
    /// Ends the waiting, if somebody waits. What is news is written before; the fence has whoever is about to wait see the news, or be seen here.
    /// <para>Prevents: the feed's writer looks for a waiting reader before its own news have left the processor; the reader looks for news just then,
    /// and waits, with the last message of all unread.</para>
    /// </summary>
    internal void Wake()
    {
        Interlocked.MemoryBarrier();
        Volatile.Read(ref _waiting)?.TrySetResult();
    }
}
