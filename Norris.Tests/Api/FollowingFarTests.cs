using System.Net.ServerSentEvents;
using System.Text.Json;
using Norris.Tests.Node;

namespace Norris.Tests.Api;

/// <summary>A well-kept client of server-sent events, .NET's own, follows a node for long, and its connection breaks again and again.</summary>
public sealed class FollowingFarTests
{
    private const int Messages = 100_000;

    /// <summary>No divisor of the number of messages or of what fits into a buffer, so that connections break anywhere.</summary>
    private const int EventsBetweenBreaks = 7_001;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_hundred_thousand_events_come_without_a_gap_through_reconnects(bool whileTheyAreSaid)
    {
        await using InProcessNode node = await InProcessNode.StartAsync("alice");
        ulong sequence = await node.AskAsync(static loop => loop.Core.Deliverable.Value, 0UL);
        string network = await node.NetworkAsync();
        string id = $"1.{sequence}";
        Task saying = Task.Run(() => node.SayAsync([.. Enumerable.Range(0, Messages).Select(static n => $"{n}")]));
        if (!whileTheyAreSaid)
        {
            await saying;
        }
        int said = 0;
        int connections = 0;
        while (said < Messages)
        {
            connections++;
            await using EventReader reader = await EventReader.OpenAsync(node, "/v1/events", null, ("Last-Event-ID", id));
            await using Stream stream = await reader.Response.Content.ReadAsStreamAsync(InProcessNode.Patience);
            int left = EventsBetweenBreaks;
            await foreach (SseItem<string> item in SseParser.Create(stream).EnumerateAsync(InProcessNode.Patience))
            {
                JsonElement next = JsonElement.Parse(item.Data);
                Assert.Equal(++sequence, next.GetProperty("seq").GetUInt64());
                Assert.Equal($"{said++}", next.GetProperty("text").GetString());
                id = item.EventId!;
                Assert.Equal($"1.{sequence}.{network}", id);
                if (--left == 0 || said == Messages)
                {
                    break;
                }
            }
        }
        await saying;
        Assert.Equal((Messages + EventsBetweenBreaks - 1) / EventsBetweenBreaks, connections);
    }
}
