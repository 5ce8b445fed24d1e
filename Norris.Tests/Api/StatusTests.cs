using System.Net;
using Norris.Tests.Api.Metrics;
using Norris.Tests.Node;

namespace Norris.Tests.Api;

/// <summary>What watches over a node, what a node says that is in no view, and what is no resource of it.</summary>
public sealed class StatusTests
{
    [Fact]
    public async Task Metrics_are_what_Prometheus_reads()
    {
        await using InProcessNode node = await InProcessNode.StartAsync("alice");
        await node.OpenGuestAsync("gwen");
        PrometheusText values = await PrometheusText.OfAsync(node);
        Assert.Equal((1, 1, 1), (values["norris_members{kind=\"node\"}"], values["norris_members{kind=\"guest\"}"], values["norris_guest_sessions"]));
        Assert.Equal((1, 1, 3), (values["norris_host"], values["norris_epoch"], values["norris_sequence_number"]));
        Assert.Equal(0, values["norris_divergences_total"]);
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
    [InlineData("/readyz")]
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
}
