using System.Text.Json;

namespace Norris.Tests.EndToEnd;

/// <summary>Real nodes that come and go while others talk.</summary>
public sealed class JoiningAndLeavingTests
{
    private const int Each = 2000;

    [StaticBinaryFact]
    public async Task A_sixth_that_joins_in_the_middle_prints_exactly_the_tail_and_two_that_leave_do_so_at_one_point_for_all()
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        var nodes = new List<NodeUnderTest>();
        try
        {
            nodes.Add(NodeUnderTest.Start("n0"));
            string host = await nodes[0].AddressAsync(limit.Token);
            for (int i = 1; i < 5; i++)
            {
                nodes.Add(NodeUnderTest.Start($"n{i}", host));
                await nodes[i].AddressAsync(limit.Token);
                await nodes[i].NextAsync("ready", limit.Token);
            }
            Task first = Task.WhenAll(nodes.Select((node, i) => node.SayAsync(Numbered(i, 1, Each / 2))));

            nodes.Add(NodeUnderTest.Start("n5", host));
            await nodes[5].AddressAsync(limit.Token);
            JsonElement ready = await nodes[5].NextAsync("ready", limit.Token);
            await first;
            Task<int> thirdLeaves = nodes[3].LeaveAsync(limit.Token);
            Task<int> fourthLeaves = nodes[4].LeaveAsync(limit.Token);
            await Task.WhenAll(nodes.Take(3).Select((node, i) => node.SayAsync(Numbered(i, (Each / 2) + 1, Each / 2))));
            Assert.Equal(0, await thirdLeaves);
            Assert.Equal(0, await fourthLeaves);

            // Each node's whole output, the leavers' too: the last of the four who stayed to say the end ends everybody's part of it.
            await Task.WhenAll(nodes.Where((_, i) => i is not (3 or 4)).Select(node => node.SayAsync(["the end"])));
            string[][] printed = await Task.WhenAll(nodes.Select((node, i) =>
                i is 3 or 4 ? node.RestAsync() : node.UntilAsync(4, "the end", limit.Token)));
            Dictionary<ulong, string> order = printed[0].ToDictionary(SequenceOf);
            Assert.Equal((Each * 3) + (Each / 2 * 2) + 4, order.Values.Count(line => line.StartsWith("{\"type\":\"message\"", StringComparison.Ordinal)));
            Assert.Equal(2, order.Values.Count(line => line.StartsWith("{\"type\":\"left\"", StringComparison.Ordinal)));
            foreach (string[] lines in printed)
            {
                Assert.All(lines, line => Assert.Equal(order[SequenceOf(line)], line));
                ulong[] sequences = [.. lines.Select(SequenceOf)];
                Assert.Equal(Enumerable.Range(0, sequences.Length).Select(i => sequences[0] + (ulong)i), sequences);
            }
            Assert.Equal(ready.GetProperty("seq").GetUInt64() + 1, SequenceOf(printed[5][0]));
            // A leaver sees itself leave, and nothing after that.
            Assert.Contains("\"name\":\"n3\",\"reason\":\"left\"", printed[3][^1], StringComparison.Ordinal);
            Assert.Contains("\"name\":\"n4\",\"reason\":\"left\"", printed[4][^1], StringComparison.Ordinal);

            string[] digests = await Task.WhenAll(nodes.Where((_, i) => i is not (3 or 4)).Select(node => node.PositionAsync(limit.Token)));
            Assert.Single(digests.Distinct());
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
    public async Task A_signal_makes_a_node_leave_cleanly()
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        await using var host = NodeUnderTest.Start("host");
        await using var other = NodeUnderTest.Start("other", await host.AddressAsync(limit.Token), "--headless");
        await other.NextAsync("ready", limit.Token);
        await other.TerminateAsync(limit.Token);
        Assert.Equal(0, await other.EndedAsync(limit.Token));
        JsonElement left = await host.NextAsync("left", limit.Token);
        Assert.Equal(("other", "left"), (left.GetProperty("name").GetString(), left.GetProperty("reason").GetString()));
    }

    private static IEnumerable<string> Numbered(int sender, int from, int count) => Enumerable.Range(from, count).Select(n => $"{sender} {n}");

    private static ulong SequenceOf(string line)
    {
        using JsonDocument parsed = JsonDocument.Parse(line);
        return parsed.RootElement.GetProperty("seq").GetUInt64();
    }
}
