using System.Buffers;
using Norris.Http;
using Norris.Node;
using Norris.Node.Peers;
using Norris.Protocol.Membership;
using Norris.Protocol.Messages;
using Norris.Wire;

namespace Norris.Api;

/// <summary><c>/v1/members</c>: joining and leaving, for nodes.</summary>
internal sealed class MembersResource(NodeLoop node, TimeProvider time)
{
    private readonly AddressBudget _joins = new(AddressLimits.JoinsAtOnceMax, AddressLimits.JoinsPerSecond, time);

    /// <summary>When a node is to ask again that was one of too many.</summary>
    private const long RetryMicroseconds = 500_000;

    /// <summary><c>POST</c>: a node joins; any node but the host sends it there.</summary>
    public async ValueTask JoinAsync(HttpExchange exchange)
    {
        if (!exchange.TryGetHeader("content-type"u8, out ReadOnlySpan<byte> mediaType) || !mediaType.SequenceEqual(WireFormat.MediaTypeUtf8))
        {
            await exchange.RespondProblemAsync(
                415, $"Nodes join here, with {WireFormat.MediaType}. Programs and people take part through POST /v1/guests.");
            return;
        }
        if (await exchange.ReadContentAsync(WireFormat.JoinRequestBytesMax) is not { } content)
        {
            return;
        }
        byte[] bytes = content.ToArray();
        PeerReply reply = new Refused(RefusalReason.Malformed);
        if (exchange.OtherMachine is { } from && !_joins.TryTake(from))
        {
            // Whoever joins asks again. Each that came in would cost everybody an entry, and all that there is to know of the others.
            node.Refusals.Count(Refusal.JoinsFromOneAddress);
            reply = new Busy(RetryMicroseconds);
        }
        else if (JoinCodec.TryRead(bytes, out JoinRequest request))
        {
            reply = new Refused(RefusalReason.NotAMember);
            if (exchange.MayBe(node, request.Token, bytes))
            {
                var input = new PeerRequestInput(request with { Hops = exchange.Hops(), Proof = exchange.Proof() });
                node.Post(input);
                reply = await input.Reply;
            }
        }
        if (reply is JoinAccepted accepted)
        {
            var body = new ArrayBufferWriter<byte>(JoinCodec.Estimate(accepted));
            JoinCodec.Write(body, accepted);
            await exchange.RespondAsync(200, WireFormat.MediaTypeUtf8, body.WrittenMemory);
            return;
        }
        await exchange.RespondAsync(reply, "/v1/members");
    }

    /// <summary><c>DELETE</c>: a node leaves.</summary>
    public async ValueTask LeaveAsync(HttpExchange exchange)
    {
        string id = PercentCoding.DecodeToString(exchange.RouteValue("id"));
        MemberToken token = Caller.TokenOf(exchange);
        PeerReply reply = new Refused(RefusalReason.NotAMember);
        if (MemberId.TryParse(id, out MemberId member) && token != MemberToken.None && exchange.MayBe(node, token, default))
        {
            var input = new PeerRequestInput(new LeaveRequest(member, token) { Hops = exchange.Hops(), Proof = exchange.Proof() });
            node.Post(input);
            reply = await input.Reply;
        }
        await exchange.RespondAsync(reply, $"/v1/members/{id}");
    }
}
