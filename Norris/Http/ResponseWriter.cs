using System.Buffers;
using System.Text;
using Norris.Transport;

namespace Norris.Http;

/// <summary>
/// Writes the responses of one connection: status line, fields, and the framing, which is decided here and nowhere else.
/// It also decides whether the connection can go on afterwards, since the response has to say so.
/// </summary>
internal sealed class ResponseWriter : IDisposable
{
    /// <summary>Content up to here is copied next to its head instead of borrowed: one segment instead of two.</summary>
    private const int CopyBytesMax = 2048;

    private readonly ConnectionOutput _output;
    private readonly RequestHead _request;
    private readonly ContentReader _content;
    private readonly HttpLimits _limits;
    private readonly DateField _date;
    private readonly StallWatch _watch;
    private readonly FieldBlock _fields = new();
    private readonly CancellationToken _stopping;

    public ResponseWriter(
        Connection connection, RequestHead request, ContentReader content, HttpLimits limits, DateField date, TimeProvider clock,
        CancellationToken stopping)
    {
        _output = connection.Output;
        _request = request;
        _content = content;
        _limits = limits;
        _date = date;
        _stopping = stopping;
        _watch = new StallWatch(connection, limits.WriteStallTimeout, clock);
    }

    /// <summary>Whether the head has been written.</summary>
    public bool HasStarted { get; private set; }

    /// <summary>The streamed content, if there is some.</summary>
    public ContentWriter? Stream { get; private set; }

    /// <summary>Whether another request may follow on the connection.</summary>
    public bool KeepsConnection { get; private set; } = true;

    /// <summary>Whether the client waits for 100-continue, and has not been told (RFC 9110 section 10.1.1).</summary>
    public bool OwesContinue { get; set; }

    /// <summary>Makes ready for the next response.</summary>
    public void Begin()
    {
        HasStarted = false;
        Stream = null;
        KeepsConnection = true;
        OwesContinue = false;
        _fields.Clear();
    }

    /// <summary>Says in the response, if that can still be said, that it is the last one.</summary>
    public void EndConnection() => KeepsConnection = false;

    /// <summary>Forgets fields that were set for a response that will not be sent.</summary>
    public void ClearFields() => _fields.Clear();

    /// <summary>Adds a field to the response.</summary>
    public void AddField(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        ThrowIfStarted();
        _fields.Add(name, value);
    }

    /// <summary>Tells the client to go on and send the content.</summary>
    public async ValueTask SendContinueAsync()
    {
        if (OwesContinue && !HasStarted)
        {
            OwesContinue = false;
            _output.Write("HTTP/1.1 100 Continue\r\n\r\n"u8);
            await _watch.FlushAsync();
        }
    }

    /// <summary>Sends a whole response. The content is borrowed until the answer is there.</summary>
    public ValueTask<bool> SendAsync(int status, ReadOnlySpan<byte> mediaType, ReadOnlyMemory<byte> content)
    {
        WriteHead(status, mediaType);
        bool canHaveContent = status is not (204 or 304);
        if (canHaveContent)
        {
            FieldBlock.WriteContentLength(_output, content.Length);
        }

        _output.Write("\r\n"u8);
        if (canHaveContent && _request.Method != RequestMethod.Head)
        {
            if (content.Length <= CopyBytesMax)
            {
                _output.Write(content.Span);
            }
            else
            {
                _output.WriteBorrowed(content);
            }
        }

        return _watch.FlushAsync();
    }

    /// <summary>Writes the head of a response whose content will be streamed.</summary>
    public ContentWriter StartStream(int status, ReadOnlySpan<byte> mediaType)
    {
        ContentCoding coding = _request.Method == RequestMethod.Head || status is 204 or 304 ? ContentCoding.None
            : _request.MinorVersion == 0 ? ContentCoding.UntilClose
            : ContentCoding.Chunked;
        WriteHead(status, mediaType);
        if (_request.MinorVersion > 0 && status is not (204 or 304))
        {
            _output.Write("Transfer-Encoding: chunked\r\n"u8);
        }

        _output.Write("\r\n"u8);
        Stream = new ContentWriter(_output, _watch, coding);
        return Stream;
    }

    /// <inheritdoc/>
    public void Dispose() => _watch.Dispose();

    private void WriteHead(int status, ReadOnlySpan<byte> mediaType)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(status, 200);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(status, 599);
        ThrowIfStarted();
        HasStarted = true;
        KeepsConnection = KeepsConnection && CanKeepConnection();
        WriteStatusLine(status);
        _output.Write(_date.Bytes);
        if (!mediaType.IsEmpty)
        {
            _output.Write("Content-Type: "u8);
            _output.Write(mediaType);
            _output.Write("\r\n"u8);
        }

        _output.Write(_fields.Bytes);
        if (!KeepsConnection)
        {
            _output.Write("Connection: close\r\n"u8);
        }
    }

    private void WriteStatusLine(int status)
    {
        ReadOnlySpan<byte> ready = StatusLine.Ready(status);
        if (!ready.IsEmpty)
        {
            _output.Write(ready);
            return;
        }

        _output.Write(Encoding.ASCII.GetBytes($"HTTP/1.1 {status} {StatusLine.ReasonPhrase(status)}\r\n"));
    }

    /// <summary>
    /// RFC 9112 section 9.3; and when a client that waits for 100-continue gets its answer at once, nobody knows whether the
    /// content will still come (RFC 9110 section 10.1.1), so the connection ends.
    /// </summary>
    private bool CanKeepConnection() =>
        _request.MinorVersion > 0 &&
        !_stopping.IsCancellationRequested &&
        !OwesContinue &&
        _content.Failure == RejectionReason.None &&
        (_content.HasStarted || _content.Framing.LengthBytes <= _limits.DrainBytesMax) &&
        !_request.Fields.ListContains("connection"u8, "close"u8);

    private void ThrowIfStarted()
    {
        if (HasStarted)
        {
            throw new InvalidOperationException("The response has started already.");
        }
    }
}
