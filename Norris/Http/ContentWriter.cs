using System.Buffers;
using System.Buffers.Text;
using Norris.Transport;

namespace Norris.Http;

/// <summary>How streamed content is put on the wire.</summary>
internal enum ContentCoding
{
    /// <summary>As chunks (RFC 9112 section 7.1).</summary>
    Chunked,

    /// <summary>As it is; the end of the connection ends it (for peers of HTTP/1.0).</summary>
    UntilClose,

    /// <summary>Not at all: the answer to HEAD, or to a peer that is gone.</summary>
    None,
}

/// <summary>
/// Content that is written as it comes to be, of a response or of a request. Each flush makes exactly one chunk of what was
/// written since the last one, and sends it (with the head, the first time) in one vectored send.
/// </summary>
/// <remarks>
/// One writer at a time, but any thread: a handler may wait while a loop elsewhere writes. The writer must have left before
/// the handler returns. Writing after the end throws.
/// </remarks>
internal sealed class ContentWriter : IBufferWriter<byte>
{
    /// <summary>Eight hexadecimal digits and CRLF: chunk sizes are padded with zeros (1*HEXDIG), so that their place can be kept free.</summary>
    private const int SizeLineBytes = 10;

    private readonly ConnectionOutput _output;
    private readonly StallWatch _watch;
    private readonly ContentCoding _coding;
    private FieldBlock? _trailers;
    private Memory<byte> _offered;
    private Memory<byte> _sizeLine;
    private long _chunkBytes;
    private bool _isCompleted;

    internal ContentWriter(ConnectionOutput output, StallWatch watch, ContentCoding coding)
    {
        _output = output;
        _watch = watch;
        _coding = coding;
    }

    /// <summary>Whether the peer wants the content at all: false in the answer to HEAD, where nothing that is written goes anywhere.</summary>
    public bool HasReader => _coding != ContentCoding.None;

    /// <summary>Bytes written since the last flush.</summary>
    public long UnflushedBytes => _chunkBytes;

    /// <summary>Whether the content has been ended.</summary>
    internal bool IsCompleted => _isCompleted;

    /// <inheritdoc/>
    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        ObjectDisposedException.ThrowIf(_isCompleted, this);
        if (_coding == ContentCoding.None)
        {
            return _offered.Length >= Math.Max(sizeHint, 1) ? _offered : _offered = new byte[Math.Max(sizeHint, 256)];
        }

        if (_coding == ContentCoding.UntilClose || _chunkBytes > 0)
        {
            return _output.GetMemory(sizeHint);
        }

        _offered = _output.GetMemory(Math.Max(sizeHint, 1) + SizeLineBytes);
        return _offered[SizeLineBytes..];
    }

    /// <inheritdoc/>
    public Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;

    /// <inheritdoc/>
    public void Advance(int count)
    {
        if (count == 0 || _coding == ContentCoding.None)
        {
            return;
        }

        if (_coding == ContentCoding.Chunked && _chunkBytes == 0)
        {
            _sizeLine = _offered[..SizeLineBytes];
            _output.Advance(SizeLineBytes);
        }

        _output.Advance(count);
        _chunkBytes += count;
    }

    /// <summary>Queues memory without copying it; its owner leaves it untouched until the next flush has returned.</summary>
    public void WriteBorrowed(ReadOnlyMemory<byte> bytes)
    {
        ObjectDisposedException.ThrowIf(_isCompleted, this);
        if (bytes.IsEmpty || _coding == ContentCoding.None)
        {
            return;
        }

        if (_coding == ContentCoding.Chunked && _chunkBytes == 0)
        {
            _sizeLine = _output.GetMemory(SizeLineBytes)[..SizeLineBytes];
            _output.Advance(SizeLineBytes);
        }

        _output.WriteBorrowed(bytes);
        _chunkBytes += bytes.Length;
    }

    /// <summary>
    /// Sends what was written since the last flush as one chunk; with nothing written, sends the head if it is still here.
    /// False once the peer is gone or has stalled for too long, or wants no content: stop writing.
    /// </summary>
    public ValueTask<bool> FlushAsync(CancellationToken cancellationToken = default)
    {
        ObjectDisposedException.ThrowIf(_isCompleted, this);
        EndChunk();
        return _coding != ContentCoding.None ? _watch.FlushAsync(cancellationToken) : FlushHeadAsync(cancellationToken);
    }

    /// <summary>Adds a trailer (RFC 9110 section 6.5), which is sent at the end where the coding can carry it.</summary>
    /// <exception cref="ArgumentException">As <see cref="FieldBlock.Add"/>.</exception>
    public void AddTrailer(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value) => (_trailers ??= new FieldBlock()).Add(name, value);

    /// <summary>Ends the content: sends what was written, the last chunk and the trailers. False when the peer is gone.</summary>
    public ValueTask<bool> CompleteAsync(CancellationToken cancellationToken = default)
    {
        if (_isCompleted)
        {
            return new(true);
        }

        EndChunk();
        _isCompleted = true;
        if (_coding == ContentCoding.Chunked)
        {
            _output.Write("0\r\n"u8);
            _output.Write(_trailers is null ? default : _trailers.Bytes);
            _output.Write("\r\n"u8);
        }

        return _watch.FlushAsync(cancellationToken);
    }

    private async ValueTask<bool> FlushHeadAsync(CancellationToken cancellationToken)
    {
        await _watch.FlushAsync(cancellationToken);
        return false;
    }

    private void EndChunk()
    {
        if (_coding == ContentCoding.Chunked && _chunkBytes > 0)
        {
            Span<byte> sizeLine = _sizeLine.Span;
            Utf8Formatter.TryFormat(checked((uint)_chunkBytes), sizeLine, out _, new('X', 8));
            "\r\n"u8.CopyTo(sizeLine[8..]);
            _output.Write("\r\n"u8);
        }

        _chunkBytes = 0;
        _sizeLine = default;
    }
}
