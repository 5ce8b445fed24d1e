using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Norris.Protocol.Messages;
using Norris.Tests.Node;
using Norris.Tests.Wire;
using Norris.Wire;

namespace Norris.Tests.Api;

/// <summary>Requests as scripts, pages and strangers send them.</summary>
internal static class ApiClient
{
    public static Task<HttpResponseMessage> SendAsync(
        this InProcessNode node, HttpMethod method, string target, string? body = null, string? mediaType = "text/plain", string? token = null,
        params (string Name, string Value)[] fields) =>
        node.SendBytesAsync(method, target, body is null ? null : Encoding.UTF8.GetBytes(body), mediaType, token, fields);

    public static async Task<HttpResponseMessage> SendBytesAsync(
        this InProcessNode node, HttpMethod method, string target, byte[]? body, string? mediaType, string? token = null,
        params (string Name, string Value)[] fields)
    {
        using var request = new HttpRequestMessage(method, target);
        if (body is not null)
        {
            request.Content = new ByteArrayContent(body);
            request.Content.Headers.ContentType = mediaType is null ? null : MediaTypeHeaderValue.Parse(mediaType);
        }
        if (token is not null)
        {
            request.Headers.TryAddWithoutValidation("Authorization", $"Bearer {token}");
        }
        foreach ((string name, string value) in fields)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }
        return await node.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, InProcessNode.Patience);
    }

    public static Task<HttpResponseMessage> PostAsync(this InProcessNode node, string text, string? token = null) =>
        node.SendAsync(HttpMethod.Post, "/v1/messages", text, token: token);

    /// <summary>The network that a node is in, as ids of events say it.</summary>
    public static async Task<string> NetworkAsync(this InProcessNode node)
    {
        using HttpResponseMessage view = await node.SendAsync(HttpMethod.Get, "/v1/members");
        return (await view.JsonAsync()).GetProperty("network").GetString()!;
    }

    public static async Task<JsonElement> JsonAsync(this HttpResponseMessage response) =>
        JsonElement.Parse(await response.Content.ReadAsByteArrayAsync(InProcessNode.Patience));

    /// <summary>Asserts a refusal: its status, and a problem that says the same and what to do.</summary>
    public static async Task AssertProblemAsync(this Task<HttpResponseMessage> request, HttpStatusCode status)
    {
        using HttpResponseMessage response = await request;
        Assert.Equal(status, response.StatusCode);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        JsonElement problem = await response.JsonAsync();
        Assert.Equal((int)status, problem.GetProperty("status").GetInt32());
        Assert.NotEmpty(problem.GetProperty("title").GetString()!);
        Assert.NotEmpty(problem.GetProperty("detail").GetString()!);
        Assert.Equal(status == HttpStatusCode.Unauthorized ? "Bearer" : "", response.Headers.WwwAuthenticate.ToString());
        Assert.Equal(status == HttpStatusCode.ServiceUnavailable, response.Headers.RetryAfter is not null);
    }

    public static async Task<(string Id, string Name, string Token)> OpenGuestAsync(this InProcessNode node, string name)
    {
        (string id, string given, string token, ulong next) = await node.OpenGuestAsJsonAsync(JsonSerializer.Serialize(new { name }));
        Assert.Equal(1UL, next);
        return (id, given, token);
    }

    /// <summary>Goes on as a guest that was in before.</summary>
    public static Task<(string Id, string Name, string Token, ulong Next)> ResumeGuestAsync(this InProcessNode node, string name, string token) =>
        node.OpenGuestAsJsonAsync(JsonSerializer.Serialize(new { name, token }));

    /// <summary>Somebody asks the host to join as a node and says that it got further elsewhere: the host takes the one that it has for lost.</summary>
    public static async Task TakeForLostAsync(this InProcessNode host, InProcessNode node)
    {
        byte[] request = Samples.Bytes(new JoinRequest(
            node.Loop.Settings.Core.Token, node.Loop.Settings.Core.Name, node.Address, Confirmed: 1000, Sent: 1000));
        using HttpResponseMessage asked = await host.SendBytesAsync(HttpMethod.Post, "/v1/members", request, WireFormat.MediaType);
    }

    private static async Task<(string Id, string Name, string Token, ulong Next)> OpenGuestAsJsonAsync(this InProcessNode node, string body)
    {
        using HttpResponseMessage response = await node.SendAsync(HttpMethod.Post, "/v1/guests", body, "application/json");
        Assert.Equal(HttpStatusCode.Created, response.StatusCode);
        Assert.Equal("application/json", response.Content.Headers.ContentType?.MediaType);
        JsonElement guest = await response.JsonAsync();
        Assert.Equal(["id", "name", "token", "next"], guest.EnumerateObject().Select(each => each.Name));
        return (guest.GetProperty("id").GetString()!, guest.GetProperty("name").GetString()!, guest.GetProperty("token").GetString()!,
            guest.GetProperty("next").GetUInt64());
    }
}
