using System.Text;

namespace Norris.Load.Hostile;

/// <summary>Too much of something: each has a limit, and an answer that says which.</summary>
internal static class FloodCases
{
    private const string Get = "GET /nowhere HTTP/1.1\r\nHost: h\r\n";

    /// <summary>All of them.</summary>
    public static IEnumerable<HostileCase> All()
    {
        yield return Case("a request line of 8,193 bytes", $"GET /{new string('a', 8178)} HTTP/1.1\r\nHost: h\r\n\r\n", "414");
        yield return Case("a request line without an end", new string('a', 300_000), "414");
        yield return Case("a method of 9,000 letters", $"{new string('A', 9000)} / HTTP/1.1\r\nHost: h\r\n\r\n", "414");
        yield return Case("101 fields", Get + string.Concat(Enumerable.Range(0, 100).Select(static i => $"X-{i}: y\r\n")) + "\r\n", "431");
        yield return Case("100 fields", Get + string.Concat(Enumerable.Range(0, 99).Select(static i => $"X-{i}: y\r\n")) + "\r\n", "404");
        yield return Case("10,000 fields", Get + string.Concat(Enumerable.Range(0, 10_000).Select(static i => $"X-{i}: y\r\n")) + "\r\n", "431");
        yield return Case("a field of 40,000 bytes", $"{Get}X: {new string('y', 40_000)}\r\n\r\n", "431");
        yield return Case("a field name without an end", $"{Get}{new string('x', 300_000)}", "431");
        yield return Case("fields without an end", Get + string.Concat(Enumerable.Repeat("X: y\r\n", 50_000)), "431");
        yield return Case("1,000 requests in one go", string.Concat(Enumerable.Repeat($"{Get}\r\n", 1000)), string.Join(' ', Enumerable.Repeat("404", 1000)));
        yield return Case("chunks of a byte, without an end", $"POST /v1/guests HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n{string.Concat(Enumerable.Repeat("1\r\na\r\n", 10_000))}", "413");
        yield return Case("chunks with extensions, without an end", $"POST /v1/messages HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n{string.Concat(Enumerable.Repeat($"1;{new string('x', 200)}\r\na\r\n", 1000))}", "400");
        yield return Case("one extension of 300 bytes", $"POST /v1/messages HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n1;{new string('x', 300)}\r\na\r\n0\r\n\r\n", "400");
        yield return Case("trailers without an end", $"POST /v1/messages HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\n{string.Concat(Enumerable.Repeat("X: y\r\n", 50_000))}", "431");
        yield return Case("a chunk size of 1,000 zeros", $"POST /v1/messages HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n{new string('0', 1000)}\r\n\r\n", "400");
        yield return Post("a text of 65,537 bytes", "/v1/messages", "text/plain", new string('x', 65_537), "413");
        yield return Post("JSON of 400,000 bytes", "/v1/messages", "application/json", $"{{\"text\":\"{new string('x', 400_000)}\"}}", "413");
        yield return Post("JSON, 100,000 brackets deep", "/v1/messages", "application/json", new string('[', 100_000), "400");
        yield return Post("JSON, 5,000 objects deep", "/v1/messages", "application/json", string.Concat(Enumerable.Repeat("{\"text\":", 5000)), "400");
        yield return Post("a guest's name of 5,000 bytes", "/v1/guests", "application/json", $"{{\"name\":\"{new string('x', 5000)}\"}}", "413");
        yield return Post("a guest's name of 65 bytes", "/v1/guests", "application/json", $"{{\"name\":\"{new string('x', 65)}\"}}", "400");
        yield return Post("lines of 600,000 bytes", "/v1/messages", "application/x-ndjson", string.Concat(Enumerable.Repeat("{\"text\":\"x\"}\n", 50_000)), "413");
        yield return Post("a submission of 600,000 bytes", "/v1/messages", "application/vnd.norris.1", new string('x', 600_000), "413");
        yield return Post("a join of 2,000 bytes", "/v1/members", "application/vnd.norris.1", new string('x', 2000), "413");
        yield return Post("a takeover of 1,000 bytes", "/v1/epochs", "application/vnd.norris.1", new string('x', 1000), "413");
        yield return Case("a length of 9 exabytes", "POST /v1/messages HTTP/1.1\r\nHost: h\r\nContent-Length: 9223372036854775807\r\n\r\n", "413");
        yield return Case("a query of 7,000 parameters", $"GET /v1/events?{string.Concat(Enumerable.Repeat("a&", 3000))}after=x HTTP/1.1\r\nHost: h\r\n\r\n", "400");
    }

    private static HostileCase Post(string name, string target, string mediaType, string content, string answers) =>
        Case(name, $"POST {target} HTTP/1.1\r\nHost: h\r\nContent-Type: {mediaType}\r\nContent-Length: {content.Length}\r\n\r\n{content}", answers);

    private static HostileCase Case(string name, string bytes, string answers) => new($"too much: {name}", Encoding.Latin1.GetBytes(bytes), answers);
}
