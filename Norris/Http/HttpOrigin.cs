using System.Buffers;
using System.Net;
using Norris.Transport;

namespace Norris.Http;

/// <summary>
/// A server that a client talks to again and again: one kept connection, made anew when it is needed and gone. One request at
/// a time; streams that take a connection for themselves open one with <see cref="ConnectAsync"/>.
/// </summary>
internal sealed class HttpOrigin(EndPoint endPoint, Dialer dialer, HttpLimits limits, TimeProvider clock) : IAsyncDisposable
{
    private readonly string _authority = AuthorityOf(endPoint);
    private HttpClientConnection? _kept;

    /// <summary>Where the server is.</summary>
    public EndPoint EndPoint { get; } = endPoint;

    /// <summary>Opens a connection of the caller's own.</summary>
    public async ValueTask<(RequestOutcome Outcome, HttpClientConnection? Connection)> ConnectAsync(
        TimeSpan timeout, CancellationToken cancellationToken = default)
    {
        DialResult dialled = await dialer.DialAsync(EndPoint, timeout, cancellationToken);
        return dialled.IsConnected
            ? (RequestOutcome.Answered, new HttpClientConnection(dialled.Connection, _authority, limits, clock))
            : (dialled.Outcome.ToRequestOutcome(), null);
    }

    /// <summary>
    /// Sends a request and reads its whole response. An idempotent request that meets a kept connection which the server has
    /// closed meanwhile is sent once more on a new one (RFC 9112 section 9.3.1).
    /// </summary>
    /// <param name="request">The request.</param>
    /// <param name="timeout">For all of it: connecting, sending, the response to its last byte.</param>
    /// <param name="contentBytesMax">Largest content; more is <see cref="RequestOutcome.MalformedResponse"/>.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async ValueTask<HttpReply> SendAsync(
        HttpRequest request, TimeSpan timeout, long contentBytesMax = 1024 * 1024, CancellationToken cancellationToken = default)
    {
        long start = clock.GetTimestamp();
        using CancellationTokenSource deadline = new(timeout, clock);
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        while (true)
        {
            bool isKept = _kept is { CanSend: true };
            if (!isKept)
            {
                await DropAsync();
                (RequestOutcome dialled, _kept) = await ConnectAsync(timeout - clock.GetElapsedTime(start), cancellationToken);
                if (_kept is null)
                {
                    return new(dialled, 0, default, new FieldSection());
                }
            }

            HttpReply reply = await ExchangeAsync(_kept!, request, contentBytesMax, either.Token);
            if (!_kept!.CanSend)
            {
                await DropAsync();
            }

            if (reply.Outcome == RequestOutcome.Answered)
            {
                return reply;
            }

            if (reply.Outcome == RequestOutcome.Canceled && !cancellationToken.IsCancellationRequested)
            {
                return reply with { Outcome = RequestOutcome.TimedOut };
            }

            if (!(isKept && request.IsIdempotent && reply is { Outcome: RequestOutcome.Reset, Status: 0 }))
            {
                return reply;
            }
        }
    }

    /// <summary>Closes the kept connection.</summary>
    public ValueTask DisposeAsync() => DropAsync();

    private static async ValueTask<HttpReply> ExchangeAsync(
        HttpClientConnection connection, HttpRequest request, long contentBytesMax, CancellationToken cancellationToken)
    {
        // A server may answer and close before it has read everything: a failed send is no reason not to look for the answer.
        await connection.SendAsync(request, cancellationToken);
        RequestOutcome outcome = await connection.ReadHeadAsync(cancellationToken);
        if (outcome != RequestOutcome.Answered)
        {
            return new(cancellationToken.IsCancellationRequested ? RequestOutcome.Canceled : outcome, 0, default, connection.Headers);
        }

        try
        {
            ContentRead read = await connection.ReadAllContentAsync(contentBytesMax, cancellationToken);
            outcome = read.Rejection switch
            {
                RejectionReason.None => RequestOutcome.Answered,
                RejectionReason.MessageTruncated => RequestOutcome.Reset,
                _ => RequestOutcome.MalformedResponse,
            };
            byte[] content = read.Buffer.ToArray();
            await connection.SkipContentAsync(0);
            return new(outcome, connection.Status, content, connection.Headers);
        }
        catch (OperationCanceledException)
        {
            return new(RequestOutcome.Canceled, connection.Status, default, connection.Headers);
        }
    }

    private async ValueTask DropAsync()
    {
        if (_kept is { } kept)
        {
            _kept = null;
            await kept.DisposeAsync();
        }
    }

    private static string AuthorityOf(EndPoint endPoint) => endPoint switch
    {
        DnsEndPoint name => $"{name.Host}:{name.Port}",
        _ => endPoint.ToString()!,
    };
}
