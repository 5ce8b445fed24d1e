using System.Net;
using Norris.Tests.Node;

namespace Norris.Tests.Api;

/// <summary>
/// What a browser may send on behalf of a page from elsewhere, and what scripts and the node's own page send. The fields are those that
/// Chromium and Firefox send; both leave Sec-Fetch-* out where they ask an address by http that is not of their own machine.
/// </summary>
public sealed class SiteGateTests(SiteGateTests.OneNode node) : IClassFixture<SiteGateTests.OneNode>
{
    private const string Browser = "Accept-Encoding: gzip, deflate";

    [Theory]
    [InlineData("evil.example:7000", 421)]
    [InlineData("evil.example", 421)]
    [InlineData("10.0.0.5.evil.example", 421)]
    [InlineData("localhost.evil.example:7000", 421)]
    [InlineData("xlocalhost.com", 421)]
    [InlineData("notlocal.locals", 421)]
    [InlineData("example.org:7000", 421)]
    [InlineData("chat.example.org.evil.example", 421)]
    [InlineData("chat.example.org:7000", 200)]
    [InlineData("CHAT.example.ORG.", 200)]
    [InlineData("127.0.0.1:9", 200)]
    [InlineData("10.0.0.5", 200)]
    [InlineData("[::1]:7000", 200)]
    [InlineData("[fd00::1]", 200)]
    [InlineData("localhost:7000", 200)]
    [InlineData("app.localhost", 200)]
    [InlineData("alice-laptop:7000", 200)]
    [InlineData("alice.local:7000", 200)]
    [InlineData("printer.home.arpa", 200)]
    [InlineData("node.corp.internal", 200)]
    public async Task A_browser_is_served_under_names_that_only_the_nodes_own_network_gives_it(string host, int status)
    {
        foreach (string target in new[] { "/", "/v1/members", "/metrics", "/healthz" })
        {
            Assert.Equal(status, await SendAsync(HttpMethod.Get, target, $"Host: {host}", Browser));
        }
    }

    [Theory]
    [InlineData("evil.example:7000")]
    [InlineData("node1.example.org")]
    public async Task Whoever_is_certainly_no_browser_may_use_any_name(string host) =>
        Assert.Equal(200, await SendAsync(HttpMethod.Get, "/v1/members", $"Host: {host}", "User-Agent: curl/8.5.0", "Accept: */*"));

    [Fact]
    public async Task A_page_that_had_its_own_name_lead_here_can_neither_read_nor_speak()
    {
        // DNS rebinding: the page is of one origin with what it asks, and so says its browser.
        string[] fields = ["Host: evil.example:7000", Browser, "Origin: http://evil.example:7000", "Sec-Fetch-Site: same-origin"];
        Assert.Equal(421, await SendAsync(HttpMethod.Get, "/v1/events", fields));
        Assert.Equal(421, await SendAsync(HttpMethod.Post, "/v1/messages", fields));
        Assert.Equal(421, await SendAsync(HttpMethod.Post, "/v1/guests", fields));
        await node.Alice.SendAsync(HttpMethod.Get, "/v1/members", fields: [("Host", "evil.example"), ("Accept-Encoding", "gzip")])
            .AssertProblemAsync(HttpStatusCode.MisdirectedRequest);
    }

