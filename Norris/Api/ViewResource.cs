using System.Buffers;
using System.Globalization;
using System.Text.Json;
using Norris.Http;
using Norris.Node;
using Norris.Protocol.Membership;

namespace Norris.Api;

/// <summary><c>GET /v1/members</c>: who is in.</summary>
internal sealed class ViewResource(NodeLoop node)
{
    /// <summary>The view and this node's position in the order.</summary>
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
        json.WriteBoolean("secured"u8, loop.Settings.Credentials is not null);
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
