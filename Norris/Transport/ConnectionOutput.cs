using System.Buffers;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Norris.Transport;

/// <summary>
/// The sending side of a connection: bytes are queued, copied into pooled blocks or borrowed from their owner, and one
/// flush hands the whole queue to the transport in one vectored send. In steady state neither queueing nor flushing allocates.
/// </summary>
/// <remarks>One writer at a time; nothing may be queued while a flush is in flight.</remarks>
internal abstract class ConnectionOutput : IBufferWriter<byte>
{
    private readonly List<ArraySegment<byte>> _queue = new(8);
    private readonly List<byte[]> _blocks = new(2);
    private readonly int _blockBytes;
    private byte[] _block = [];
    private int _runStart;
    private int _runEnd;
    private int _flushing;

    protected ConnectionOutput(int blockBytes) => _blockBytes = blockBytes;

    /// <summary>Bytes queued since the last flush.</summary>
    public long QueuedBytes { get; private set; }

    /// <inheritdoc/>
    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        Reserve(sizeHint);
        return _block.AsMemory(_runEnd);
    }

    /// <inheritdoc/>
    public Span<byte> GetSpan(int sizeHint = 0)
    {
        Reserve(sizeHint);
        return _block.AsSpan(_runEnd);
    }

    /// <inheritdoc/>
    public void Advance(int count)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)count, (uint)(_block.Length - _runEnd));
        _runEnd += count;
        QueuedBytes += count;
    }

    /// <summary>
    /// Queues memory without copying it. Its owner leaves it untouched until the flush that sends it has returned.
    /// Memory that no array backs is copied.
    /// </summary>
    public void WriteBorrowed(ReadOnlyMemory<byte> bytes)
    {
        if (bytes.IsEmpty)
        {
            return;
        }

        if (!MemoryMarshal.TryGetArray(bytes, out ArraySegment<byte> segment))
        {
            this.Write(bytes.Span);
            return;
        }

        QueueRun();
        _queue.Add(segment);
        QueuedBytes += segment.Count;
    }

    /// <summary>
    /// Sends everything queued; completes at once when the transport takes it at once. Cancelling aborts the connection,
    /// as part of the bytes may be on their way; the outcome is then <see cref="FlushOutcome.Closed"/>.
    /// </summary>
    /// <exception cref="InvalidOperationException">Another flush is in flight: there are two writers, a mistake of the caller.</exception>
    public ValueTask<FlushOutcome> FlushAsync(CancellationToken cancellationToken = default)
    {
        if (Interlocked.Exchange(ref _flushing, 1) != 0)
        {
            throw new InvalidOperationException("A flush is already in flight; a connection has one writer at a time.");
        }

        QueueRun();
        ValueTask<FlushOutcome> send = SendAsync(_queue, cancellationToken);
        if (!send.IsCompletedSuccessfully)
        {
            return AwaitSendAsync(send);
        }

        FlushOutcome outcome = send.Result;
        Recycle();
        return new ValueTask<FlushOutcome>(outcome);
    }

    /// <summary>Sends the segments in order and returns when the transport no longer needs them. Never throws for what a peer does.</summary>
    /// <param name="segments">What to send, possibly nothing; unchanged until the send returns.</param>
    /// <param name="cancellationToken">Aborts the connection.</param>
    protected abstract ValueTask<FlushOutcome> SendAsync(List<ArraySegment<byte>> segments, CancellationToken cancellationToken);

    /// <summary>Gives every block back. To be called once, when the writer has left; a flush still in flight keeps its blocks from the pool.</summary>
    internal void Release()
    {
        if (Interlocked.Exchange(ref _flushing, 1) != 0)
        {
            return;
        }

        foreach (byte[] block in _blocks)
        {
            ArrayPool<byte>.Shared.Return(block);
        }

        _blocks.Clear();
        _queue.Clear();
        _block = [];
        _runStart = _runEnd = 0;
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<FlushOutcome> AwaitSendAsync(ValueTask<FlushOutcome> send)
    {
        FlushOutcome outcome = await send;
        Recycle();
        return outcome;
    }

    private void Reserve(int sizeHint)
    {
        int needed = Math.Max(sizeHint, 1);
        if (_block.Length - _runEnd >= needed)
        {
            return;
        }

        QueueRun();
        _block = ArrayPool<byte>.Shared.Rent(Math.Max(needed, _blockBytes));
        _blocks.Add(_block);
        _runStart = _runEnd = 0;
    }

    /// <summary>Moves what was written into the current block since the last call into the queue.</summary>
    private void QueueRun()
    {
        if (_runEnd > _runStart)
        {
            _queue.Add(new ArraySegment<byte>(_block, _runStart, _runEnd - _runStart));
            _runStart = _runEnd;
        }
    }

    /// <summary>After a flush: keeps the first block for the next one, returns the others.</summary>
    private void Recycle()
    {
        _queue.Clear();
        QueuedBytes = 0;
        for (int index = _blocks.Count - 1; index > 0; index--)
        {
            ArrayPool<byte>.Shared.Return(_blocks[index]);
            _blocks.RemoveAt(index);
        }

        _block = _blocks.Count == 0 ? [] : _blocks[0];
        _runStart = _runEnd = 0;
        Volatile.Write(ref _flushing, 0);
    }
}
