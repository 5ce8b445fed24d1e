using System.Globalization;
using System.Text;
using Norris.Http;
using Norris.Node;
using Norris.Node.Peers;
using Norris.Protocol.Membership;
using Norris.Protocol.Messages;
using Norris.Protocol.Ordering;

namespace Norris.Api;

/// <summary>
/// <c>GET /v1/log?from=SEQ&amp;member=ID&amp;network=HEX&amp;epoch=N&amp;digest=HEX&amp;promised=N</c>, for members only: the log from an entry on, as a stream of batches; <c>relay=ID</c> and <c>without=ID</c> say which relay is meant, and which one is not wanted.
/// Epoch and digest are the asker's at the entry before: they must be this node's, too.
/// </summary>
internal sealed class LogResource(NodeLoop node)
{
    /// <summary>Streams until the follower leaves or is told to.</summary>
    public async ValueTask StreamAsync(HttpExchange exchange)
    {
        if (!TryRead(exchange, out FollowRequest? request) || !exchange.MayBe(node, request!.Token, default))
        {
            await exchange.UnauthorizedAsync("The log is for members: join first. Others read GET /v1/events.");
            return;
        }
        string target = $"{Encoding.ASCII.GetString(exchange.Path)}?{Encoding.ASCII.GetString(exchange.Query)}";
        var input = new FollowInput(request!, exchange);
        node.Post(input);
        (PeerReply reply, Downstream? stream) = await input.Result;
        if (stream is null)
        {
            await exchange.RespondAsync(reply, target);
            return;
        }
        using CancellationTokenRegistration gone = exchange.Aborted.Register(() => node.Post(new Downstream.GoneInput(stream)));
        await stream.Ended;
    }

    private static bool TryRead(HttpExchange exchange, out FollowRequest? request)
    {
        request = null;
        MemberToken token = Caller.TokenOf(exchange);
        if (token == MemberToken.None
            || !exchange.TryGetQuery("member"u8, out ReadOnlySpan<byte> member)
            || !MemberId.TryParse(Encoding.ASCII.GetString(member), out MemberId id)
            || !TryReadNumber(exchange, "from"u8, NumberStyles.None, out ulong from) || from == 0
            || !TryReadNumber(exchange, "network"u8, NumberStyles.AllowHexSpecifier, out ulong network)
            || !TryReadNumber(exchange, "promised"u8, NumberStyles.None, out ulong promised)
            || !TryReadNumber(exchange, "epoch"u8, NumberStyles.None, out ulong epoch)
            || !TryReadNumber(exchange, "digest"u8, NumberStyles.AllowHexSpecifier, out ulong digest)
            || !TryReadMember(exchange, "relay"u8, out MemberId relay) || !TryReadMember(exchange, "without"u8, out MemberId without))
        {
            return false;
        }
        var after = new Position(new Epoch(epoch), new SequenceNumber(from - 1), new Digest(digest));
        request = new FollowRequest(id, token, network, after, new Epoch(promised)) { Hops = exchange.Hops(), Relay = relay, Without = without };
        return true;
    }

    private static bool TryReadMember(HttpExchange exchange, ReadOnlySpan<byte> name, out MemberId member)
    {
        member = MemberId.None;
        return !exchange.TryGetQuery(name, out ReadOnlySpan<byte> value) || MemberId.TryParse(Encoding.ASCII.GetString(value), out member);
    }

    private static bool TryReadNumber(HttpExchange exchange, ReadOnlySpan<byte> name, NumberStyles style, out ulong number)
    {
        number = 0;
        return exchange.TryGetQuery(name, out ReadOnlySpan<byte> value)
            && ulong.TryParse(value, style, CultureInfo.InvariantCulture, out number);
    }
}