    [Theory]
    [InlineData("GET", "/v1/members", 403, "Sec-Fetch-Site: cross-site", "Sec-Fetch-Mode: no-cors", "Sec-Fetch-Dest: script")]
    [InlineData("GET", "/v1/members", 403, "Sec-Fetch-Site: cross-site", "Sec-Fetch-Mode: navigate", "Sec-Fetch-Dest: document")]
    [InlineData("GET", "/v1/members", 403, "Sec-Fetch-Site: same-site", "Sec-Fetch-Mode: cors", "Origin: http://127.0.0.1:3000")]
    [InlineData("GET", "/v1/members", 403, "Origin: null")]
    [InlineData("GET", "/v1/events", 403, "Origin: http://evil.example")]
    [InlineData("GET", "/metrics", 403, "Sec-Fetch-Site: cross-site", "Sec-Fetch-Mode: no-cors")]
    [InlineData("GET", "/", 403, "Sec-Fetch-Site: cross-site", "Sec-Fetch-Mode: navigate", "Sec-Fetch-Dest: iframe")]
    [InlineData("GET", "/", 403, "Sec-Fetch-Site: cross-site", "Sec-Fetch-Mode: no-cors", "Sec-Fetch-Dest: image")]
    [InlineData("GET", "/", 403, "Sec-Fetch-Site: cross-site")]
    [InlineData("POST", "/", 403, "Sec-Fetch-Site: cross-site", "Sec-Fetch-Mode: navigate", "Sec-Fetch-Dest: document")]
    [InlineData("GET", "/healthz", 403, "Sec-Fetch-Site: cross-site", "Sec-Fetch-Mode: no-cors", "Sec-Fetch-Dest: empty")]
    [InlineData("GET", "/icon.svg", 403, "Sec-Fetch-Site: cross-site", "Sec-Fetch-Mode: cors", "Origin: http://127.0.0.1:3000")]
    [InlineData("OPTIONS", "/v1/messages", 403, "Origin: http://evil.example", "Access-Control-Request-Method: POST")]
    [InlineData("DELETE", "/v1/guests/00000001", 403, "Origin: http://evil.example")]
    [InlineData("GET", "/", 200, "Sec-Fetch-Site: cross-site", "Sec-Fetch-Mode: navigate", "Sec-Fetch-Dest: document")]
    [InlineData("GET", "/", 200, "Sec-Fetch-Site: same-site", "Sec-Fetch-Mode: navigate", "Sec-Fetch-Dest: document")]
    [InlineData("GET", "/", 200, "Sec-Fetch-Site: none", "Sec-Fetch-Mode: navigate", "Sec-Fetch-Dest: document")]
    [InlineData("GET", "/icon.svg", 200, "Sec-Fetch-Site: cross-site", "Sec-Fetch-Mode: no-cors", "Sec-Fetch-Dest: image")]
    [InlineData("GET", "/icon.svg", 200, "Sec-Fetch-Site: same-site", "Sec-Fetch-Mode: no-cors", "Sec-Fetch-Dest: image")]
    [InlineData("GET", "/v1/members", 200, "Sec-Fetch-Site: same-origin", "Sec-Fetch-Mode: cors")]
    [InlineData("GET", "/v1/members", 200, "Origin: http://127.0.0.1:7000")]
    [InlineData("GET", "/v1/members", 200, "Origin: https://127.0.0.1:7000")]
    [InlineData("GET", "/v1/members", 403, "Origin: http://127.0.0.1")]
    [InlineData("GET", "/v1/members", 403, "Origin: ftp://127.0.0.1:7000")]
    [InlineData("GET", "/v1/members", 403, "Origin: http://127.0.0.1:7000.evil.example")]
    public async Task A_page_from_elsewhere_may_lead_here_and_ask_whether_somebody_is_there(string method, string target, int status, params string[] fields) =>
        Assert.Equal(status, await SendAsync(new HttpMethod(method), target, [$"Host: 127.0.0.1:7000", Browser, .. fields]));

    [Theory]
    [InlineData("text/plain")]
    [InlineData("application/x-www-form-urlencoded")]
    [InlineData("multipart/form-data; boundary=x")]
    [InlineData("application/json")]
    [InlineData(null)]
    public async Task No_page_from_elsewhere_can_speak_whatever_it_says_that_it_sends(string? mediaType)
    {
        foreach (string origin in new[] { "http://evil.example", "null", "http://localhost:3000" })
        {
            using HttpResponseMessage response = await node.Alice.SendAsync(
                HttpMethod.Post, "/v1/messages", "forged", mediaType, fields: [("Origin", origin), ("Accept-Encoding", "gzip")]);
            Assert.Equal(HttpStatusCode.Forbidden, response.StatusCode);
            Assert.DoesNotContain(response.Headers, static field => field.Key.StartsWith("Access-Control", StringComparison.OrdinalIgnoreCase));
        }
    }

    [Fact]
    public async Task No_answer_may_be_taken_for_something_else_or_into_another_page()
    {
        foreach (string target in new[] { "/", "/v1/members", "/metrics", "/nowhere" })
        {
            using HttpResponseMessage response = await node.Alice.SendAsync(HttpMethod.Get, target);
            Assert.Equal("nosniff", Assert.Single(response.Headers.GetValues("X-Content-Type-Options")));
            Assert.Equal("same-origin", Assert.Single(response.Headers.GetValues("Cross-Origin-Resource-Policy")));
        }
        // Else a browser would keep it from the page that looks whether the node is there.
        using HttpResponseMessage icon = await node.Alice.SendAsync(HttpMethod.Get, "/icon.svg");
        Assert.False(icon.Headers.Contains("Cross-Origin-Resource-Policy"));
    }

    [Fact]
    public async Task Whoever_is_turned_away_is_counted()
    {
        await SendAsync(HttpMethod.Get, "/", "Host: evil.example", Browser);
        await SendAsync(HttpMethod.Get, "/v1/members", "Origin: null");
        using HttpResponseMessage response = await node.Alice.SendAsync(HttpMethod.Get, "/metrics");
        string metrics = await response.Content.ReadAsStringAsync(InProcessNode.Patience);
        Assert.Matches("norris_refused_total\\{reason=\"unknown_host\"\\} [1-9]", metrics);
        Assert.Matches("norris_refused_total\\{reason=\"other_site\"\\} [1-9]", metrics);
    }

    private async Task<int> SendAsync(HttpMethod method, string target, params string[] fields)
    {
        using HttpResponseMessage response = await node.Alice.SendAsync(
            method, target, method == HttpMethod.Post ? "x" : null, fields: [.. fields.Select(static field => (field.Split(": ")[0], field.Split(": ")[1]))]);
        return (int)response.StatusCode;
    }

    /// <summary>A node for all of these.</summary>
    public sealed class OneNode : IAsyncLifetime
    {
        internal InProcessNode Alice { get; private set; } = null!;

        public async Task InitializeAsync() => Alice = await InProcessNode.StartAsync("alice");

        public async Task DisposeAsync() => await Alice.DisposeAsync();
    }
}
