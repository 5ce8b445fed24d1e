using Norris.Protocol;

namespace Norris.Terminal;

/// <summary>
/// Carries bytes to standard output on a thread of its own, so that a reader who is slow, or has stopped, never holds up
/// the node. What is appended while a write is under way goes out in the next one. A failure is a value, reported once;
/// after it everything is dropped. Any thread may append.
/// </summary>
internal sealed class OutputWriter
{
    /// <summary>From how many waiting bytes on <see cref="WriteAsync"/> holds its caller back.</summary>
    public const int WaitingBytesMax = QueueLimits.ScreenBytesMax;

    private const int BufferBytes = 64 << 10;

    private readonly object _gate = new();
    private readonly Func<ReadOnlyMemory<byte>, int> _write;
    private readonly TaskCompletionSource<OutputFailure> _failed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private byte[] _filling = new byte[BufferBytes];
    private byte[] _writing = new byte[BufferBytes];
    private int _filled;
    private bool _isWriting;
    private bool _isComplete;
    private TaskCompletionSource? _idle;
    private TaskCompletionSource? _room;

    /// <summary>Starts the thread.</summary>
    /// <param name="write">Writes all of the bytes and returns 0, or an error number.</param>
    public OutputWriter(Func<ReadOnlyMemory<byte>, int> write)
    {
        _write = write;
        new Thread(Carry) { IsBackground = true, Name = "output" }.Start();
    }

    /// <summary>Completes when output failed; never without a failure.</summary>
    public Task<OutputFailure> Failed => _failed.Task;

    /// <summary>Bytes that wait.</summary>
    public long WaitingBytes
    {
        get
        {
            lock (_gate)
            {
                return _filled;
            }
        }
    }

    /// <summary>A writer to standard output.</summary>
    public static OutputWriter ToStandardOutput() => new(bytes => StandardStreams.Write(StandardStreams.Output, bytes.Span));

    /// <summary>Appends without ever waiting: for what a person caused, which is little.</summary>
    public void Append(ReadOnlySpan<byte> bytes)
    {
        lock (_gate)
        {
            if (_isComplete || _failed.Task.IsCompleted)
            {
                return;
            }
            if (_filling.Length - _filled < bytes.Length)
            {
                Array.Resize(ref _filling, Math.Max(_filled + bytes.Length, _filling.Length * 2));
            }
            bytes.CopyTo(_filling.AsSpan(_filled));
            _filled += bytes.Length;
            Monitor.Pulse(_gate);
        }
    }

    /// <summary>
    /// Appends, and waits while too much is waiting before it: the back-pressure of a slow reader. The bytes are copied
    /// before the first wait.
    /// </summary>
    /// <returns>False when output has failed.</returns>
    /// <exception cref="OperationCanceledException">The waiting was cancelled; the bytes are written all the same.</exception>
    public ValueTask<bool> WriteAsync(ReadOnlySpan<byte> bytes, CancellationToken cancellation)
    {
        Append(bytes);
        return WaitForRoomAsync(cancellation);
    }

    /// <summary>Waits while too much is waiting.</summary>
    /// <returns>False when output has failed.</returns>
    /// <exception cref="OperationCanceledException">The waiting was cancelled.</exception>
    public ValueTask<bool> WaitForRoomAsync(CancellationToken cancellation)
    {
        lock (_gate)
        {
            if (_failed.Task.IsCompleted || _filled <= WaitingBytesMax)
            {
                return ValueTask.FromResult(!_failed.Task.IsCompleted);
            }
            _room ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return WaitForRoomAsync(_room.Task, cancellation);
        }
    }

    /// <summary>Completes when all that was appended before is written, or output failed.</summary>
    public Task FlushAsync()
    {
        lock (_gate)
        {
            if ((_filled == 0 && !_isWriting) || _ended.Task.IsCompleted)
            {
                return Task.CompletedTask;
            }
            _idle ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return Task.WhenAny(_idle.Task, _ended.Task);
        }
    }

    /// <summary>Takes no more bytes, and completes when all that were taken are written, or output failed.</summary>
    public Task CompleteAsync()
    {
        lock (_gate)
        {
            _isComplete = true;
            Monitor.Pulse(_gate);
        }
        return _ended.Task;
    }

    private async ValueTask<bool> WaitForRoomAsync(Task room, CancellationToken cancellation)
    {
        await room.WaitAsync(cancellation);
        return !_failed.Task.IsCompleted;
    }

    private void Carry()
    {
        while (TakeBatch(out int length))
        {
            int error = _write(_writing.AsMemory(0, length));
            if (error != 0)
            {
                Fail(new OutputFailure(error));
                break;
            }
        }
        _ended.SetResult();
    }

    // Waits for bytes and swaps the buffers; false when there is nothing more to come.
    private bool TakeBatch(out int length)
    {
        lock (_gate)
        {
            _isWriting = false;
            while (_filled == 0 && !_isComplete)
            {
                _idle?.SetResult();
                _idle = null;
                Monitor.Wait(_gate);
            }
            _isWriting = true;
            (_filling, _writing) = (_writing, _filling);
            length = _filled;
            _filled = 0;
            ReleaseWaiters();
            return length > 0;
        }
    }

    private void Fail(OutputFailure failure)
    {
        lock (_gate)
        {
            _failed.SetResult(failure);
            _filled = 0;
            ReleaseWaiters();
        }
    }

    private void ReleaseWaiters()
    {
        _room?.SetResult();
        _room = null;
    }
}
