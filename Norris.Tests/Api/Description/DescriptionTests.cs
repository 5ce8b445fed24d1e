using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.OpenApi;
using Microsoft.OpenApi.Reader;
using Norris.Api;
using Norris.Http;
using Norris.Node;
using Norris.Tests.Node;

namespace Norris.Tests.Api.Description;

/// <summary><c>/v1/openapi.json</c>: it is what OpenAPI 3.1 takes, its operations are the routes, and what nodes really answer is as it says.</summary>
public sealed class DescriptionTests : IAsyncLifetime
{
    private const string Lines = "application/x-ndjson";

    private InProcessNode _node = null!;
    private Description _description = null!;

    public async Task InitializeAsync()
    {
        _node = await InProcessNode.StartAsync("alice");
        _description = await Description.OfAsync(_node);
    }

    public async Task DisposeAsync() => await _node.DisposeAsync();

    [Fact]
    public async Task It_is_a_document_of_OpenAPI_3_1()
    {
        using HttpResponseMessage response = await _node.SendAsync(HttpMethod.Get, "/v1/openapi.json");
        ReadResult read = OpenApiDocument.Parse(await response.Content.ReadAsStringAsync(InProcessNode.Patience), "json");
        Assert.Equal(OpenApiSpecVersion.OpenApi3_1, read.Diagnostic!.SpecificationVersion);
        Assert.Empty(read.Diagnostic.Errors.Select(static each => each.ToString()));
        Assert.Empty(read.Diagnostic.Warnings.Select(static each => each.ToString()));
        IEnumerable<OpenApiOperation> operations = read.Document!.Paths.SelectMany(static path => path.Value.Operations!.Values);
        Assert.Distinct(operations.Select(static each => each.OperationId));
        Assert.All(operations, static each => Assert.NotEmpty(each.Summary!));
    }

