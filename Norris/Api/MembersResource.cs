using System.Buffers;
using System.Globalization;
using System.Text.Json;
using Norris.Http;
using Norris.Node;
using Norris.Node.Peers;
using Norris.Protocol.Membership;
using Norris.Protocol.Messages;
using Norris.Wire;

namespace Norris.Api;

/// <summary><c>/v1/members</c>: who is in; joining and leaving, for nodes.</summary>
internal sealed class MembersResource(NodeLoop node, TimeProvider time)
{
    private readonly AddressBudget _joins = new(AddressLimits.JoinsAtOnceMax, AddressLimits.JoinsPerSecond, time);

    /// <summary>When a node is to ask again that was one of too many.</summary>
    private const long RetryMicroseconds = 500_000;

    /// <summary><c>GET</c>: the view and this node's position in the order.</summary>
    public async ValueTask ListAsync(HttpExchange exchange)
    {
        var query = new QueryInput<ReadOnlyMemory<byte>?>(static loop => loop.Core.Self.IsNone ? default(ReadOnlyMemory<byte>?) : Write(loop), null);
        node.Post(query);
        if (await query.Answer is not { } body)
        {
            await exchange.RefuseAsync(new SubmitResult(SubmitStatus.NotIn, default));
            return;
        }
        await exchange.RespondAsync(200, Responses.Json, body);
    }

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
        PeerReply reply = new Refused(RefusalReason.Malformed);
        if (exchange.OtherMachine is { } from && !_joins.TryTake(from))
        {
            // Whoever joins asks again. Each that came in would cost everybody an entry, and all that there is to know of the others.
            node.Refusals.Count(Refusal.JoinsFromOneAddress);
            reply = new Busy(RetryMicroseconds);
        }
        else if (JoinCodec.TryRead(content.ToArray(), out JoinRequest request))
        {
            reply = new Refused(RefusalReason.NotAMember);
            if (exchange.MayBe(node, request.Token, content.ToArray()))
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

    private static ReadOnlyMemory<byte> Write(NodeLoop loop)
    {
        var body = new ArrayBufferWriter<byte>(1024);
        using var json = new Utf8JsonWriter(body);
        View view = loop.Core.View;
        HashSet<MemberId> alikes = loop.Presenter.FindAlikes();
        json.WriteStartObject();
        json.WriteString("network"u8, view.Network.ToString("x16", CultureInfo.InvariantCulture));
        json.WriteNumber("epoch"u8, view.Epoch.Value);
        json.WriteString("host"u8, view.Host.ToString());
        json.WriteString("self"u8, loop.Core.Self.ToString());
        json.WriteStartObject("position"u8);
        json.WriteNumber("seq"u8, loop.Core.Position.Sequence.Value);
        json.WriteString("digest"u8, loop.Core.Position.Digest.ToString());
        json.WriteEndObject();
        json.WriteStartArray("members"u8);
        foreach (Member member in view.BySeniority)
        {
            json.WriteStartObject();
            json.WriteString("id"u8, member.Id.ToString());
            json.WriteString("name"u8, member.Name);
            json.WriteString("role"u8, member.Kind == MemberKind.Guest ? "guest"u8 : member.Id == view.Host ? "host"u8 : "node"u8);
            if (member.Kind == MemberKind.Guest)
            {
                json.WriteString("via"u8, member.Via.ToString());
            }
            else
            {
                json.WriteString("address"u8, member.Address);
                json.WriteBoolean("reachable"u8, member.IsReachable);
            }
            if (alikes.Contains(member.Id))
            {
                json.WriteBoolean("alike"u8, true);
            }
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteEndObject();
        json.Flush();
        return body.WrittenMemory;
    }
}
