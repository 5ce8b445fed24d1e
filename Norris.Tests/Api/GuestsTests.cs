using System.Net;
using System.Text.Json;
using Microsoft.Extensions.Time.Testing;
using Norris.Tests.Http;
using Norris.Tests.Node;

namespace Norris.Tests.Api;

/// <summary><c>/v1/guests</c>: members of their own, over plain HTTP.</summary>
public sealed class GuestsTests
{
    [Fact]
    public async Task A_guest_goes_on_with_its_token_when_its_node_was_lost_and_is_in_again()
    {
        await using InProcessNode alice = await InProcessNode.StartAsync("alice");
        await using InProcessNode bob = await InProcessNode.StartAsync("bob", [alice.Address]);
        (string id, string name, string token) = await bob.OpenGuestAsync("gwen");
        await using EventReader events = await EventReader.OpenAsync(bob, "application/x-ndjson", token);
        using HttpResponseMessage before = await bob.PostAsync("before", token);
        Assert.Equal(HttpStatusCode.Created, before.StatusCode);

        await alice.TakeForLostAsync(bob);
        using HttpResponseMessage during = await bob.PostAsync("during", token);
        Assert.Equal(HttpStatusCode.Created, during.StatusCode);
        await bob.NextAsync("gap");
        using HttpResponseMessage after = await bob.PostAsync("after", token);
        Assert.Equal(HttpStatusCode.Created, after.StatusCode);

        // Where the guest listens, what was ordered while its node was away is in the gap.
        List<JsonElement> seen = await ReadUntilAsync(events.NextAsync, "after");
        Assert.Contains(seen, each => each.GetProperty("type").GetString() == "gap");
        Assert.Equal("before", seen[0].GetProperty("text").GetString());
        List<JsonElement> heard = await ReadUntilAsync(alice.NextAsync, "after");
        Assert.Equal(["before", "during", "after"], Of(heard, "message", "from").Select(each => each.GetProperty("text").GetString()));
        Assert.Equal([name, name], Of(heard, "joined", "member").Select(each => each.GetProperty("name").GetString()));
        Assert.Equal("lost", Assert.Single(Of(heard, "left", "member")).GetProperty("reason").GetString());

        using HttpResponseMessage closed = await bob.SendAsync(HttpMethod.Delete, $"/v1/guests/{id}", token: token);
        Assert.Equal(HttpStatusCode.NoContent, closed.StatusCode);
        await events.ReadToEndAsync();

        static async Task<List<JsonElement>> ReadUntilAsync(Func<Task<JsonElement>> next, string text)
        {
            var events = new List<JsonElement>();
            do
            {
                events.Add(await next());
            }
            while (!events[^1].TryGetProperty("text", out JsonElement said) || said.GetString() != text);
            return events;
        }

        IEnumerable<JsonElement> Of(List<JsonElement> events, string type, string member) => events.Where(
            each => each.GetProperty("type").GetString() == type && each.GetProperty(member).GetString() == id);
    }

