using System.Buffers;
using System.Text;
using System.Text.Json;
using Norris.Http;
using Norris.Node;
using Norris.Node.Guests;
using Norris.Protocol.Membership;

namespace Norris.Api;

/// <summary>
/// <c>/v1/guests</c>: how a program on any machine becomes a member of its own, over plain HTTP, through this node.
/// </summary>
internal sealed class GuestsResource(NodeLoop node)
{
    /// <summary>The most bytes that a request's content may have.</summary>
    public const int ContentBytesMax = 4096;

    private const string NotYetDetail =
        "The guest with this token is still in through another node, or cannot come in just now. Try again in a second.";

    /// <summary>
    /// <c>POST</c> with <c>{"name"}</c>: 201 with <c>{"id","name","token","next"}</c> once the guest is in. With <c>{"name","token"}</c>, whoever was in
    /// before with this token, through this node or another one, goes on as who it was: <c>next</c> is the number of its next message, and all
    /// before it were ordered.
    /// </summary>
    public async ValueTask OpenAsync(HttpExchange exchange)
    {
        if (await exchange.ReadContentAsync(ContentBytesMax) is not { } content)
        {
            return;
        }
        if (Read(content) is not (var name, var token))
        {
            await exchange.RespondProblemAsync(
                400, $"Send {{\"name\":\"...\"}}, where the name has {DisplayName.Accepted}; and \"token\":\"...\", 32 hexadecimal digits, to go on as who had it.");
            return;
        }
        var input = new OpenGuestInput(Encoding.UTF8.GetBytes(name), token, exchange.OtherMachine);
        node.Post(input);
        (SubmitStatus status, OpenedGuest guest) = await input.WaitAsync(node);
        if (status != SubmitStatus.Ordered)
        {
            await exchange.RefuseAsync(new SubmitResult(status, default), NotYetDetail);
            return;
        }
        await exchange.RespondAsync(201, Responses.Json, Write(guest));
    }

    /// <summary><c>DELETE</c>: the guest leaves; 204 once that is in the order.</summary>
    public async ValueTask CloseAsync(HttpExchange exchange)
    {
        MemberToken token = Caller.TokenOf(exchange);
        if (!MemberId.TryParse(PercentCoding.DecodeToString(exchange.RouteValue("id")), out MemberId id) || token == MemberToken.None)
        {
            await exchange.UnauthorizedAsync("A guest leaves with its own token: DELETE /v1/guests/ID and 'Authorization: Bearer TOKEN'.");
            return;
        }
        var input = new CloseGuestInput(token, id);
        node.Post(input);
        SubmitResult result = await input.WaitAsync();
        if (result.Status != SubmitStatus.Ordered)
        {
            await exchange.RefuseAsync(result);
            return;
        }
        await exchange.RespondAsync(204);
    }

    private static (string Name, MemberToken Token)? Read(ReadOnlySequence<byte> content)
    {
        try
        {
            using var document = JsonDocument.Parse(content);
            if (document.RootElement.ValueKind != JsonValueKind.Object
                || !document.RootElement.TryGetProperty("name"u8, out JsonElement name) || name.ValueKind != JsonValueKind.String
                || name.GetString() is not { } text || !DisplayName.IsValid(text))
            {
                return null;
            }
            if (!document.RootElement.TryGetProperty("token"u8, out JsonElement given))
            {
                return (text, MemberToken.None);
            }
            return given.ValueKind == JsonValueKind.String && MemberToken.TryParse(Encoding.UTF8.GetBytes(given.GetString()!), out MemberToken token)
                ? (text, token)
                : null;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // Not JSON, or a string with half a surrogate pair in it.
            return null;
        }
    }

    private static ReadOnlyMemory<byte> Write(OpenedGuest guest)
    {
        var body = new ArrayBufferWriter<byte>(128);
        using var json = new Utf8JsonWriter(body);
        json.WriteStartObject();
        json.WriteString("id"u8, guest.Id.ToString());
        json.WriteString("name"u8, guest.Name);
        json.WriteString("token"u8, guest.Token.ToString());
        json.WriteNumber("next"u8, guest.Next);
        json.WriteEndObject();
        json.Flush();
        return body.WrittenMemory;
    }
}
