using System.Buffers;
using System.Text;
using System.Text.Json;
using Norris.Http;
using Norris.Node;
using Norris.Node.Peers;
using Norris.Protocol.Messages;
using Norris.Protocol.Ordering;
using Norris.Wire;

namespace Norris.Api;

/// <summary>
/// <c>POST /v1/messages</c>: messages from a person or a script, as text or JSON, one or many; or, from another node, a submission in the protocol's own form.
/// </summary>
/// <param name="node">Who answers.</param>
/// <param name="takes">Whose messages are taken here.</param>
internal sealed class MessagesResource(NodeLoop node, Takes takes = Takes.PeoplesAndNodes)
{
    private const string UnknownDetail = "The node left, or was away, before it saw the message ordered; it may or may not have been.";

    /// <summary>Answers 201 with the place in the order, once there is one; or 200 with a line for each of many.</summary>
    public ValueTask PostAsync(HttpExchange exchange)
    {
        exchange.TryGetHeader("content-type"u8, out ReadOnlySpan<byte> mediaType);
        if (mediaType.SequenceEqual(WireFormat.MediaTypeUtf8))
        {
            return takes == Takes.Peoples
                ? ProblemAsync(exchange, 415, "Nodes submit where this node listens to them, and not here.")
                : TakeSubmissionAsync(exchange);
        }
        if (takes == Takes.Nodes)
        {
            return ProblemAsync(exchange, 415, $"Nodes submit here, with {WireFormat.MediaType}. Programs and people use the address that the node printed for them.");
        }
        int semicolon = mediaType.IndexOf((byte)';');
        ReadOnlySpan<byte> essence = (semicolon < 0 ? mediaType : mediaType[..semicolon]).Trim((byte)' ');
        return IsText(essence) ? TakeOneAsync(exchange, isJson: false)
            : Ascii.EqualsIgnoreCase(essence, Responses.Json) ? TakeOneAsync(exchange, isJson: true)
            : Ascii.EqualsIgnoreCase(essence, Responses.JsonLines) ? TakeManyAsync(exchange)
            : ProblemAsync(exchange, 415, "Send the text itself, as text/plain in UTF-8; or application/json, or application/x-ndjson for many.");
    }

    private static async ValueTask ProblemAsync(HttpExchange exchange, int status, string detail) =>
        await exchange.RespondProblemAsync(status, detail);

    /// <summary>Text, or what curl -d says by itself.</summary>
    private static bool IsText(ReadOnlySpan<byte> essence) =>
        essence.IsEmpty || Ascii.EqualsIgnoreCase(essence, "text/plain"u8) || Ascii.EqualsIgnoreCase(essence, "application/x-www-form-urlencoded"u8);

    private async ValueTask TakeOneAsync(HttpExchange exchange, bool isJson)
    {
        if (await exchange.AdmitAsync() is not { } caller
            || await exchange.ReadContentAsync(isJson ? PostedMessages.JsonBytesMax : Entry.TextBytesMax) is not { } content)
        {
            return;
        }
        string? mistake = isJson ? PostedMessages.TryReadJson(content, out PostedMessage message) : PostedMessages.TryReadText(exchange, content, out message);
        if ((mistake ?? FindMistake(caller, [message])) is { } problem)
        {
            await ProblemAsync(exchange, 400, problem);
            return;
        }
        var input = new PostInput(caller.Token, [message]);
        node.Post(input);
        SubmitResult result = await input.WaitAsync();
        if (result.Status != SubmitStatus.Ordered)
        {
            await exchange.RefuseAsync(result, UnknownDetail);
            return;
        }
        var body = new ArrayBufferWriter<byte>(128);
        WritePlace(body, result);
        await exchange.RespondAsync(201, Responses.Json, body.WrittenMemory);
    }

    private async ValueTask TakeManyAsync(HttpExchange exchange)
    {
        if (await exchange.AdmitAsync() is not { } caller || await exchange.ReadContentAsync(WireFormat.SubmissionBytesMax) is not { } content)
        {
            return;
        }
        var messages = new List<PostedMessage>();
        if ((PostedMessages.TryReadLines(content, messages) ?? FindMistake(caller, messages)) is { } problem)
        {
            await ProblemAsync(exchange, 400, problem);
            return;
        }
        var input = new PostInput(caller.Token, messages);
        node.Post(input);
        await input.Looked;
        if (input.WaitAsync() is { IsCompletedSuccessfully: true, Result: { Status: not SubmitStatus.Ordered } refused })
        {
            // Nothing was taken: as it is told of one.
            await exchange.RefuseAsync(refused, UnknownDetail);
            return;
        }
        ContentWriter writer = exchange.StartStream(200, Responses.JsonLines);
        bool isThere = true;
        foreach (Task<SubmitResult> result in input.Results)
        {
            if (!isThere)
            {
                return;
            }
            if (!result.IsCompleted)
            {
                isThere = await writer.FlushAsync(CancellationToken.None);
            }
            WriteLine(writer, await result);
        }
        await writer.FlushAsync(CancellationToken.None);
    }

    /// <summary>Only a guest counts its messages: the node's own come from several places at once.</summary>
    private static string? FindMistake(Caller caller, IReadOnlyList<PostedMessage> messages) =>
        caller.Token == Protocol.Membership.MemberToken.None && messages.Any(static message => message.Number is not null)
            ? "Only a guest counts its messages: open a session with POST /v1/guests, or leave the number out."
            : null;

    private static void WriteLine(IBufferWriter<byte> output, SubmitResult result)
    {
        if (result.Status == SubmitStatus.Ordered)
        {
            WritePlace(output, result);
        }
        else
        {
            (int status, string detail) = Responses.Describe(result, UnknownDetail);
            using var json = new Utf8JsonWriter(output);
            json.WriteStartObject();
            json.WriteNumber("status"u8, status);
            json.WriteString("detail"u8, detail);
            json.WriteEndObject();
        }
        output.Write("\n"u8);
    }

    private static void WritePlace(IBufferWriter<byte> output, SubmitResult result)
    {
        using var json = new Utf8JsonWriter(output);
        json.WriteStartObject();
        if (result.Ordered.Sequence == SequenceNumber.None)
        {
            // Ordered while the node was away, or long ago: it has a place, which this node does not know.
            json.WriteNull("epoch"u8);
            json.WriteNull("seq"u8);
            json.WriteNull("time"u8);
        }
        else
        {
            json.WriteNumber("epoch"u8, result.Ordered.Epoch.Value);
            json.WriteNumber("seq"u8, result.Ordered.Sequence.Value);
            json.WriteString("time"u8, result.Ordered.Time.ToString());
        }
        json.WriteEndObject();
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
            reply = new Refused(RefusalReason.NotAMember);
            if (exchange.MayBe(node, submission.Token, bytes.Span))
            {
                var input = new PeerRequestInput(exchange.Hops() is var hops and > 0 ? submission with { Hops = hops, Proof = exchange.Proof() } : submission);
                node.Post(input);
                reply = await input.Reply;
            }
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

/// <summary>Whose messages a listener takes.</summary>
internal enum Takes
{
    /// <summary>Everybody's: the network is open.</summary>
    PeoplesAndNodes,

    /// <summary>Those of people and scripts.</summary>
    Peoples,

    /// <summary>Those of nodes.</summary>
    Nodes,
}