    [Fact]
    public async Task A_guest_comes_in_speaks_listens_and_leaves()
    {
        await using InProcessNode node = await InProcessNode.StartAsync("alice");
        (string id, string name, string token) = await node.OpenGuestAsync("gwen");
        Assert.Equal("gwen", name);
        Assert.Equal(id, (await node.NextAsync("joined")).GetProperty("member").GetString());
        await using EventReader events = await EventReader.OpenAsync(node, "application/x-ndjson", token);
        using HttpResponseMessage said = await node.PostAsync("hello", token);
        Assert.Equal(HttpStatusCode.Created, said.StatusCode);
        JsonElement heard = await events.NextAsync();
        Assert.Equal((id, "gwen", "hello"), (heard.GetProperty("from").GetString(), heard.GetProperty("name").GetString(), heard.GetProperty("text").GetString()));

        using HttpResponseMessage closed = await node.SendAsync(HttpMethod.Delete, $"/v1/guests/{id}", token: token);
        Assert.Equal(HttpStatusCode.NoContent, closed.StatusCode);
        JsonElement left = await node.NextAsync("left");
        Assert.Equal((id, "left"), (left.GetProperty("member").GetString(), left.GetProperty("reason").GetString()));
        await events.ReadToEndAsync();
        await node.PostAsync("again", token).AssertProblemAsync(HttpStatusCode.Unauthorized);
        await node.SendAsync(HttpMethod.Get, "/v1/events", token: token).AssertProblemAsync(HttpStatusCode.Unauthorized);
        await node.SendAsync(HttpMethod.Delete, $"/v1/guests/{id}", token: token).AssertProblemAsync(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task A_taken_name_gets_a_number()
    {
        await using InProcessNode node = await InProcessNode.StartAsync("alice");
        Assert.Equal("alice-2", (await node.OpenGuestAsync("alice")).Name);
        Assert.Equal("alice-3", (await node.OpenGuestAsync("alice")).Name);
    }

    [Fact]
    public async Task A_guest_of_a_node_that_is_not_the_host_is_heard_everywhere()
    {
        await using InProcessNode host = await InProcessNode.StartAsync("host");
        await using InProcessNode node = await InProcessNode.StartAsync("node", [host.Address]);
        (string id, string _, string token) = await node.OpenGuestAsync("gästin 👋");
        using HttpResponseMessage said = await node.PostAsync("hello", token);
        Assert.Equal(HttpStatusCode.Created, said.StatusCode);
        JsonElement heard = await host.NextAsync("message");
        Assert.Equal((id, "gästin 👋"), (heard.GetProperty("from").GetString(), heard.GetProperty("name").GetString()));
        await host.PostAsync("x", token).AssertProblemAsync(HttpStatusCode.Unauthorized);
        await node.LeaveAsync();
        Assert.Equal(id, (await host.NextAsync("left")).GetProperty("member").GetString());
    }

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("nonsense")]
    [InlineData("{\"name\":1}")]
    [InlineData("{\"name\":null}")]
    [InlineData("{\"name\":\"\"}")]
    [InlineData("{\"name\":\" x\"}")]
    [InlineData("{\"name\":\"a\\nb\"}")]
    [InlineData("{\"name\":\"a\\u202eb\"}")]
    [InlineData("{\"name\":\"\\ud800\"}")]
    [InlineData("{\"name\":\"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\"}")]
    public async Task A_name_against_the_rules_is_refused(string body)
    {
        await using InProcessNode node = await InProcessNode.StartAsync("alice");
        await node.SendAsync(HttpMethod.Post, "/v1/guests", body, "application/json").AssertProblemAsync(HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task Only_a_guests_own_token_lets_it_leave()
    {
        await using InProcessNode node = await InProcessNode.StartAsync("alice");
        (string gwen, string _, string token) = await node.OpenGuestAsync("gwen");
        (string gus, string _, string _) = await node.OpenGuestAsync("gus");
        await node.SendAsync(HttpMethod.Delete, $"/v1/guests/{gus}", token: token).AssertProblemAsync(HttpStatusCode.Unauthorized);
        await node.SendAsync(HttpMethod.Delete, $"/v1/guests/{gwen}").AssertProblemAsync(HttpStatusCode.Unauthorized);
        await node.SendAsync(HttpMethod.Delete, "/v1/guests/nobody", token: token).AssertProblemAsync(HttpStatusCode.Unauthorized);
        using HttpResponseMessage closed = await node.SendAsync(HttpMethod.Delete, $"/v1/guests/{gwen}", token: token);
        Assert.Equal(HttpStatusCode.NoContent, closed.StatusCode);
    }

    [Fact]
    public async Task A_guest_that_is_silent_for_a_minute_is_lost_and_one_that_listens_is_not()
    {
        var clock = new FakeTimeProvider(new DateTimeOffset(2026, 11, 24, 5, 22, 1, TimeSpan.Zero));
        await using InProcessNode node = await InProcessNode.StartAsync(
            "alice", time: clock, change: settings => settings with { Core = settings.Core with { ReorderWindowMicroseconds = 0 } });
        (string _, string _, string listening) = await node.OpenGuestAsync("listening");
        (string silent, string _, string _) = await node.OpenGuestAsync("silent");
        await using EventReader events = await EventReader.OpenAsync(node, "application/x-ndjson", listening);
        Task<JsonElement> next = events.NextAsync();
        TimeSpan passed = await clock.AdvanceUntilAsync(next);
        JsonElement left = await next;
        Assert.Equal(("left", silent, "lost"), (left.GetProperty("type").GetString(), left.GetProperty("member").GetString(), left.GetProperty("reason").GetString()));
        Assert.True(passed >= TimeSpan.FromSeconds(60));
        Task<HttpResponseMessage> said = node.PostAsync("still here", listening);
        Assert.Equal(HttpStatusCode.Created, (await said.WaitAsync(InProcessNode.Patience)).StatusCode);
    }
}
