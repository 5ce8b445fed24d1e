using System.Buffers;
using System.IO.Pipelines;

namespace Norris.Transport.Secure;

/// <summary>
/// A connection as <see cref="System.Net.Security.SslStream"/> wants what lies below it: a stream of bytes as they are on the wire. What it writes is sent at once
/// while a handshake is under way, and collected afterwards, for the connection above to send in one go.
/// </summary>
internal sealed class ConnectionStream(Connection connection) : Stream
{
    private bool _collects;

    /// <summary>The first byte that the peer sent; -1 until there is one.</summary>
    public int FirstByte { get; private set; } = -1;

    /// <summary>Whether the peer's bytes came to their end, which TLS did not announce.</summary>
    public bool HasEnded { get; private set; }

    /// <inheritdoc/>
    public override bool CanRead => true;

    /// <inheritdoc/>
    public override bool CanWrite => true;

    /// <inheritdoc/>
    public override bool CanSeek => false;

    /// <inheritdoc/>
    public override long Length => throw new NotSupportedException();

    /// <inheritdoc/>
    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    /// <summary>From now on what is written waits for <see cref="SendAsync"/>.</summary>
    public void Collect() => _collects = true;

    /// <summary>Sends what was collected.</summary>
    public ValueTask<FlushOutcome> SendAsync(CancellationToken cancellationToken) => connection.Output.FlushAsync(cancellationToken);

    /// <summary>Bytes that were collected.</summary>
    public long CollectedBytes => connection.Output.QueuedBytes;

    /// <inheritdoc/>
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (true)
        {
            ReadResult read = await connection.Input.ReadAsync(cancellationToken);
            ReadOnlySequence<byte> bytes = read.Buffer;
            if (bytes.IsEmpty)
            {
                connection.Input.AdvanceTo(bytes.End);
                if (read.IsCompleted)
                {
                    HasEnded = true;
                    return 0;
                }
                continue;
            }
            if (FirstByte < 0)
            {
                FirstByte = bytes.FirstSpan[0];
            }
            int count = (int)Math.Min(bytes.Length, buffer.Length);
            bytes = bytes.Slice(0, count);
            bytes.CopyTo(buffer.Span);
            connection.Input.AdvanceTo(bytes.End);
            return count;
        }
    }

    /// <inheritdoc/>
    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        connection.Output.Write(buffer.Span);
        if (!_collects)
        {
            // That the peer is gone is no reason not to read what it said before: a certificate, perhaps, by which we know why it went.
            await connection.Output.FlushAsync(cancellationToken);
        }
    }

    /// <inheritdoc/>
    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    /// <inheritdoc/>
    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    /// <inheritdoc/>
    public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public override void Flush()
    {
    }

    /// <inheritdoc/>
    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void SetLength(long value) => throw new NotSupportedException();
}
