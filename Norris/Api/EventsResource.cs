using Norris.Http;
using Norris.Node;
using Norris.Node.Delivery;
using Norris.Node.Guests;
using Norris.Protocol.Membership;

namespace Norris.Api;

/// <summary>
/// <c>GET /v1/events</c>: what the node delivers from now on, as server-sent events (WHATWG HTML, section 9.2), or as one JSON object a
/// line for <c>Accept: application/x-ndjson</c>.
/// </summary>
internal sealed class EventsResource(NodeLoop node, TimeProvider time)
{
    /// <summary>How often an idle stream of server-sent events says that it is alive, so that whatever is between does not cut it.</summary>
    private static readonly TimeSpan KeepAliveInterval = TimeSpan.FromSeconds(15);

    /// <summary>Streams until the reader leaves, the session ends, or the node does.</summary>
    public async ValueTask StreamAsync(HttpExchange exchange)
    {
        if (await exchange.AdmitAsync() is not { } caller)
        {
            return;
        }
        if (caller.Token == MemberToken.None)
        {
            await StreamAsync(exchange, CancellationToken.None);
            return;
        }
        var opened = new GuestStreamInput(caller.Token, 1);
        node.Post(opened);
        if (await opened.Session is not { } session)
        {
            await exchange.UnauthorizedAsync(Caller.UnknownTokenDetail);
            return;
        }
        await StreamAsync(exchange, session.Ended);
        node.Post(new GuestStreamInput(caller.Token, -1));
    }

    private async ValueTask StreamAsync(HttpExchange exchange, CancellationToken sessionEnded)
    {
        bool isLines = exchange.TryGetHeader("accept"u8, out ReadOnlySpan<byte> accept) && accept.IndexOf("application/x-ndjson"u8) >= 0;
        EventFeed feed = isLines ? node.Presenter.Json : node.Presenter.Sse;
        using FeedReader reader = feed.Subscribe(isWaitedFor: false, node.Settings.EventBacklogBytesMax);
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(exchange.Aborted, exchange.Stopping, sessionEnded);
        exchange.SetHeader("Cache-Control"u8, "no-store"u8);
        exchange.SetHeader("X-Accel-Buffering"u8, "no"u8);
        ContentWriter writer = exchange.StartStream(200, isLines ? "application/x-ndjson"u8 : "text/event-stream"u8);
        bool isAlive = await writer.FlushAsync(CancellationToken.None);
        while (isAlive && !ended.IsCancellationRequested && !reader.IsAtEnd)
        {
            if (reader.HasFallenBehind)
            {
                break;
            }
            for (ReadOnlyMemory<byte> bytes = reader.Read(); !bytes.IsEmpty; bytes = reader.Read())
            {
                writer.WriteBorrowed(bytes);
            }
            if (writer.UnflushedBytes > 0)
            {
                isAlive = await writer.FlushAsync(CancellationToken.None);
                continue;
            }
            if (!await WaitAsync(reader, isLines, ended.Token) && !isLines)
            {
                writer.WriteBorrowed(KeepAlive);
                isAlive = await writer.FlushAsync(CancellationToken.None);
            }
        }
    }

    private static ReadOnlyMemory<byte> KeepAlive { get; } = ":\n\n"u8.ToArray();

    /// <summary>Waits for events; false when none came for a while.</summary>
    private async ValueTask<bool> WaitAsync(FeedReader reader, bool isLines, CancellationToken ended)
    {
        using var quiet = new CancellationTokenSource(isLines ? Timeout.InfiniteTimeSpan : KeepAliveInterval, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(ended, quiet.Token);
        try
        {
            await reader.WaitAsync(either.Token);
            return true;
        }
        catch (OperationCanceledException)
        {
            return ended.IsCancellationRequested;
        }
    }
}
