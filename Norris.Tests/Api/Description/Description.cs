using System.Text.Json.Nodes;
using Json.Schema;
using Norris.Tests.Node;

namespace Norris.Tests.Api.Description;

/// <summary>The OpenAPI document that a node serves, and whether an answer is as it says.</summary>
internal sealed class Description
{
    private readonly JsonObject _document;
    private readonly JsonObject _definitions;
    private readonly Dictionary<string, JsonSchema> _schemas = [];
    private readonly HashSet<string> _seen = [];

    private Description(string text)
    {
        _document = JsonNode.Parse(text)!.AsObject();
        _definitions = JsonNode.Parse(_document["components"]!["schemas"]!.ToJsonString().Replace("#/components/schemas/", "#/$defs/", StringComparison.Ordinal))!.AsObject();
    }

    /// <summary>Every operation as <c>METHOD TEMPLATE</c>.</summary>
    public IEnumerable<string> Operations =>
        _document["paths"]!.AsObject().SelectMany(static path => path.Value!.AsObject()
            .Where(static each => each.Key != "parameters")
            .Select(each => $"{each.Key.ToUpperInvariant()} {path.Key}"));

    /// <summary>Every status that an operation of a tag may be answered with, as <c>METHOD TEMPLATE STATUS</c>.</summary>
    public IEnumerable<string> StatusesOf(params string[] tags) =>
        Operations.Where(each => Operation(each)["tags"]!.AsArray().Any(tag => tags.Contains(tag!.GetValue<string>())))
            .SelectMany(each => Operation(each)["responses"]!.AsObject().Select(response => $"{each} {response.Key}"));

    /// <summary>The types that an event may have.</summary>
    public IEnumerable<string> EventTypes =>
        _document["components"]!["schemas"]!["Event"]!["discriminator"]!["mapping"]!.AsObject().Select(static each => each.Key);

    /// <summary>Those that were checked.</summary>
    public IReadOnlySet<string> Seen => _seen;

    public static async Task<Description> OfAsync(InProcessNode node)
    {
        using HttpResponseMessage response = await node.SendAsync(HttpMethod.Get, "/v1/openapi.json");
        Assert.Equal("application/json", response.Content.Headers.ContentType?.ToString());
        return new Description(await response.Content.ReadAsStringAsync(InProcessNode.Patience));
    }

    /// <summary>An operation.</summary>
    /// <param name="operation">As <c>METHOD TEMPLATE</c>.</param>
    public JsonObject Operation(string operation)
    {
        string[] words = operation.Split(' ');
        return _document["paths"]![words[1]]![words[0].ToLowerInvariant()]!.AsObject();
    }

    /// <summary>Asserts that an answer has a status, fields, a media type and content that the operation may have.</summary>
    public async Task CheckAsync(string operation, HttpResponseMessage response)
    {
        int status = (int)response.StatusCode;
        JsonObject responses = Operation(operation)["responses"]!.AsObject();
        string key = responses.ContainsKey($"{status}") ? $"{status}" : $"{status / 100}XX";
        Assert.True(responses.ContainsKey(key), $"{operation}: {status} is not described");
        _seen.Add($"{operation} {key}");
        JsonObject described = Resolve(responses[key]!.AsObject());
        foreach ((string name, _) in described["headers"]?.AsObject() ?? [])
        {
            Assert.True(response.Headers.Contains(name) || response.Content.Headers.Contains(name), $"{operation} {status} has no {name}");
        }
        if (described["content"]?.AsObject() is not { } content)
        {
            Assert.Empty(await response.Content.ReadAsByteArrayAsync(InProcessNode.Patience));
            return;
        }
        string mediaType = response.Content.Headers.ContentType!.ToString();
        Assert.True(content.ContainsKey(mediaType), $"{operation} {status}: {mediaType} is not described");
        if (content[mediaType]!["x-item-schema"] is null && mediaType.EndsWith("json", StringComparison.Ordinal))
        {
            Check(content[mediaType]!["schema"]!, await response.Content.ReadAsStringAsync(InProcessNode.Patience));
        }
    }

    /// <summary>Asserts that an object is as what an operation streams, or takes many of.</summary>
    public void CheckItem(JsonObject content, string mediaType, string json) => Check(content[mediaType]!["x-item-schema"]!, json);

    /// <summary>Asserts that JSON is as a schema of the components says.</summary>
    public void CheckAs(string name, string json) => Check(new JsonObject { ["$ref"] = $"#/components/schemas/{name}" }, json);

    /// <summary>What is wrong with JSON by a schema; nothing when all is well.</summary>
    public IReadOnlyList<string> MistakesIn(JsonNode schema, string json)
    {
        string text = schema.ToJsonString().Replace("#/components/schemas/", "#/$defs/", StringComparison.Ordinal);
        if (!_schemas.TryGetValue(text, out JsonSchema? known))
        {
            JsonObject whole = JsonNode.Parse(text)!.AsObject();
            whole["$schema"] = "https://json-schema.org/draft/2020-12/schema";
            whole["$defs"] = _definitions.DeepClone();
            _schemas.Add(text, known = JsonSchema.FromText(whole.ToJsonString()));
        }
        EvaluationResults results = known.Evaluate(JsonNode.Parse(json), new EvaluationOptions { OutputFormat = OutputFormat.List });
        string[] mistakes = [.. results.Details.Where(static each => each.HasErrors).SelectMany(static each => each.Errors!.Select(error => $"{each.InstanceLocation} {error.Key}: {error.Value}"))];
        return results.IsValid ? [] : mistakes.Length > 0 ? mistakes : ["not valid"];
    }

    /// <summary>The schema of a component.</summary>
    public static JsonNode Component(string name) => new JsonObject { ["$ref"] = $"#/components/schemas/{name}" };

    private void Check(JsonNode schema, string json)
    {
        IReadOnlyList<string> mistakes = MistakesIn(schema, json);
        Assert.True(mistakes.Count == 0, $"{json}\nis not as {schema.ToJsonString()}:\n{string.Join("\n", mistakes)}");
    }

    private JsonObject Resolve(JsonObject response) =>
        response["$ref"]?.GetValue<string>() is { } reference ? _document["components"]!["responses"]![reference.Split('/')[^1]]!.AsObject() : response;
}
