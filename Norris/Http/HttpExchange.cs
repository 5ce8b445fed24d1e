using System.Buffers;
using System.Net;
using Norris.Transport;
using Norris.Transport.Secure;

namespace Norris.Http;

/// <summary>Answers one exchange. It must have responded (or have started a stream and seen its writer leave) when it returns.</summary>
internal delegate ValueTask HttpHandler(HttpExchange exchange);

/// <summary>
/// One request and its response, as a handler sees them. A connection uses the same exchange for one request after another:
/// nothing of it, spans least of all, may be kept beyond the handler's return.
/// </summary>
internal sealed class HttpExchange
{
    private readonly Connection _connection;
    private readonly RequestHead _head;
    private readonly ResponseWriter _response;
    private readonly HttpServer _server;
    private Route? _route;
    private readonly Range[] _routeValues = new Range[Router.RouteValuesMax];

    internal HttpExchange(Connection connection, RequestHead head, ContentReader content, ResponseWriter response, HttpServer server)
    {
        _connection = connection;
        _head = head;
        _response = response;
        _server = server;
        Content = content;
    }

    /// <summary>The method; <see cref="MethodToken"/> has those that are <see cref="RequestMethod.Other"/>.</summary>
    public RequestMethod Method => _head.Method;

    /// <summary>The method as it was sent.</summary>
    public ReadOnlySpan<byte> MethodToken => _head.MethodToken;

    /// <summary>Whether the request is <c>OPTIONS *</c>: about the server, not a resource.</summary>
    public bool IsAboutServer => _head.IsAsterisk;

    /// <summary>The path, valid and percent-encoded as it was sent.</summary>
    public ReadOnlySpan<byte> Path => _head.Path;

    /// <summary>The query without its question mark, valid and percent-encoded as it was sent.</summary>
    public ReadOnlySpan<byte> Query => _head.Query;

    /// <summary>Whom the request is for: a valid <c>host[:port]</c>, or nothing. What a browser was told to reach, not where it came in.</summary>
    public ReadOnlySpan<byte> Authority => _head.Authority;

    /// <summary>The header section.</summary>
    public FieldSection Headers => _head.Fields;

    /// <summary>The content; unread content is read and forgotten after the response, or the connection is closed.</summary>
    public ContentReader Content { get; }

    /// <summary>The trailers, once the content has been read to its end.</summary>
    public FieldSection Trailers => Content.Trailers;

    /// <summary>What the peer's address counts as where addresses are counted; null when that is this machine, or unknown.</summary>
    public IPAddress? OtherMachine => AddressKey.OfOther(_connection.RemoteEndPoint, _connection.LocalEndPoint);

    /// <summary>The peer's address.</summary>
    public EndPoint? RemoteEndPoint => _connection.RemoteEndPoint;

    /// <summary>The key that the peer proved to have; none where the transport asks for no proof.</summary>
    public PeerKey PeerKey => _connection.PeerKey;

    /// <summary>
    /// What a handler in front of the others found out about who asks: that it is the owner of this server, or that it is not. Null until one looks.
    /// </summary>
    public bool? IsOwner { get; set; }

    /// <summary>The address that the peer reached.</summary>
    public EndPoint? LocalEndPoint => _connection.LocalEndPoint;

    /// <summary>
    /// Cancelled when the peer goes away, even while nobody reads or writes. A peer that only ends its own side counts as
    /// gone: a response is still written to it, if the handler goes on.
    /// </summary>
    public CancellationToken Aborted => _connection.Closed;

    /// <summary>Cancelled when the server begins to stop: streams without an end should end.</summary>
    public CancellationToken Stopping => _server.Stopping;

    /// <summary>Whether the response has begun; its status and headers can no longer change.</summary>
    public bool HasStarted => _response.HasStarted;

    /// <summary>The value of the first header field with this name.</summary>
    /// <param name="name">In lower case.</param>
    /// <param name="value">Without white space around it.</param>
    public bool TryGetHeader(ReadOnlySpan<byte> name, out ReadOnlySpan<byte> value) => _head.Fields.TryGet(name, out value);

    /// <summary>The raw value of a query parameter; <see cref="PercentCoding"/> decodes it.</summary>
    public bool TryGetQuery(ReadOnlySpan<byte> name, out ReadOnlySpan<byte> value) =>
        PercentCoding.TryGetQueryValue(_head.Query, name, out value);

    /// <summary>The raw path segment that stands for <c>{name}</c> in the route's template; <see cref="PercentCoding"/> decodes it.</summary>
    /// <exception cref="KeyNotFoundException">The template has no such segment.</exception>
    public ReadOnlySpan<byte> RouteValue(string name)
    {
        int index = _route is null ? -1 : _route.IndexOfValue(name);
        return index < 0 ? throw new KeyNotFoundException($"The route has no {{{name}}}.") : Path[_routeValues[index]];
    }

    /// <summary>Sets a header field of the response, before it starts. Framing, Connection and Date are the server's own.</summary>
    /// <exception cref="ArgumentException">As <see cref="FieldBlock.Add"/>.</exception>
    public void SetHeader(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value) => _response.AddField(name, value);

    /// <summary>Responds without content. False when the peer is gone.</summary>
    public ValueTask<bool> RespondAsync(int status) => _response.SendAsync(status, default, default);

    /// <summary>
    /// Responds with content, which is borrowed until the answer is there: false when the peer is gone. To HEAD only its length is sent.
    /// </summary>
    public ValueTask<bool> RespondAsync(int status, ReadOnlySpan<byte> mediaType, ReadOnlyMemory<byte> content) =>
        _response.SendAsync(status, mediaType, content);

    /// <summary>Responds with problem details (RFC 9457).</summary>
    /// <param name="status">300 to 599.</param>
    /// <param name="detail">What to do about it.</param>
    public ValueTask<bool> RespondProblemAsync(int status, string detail)
    {
        _server.Problems.Count(status);
        ArrayBufferWriter<byte> problem = new(256);
        ProblemDetails.Write(problem, status, detail);
        return _response.SendAsync(status, ProblemDetails.MediaType, problem.WrittenMemory);
    }

    /// <summary>Responds with the status and the words of a rejection.</summary>
    public ValueTask<bool> RejectAsync(RejectionReason reason)
    {
        _server.Report(reason, RemoteEndPoint);
        return RespondProblemAsync(reason.Status(), reason.Detail());
    }

    /// <summary>
    /// Starts a response whose content is written as it comes to be. Nothing is sent before the first flush. The stream ends
    /// when the handler returns, if <see cref="ContentWriter.CompleteAsync"/> has not ended it.
    /// </summary>
    public ContentWriter StartStream(int status, ReadOnlySpan<byte> mediaType) => _response.StartStream(status, mediaType);

    /// <summary>Where a router puts what it matched.</summary>
    internal Span<Range> RouteValues => _routeValues;

    internal void SetRoute(Route? route) => _route = route;

    /// <summary>Makes ready for the next request.</summary>
    internal void Begin() => (_route, IsOwner) = (null, null);
}
