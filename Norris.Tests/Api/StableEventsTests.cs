using System.Text.Json;
using Norris.Tests.Node;

namespace Norris.Tests.Api;

/// <summary><c>GET /v1/events?types=stable</c>: up to where every node has the entries, for whoever asks.</summary>
public sealed class StableEventsTests
{
    [Theory]
    [InlineData("text/event-stream")]
    [InlineData("application/x-ndjson")]
    public async Task A_message_is_told_to_be_stable_after_it_was_told(string accept)
    {
        await using InProcessNode alice = await InProcessNode.StartAsync("alice");
        await using InProcessNode bob = await InProcessNode.StartAsync("bob", [alice.Address]);
        await using EventReader reader = await EventReader.OpenAsync(bob, "/v1/events?types=message,stable", null, ("Accept", accept));
        for (int number = 1; number <= 3; number++)
        {
            await alice.SayAsync($"{number}");
            ulong said = 0;
            ulong stable = 0;
            while (said == 0 || stable < said)
            {
                JsonElement next = await NextAsync(reader);
                ulong sequence = next.GetProperty("seq").GetUInt64();
                (said, stable) = next.GetProperty("type").GetString() == "stable" ? (said, sequence) : (sequence, stable);
                Assert.True(said == 0 || stable <= said, "stable before it was told");
            }
        }
    }

    [Fact]
    public async Task Who_comes_later_is_told_at_once_how_far_all_are()
    {
        await using InProcessNode alice = await InProcessNode.StartAsync("alice");
        await alice.SayAsync("one");
        ulong said = (await alice.NextAsync("message")).GetProperty("seq").GetUInt64();
        await using EventReader reader = await EventReader.OpenAsync(alice, $"/v1/events?types=message,stable&after={said - 1}", null, ("Accept", "application/x-ndjson"));
        Assert.Equal("message", (await reader.NextAsync()).GetProperty("type").GetString());
        JsonElement stable = await reader.NextAsync();
        Assert.Equal(("stable", said), (stable.GetProperty("type").GetString(), stable.GetProperty("seq").GetUInt64()));
    }

    [Theory]
    [InlineData("/v1/events")]
    [InlineData("/v1/events?types=message")]
    public async Task Who_does_not_ask_is_not_told(string target)
    {
        await using InProcessNode alice = await InProcessNode.StartAsync("alice");
        await using InProcessNode bob = await InProcessNode.StartAsync("bob", [alice.Address]);
        await alice.NextAsync("joined");
        await using EventReader reader = await EventReader.OpenAsync(alice, target, null, ("Accept", "application/x-ndjson"));
        await using EventReader told = await EventReader.OpenAsync(alice, "/v1/events?types=stable", null, ("Accept", "application/x-ndjson"));
        await alice.SayAsync("one");
        ulong said = (await alice.NextAsync("message")).GetProperty("seq").GetUInt64();
        while ((await told.NextAsync()).GetProperty("seq").GetUInt64() < said)
        {
        }
        await alice.SayAsync("two");
        Assert.Equal("one", (await reader.NextAsync()).GetProperty("text").GetString());
        Assert.Equal("two", (await reader.NextAsync()).GetProperty("text").GetString());
    }

    private static async Task<JsonElement> NextAsync(EventReader reader)
    {
        while (true)
        {
            string line = (await reader.LineAsync()).Replace("data: ", "", StringComparison.Ordinal);
            if (line.StartsWith('{'))
            {
                return JsonElement.Parse(line);
            }
        }
    }
}
