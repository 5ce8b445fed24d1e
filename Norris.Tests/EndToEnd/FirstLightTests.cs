using System.Globalization;
using System.Text.Json;

namespace Norris.Tests.EndToEnd;

/// <summary>Real nodes on loopback: one order for everybody.</summary>
public sealed class FirstLightTests
{
    private const int Nodes = 5;
    private const int Each = 2000;

    [StaticBinaryFact]
    public async Task Five_nodes_at_once_print_the_same_ten_thousand_messages_in_the_same_order()
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        var nodes = new List<NodeUnderTest>();
        try
        {
            nodes.Add(NodeUnderTest.Start("n0"));
            string host = await nodes[0].AddressAsync(limit.Token);
            await nodes[0].NextAsync("ready", limit.Token);
            for (int i = 1; i < Nodes; i++)
            {
                nodes.Add(NodeUnderTest.Start($"n{i}", host));
                await nodes[i].AddressAsync(limit.Token);
                await nodes[i].NextAsync("ready", limit.Token);
            }
            Task talking = Task.WhenAll(nodes.Select((node, i) => node.SayAsync(Enumerable.Range(1, Each).Select(n => $"{i} {n}"))));
            List<JsonElement>[] heard = await Task.WhenAll(nodes.Select(node => node.MessagesAsync(Nodes * Each, limit.Token)));
            await talking;

            string[] order = [.. heard[0].Select(message => message.GetRawText())];
            Assert.All(heard, each => Assert.Equal(order, each.Select(message => message.GetRawText())));
            string[] positions = await Task.WhenAll(nodes.Select(node => node.PositionAsync(limit.Token)));
            Assert.Single(positions.Distinct());
            AssertNumbersAscend(heard[0]);
            AssertTimesNeverDecrease(heard[0]);
            for (int i = Nodes - 1; i >= 0; i--)
            {
                Assert.Equal(0, await nodes[i].LeaveAsync(limit.Token));
                Assert.Equal("", await nodes[i].Errors);
            }
        }
        finally
        {
            foreach (NodeUnderTest node in nodes)
            {
                await node.DisposeAsync();
            }
        }
    }

    [StaticBinaryFact]
    public async Task A_host_that_leaves_hands_over_and_nothing_said_is_lost()
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        await using var first = NodeUnderTest.Start("first");
        string host = await first.AddressAsync(limit.Token);
        await using var second = NodeUnderTest.Start("second", host);
        await second.NextAsync("ready", limit.Token);
        await using var third = NodeUnderTest.Start("third", host);
        await third.NextAsync("ready", limit.Token);

        await first.SayAsync(["last words"]);
        Assert.Equal(0, await first.LeaveAsync(limit.Token));
        Assert.Equal("last words", (await third.NextAsync("message", limit.Token)).GetProperty("text").GetString());
        Assert.Equal("first", (await third.NextAsync("left", limit.Token)).GetProperty("name").GetString());
        Assert.Equal("second", (await third.NextAsync("host", limit.Token)).GetProperty("name").GetString());
        await third.SayAsync(["still here"]);
        Assert.Equal("last words", (await second.NextAsync("message", limit.Token)).GetProperty("text").GetString());
        Assert.Equal("still here", (await second.NextAsync("message", limit.Token)).GetProperty("text").GetString());
    }

    private static void AssertNumbersAscend(List<JsonElement> messages)
    {
        int[] last = new int[Nodes];
        foreach (JsonElement message in messages)
        {
            int[] words = [.. message.GetProperty("text").GetString()!.Split(' ').Select(word => int.Parse(word, CultureInfo.InvariantCulture))];
            Assert.Equal(++last[words[0]], words[1]);
        }
        Assert.All(last, number => Assert.Equal(Each, number));
    }

    private static void AssertTimesNeverDecrease(List<JsonElement> messages)
    {
        string before = "";
        foreach (JsonElement message in messages)
        {
            string time = message.GetProperty("time").GetString()!;
            Assert.True(string.CompareOrdinal(before, time) <= 0);
            before = time;
        }
    }
}
