using System.Net;
using System.Text.Json;
using Norris.Tests.Node;

namespace Norris.Tests.Api;

/// <summary>One reader of <c>GET /v1/events</c>, line by line.</summary>
internal sealed class EventReader(HttpResponseMessage response, StreamReader lines) : IAsyncDisposable
{
    public HttpResponseMessage Response => response;

    /// <summary>Opens the stream; it is subscribed to when this returns.</summary>
    public static Task<EventReader> OpenAsync(InProcessNode node, string? accept, string? token = null) =>
        OpenAsync(node, "/v1/events", token, accept is null ? [] : [("Accept", accept)]);

    /// <inheritdoc cref="OpenAsync(InProcessNode, string?, string?)"/>
    public static async Task<EventReader> OpenAsync(InProcessNode node, string target, string? token, params (string Name, string Value)[] fields)
    {
        HttpResponseMessage response = await node.SendAsync(HttpMethod.Get, target, token: token, fields: fields);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return new EventReader(response, new StreamReader(await response.Content.ReadAsStreamAsync(InProcessNode.Patience)));
    }

    public async Task<string> LineAsync() =>
        await lines.ReadLineAsync(InProcessNode.Patience) ?? throw new EndOfStreamException("the event stream ended");

    public async Task<JsonElement> NextAsync() => JsonElement.Parse(await LineAsync());

    public async Task<string> ReadToEndAsync() => await lines.ReadToEndAsync(InProcessNode.Patience);

    public ValueTask DisposeAsync()
    {
        lines.Dispose();
        response.Dispose();
        return ValueTask.CompletedTask;
    }
}
