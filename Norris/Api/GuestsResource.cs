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

    /// <summary><c>POST</c> with <c>{"name"}</c>: 201 with <c>{"id","name","token"}</c> once the guest is in.</summary>
    public async ValueTask OpenAsync(HttpExchange exchange)
    {
        if (Caller.IsCrossSite(exchange))
        {
            await exchange.CrossSiteAsync();
            return;
        }
        if (await exchange.ReadContentAsync(ContentBytesMax) is not { } content)
        {
            return;
        }
        if (ReadName(content) is not { } name)
        {
            await exchange.RespondProblemAsync(400, $"Send {{\"name\":\"...\"}}, where the name has {DisplayName.Accepted}.");
            return;
        }
        var input = new OpenGuestInput(Encoding.UTF8.GetBytes(name));
        node.Post(input);
        (SubmitStatus status, GuestSession? session, string given) = await input.WaitAsync(node);
        if (status != SubmitStatus.Ordered)
        {
            await exchange.RefuseAsync(status);
            return;
        }
        await exchange.RespondAsync(201, Responses.Json, Write(session!, given));
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
        SubmitStatus status = (await input.WaitAsync()).Status;
        if (status != SubmitStatus.Ordered)
        {
            await exchange.RefuseAsync(status);
            return;
        }
        await exchange.RespondAsync(204);
    }

    private static string? ReadName(ReadOnlySequence<byte> content)
    {
        try
        {
            using var document = JsonDocument.Parse(content);
            return document.RootElement.ValueKind == JsonValueKind.Object
                && document.RootElement.TryGetProperty("name"u8, out JsonElement name) && name.ValueKind == JsonValueKind.String
                && name.GetString() is { } text && DisplayName.IsValid(text)
                    ? text
                    : null;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // Not JSON, or a string with half a surrogate pair in it.
            return null;
        }
    }

    private static ReadOnlyMemory<byte> Write(GuestSession session, string name)
    {
        var body = new ArrayBufferWriter<byte>(128);
        using var json = new Utf8JsonWriter(body);
        json.WriteStartObject();
        json.WriteString("id"u8, session.Id.ToString());
        json.WriteString("name"u8, name);
        json.WriteString("token"u8, session.Token.ToString());
        json.WriteEndObject();
        json.Flush();
        return body.WrittenMemory;
    }
}
