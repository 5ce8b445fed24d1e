using System.Buffers;
using System.Net;
using System.Text;
using System.Text.Json;
using Norris.Http;
using Norris.Load.Nodes;
using Norris.Options;
using Norris.Transport;

namespace Norris.Load.Networks;

/// <summary>
/// A guest's session at a node, over plain HTTP: it comes in, posts, reads the events, and leaves. It speaks with the client that nodes speak
/// with: under a thousand members that share the sockets' threads, .NET's own left requests unsent on idle connections.
/// </summary>
internal sealed class GuestSession : IAsyncDisposable
{
    private const int AnswerBytesMax = 64 * 1024;

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);
    private static readonly Dialer Dialer = new(ConnectionLimits.Default, TimeProvider.System);

    private readonly EndPoint _node;
    private readonly Stack<HttpOrigin> _idle = new();
    private string _id = "";
    private string _authorization = "";
    private bool _isDisposed;

    private GuestSession(EndPoint node) => _node = node;

    /// <summary>Comes in.</summary>
    /// <param name="address">The node's <c>HOST:PORT</c>.</param>
    /// <param name="name">The guest's name; the network may add a number to it.</param>
    /// <param name="cancellation">Waits no longer.</param>
    /// <exception cref="HttpRequestException">The node did not let it in.</exception>
    public static async Task<GuestSession> OpenAsync(string address, string name, CancellationToken cancellation)
    {
        var session = new GuestSession(EndPointOf(address));
        HttpRequest request = Opening(name);
        (int status, ReadOnlyMemory<byte> content) = await session.SendAsync(request, cancellation);
        if (status != (int)HttpStatusCode.Created)
        {
            await session.DisposeAsync();
            throw session.Refused(request, status);
        }
        session.Take(content);
        return session;
    }

    /// <summary>Comes in, on this thread alone; it waits meanwhile.</summary>
    /// <param name="address">The node's <c>HOST:PORT</c>.</param>
    /// <param name="name">The guest's name; the network may add a number to it.</param>
    /// <exception cref="HttpRequestException">The node did not let it in.</exception>
    public static GuestSession Open(string address, string name)
    {
        var session = new GuestSession(EndPointOf(address));
        HttpRequest request = Opening(name);
        (int status, ReadOnlyMemory<byte> content) = BlockingPost.Send(session._node, request.Target, request.Content.Span);
        if (status != (int)HttpStatusCode.Created)
        {
            throw session.Refused(request, status);
        }
        session.Take(content);
        return session;
    }

    /// <summary>Posts a message, and waits until it is ordered.</summary>
    /// <returns>The status of the answer: 201 when it is ordered.</returns>
    /// <exception cref="HttpRequestException">There is no answer; whether it is ordered is unknown.</exception>
    public async Task<HttpStatusCode> PostAsync(ReadOnlyMemory<byte> text, CancellationToken cancellation)
    {
        HttpRequest request = Own(new HttpRequest(RequestMethod.Post, "/v1/messages") { Content = text });
        return (HttpStatusCode)(await SendAsync(request, cancellation)).Status;
    }

    /// <summary>Opens the stream of events; what happens from then on comes to <paramref name="take"/>.</summary>
    /// <returns>Completes when the stream ends, or is ended with <paramref name="cancellation"/>.</returns>
    /// <exception cref="HttpRequestException">The node does not give it.</exception>
    public async Task<Task> FollowAsync(PrintedLines.Taker take, CancellationToken cancellation)
    {
        HttpRequest request = Own(new HttpRequest(RequestMethod.Get, "/v1/events")).AddHeader("Accept", "application/x-ndjson");
        await using var origin = new HttpOrigin(_node, Dialer, HttpLimits.Default, TimeProvider.System);
        (RequestOutcome outcome, HttpClientConnection? connection) = await origin.ConnectAsync(Limit, cancellation);
        if (connection is null)
        {
            throw NoAnswer(request, outcome);
        }
        if (!await connection.SendAsync(request, cancellation) || await connection.ReadHeadAsync(cancellation) != RequestOutcome.Answered || connection.Status != 200)
        {
            int status = connection.Status;
            await connection.DisposeAsync();
            throw Refused(request, status);
        }
        return ReadAsync(connection, take, cancellation);
    }

    /// <summary>Leaves, and waits until that is ordered.</summary>
    /// <exception cref="HttpRequestException">The node does not let it go.</exception>
    public async Task CloseAsync(CancellationToken cancellation)
    {
        HttpRequest request = Own(new HttpRequest(RequestMethod.Delete, $"/v1/guests/{_id}"));
        (int status, _) = await SendAsync(request, cancellation);
        if (status != (int)HttpStatusCode.NoContent)
        {
            throw Refused(request, status);
        }
        await DisposeAsync();
    }

    /// <summary>Closes its connections; the streams of events are ended by who opened them.</summary>
    public async ValueTask DisposeAsync()
    {
        HttpOrigin[] idle;
        lock (_idle)
        {
            _isDisposed = true;
            idle = [.. _idle];
            _idle.Clear();
        }
        foreach (HttpOrigin origin in idle)
        {
            await origin.DisposeAsync();
        }
    }

    private static HttpRequest Opening(string name) =>
        new(RequestMethod.Post, "/v1/guests") { MediaType = "application/json", Content = JsonSerializer.SerializeToUtf8Bytes(new { name }) };

    private void Take(ReadOnlyMemory<byte> content)
    {
        using JsonDocument guest = JsonDocument.Parse(content);
        _id = guest.RootElement.GetProperty("id").GetString()!;
        _authorization = $"Bearer {guest.RootElement.GetProperty("token").GetString()}";
    }

    private static async Task ReadAsync(HttpClientConnection connection, PrintedLines.Taker take, CancellationToken cancellation)
    {
        byte[] buffer = [];
        try
        {
            while (true)
            {
                ContentRead read = await connection.ReadContentAsync(cancellation);
                ReadOnlySequence<byte> lines = read.Buffer;
                if (lines.Length > buffer.Length)
                {
                    buffer = new byte[lines.Length * 2];
                }
                lines.CopyTo(buffer);
                int taken = PrintedLines.TakeLines(buffer.AsSpan(0, (int)lines.Length), take);
                connection.AdvanceContentTo(lines.GetPosition(taken), lines.End);
                if (!read.IsOk || read.IsCompleted)
                {
                    // It is cut, or the node has ended it: whoever expects more of it reports that.
                    return;
                }
            }
        }
        catch (OperationCanceledException)
        {
            // Nobody wants to read more.
        }
        finally
        {
            await connection.DisposeAsync();
        }
    }

    /// <summary>One request at a time goes over a connection: who posts while another waits for its answer gets one more.</summary>
    private async Task<(int Status, ReadOnlyMemory<byte> Content)> SendAsync(HttpRequest request, CancellationToken cancellation)
    {
        HttpOrigin origin = TakeIdle() ?? new HttpOrigin(_node, Dialer, HttpLimits.Default, TimeProvider.System);
        HttpReply reply = await origin.SendAsync(request, Limit, AnswerBytesMax, cancellation);
        if (!TryKeep(origin))
        {
            await origin.DisposeAsync();
        }
        cancellation.ThrowIfCancellationRequested();
        return reply.Outcome == RequestOutcome.Answered ? (reply.Status, reply.Content) : throw NoAnswer(request, reply.Outcome);
    }

    private HttpOrigin? TakeIdle()
    {
        lock (_idle)
        {
            return _idle.TryPop(out HttpOrigin? origin) ? origin : null;
        }
    }

    private bool TryKeep(HttpOrigin origin)
    {
        lock (_idle)
        {
            if (!_isDisposed)
            {
                _idle.Push(origin);
            }
            return !_isDisposed;
        }
    }

    private HttpRequest Own(HttpRequest request) => request.AddHeader("Authorization", _authorization);

    private HttpRequestException NoAnswer(HttpRequest request, RequestOutcome outcome) => new(
        outcome switch
        {
            RequestOutcome.Refused or RequestOutcome.Unreachable => HttpRequestError.ConnectionError,
            RequestOutcome.NameUnknown => HttpRequestError.NameResolutionError,
            RequestOutcome.Reset => HttpRequestError.ResponseEnded,
            RequestOutcome.MalformedResponse => HttpRequestError.InvalidResponse,
            _ => HttpRequestError.Unknown,
        },
        $"{LineOf(request)} of {_node} is not answered: {outcome}");

    private HttpRequestException Refused(HttpRequest request, int status) =>
        new($"{LineOf(request)} of {_node} is answered with {status}", null, (HttpStatusCode)status);

    private static string LineOf(HttpRequest request) => $"{Encoding.ASCII.GetString(request.Method.Token())} {request.Target}";

    private static EndPoint EndPointOf(string address) =>
        !HostAndPort.TryParse(address, 1, out HostAndPort? found, out string error) ? throw new ArgumentException($"{address}: {error}")
        : found!.Address is { } numeric ? new IPEndPoint(numeric, found.Port)
        : new DnsEndPoint(found.Host, found.Port);
}
