using System.Net;
using Norris.Node;
using Norris.Tests.Api;

namespace Norris.Tests.Node;

/// <summary><c>/readyz</c>: whether people and programs can be sent to a node, and why not; <c>/healthz</c> says that it lives.</summary>
public sealed class ReadinessTests
{
    [Fact]
    public async Task A_node_is_ready_as_host_and_as_follower()
    {
        await using InProcessNode alice = await InProcessNode.StartAsync("alice");
        await using InProcessNode bob = await InProcessNode.StartAsync("bob", [alice.Address]);
        await alice.SayAsync("hello");
        await bob.NextAsync("message"); // so the log comes in
        Assert.Equal("""{"ready":true,"role":"host"}""", await ReadyAsync(alice));
        Assert.Equal("""{"ready":true,"role":"following"}""", await ReadyAsync(bob));
    }

    [Fact]
    public async Task A_node_that_is_in_no_view_says_why_not_and_lives()
    {
        await using InProcessNode node = InProcessNode.Listen("alice", ["127.0.0.1:1"]);
        await AssertNotReadyAsync(node, "has not started", "idle");
        node.Loop.Start();
        await AssertNotReadyAsync(node, "asks to be let into a network", "joining");
        await node.LeaveAsync();
        await AssertNotReadyAsync(node, "has left", "gone");
    }

    [Fact]
    public async Task A_node_that_leaves_is_not_ready_while_it_is_in_still()
    {
        await using InProcessNode node = await InProcessNode.StartAsync("alice");
        string? whyNot = await node.AskAsync(
            static loop =>
            {
                loop.IsLeaving = true;
                string? said = Readiness.WhyNot(loop);
                loop.IsLeaving = false;
                return said;
            },
            null);
        Assert.Contains("is leaving", whyNot, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_node_whose_host_is_gone_is_not_ready_until_there_is_one_again()
    {
        InProcessNode alice = await InProcessNode.StartAsync("alice");
        await using InProcessNode bob = await InProcessNode.StartAsync("bob", [alice.Address]);
        await alice.SayAsync("hello");
        await bob.NextAsync("message");
        await alice.BreakAsync();
        await alice.DisposeAsync();
        await bob.NextAsync("host");
        Assert.Equal("""{"ready":true,"role":"host"}""", await ReadyAsync(bob));
    }

    private static async Task<string> ReadyAsync(InProcessNode node)
    {
        using HttpResponseMessage response = await node.SendAsync(HttpMethod.Get, "/readyz");
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return await response.Content.ReadAsStringAsync(InProcessNode.Patience);
    }

    private static async Task AssertNotReadyAsync(InProcessNode node, string reason, string role)
    {
        await node.SendAsync(HttpMethod.Get, "/readyz").AssertProblemAsync(HttpStatusCode.ServiceUnavailable);
        using HttpResponseMessage response = await node.SendAsync(HttpMethod.Get, "/readyz");
        Assert.Contains(reason, (await response.JsonAsync()).GetProperty("detail").GetString(), StringComparison.Ordinal);
        using HttpResponseMessage health = await node.SendAsync(HttpMethod.Get, "/healthz");
        Assert.Equal(HttpStatusCode.OK, health.StatusCode);
        Assert.Equal($"{{\"live\":true,\"ready\":false,\"role\":\"{role}\"}}", await health.Content.ReadAsStringAsync(InProcessNode.Patience));
    }
}
