using System.Buffers;
using Norris.Http;
using Norris.Node;
using Norris.Node.Delivery;
using Norris.Node.Guests;
using Norris.Protocol.Membership;
using Norris.Protocol.Ordering;

namespace Norris.Api;

/// <summary>
/// <c>GET /v1/events</c>: what the node delivers from now on, or after <c>Last-Event-ID</c>, as server-sent events (WHATWG HTML, section 9.2), or as one JSON
/// object a line for <c>Accept: application/x-ndjson</c>; of some types only with <c>?types=</c>.
/// </summary>
internal sealed class EventsResource(NodeLoop node, TimeProvider time)
{
    /// <summary>How often an idle stream of server-sent events says that it is alive, so that whatever is between does not cut it.</summary>
    private static readonly TimeSpan KeepAliveInterval = TimeSpan.FromSeconds(15);

    /// <summary>Streams until the reader leaves, the session ends, or the node does.</summary>
    public async ValueTask StreamAsync(HttpExchange exchange)
    {
        if (await exchange.AdmitAsync(mayAskWithToken: true) is not { } caller || await ReadWishAsync(exchange) is not { } wish)
        {
            return;
        }
        if (caller.Token == MemberToken.None)
        {
            await StreamAsync(exchange, wish, MemberId.None, CancellationToken.None);
            return;
        }
        var opened = new GuestStreamInput(caller.Token, 1);
        node.Post(opened);
        if (await opened.Session is not { } session)
        {
            await exchange.UnauthorizedAsync(Caller.UnknownTokenDetail);
            return;
        }
        await StreamAsync(exchange, wish, session.Id, session.Ended);
        node.Post(new GuestStreamInput(caller.Token, -1));
    }

    /// <summary>What is asked for; null when that is nonsense, which was answered so.</summary>
    private static async ValueTask<Wish?> ReadWishAsync(HttpExchange exchange)
    {
        bool isLines = exchange.TryGetHeader("accept"u8, out ReadOnlySpan<byte> accept) && accept.IndexOf(Responses.JsonLines) >= 0;
        var wish = new Wish(isLines, null, null);
        string? problem = null;
        if (exchange.TryGetHeader("last-event-id"u8, out ReadOnlySpan<byte> id) || exchange.TryGetQuery("after"u8, out id))
        {
            problem = EventPlace.TryParse(id, out EventPlace after) ? null
                : "Last-Event-ID, or ?after=, is the id of the last event that was seen, or its sequence number.";
            wish = wish with { After = after };
        }
        if (problem is null && exchange.TryGetQuery("types"u8, out ReadOnlySpan<byte> types))
        {
            wish = wish with { Types = EventTypes.TryParse(PercentCoding.DecodeToString(types), isLines) };
            problem = wish.Types is null ? EventTypes.Accepted : null;
        }
        if (problem is null)
        {
            return wish;
        }
        await exchange.RespondProblemAsync(400, problem);
        return null;
    }

    private async ValueTask StreamAsync(HttpExchange exchange, Wish wish, MemberId viewer, CancellationToken sessionEnded)
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(exchange.Aborted, exchange.Stopping, sessionEnded);
        exchange.SetHeader("Cache-Control"u8, "no-store"u8);
        exchange.SetHeader("X-Accel-Buffering"u8, "no"u8);
        FeedReader? subscribed = wish.After is null ? node.Presenter.Stream(wish.IsLines) : null;
        try
        {
            ContentWriter writer = exchange.StartStream(200, wish.IsLines ? Responses.JsonLines : "text/event-stream"u8);
            bool isAlive = await writer.FlushAsync(CancellationToken.None);
            if (wish.After is { } after && isAlive)
            {
                subscribed = await ReplayAsync(writer, new Replay(wish.IsLines, after, viewer), wish, ended.Token);
            }
            if (subscribed is not null && isAlive)
            {
                await FollowAsync(writer, subscribed, wish, ended.Token);
            }
        }
        finally
        {
            subscribed?.Dispose();
        }
    }

    /// <summary>Streams what was missed; returns who reads on from there, or null when nobody does any more.</summary>
    private async ValueTask<FeedReader?> ReplayAsync(ContentWriter writer, Replay replay, Wish wish, CancellationToken ended)
    {
        while (!ended.IsCancellationRequested)
        {
            var step = new ReplayInput(replay);
            node.Post(step);
            if (!await step.Done)
            {
                return null;
            }
            if (!replay.Output.IsEmpty)
            {
                Write(writer, replay.Output, wish, isLasting: false);
                if (!await writer.FlushAsync(CancellationToken.None))
                {
                    replay.Live?.Dispose();
                    return null;
                }
            }
            if (replay.Live is { } live)
            {
                return live;
            }
        }
        return null;
    }

    private async ValueTask FollowAsync(ContentWriter writer, FeedReader reader, Wish wish, CancellationToken ended)
    {
        bool isAlive = true;
        SequenceNumber told = SequenceNumber.None;
        bool wantsStable = wish.Types?.WantsStable == true;
        if (wantsStable)
        {
            reader.WantNudges();
        }
        while (isAlive && !ended.IsCancellationRequested && !reader.IsAtEnd && !reader.HasFallenBehind)
        {
            // Asked before the events are read, so that it is told after those that it is about.
            SequenceNumber stable = wantsStable ? node.Presenter.Stable : told;
            for (ReadOnlyMemory<byte> bytes = reader.Read(); !bytes.IsEmpty; bytes = reader.Read())
            {
                Write(writer, bytes, wish, isLasting: true);
            }
            if (stable != told)
            {
                WriteStable(writer, stable, wish.IsLines);
                told = stable;
            }
            if (writer.UnflushedBytes > 0)
            {
                isAlive = await writer.FlushAsync(CancellationToken.None);
                continue;
            }
            if (!await WaitAsync(reader, wish.IsLines, ended) && !wish.IsLines)
            {
                writer.WriteBorrowed(KeepAlive);
                isAlive = await writer.FlushAsync(CancellationToken.None);
            }
        }
    }

    /// <summary>Writes events, borrowed where they stay as they are and all are wanted.</summary>
    private static void Write(ContentWriter writer, ReadOnlyMemory<byte> events, Wish wish, bool isLasting)
    {
        if (wish.Types is { } types)
        {
            types.Copy(events.Span, writer);
        }
        else if (isLasting)
        {
            writer.WriteBorrowed(events);
        }
        else
        {
            writer.Write(events.Span);
        }
    }

    private static void WriteStable(ContentWriter writer, SequenceNumber stable, bool isLines)
    {
        if (!isLines)
        {
            SseForm.Begin(writer);
        }
        JsonEventWriter.WriteStable(writer, stable);
        if (isLines)
        {
            writer.Write("\n"u8);
        }
        else
        {
            SseForm.End(writer);
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

    private sealed record Wish(bool IsLines, EventPlace? After, EventTypes? Types);
}
