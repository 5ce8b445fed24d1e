using System.Net;
using System.Text.Json;
using Norris.Protocol.Ordering;
using Norris.Tests.Node;

namespace Norris.Tests.Api;

/// <summary>A guest goes on as who it was, with its token.</summary>
public sealed class ResumedGuestsTests
{
    private const string Lines = "application/x-ndjson";

    [Fact]
    public async Task Through_another_node_once_the_one_it_came_in_through_is_gone()
    {
        await using InProcessNode alice = await InProcessNode.StartAsync("alice");
        await using InProcessNode bob = await InProcessNode.StartAsync("bob", [alice.Address]);
        (string id, string name, string token) = await bob.OpenGuestAsync("gwen");
        using HttpResponseMessage before = await bob.PostAsync("before", token);
        string last = $"{(await before.JsonAsync()).GetProperty("epoch")}.{(await alice.NextAsync("message")).GetProperty("seq")}";

        // While its node is in, so is the guest: whoever else shows its token has to wait.
        await alice.SendAsync(HttpMethod.Post, "/v1/guests", JsonSerializer.Serialize(new { name, token }), "application/json")
            .AssertProblemAsync(HttpStatusCode.ServiceUnavailable);
        await alice.SayAsync("meanwhile");
        await bob.BreakAsync();
        await alice.TakeForLostAsync(bob);
        while ((await alice.NextAsync("left")).GetProperty("member").GetString() != id)
        {
        }
        (string, string, string, ulong) resumed = await alice.ResumeGuestAsync(name, token);

        Assert.Equal((id, name, token, 2UL), resumed);
        using HttpResponseMessage again = await alice.SendAsync(HttpMethod.Post, "/v1/messages", "before", token: token, fields: ("Norris-Number", "1"));
        Assert.Equal(HttpStatusCode.Created, again.StatusCode);
        using HttpResponseMessage after = await alice.SendAsync(HttpMethod.Post, "/v1/messages", "after", token: token, fields: ("Norris-Number", "2"));
        Assert.Equal(HttpStatusCode.Created, after.StatusCode);
        await using EventReader events = await EventReader.OpenAsync(alice, "/v1/events", token, ("Accept", Lines), ("Last-Event-ID", last));
        var seen = new List<JsonElement>();
        while (seen.Count == 0 || !IsMessage(seen[^1], "after"))
        {
            seen.Add(await events.NextAsync());
        }
        Assert.Equal(["meanwhile", "after"], seen.Where(static each => each.GetProperty("type").GetString() == "message").Select(static each => each.GetProperty("text").GetString()));
        Assert.Contains(seen, each => each.GetProperty("type").GetString() == "left" && each.GetProperty("member").GetString() == id);
    }

    [Fact]
    public async Task At_the_same_node_at_once()
    {
        await using InProcessNode node = await InProcessNode.StartAsync("alice");
        (string id, string name, string token) = await node.OpenGuestAsync("gwen");
        using HttpResponseMessage said = await node.PostAsync("before", token);
        Assert.Equal((id, name, token, 2UL), await node.ResumeGuestAsync("somebody else", token));
    }

    /// <summary>What the log has of a token, which every member has read, is not what the guest shows.</summary>
    [Fact]
    public async Task What_all_know_of_a_token_opens_no_session()
    {
        await using InProcessNode node = await InProcessNode.StartAsync("alice");
        (string id, string name, string token) = await node.OpenGuestAsync("gwen");
        string known = await node.AskAsync(
            static loop => new Entry(loop.Core.Log.Read(loop.Core.Log.Last, loop.Core.Log.Last, 1).Memory.Span).JoinedToken.ToString(), "");
        Assert.NotEqual(token, known);
        Assert.Equal(32, known.Length);
        await node.PostAsync("as gwen", known).AssertProblemAsync(HttpStatusCode.Unauthorized);
        (string other, _, string given, ulong next) = await node.ResumeGuestAsync(name, known);
        Assert.Equal((known, 1UL), (given, next));
        Assert.NotEqual(id, other);
    }

    [Fact]
    public async Task With_a_token_that_nobody_knows_it_is_a_new_one()
    {
        await using InProcessNode node = await InProcessNode.StartAsync("alice");
        string token = new('a', 32);
        (_, string name, string given, ulong next) = await node.ResumeGuestAsync("gwen", token);
        Assert.Equal(("gwen", token, 1UL), (name, given, next));
    }

    [Theory]
    [InlineData("")]
    [InlineData("xyz")]
    [InlineData("00000000000000000000000000000000")]
    public async Task A_token_that_is_none_is_refused(string token)
    {
        await using InProcessNode node = await InProcessNode.StartAsync("alice");
        await node.SendAsync(HttpMethod.Post, "/v1/guests", JsonSerializer.Serialize(new { name = "gwen", token }), "application/json")
            .AssertProblemAsync(HttpStatusCode.BadRequest);
    }

    private static bool IsMessage(JsonElement each, string text) => each.TryGetProperty("text", out JsonElement said) && said.GetString() == text;
}
