using System.Buffers;
using System.IO.Pipelines;
using System.Text;
using Norris.Transport;

namespace Norris.Http;

/// <summary>
/// The client's end of one connection: one request at a time, any number of them. Outcomes are values; nothing a server does
/// throws. Content streams both ways, at the same time where the server likes that.
/// </summary>
/// <remarks>
/// <c>SendAsync</c> (or <c>StartStream</c> and its writer), then <c>ReadHeadAsync</c>, then <c>ReadContentAsync</c> and
/// <c>AdvanceContentTo</c> until the content is complete (or <c>SkipContentAsync</c>); then the next request, while <see cref="CanSend"/>.
/// </remarks>
internal sealed class HttpClientConnection : IAsyncDisposable
{
    private readonly Connection _connection;
    private readonly byte[] _authority;
    private readonly ResponseParser _parser;
    private readonly ContentReader _content;
    private readonly StallWatch _watch;
    private RequestMethod _method;
    private ContentWriter? _stream;
    private bool _isBroken;

    /// <summary>Takes over a connection.</summary>
    /// <param name="connection">To be disposed with this.</param>
    /// <param name="authority">What to say in Host: <c>host</c> or <c>host:port</c>.</param>
    /// <param name="limits">For what the server sends.</param>
    /// <param name="clock">For stalled writes.</param>
    public HttpClientConnection(Connection connection, string authority, HttpLimits limits, TimeProvider clock)
    {
        _connection = connection;
        _authority = Encoding.ASCII.GetBytes(authority);
        if (!Grammar.IsHost(_authority))
        {
            throw new ArgumentException("Neither a host nor host:port.", nameof(authority));
        }

        _parser = new ResponseParser(limits);
        _content = new ContentReader(connection, limits, clock, deadline: null);
        _watch = new StallWatch(connection, limits.WriteStallTimeout, clock);
        _content.Begin(default, long.MaxValue, 0);
    }

    /// <summary>The response's status, once its head was read.</summary>
    public int Status => _parser.Head.Status;

    /// <summary>The response's header section, once its head was read.</summary>
    public FieldSection Headers => _parser.Head.Fields;

    /// <summary>The response's trailers, once its content was read to its end.</summary>
    public FieldSection Trailers => _content.Trailers;

    /// <summary>Why a response was malformed.</summary>
    public RejectionReason Rejection { get; private set; }

    /// <summary>Cancelled when the server goes away.</summary>
    public CancellationToken Closed => _connection.Closed;

    /// <summary>Whether the connection is ready for another request, as far as we know.</summary>
    public bool CanSend => IsBetweenExchanges && _connection.InputEnd == ConnectionEnd.Open;

    private bool IsBetweenExchanges => !_isBroken && (_stream?.IsCompleted ?? true) && _content.HasEnded;

    /// <summary>Sends a request with all its content. False when the server is gone (a response may have come all the same).</summary>
    public ValueTask<bool> SendAsync(HttpRequest request, CancellationToken cancellationToken = default)
    {
        WriteHead(request);
        if (!request.Content.IsEmpty || request.Method is RequestMethod.Post or RequestMethod.Put or RequestMethod.Patch)
        {
            FieldBlock.WriteContentLength(_connection.Output, request.Content.Length);
        }

        _connection.Output.Write("\r\n"u8);
        _connection.Output.WriteBorrowed(request.Content);
        return _watch.FlushAsync(cancellationToken);
    }

    /// <summary>Starts a request whose content is written as it comes to be, in chunks. Nothing is sent before the first flush.</summary>
    public ContentWriter StartStream(HttpRequest request)
    {
        WriteHead(request);
        _connection.Output.Write("Transfer-Encoding: chunked\r\n\r\n"u8);
        _stream = new ContentWriter(_connection.Output, _watch, ContentCoding.Chunked);
        return _stream;
    }

