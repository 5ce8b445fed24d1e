using System.Buffers;
using System.Globalization;
using System.Net;
using System.Text;
using Norris.Http;
using Norris.Protocol.Messages;
using Norris.Transport;
using Norris.Wire;

namespace Norris.Node.Peers;

/// <summary>
/// Carries this node's requests to other nodes, over kept connections: one exchange at a time on each, as many connections to a node as
/// there are exchanges under way with it. Those that nobody needs any more are closed.
/// <para>Prevents: a host that once asked a thousand others for their promise holds a connection to each as long as it lives.</para>
/// </summary>
internal sealed class PeerCalls(PeerAddresses addresses, Dialer dialer, NodeSettings settings, TimeProvider time) : IAsyncDisposable
{
    private static readonly TimeSpan IdleLimit = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan SweepInterval = TimeSpan.FromSeconds(1);

    // The one that was used last is the last, and used next.
    private readonly Dictionary<string, List<(HttpOrigin Origin, long Since)>> _idle = new(StringComparer.Ordinal);
    private long _sweptAt;
    private bool _isDisposed;

    /// <summary>Sends a request and waits for its answer: a reply, or why there is none.</summary>
    public async ValueTask<(PeerReply? Reply, ExchangeFailure Failure)> SendAsync(string address, PeerRequest request)
    {
        // Before the first wait: the request's bytes are the core's, and only lent.
        (HttpRequest message, byte[]? rented) = Encode(request);
        message = WithProof(WithHops(message, request.Hops), request);
        (HttpOrigin? origin, ExchangeFailure failure) = await FindOriginAsync(address);
        if (origin is null)
        {
            Return(rented);
            return (null, failure);
        }
        HttpReply reply = await origin.SendAsync(message, settings.ExchangeTimeout, WireFormat.JoinAcceptedBytesMax);
        (PeerReply?, ExchangeFailure) result = reply.Outcome == RequestOutcome.Answered
            ? Read(request, reply) is { } read ? (read, default) : (null, PeerReplies.FailureOf(reply.Status, reply.Headers))
            : (null, ToFailure(reply.Outcome));
        await KeepAsync(address, origin);
        Return(rented);
        return result;
    }

    /// <summary>Asks a node for its view as people and scripts do: the JSON of <c>GET /v1/members</c>, or why there is none.</summary>
    public async ValueTask<(ReadOnlyMemory<byte> View, ExchangeFailure Failure)> GetViewAsync(string address)
    {
        (HttpOrigin? origin, ExchangeFailure failure) = await FindOriginAsync(address);
        if (origin is null)
        {
            return (default, failure);
        }
        HttpReply reply = await origin.SendAsync(
            new HttpRequest(RequestMethod.Get, "/v1/members") { IsIdempotent = true }, settings.ExchangeTimeout, WireFormat.JoinAcceptedBytesMax);
        await KeepAsync(address, origin);
        return reply.Outcome != RequestOutcome.Answered ? (default, ToFailure(reply.Outcome))
            : reply.Status == 200 ? (reply.Content, default)
            : (default, ExchangeFailure.NotNorris);
    }

    private async ValueTask<(HttpOrigin? Origin, ExchangeFailure Failure)> FindOriginAsync(string address)
    {
        if (TakeIdle(address) is { } idle)
        {
            return (idle, default);
        }
        using var deadline = new CancellationTokenSource(settings.ConnectTimeout, time);
        (IPEndPoint? endPoint, ExchangeFailure failure) = await addresses.FindAsync(address, deadline.Token);
        return endPoint is null ? (null, failure) : (new HttpOrigin(endPoint, dialer, HttpLimits.Default, time), default);
    }

    private static void Return(byte[]? rented)
    {
        if (rented is not null)
        {
            ArrayPool<byte>.Shared.Return(rented);
        }
    }