    [Fact]
    public void Its_operations_are_the_routes()
    {
        IReadOnlyList<Route> routes = NodeApi.Routes(_node.Loop, TimeProvider.System).Routes;
        Assert.Equal(
            routes.Select(static route => $"{System.Text.Encoding.ASCII.GetString(route.Method.Token())} {route.Template}").Order(StringComparer.Ordinal),
            _description.Operations.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void A_mistake_is_seen()
    {
        JsonNode place = Description.Component("Place");
        Assert.Empty(_description.MistakesIn(place, """{"epoch":1,"seq":2,"time":"2026-12-01T00:00:00.000000Z"}"""));
        Assert.NotEmpty(_description.MistakesIn(place, """{"epoch":1,"seq":2}"""));
        Assert.NotEmpty(_description.MistakesIn(place, """{"epoch":1,"seq":"2","time":null}"""));
        Assert.NotEmpty(_description.MistakesIn(place, """{"epoch":1,"seq":2,"time":null,"more":1}"""));
        Assert.NotEmpty(_description.MistakesIn(Description.Component("Event"), """{"type":"nonsense"}"""));
        Assert.NotEmpty(_description.MistakesIn(Description.Component("Event"), """{"type":"gap","after":1,"before":3,"reason":"?"}"""));
    }

    [Fact]
    public async Task What_is_answered_is_described_and_what_is_described_is_answered()
    {
        (string id, _, string token) = await GuestAsync();
        await WatchAsync(_node);
        await SayAsync(token);
        await ListenAsync(token);
        await CheckAsync(_node, "DELETE /v1/guests/{id}", $"/v1/guests/{id}");
        await CheckAsync(_node, "DELETE /v1/guests/{id}", $"/v1/guests/{id}", token: token);
        await AskAsNodeWithoutBeingOneAsync();

        await using InProcessNode full = await InProcessNode.StartAsync("full", change: static settings => settings with { Core = settings.Core with { OutboxBytesMax = 0 } });
        await CheckAsync(full, "POST /v1/messages", "/v1/messages", "x");
        await CheckAsync(full, "POST /v1/guests", "/v1/guests", """{"name":"gwen"}""");

        await using InProcessNode out_ = InProcessNode.Listen("out");
        await CheckAsync(out_, "POST /v1/messages", "/v1/messages", "x");
        await CheckAsync(out_, "POST /v1/guests", "/v1/guests", """{"name":"gwen"}""");
        await WatchAsync(out_);
        await out_.LeaveAsync();
        await CheckAsync(out_, "DELETE /v1/guests/{id}", $"/v1/guests/{id}", token: token);

        Assert.Empty(_description.StatusesOf("people", "watching").Except(_description.Seen));
    }

    [Fact]
    public async Task Every_type_of_event_is_as_described()
    {
        var seen = new HashSet<string>();
        await using InProcessNode bob = await InProcessNode.StartAsync("bob", [_node.Address]);
        (string id, _, string token) = await bob.OpenGuestAsync("gwen");
        bob.Loop.Post(new RenameInput("robert"u8.ToArray()));
        await bob.PostAsync("hello \"all\" \u2028", token);
        using HttpResponseMessage closed = await bob.SendAsync(HttpMethod.Delete, $"/v1/guests/{id}", token: token);
        await using InProcessNode carol = await InProcessNode.StartAsync("carol", [_node.Address]);
        await _node.BreakAsync();
        await _node.DisposeAsync();
        while (seen.Count < 6)
        {
            JsonElement next = await bob.NextAsync();
            _description.CheckAs("Event", next.GetRawText());
            seen.Add(next.GetProperty("type").GetString()!);
        }
        Assert.Equal(["host", "joined", "left", "message", "ready", "renamed"], seen.Order(StringComparer.Ordinal));
        await using EventReader again = await EventReader.OpenAsync(bob, "/v1/events", null, ("Accept", Lines), ("Last-Event-ID", "99.1"));
        string gap = await again.LineAsync();
        _description.CheckAs("GapEvent", gap);
        _description.CheckAs("Event", gap);
        _node = await InProcessNode.StartAsync("another");
    }

    [Fact]
    public void Its_types_of_events_are_those_that_may_be_asked_for()
    {
        JsonArray parameters = _description.Operation("GET /v1/events")["parameters"]!.AsArray();
        IEnumerable<string> described = parameters.Single(static each => each!["name"]!.GetValue<string>() == "types")!["schema"]!["items"]!["enum"]!.AsArray()
            .Select(static each => each!.GetValue<string>());
        Assert.Equal(EventTypes.Accepted.Split(": ")[1].TrimEnd('.').Split(", "), described);
        Assert.Equal(described.Order(StringComparer.Ordinal), _description.EventTypes.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Its_examples_are_what_is_taken()
    {
        JsonObject said = _description.Operation("POST /v1/messages")["requestBody"]!["content"]!["application/json"]!.AsObject();
        _description.CheckAs("Message", said["example"]!.ToJsonString());
        _description.CheckAs("Introduction", _description.Operation("POST /v1/guests")["requestBody"]!["content"]!["application/json"]!["example"]!.ToJsonString());
    }

    private async Task<(string Id, string Name, string Token)> GuestAsync()
    {
        (string, string, string) guest = await _node.OpenGuestAsync("gwen");
        await CheckAsync(_node, "POST /v1/guests", "/v1/guests", """{"name":"hugo"}""");
        await CheckAsync(_node, "POST /v1/guests", "/v1/guests", "{}");
        await CheckAsync(_node, "POST /v1/guests", "/v1/guests", new string('x', GuestsResource.ContentBytesMax + 1));
        await CheckAsync(_node, "POST /v1/guests", "/v1/guests", "{}", fields: ("Origin", "http://elsewhere"));
        return guest;
    }

    private async Task WatchAsync(InProcessNode node)
    {
        foreach (string path in new[] { "/", "/icon.svg", "/v1/openapi.json", "/v1/members", "/healthz", "/readyz", "/metrics" })
        {
            await CheckAsync(node, $"GET {path}", path);
        }
    }

    private async Task SayAsync(string token)
    {
        const string Operation = "POST /v1/messages";
        await CheckAsync(_node, Operation, "/v1/messages", "x");
        await CheckAsync(_node, Operation, "/v1/messages", """{"text":"hi","number":1}""", "application/json", token);
        await CheckAsync(_node, Operation, "/v1/messages", """{"text":"hi","number":9}""", "application/json", token);
        await CheckAsync(_node, Operation, "/v1/messages", "");
        await CheckAsync(_node, Operation, "/v1/messages", "x", token: new string('a', 32));
        await CheckAsync(_node, Operation, "/v1/messages", "x", fields: ("Origin", "http://elsewhere"));
        await CheckAsync(_node, Operation, "/v1/messages", new string('x', (64 * 1024) + 1));
        await CheckAsync(_node, Operation, "/v1/messages", "x", "image/png");
        using HttpResponseMessage many = await _node.SendAsync(
            HttpMethod.Post, "/v1/messages", "{\"text\":\"one\"}\n{\"text\":\"two\",\"number\":3}\n{\"text\":\"three\",\"number\":9}\n", Lines, token);
        await _description.CheckAsync(Operation, many);
        string[] answers = (await many.Content.ReadAsStringAsync(InProcessNode.Patience)).TrimEnd('\n').Split('\n');
        JsonObject content = _description.Operation(Operation)["responses"]!["200"]!["content"]!.AsObject();
        Assert.All(answers, line => _description.CheckItem(content, Lines, line));
        Assert.Equal([false, false, true], answers.Select(static line => line.Contains("\"detail\"", StringComparison.Ordinal)));
    }

    private async Task ListenAsync(string token)
    {
        const string Operation = "GET /v1/events";
        JsonObject content = _description.Operation(Operation)["responses"]!["200"]!["content"]!.AsObject();
        foreach (string mediaType in new[] { "text/event-stream", Lines })
        {
            await using EventReader reader = await EventReader.OpenAsync(_node, "/v1/events?after=0", null, ("Accept", mediaType));
            await _description.CheckAsync(Operation, reader.Response);
            string line = await reader.LineAsync();
            while (!line.Contains('{', StringComparison.Ordinal))
            {
                line = await reader.LineAsync();
            }
            _description.CheckItem(content, mediaType, line[line.IndexOf('{', StringComparison.Ordinal)..]);
        }
        await CheckAsync(_node, Operation, "/v1/events?types=nonsense", token: token);
        await CheckAsync(_node, Operation, "/v1/events?access_token=nonsense");
        await CheckAsync(_node, Operation, "/v1/events", fields: ("Sec-Fetch-Site", "cross-site"));
    }

    private async Task AskAsNodeWithoutBeingOneAsync()
    {
        await CheckAsync(_node, "POST /v1/members", "/v1/members", "x");
        await CheckAsync(_node, "DELETE /v1/members/{id}", "/v1/members/x");
        await CheckAsync(_node, "GET /v1/log", "/v1/log");
        await CheckAsync(_node, "POST /v1/epochs", "/v1/epochs", "x");
    }

    private async Task CheckAsync(
        InProcessNode node, string operation, string target, string? body = null, string mediaType = "text/plain", string? token = null,
        params (string Name, string Value)[] fields)
    {
        using HttpResponseMessage response = await node.SendAsync(new HttpMethod(operation.Split(' ')[0]), target, body, mediaType, token, fields);
        await _description.CheckAsync(operation, response);
    }
}
