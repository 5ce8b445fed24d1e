using System.Buffers;
using Norris.Http;
using Norris.Node;
using Norris.Node.Peers;
using Norris.Protocol.Messages;
using Norris.Wire;

namespace Norris.Api;

/// <summary><c>POST /v1/epochs</c>, for nodes only: a candidate asks for the promise, a host meets another, or looks whether a newcomer is there.</summary>
internal sealed class EpochsResource(NodeLoop node)
{
    /// <summary>Answers as the protocol decides.</summary>
    public async ValueTask PostAsync(HttpExchange exchange)
    {
        if (!exchange.TryGetHeader("content-type"u8, out ReadOnlySpan<byte> mediaType) || !mediaType.SequenceEqual(WireFormat.MediaTypeUtf8))
        {
            await exchange.RespondProblemAsync(415, $"Nodes agree on a host here, with {WireFormat.MediaType}.");
            return;
        }
        if (await exchange.ReadContentAsync(WireFormat.TakeoverRequestBytesMax) is not { } content)
        {
            return;
        }
        PeerReply reply = new Refused(RefusalReason.Malformed);
        if (TakeoverCodec.TryRead(content.ToArray()) is TakeoverRequest asked && !exchange.MayBe(node, asked.Token, content.ToArray()))
        {
            reply = new Refused(RefusalReason.NotAMember);
        }
        else if (TakeoverCodec.TryRead(content.ToArray()) is { } request)
        {
            var input = new PeerRequestInput(request with { Hops = exchange.Hops() });
            node.Post(input);
            reply = await input.Reply;
        }
        var body = new ArrayBufferWriter<byte>(256);
        if (TakeoverCodec.TryWrite(body, reply))
        {
            await exchange.RespondAsync(200, WireFormat.MediaTypeUtf8, body.WrittenMemory);
            return;
        }
        await exchange.RespondAsync(reply, "/v1/epochs");
    }
}
