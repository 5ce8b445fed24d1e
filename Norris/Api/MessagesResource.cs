using System.Buffers;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using Norris.Http;
using Norris.Node;
using Norris.Node.Peers;
using Norris.Protocol.Messages;
using Norris.Protocol.Ordering;
using Norris.Wire;

namespace Norris.Api;

/// <summary>
/// <c>POST /v1/messages</c>: a message from a person or a script, as text; or, from another node, a submission in the protocol's own form.
/// </summary>
internal sealed class MessagesResource(NodeLoop node)
{
    /// <summary>Answers 201 with the place in the order, once there is one.</summary>
    public ValueTask PostAsync(HttpExchange exchange)
    {
        exchange.TryGetHeader("content-type"u8, out ReadOnlySpan<byte> mediaType);
        if (mediaType.SequenceEqual(WireFormat.MediaTypeUtf8))
        {
            return TakeSubmissionAsync(exchange);
        }
        return IsText(mediaType)
            ? TakeTextAsync(exchange)
            : ProblemAsync(exchange, 415, "Send the text itself, as text/plain in UTF-8.");
    }

    private static async ValueTask ProblemAsync(HttpExchange exchange, int status, string detail) =>
        await exchange.RespondProblemAsync(status, detail);

    /// <summary>Text, or what curl -d says by itself.</summary>
    private static bool IsText(ReadOnlySpan<byte> mediaType)
    {
        int semicolon = mediaType.IndexOf((byte)';');
        ReadOnlySpan<byte> essence = (semicolon < 0 ? mediaType : mediaType[..semicolon]).Trim((byte)' ');
        return essence.IsEmpty || Ascii.EqualsIgnoreCase(essence, "text/plain"u8)
            || Ascii.EqualsIgnoreCase(essence, "application/x-www-form-urlencoded"u8);
    }

    private async ValueTask TakeTextAsync(HttpExchange exchange)
    {
        if (await exchange.AdmitAsync() is not { } caller)
        {
            return;
        }
        if (await exchange.ReadContentAsync(Entry.TextBytesMax) is not { } content)
        {
            return;
        }
        byte[] text = WithoutLastLineEnd(content).ToArray();
        if (text.Length == 0 || !Utf8.IsValid(text))
        {
            await ProblemAsync(exchange, 400, text.Length == 0 ? "The message is empty." : "The message is not valid UTF-8.");
            return;
        }
        var input = new MessageInput(caller.Token, text);
        node.Post(input);
        await RespondAsync(exchange, await input.WaitAsync());
    }

    private static async ValueTask RespondAsync(HttpExchange exchange, SubmitResult result)
    {
        if (result.Status != SubmitStatus.Ordered)
        {
            await exchange.RefuseAsync(result.Status, "The node left, or was away, before it saw the message ordered; it may or may not have been.");
            return;
        }
        var body = new ArrayBufferWriter<byte>(128);
        using (var json = new Utf8JsonWriter(body))
        {
            json.WriteStartObject();
            json.WriteNumber("epoch"u8, result.Ordered.Epoch.Value);
            if (result.Ordered.Sequence == SequenceNumber.None)
            {
                // Ordered while the node was away: it has a place, which this node never saw.
                json.WriteNull("seq"u8);
            }
            else
            {
                json.WriteNumber("seq"u8, result.Ordered.Sequence.Value);
            }
            json.WriteString("time"u8, result.Ordered.Time.ToString());
            json.WriteEndObject();
        }
        await exchange.RespondAsync(201, Responses.Json, body.WrittenMemory);
    }

    private static ReadOnlySequence<byte> WithoutLastLineEnd(ReadOnlySequence<byte> content)
    {
        if (content.Length > 0 && content.Slice(content.Length - 1).FirstSpan[0] == '\n')
        {
            content = content.Slice(0, content.Length - 1);
        }
        return content.Length > 0 && content.Slice(content.Length - 1).FirstSpan[0] == '\r' ? content.Slice(0, content.Length - 1) : content;
    }

    private async ValueTask TakeSubmissionAsync(HttpExchange exchange)
    {
        if (await exchange.ReadContentAsync(WireFormat.SubmissionBytesMax) is not { } content)
        {
            return;
        }
        // The core copies what it takes before it answers, so the bytes may stay in the connection's buffers when they lie in one piece.
        byte[]? rented = null;
        ReadOnlyMemory<byte> bytes = content.First;
        if (!content.IsSingleSegment)
        {
            rented = ArrayPool<byte>.Shared.Rent((int)content.Length);
            content.CopyTo(rented);
            bytes = rented.AsMemory(0, (int)content.Length);
        }
        PeerReply reply = new Refused(RefusalReason.Malformed);
        if (SubmissionCodec.TryRead(bytes, out Submission? submission))
        {
            var input = new PeerRequestInput(exchange.Hops() is var hops and > 0 ? submission with { Hops = hops } : submission);
            node.Post(input);
            reply = await input.Reply;
        }
        if (rented is not null)
        {
            ArrayPool<byte>.Shared.Return(rented);
        }
        if (reply is SubmissionAccepted accepted)
        {
            var body = new ArrayBufferWriter<byte>(16);
            SubmissionCodec.Write(body, accepted);
            await exchange.RespondAsync(200, WireFormat.MediaTypeUtf8, body.WrittenMemory);
            return;
        }
        await exchange.RespondAsync(reply, "/v1/messages");
    }
}