    /// <summary>What an exchange without an answer is called by the protocol.</summary>
    public static ExchangeFailure ToFailure(RequestOutcome outcome) => outcome switch
    {
        RequestOutcome.Refused => ExchangeFailure.ConnectionRefused,
        RequestOutcome.TimedOut => ExchangeFailure.TimedOut,
        RequestOutcome.NameUnknown => ExchangeFailure.NameUnknown,
        RequestOutcome.OtherSecret => ExchangeFailure.OtherSecret,
        RequestOutcome.NotTls => ExchangeFailure.IsOpen,
        RequestOutcome.MalformedResponse => ExchangeFailure.NotNorris,
        RequestOutcome.Reset or RequestOutcome.Canceled => ExchangeFailure.Reset,
        _ => ExchangeFailure.Unreachable,
    };

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        List<HttpOrigin> origins;
        lock (_idle)
        {
            _isDisposed = true;
            origins = [.. _idle.Values.SelectMany(static kept => kept.Select(static each => each.Origin))];
            _idle.Clear();
        }
        await CloseAsync(origins);
    }

    /// <summary>Closes the connections that have not been used for some seconds; to be called now and then, from one place.</summary>
    public void CloseIdle()
    {
        long now = time.GetTimestamp();
        if (time.GetElapsedTime(_sweptAt, now) < SweepInterval)
        {
            return;
        }
        _sweptAt = now;
        var origins = new List<HttpOrigin>();
        lock (_idle)
        {
            foreach ((string address, List<(HttpOrigin Origin, long Since)> kept) in _idle)
            {
                int used = kept.FindIndex(each => time.GetElapsedTime(each.Since, now) < IdleLimit);
                int unused = used < 0 ? kept.Count : used;
                origins.AddRange(kept.Take(unused).Select(static each => each.Origin));
                kept.RemoveRange(0, unused);
                if (kept.Count == 0)
                {
                    _idle.Remove(address);
                }
            }
        }
        _ = CloseAsync(origins);
    }

    private static async Task CloseAsync(List<HttpOrigin> origins)
    {
        foreach (HttpOrigin origin in origins)
        {
            await origin.DisposeAsync();
        }
    }

    private static (HttpRequest Message, byte[]? Rented) Encode(PeerRequest request)
    {
        switch (request)
        {
            case Submission submission:
                byte[] rented = ArrayPool<byte>.Shared.Rent(SubmissionCodec.BytesOf(submission));
                int length = SubmissionCodec.Write(rented, submission);
                // Numbers make a repeated submission harmless, so the client may repeat it by itself on a fresh connection.
                return (new HttpRequest(RequestMethod.Post, "/v1/messages")
                {
                    MediaType = WireFormat.MediaType,
                    Content = rented.AsMemory(0, length),
                    IsIdempotent = true,
                }, rented);
            case JoinRequest join:
                var content = new ArrayBufferWriter<byte>(512);
                JoinCodec.Write(content, join);
                return (new HttpRequest(RequestMethod.Post, "/v1/members")
                {
                    MediaType = WireFormat.MediaType,
                    Content = content.WrittenMemory,
                    IsIdempotent = true,
                }, null);
            case LeaveRequest leave:
                return (new HttpRequest(RequestMethod.Delete, string.Create(CultureInfo.InvariantCulture, $"/v1/members/{leave.Member}"))
                    .AddHeader("authorization", $"Bearer {leave.Token}"), null);
            case TakeoverRequest or MeetRequest or ReachRequest:
                var question = new ArrayBufferWriter<byte>(WireFormat.TakeoverRequestBytesMax);
                TakeoverCodec.Write(question, request);
                return (new HttpRequest(RequestMethod.Post, "/v1/epochs")
                {
                    MediaType = WireFormat.MediaType,
                    Content = question.WrittenMemory,
                    IsIdempotent = true,
                }, null);
            default:
                throw new ArgumentException($"{request.GetType().Name} is not sent as a call", nameof(request));
        }
    }

    /// <summary>Lets whoever is asked pass the request on.</summary>
    public static HttpRequest WithHops(HttpRequest message, int hops) =>
        hops == 0 ? message : message.AddHeader(PeerReplies.HopsName, hops.ToString(CultureInfo.InvariantCulture));

    /// <summary>Shows the host whose request it is, when that is not who has the connection to it.</summary>
    private HttpRequest WithProof(HttpRequest message, PeerRequest request)
    {
        if (settings.Credentials is not { } credentials || (request.Hops == 0 && request.Proof.Length == 0))
        {
            return message;
        }
        string proof = request.Proof.Length > 0
            ? request.Proof
            : credentials.Prove(Encoding.ASCII.GetString(message.Method.Token()), message.Target, message.Content.Span);
        return message.AddHeader(PeerReplies.ProofName, proof);
    }

    private static PeerReply? Read(PeerRequest request, HttpReply reply) => reply.Status switch
    {
        200 when PeerReplies.IsOurs(reply.Headers) && request is JoinRequest => JoinCodec.TryReadAccepted(reply.Content.Span),
        200 when PeerReplies.IsOurs(reply.Headers) && request is TakeoverRequest or MeetRequest or ReachRequest => TakeoverCodec.TryReadAnswer(reply.Content),
        200 when PeerReplies.IsOurs(reply.Headers) && request is Submission => SubmissionCodec.TryReadAccepted(reply.Content.Span),
        204 when request is LeaveRequest => new LeaveAccepted(),
        _ => PeerReplies.Read(reply.Status, reply.Headers),
    };

    private HttpOrigin? TakeIdle(string address)
    {
        lock (_idle)
        {
            if (!_idle.TryGetValue(address, out List<(HttpOrigin Origin, long Since)>? kept) || kept.Count == 0)
            {
                return null;
            }
            HttpOrigin last = kept[^1].Origin;
            kept.RemoveAt(kept.Count - 1);
            return last;
        }
    }

    private ValueTask KeepAsync(string address, HttpOrigin origin)
    {
        lock (_idle)
        {
            if (_isDisposed)
            {
                return origin.DisposeAsync();
            }
            if (!_idle.TryGetValue(address, out List<(HttpOrigin Origin, long Since)>? kept))
            {
                _idle.Add(address, kept = []);
            }
            kept.Add((origin, time.GetTimestamp()));
            return ValueTask.CompletedTask;
        }
    }
}
