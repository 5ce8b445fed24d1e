namespace Norris.Load.Networks;

/// <summary>A stream that is read as slowly as is wanted, so that whoever writes it has to wait.</summary>
/// <param name="inner">What is read.</param>
internal sealed class PacedStream(Stream inner) : Stream
{
    private const int BeatMs = 50;

    private readonly object _gate = new();
    private int? _bytesPerSecond;

    /// <summary>How many bytes a second are read; 0 for none, null for as many as there are.</summary>
    public int? BytesPerSecond
    {
        get
        {
            lock (_gate)
            {
                return _bytesPerSecond;
            }
        }

        set
        {
            lock (_gate)
            {
                _bytesPerSecond = value;
                Monitor.PulseAll(_gate);
            }
        }
    }

    /// <inheritdoc/>
    public override bool CanRead => true;

    /// <inheritdoc/>
    public override bool CanSeek => false;

    /// <inheritdoc/>
    public override bool CanWrite => false;

    /// <inheritdoc/>
    public override long Length => throw new NotSupportedException();

    /// <inheritdoc/>
    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <inheritdoc/>
    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    /// <inheritdoc/>
    public override int Read(Span<byte> buffer)
    {
        int count = buffer.Length;
        lock (_gate)
        {
            while (_bytesPerSecond == 0)
            {
                Monitor.Wait(_gate);
            }
            if (_bytesPerSecond is { } rate)
            {
                Monitor.Wait(_gate, BeatMs);
                count = Math.Min(count, Math.Max(1, rate * BeatMs / 1000));
            }
        }
        return inner.Read(buffer[..count]);
    }

    /// <inheritdoc/>
    public override void Flush()
    {
    }

    /// <inheritdoc/>
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void SetLength(long value) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