    /// <summary>Waits for the final response's head; interim responses (1xx) are passed over (RFC 9110 section 15.2).</summary>
    public async ValueTask<RequestOutcome> ReadHeadAsync(CancellationToken cancellationToken = default)
    {
        _parser.Reset();
        while (true)
        {
            ReadResult read;
            try
            {
                read = await _connection.Input.ReadAsync(cancellationToken);
            }
            catch (OperationCanceledException)
            {
                return Break(RequestOutcome.Canceled);
            }

            ReadOnlySequence<byte> buffer = read.Buffer;
            ParseStatus status = _parser.Parse(ref buffer, _method, out RejectionReason reason);
            _connection.Input.AdvanceTo(buffer.Start, status == ParseStatus.Incomplete ? read.Buffer.End : buffer.Start);
            switch (status)
            {
                case ParseStatus.Rejected:
                    Rejection = reason;
                    return Break(RequestOutcome.MalformedResponse);
                case ParseStatus.Complete when Status < 200:
                    _parser.Reset();
                    break;
                case ParseStatus.Complete:
                    BeginContent();
                    return RequestOutcome.Answered;
                case ParseStatus.Incomplete when read.IsCompleted:
                    return Break(RequestOutcome.Reset);
            }
        }
    }

    /// <summary>
    /// Reads content in the manner of a pipe. A broken or malformed message is a <see cref="ContentRead.Rejection"/>.
    /// </summary>
    /// <exception cref="OperationCanceledException">The caller cancelled; the content can still be read.</exception>
    public ValueTask<ContentRead> ReadContentAsync(CancellationToken cancellationToken = default) => _content.ReadAsync(cancellationToken);

    /// <summary>Says how much of the last read was consumed and examined; if all was examined, the next read waits for more.</summary>
    public void AdvanceContentTo(SequencePosition consumed, SequencePosition examined) => _content.AdvanceTo(consumed, examined);

    /// <summary>Reads the whole content; valid until it is skipped, which must be done before the next request.</summary>
    /// <param name="bytesMax">Beyond it: <see cref="RejectionReason.ContentTooLarge"/>.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    public async ValueTask<ContentRead> ReadAllContentAsync(long bytesMax, CancellationToken cancellationToken = default) =>
        await _content.ReadAllAsync(bytesMax, cancellationToken);

    /// <summary>Reads and forgets the rest of the content, up to a limit. True when another request may follow.</summary>
    public async ValueTask<bool> SkipContentAsync(long bytesMax) => await _content.DrainAsync(bytesMax) && CanSend;

    /// <summary>Ends the connection at once, from any thread; whoever reads or writes gets its outcome.</summary>
    public void Abort() => _connection.Abort();

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _watch.Dispose();
        await _connection.DisposeAsync();
    }

    private void WriteHead(HttpRequest request)
    {
        // A server may close at any moment, and may have answered before that: whoever sends finds out.
        // Prevents: a node takes no more connections from an address, says so and closes before it is asked; the asker hears of a mistake of its own, not of that.
        if (!IsBetweenExchanges)
        {
            throw new InvalidOperationException("The last exchange on this connection has not ended.");
        }

        _method = request.Method;
        _stream = null;
        Rejection = RejectionReason.None;
        ConnectionOutput output = _connection.Output;
        output.Write(request.Method.Token());
        output.Write(" "u8);
        Encoding.ASCII.GetBytes(request.Target, output);
        output.Write(" HTTP/1.1\r\nHost: "u8);
        output.Write(_authority);
        output.Write("\r\n"u8);
        if (request.MediaType is { } mediaType)
        {
            output.Write("Content-Type: "u8);
            Encoding.ASCII.GetBytes(mediaType, output);
            output.Write("\r\n"u8);
        }

        output.Write(request.Fields.Bytes);
    }

    private void BeginContent()
    {
        _content.Begin(_parser.Framing, long.MaxValue, 0);
        _isBroken |= _parser.Head.MinorVersion == 0 || _parser.Framing.Kind == FramingKind.UntilClose ||
                     Headers.ListContains("connection"u8, "close"u8);
    }

    private RequestOutcome Break(RequestOutcome outcome)
    {
        _isBroken = true;
        return outcome;
    }
}
