using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;
using Norris.Tests.Node;

namespace Norris.Tests.Api;

/// <summary>What watches over a node, what a node says that is in no view, and what is no resource of it.</summary>
public sealed partial class StatusTests
{
    [Fact]
    public async Task Health_tells_living_from_ready()
    {
        await using InProcessNode node = InProcessNode.Listen("alice");
        using HttpResponseMessage before = await node.SendAsync(HttpMethod.Get, "/healthz");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, before.StatusCode);
        Assert.Equal("""{"live":true,"ready":false,"role":"idle"}""", await before.Content.ReadAsStringAsync(InProcessNode.Patience));
        node.Loop.Start();
        using HttpResponseMessage after = await node.SendAsync(HttpMethod.Get, "/healthz");
        Assert.Equal(HttpStatusCode.OK, after.StatusCode);
        Assert.Equal("application/json", after.Content.Headers.ContentType?.ToString());
        Assert.Equal("""{"live":true,"ready":true,"role":"host"}""", await after.Content.ReadAsStringAsync(InProcessNode.Patience));
    }

    [Fact]
    public async Task Metrics_are_what_Prometheus_reads()
    {
        await using InProcessNode node = await InProcessNode.StartAsync("alice");
        await node.OpenGuestAsync("gwen");
        using HttpResponseMessage response = await node.SendAsync(HttpMethod.Get, "/metrics");
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("text/plain; version=0.0.4; charset=utf-8", response.Content.Headers.ContentType?.ToString());
        string text = await response.Content.ReadAsStringAsync(InProcessNode.Patience);
        Assert.EndsWith("\n", text, StringComparison.Ordinal);
        var values = new Dictionary<string, double>();
        var types = new Dictionary<string, string>();
        string helped = "";
        foreach (string line in text[..^1].Split('\n'))
        {
            if (HelpLine().Match(line) is { Success: true } help)
            {
                helped = help.Groups[1].Value;
                Assert.False(types.ContainsKey(helped), line);
            }
            else if (TypeLine().Match(line) is { Success: true } type)
            {
                Assert.Equal(helped, type.Groups[1].Value);
                types.Add(helped, type.Groups[2].Value);
                Assert.Equal(type.Groups[2].Value == "counter", helped.EndsWith("_total", StringComparison.Ordinal));
            }
            else
            {
                Match sample = SampleLine().Match(line);
                Assert.True(sample.Success && sample.Groups[1].Value == helped && types.ContainsKey(helped), line);
                values.Add(sample.Groups[1].Value + sample.Groups[2].Value, double.Parse(sample.Groups[3].Value, CultureInfo.InvariantCulture));
            }
        }
        Assert.Equal((1, 1, 1), (values["norris_members{kind=\"node\"}"], values["norris_members{kind=\"guest\"}"], values["norris_guest_sessions"]));
        Assert.Equal((1, 1, 3), (values["norris_host"], values["norris_epoch"], values["norris_sequence_number"]));
        Assert.Equal(0, values["norris_divergences_total"]);
        Assert.All(types.Keys.Where(name => name.Contains("bytes", StringComparison.Ordinal)), name => Assert.Matches("_bytes(_total)?$", name));
        Assert.All(types.Keys, name => Assert.DoesNotMatch("_(ms|us|kb|mb|micro|milli)", name));
    }

    [Fact]
    public async Task A_node_in_no_view_says_so()
    {
        await using InProcessNode node = InProcessNode.Listen("alice");
        await node.PostAsync("x").AssertProblemAsync(HttpStatusCode.ServiceUnavailable);
        await node.SendAsync(HttpMethod.Get, "/v1/members").AssertProblemAsync(HttpStatusCode.ServiceUnavailable);
        await node.SendAsync(HttpMethod.Post, "/v1/guests", "{\"name\":\"x\"}", "application/json").AssertProblemAsync(HttpStatusCode.ServiceUnavailable);
        await node.LeaveAsync();
        await node.PostAsync("x").AssertProblemAsync(HttpStatusCode.ServiceUnavailable);
        await node.SendAsync(HttpMethod.Get, "/v1/members").AssertProblemAsync(HttpStatusCode.ServiceUnavailable);
    }

    [Theory]
    [InlineData("PUT", "/v1/messages", "OPTIONS, POST")]
    [InlineData("GET", "/v1/messages", "OPTIONS, POST")]
    [InlineData("PUT", "/v1/members", "GET, HEAD, OPTIONS, POST")]
    [InlineData("GET", "/v1/members/x", "DELETE, OPTIONS")]
    [InlineData("POST", "/v1/events", "GET, HEAD, OPTIONS")]
    [InlineData("POST", "/v1/log", "GET, HEAD, OPTIONS")]
    [InlineData("GET", "/v1/guests", "OPTIONS, POST")]
    [InlineData("DELETE", "/metrics", "GET, HEAD, OPTIONS")]
    public async Task A_method_that_a_resource_does_not_have_is_told_which_it_has(string method, string target, string allow)
    {
        await using InProcessNode node = InProcessNode.Listen("alice");
        Task<HttpResponseMessage> request = node.SendAsync(new HttpMethod(method), target);
        Assert.Equal(allow.Split(", "), (await request).Content.Headers.Allow.Order(StringComparer.Ordinal));
        await request.AssertProblemAsync(HttpStatusCode.MethodNotAllowed);
    }

    [Theory]
    [InlineData("/nothing")]
    [InlineData("/v1/members/a/b")]
    [InlineData("/v2/members")]
    public async Task What_is_not_there_is_a_problem(string target)
    {
        await using InProcessNode node = InProcessNode.Listen("alice");
        await node.SendAsync(HttpMethod.Get, target).AssertProblemAsync(HttpStatusCode.NotFound);
        using HttpResponseMessage head = await node.SendAsync(HttpMethod.Head, target);
        Assert.Equal(HttpStatusCode.NotFound, head.StatusCode);
        Assert.Equal("application/problem+json", head.Content.Headers.ContentType?.MediaType);
        Assert.Empty(await head.Content.ReadAsByteArrayAsync(InProcessNode.Patience));
    }

    [Theory]
    [InlineData("/v1/members")]
    [InlineData("/healthz")]
    [InlineData("/metrics")]
    [InlineData("/v1/events")]
    public async Task HEAD_is_GET_without_the_content(string target)
    {
        await using InProcessNode node = await InProcessNode.StartAsync("alice");
        using HttpResponseMessage head = await node.SendAsync(HttpMethod.Head, target);
        using HttpResponseMessage get = await node.SendAsync(HttpMethod.Get, target);
        Assert.Equal((get.StatusCode, get.Content.Headers.ContentType), (head.StatusCode, head.Content.Headers.ContentType));
        Assert.Empty(await head.Content.ReadAsByteArrayAsync(InProcessNode.Patience));
    }

    [GeneratedRegex(@"^# HELP ([a-z_]+) (\S.*)$")]
    private static partial Regex HelpLine();

    [GeneratedRegex(@"^# TYPE ([a-z_]+) (counter|gauge)$")]
    private static partial Regex TypeLine();

    [GeneratedRegex("""^([a-z_]+)((?:\{[a-z_]+="[^"\\\n]*"\})?) (-?[0-9.]+(?:E[+-]?[0-9]+)?)$""")]
    private static partial Regex SampleLine();
}
