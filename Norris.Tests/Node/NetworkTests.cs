using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using Norris.Node;
using Norris.Tests.Wire;
using Norris.Wire;

namespace Norris.Tests.Node;

/// <summary>Several nodes in one process, over real sockets.</summary>
public sealed class NetworkTests
{
    [Fact]
    public async Task A_network_is_founded_joined_talked_in_and_left()
    {
        await using InProcessNode alice = await InProcessNode.StartAsync("alice");
        Assert.Equal("alice", (await alice.NextAsync("ready")).GetProperty("name").GetString());
        await using InProcessNode bob = await InProcessNode.StartAsync("bob", [alice.Address]);
        JsonElement ready = await bob.NextAsync("ready");
        JsonElement joined = await alice.NextAsync("joined");
        Assert.Equal(ready.GetProperty("seq").GetUInt64(), joined.GetProperty("seq").GetUInt64());
        Assert.Equal(ready.GetProperty("member").GetString(), joined.GetProperty("member").GetString());

        await bob.SayAsync("hello");
        JsonElement hello = await alice.NextAsync("message");
        Assert.Equal(("bob", "hello"), (hello.GetProperty("name").GetString(), hello.GetProperty("text").GetString()));
        await alice.SayAsync("hi", "how are you?");
        Assert.Equal(
            ["hello", "hi", "how are you?"], (await bob.HearMessagesAsync(3)).Select(each => each.GetProperty("text").GetString()));

        Assert.Equal(NodeEndReason.Left, (await bob.LeaveAsync()).Reason);
        JsonElement left = await alice.NextAsync("left");
        Assert.Equal(("bob", "left"), (left.GetProperty("name").GetString(), left.GetProperty("reason").GetString()));
    }

    [Fact]
    public async Task Whoever_joins_sees_nothing_earlier()
    {
        await using InProcessNode alice = await InProcessNode.StartAsync("alice");
        await alice.SayAsync("before");
        await alice.NextAsync("message");
        await using InProcessNode bob = await InProcessNode.StartAsync("bob", [alice.Address]);
        await alice.SayAsync("after");
        List<JsonElement> heard = await bob.HearMessagesAsync(1);
        Assert.Equal(["ready", "message"], heard.Select(each => each.GetProperty("type").GetString()));
        Assert.Equal("after", heard[1].GetProperty("text").GetString());
    }

    [Fact]
    public async Task A_node_joins_through_one_that_is_not_the_host()
    {
        await using InProcessNode alice = await InProcessNode.StartAsync("alice");
        await using InProcessNode bob = await InProcessNode.StartAsync("bob", [alice.Address]);
        using var content = new ByteArrayContent(Samples.Bytes(Samples.Join));
        content.Headers.ContentType = MediaTypeHeaderValue.Parse(WireFormat.MediaType);
        using HttpResponseMessage redirected = await bob.Http.PostAsync("/v1/members", content, InProcessNode.Patience);
        Assert.Equal(HttpStatusCode.TemporaryRedirect, redirected.StatusCode);
        Assert.Equal(new Uri($"http://{alice.Address}/v1/members"), redirected.Headers.Location);

        await using InProcessNode carol = await InProcessNode.StartAsync("carol", [bob.Address]);
        await carol.SayAsync("through bob");
        Assert.Equal("through bob", (await alice.NextAsync("message")).GetProperty("text").GetString());
        Assert.Equal("through bob", (await bob.NextAsync("message")).GetProperty("text").GetString());
    }

    [Fact]
    public async Task A_node_of_the_other_partition_rule_ends_with_a_line_that_says_so()
    {
        await using InProcessNode alice = await InProcessNode.StartAsync("alice");
        await using InProcessNode other = InProcessNode.Listen(
            "other", [alice.Address], change: settings => settings with { Core = settings.Core with { Partition = Norris.Protocol.PartitionRule.Majority } });
        other.Loop.Start();
        NodeEnd end = await other.Loop.Ended.WaitAsync(InProcessNode.Patience);
        Assert.Equal(
            new NodeEnd(
                NodeEndReason.CouldNotJoin,
                $"cannot join through {alice.Address}: the network there goes by --partition continue, and this node by --partition majority; start it with --partition continue"),
            end);
    }

    [Fact]
    public async Task Two_nodes_with_one_name_get_two()
    {
        await using InProcessNode first = await InProcessNode.StartAsync("sam");
        await using InProcessNode second = await InProcessNode.StartAsync("sam", [first.Address]);
        Assert.Equal("sam-2", (await second.NextAsync("ready")).GetProperty("name").GetString());
    }

    [Fact]
    public async Task A_host_leaves_in_the_middle_of_the_talk_and_everybody_else_hears_the_same()
    {
        const int Each = 1500;
        const int BeforeLeaving = 400;
        InProcessNode host = await InProcessNode.StartAsync("host");
        await using InProcessNode left = await InProcessNode.StartAsync("left", [host.Address]);
        await using InProcessNode right = await InProcessNode.StartAsync("right", [host.Address]);
        await using (host)
        {
            await left.NextAsync("joined");
            Task talking = Task.WhenAll(TalkAsync(left, "l"), TalkAsync(right, "r"));
            await host.HearMessagesAsync(BeforeLeaving);
            await host.SayAsync("last words");
            Assert.Equal(NodeEndReason.Left, (await host.LeaveAsync()).Reason);
            await talking;
        }
        await right.NextAsync("ready");
        List<JsonElement> heardLeft = await left.HearMessagesAsync((2 * Each) + 1);
        List<JsonElement> heardRight = await right.HearMessagesAsync((2 * Each) + 1);

        Assert.Equal(heardLeft.Select(each => each.GetRawText()), heardRight.Select(each => each.GetRawText()));
        Order.AssertContiguous(heardLeft);
        Order.AssertTimesNeverDecrease(heardLeft);
        string[] texts = [.. Order.Texts(heardLeft)];
        Assert.Equal(Enumerable.Range(0, Each).Select(n => $"l {n}"), texts.Where(text => text.StartsWith('l') && text != "last words"));
        Assert.Equal(Enumerable.Range(0, Each).Select(n => $"r {n}"), texts.Where(text => text.StartsWith('r')));
        Assert.Single(texts, "last words");

        static async Task TalkAsync(InProcessNode node, string who)
        {
            for (int n = 0; n < Each; n++)
            {
                await node.SayAsync($"{who} {n}");
            }
        }
    }

    [Fact]
    public async Task One_host_after_another_leaves_until_one_is_left()
    {
        var nodes = new Dictionary<string, InProcessNode> { ["n0"] = await InProcessNode.StartAsync("n0") };
        for (int i = 1; i < 4; i++)
        {
            nodes.Add($"n{i}", await InProcessNode.StartAsync($"n{i}", [nodes["n0"].Address]));
        }
        string host = "n0";
        for (ulong epoch = 2; nodes.Count > 1; epoch++)
        {
            nodes.Remove(host, out InProcessNode? leaving);
            await leaving!.DisposeAsync();
            JsonElement started;
            do
            {
                started = await nodes.Values.First().NextAsync("host");
            }
            while (started.GetProperty("epoch").GetUInt64() < epoch);
            Assert.Equal(epoch, started.GetProperty("epoch").GetUInt64());
            host = started.GetProperty("name").GetString()!;
            Assert.Contains(host, nodes.Keys);
        }
        await nodes[host].SayAsync("alone");
        Assert.Equal("alone", (await nodes[host].NextAsync("message")).GetProperty("text").GetString());
        await nodes[host].DisposeAsync();
    }
}
