using System.Net;
using System.Net.Sockets;
using Norris.Discovery;
using Norris.Tests.Node;

namespace Norris.Tests.Discovery;

/// <summary>Nodes of this process that find each other by multicast on the loopback link.</summary>
public sealed class SegmentSearchTests
{
    private readonly IPEndPoint _group = new(SegmentLink.Group.Address, FreePort());

    [Fact]
    public async Task Three_that_start_together_become_one_network_and_see_the_same_order()
    {
        await using InProcessNode a = Begin("a");
        await using InProcessNode b = Begin("b");
        await using InProcessNode c = Begin("c");
        InProcessNode[] nodes = [a, b, c];
        await Task.WhenAll(nodes.Select(node => node.Loop.Ready.WaitAsync(InProcessNode.Patience)));
        await EachSeesAsync(nodes);
        await Task.WhenAll(nodes.Select(node => node.SayAsync("hello")));
        string[][] heard = await Task.WhenAll(nodes.Select(async node => (await node.HearMessagesAsync(3))
            .Where(each => each.GetProperty("type").GetString() == "message").Select(each => each.GetRawText()).ToArray()));
        Assert.Equal(heard[0], heard[1]);
        Assert.Equal(heard[0], heard[2]);
    }

    [Fact]
    public async Task A_newcomer_comes_in_through_whoever_answers_and_a_member_answers_without_its_host()
    {
        await using InProcessNode host = await InProcessNode.StartAsync("host");
        await using InProcessNode member = await InProcessNode.StartAsync("member", [host.Address], change: settings => settings with { Search = SegmentSearch.Patience });
        Find(member);
        await using InProcessNode newcomer = Begin("newcomer");
        await newcomer.Loop.Ready.WaitAsync(InProcessNode.Patience);
        await EachSeesAsync([host, member, newcomer]);
    }

    [Fact]
    public async Task One_that_began_alone_looks_on_and_joins_those_who_were_not_heard_when_it_began()
    {
        await using InProcessNode alone = Begin("alone");
        await alone.Loop.Ready.WaitAsync(InProcessNode.Patience);
        await using InProcessNode host = await InProcessNode.StartAsync("host");
        await using InProcessNode member = await InProcessNode.StartAsync("member", [host.Address]);
        Find(member);
        await alone.NextAsync("gap");
        await EachSeesAsync([host, member, alone]);
    }

    [Fact]
    public async Task Networks_of_different_tags_do_not_see_each_other()
    {
        await using InProcessNode open = Begin("open");
        await open.Loop.Ready.WaitAsync(InProcessNode.Patience);
        await using InProcessNode closed = Begin("closed", tag: 7);
        await closed.Loop.Ready.WaitAsync(InProcessNode.Patience);
        Assert.Equal(1, await NodesAsync(open));
        Assert.Equal(1, await NodesAsync(closed));
        Assert.NotEqual(0, open.Loop.Search!.OfOthers);
    }

    [Fact]
    public async Task Whatever_else_is_sent_there_is_counted_and_forgotten()
    {
        await using InProcessNode node = Begin("node");
        using var stranger = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        stranger.SetSocketOption(SocketOptionLevel.IP, SocketOptionName.MulticastInterface, BitConverter.ToInt32(IPAddress.Loopback.GetAddressBytes()));
        byte[][] hostile = [[], new byte[1], new byte[SegmentWord.Length], new byte[SegmentWord.Length + 1], new byte[9_000]];
        foreach (byte[] bytes in hostile)
        {
            stranger.SendTo(bytes, _group);
        }
        // Somebody who is not there says that it is in a network: it is tried in vain, and the node begins all the same.
        stranger.SendTo(new SegmentWord(SegmentWordKind.MemberIsHere, 0, 5, 9).ToBytes(), _group);
        await node.Loop.Ready.WaitAsync(InProcessNode.Patience);
        Assert.Equal(hostile.Length, node.Loop.Search!.Malformed);
        Assert.Equal(1, await NodesAsync(node));
    }

    [Fact]
    public void Where_there_is_no_such_address_it_says_so()
    {
        Assert.Null(SegmentSearch.TryOpen(new IPEndPoint(IPAddress.Parse("192.0.2.1"), 7000), _group, 0, 1, TimeProvider.System, new Random(1), out string failure));
        Assert.StartsWith("multicast was refused: ", failure, StringComparison.Ordinal);
    }

    private InProcessNode Begin(string name, ulong tag = 0)
    {
        // Its own address among those that it joins through: it begins when nobody else does.
        InProcessNode node = InProcessNode.Listen(name, change: settings => settings with
        {
            Join = [settings.Core.Address],
            Search = SegmentSearch.Patience,
            NetworkTag = tag,
        });
        Find(node);
        node.Loop.Start();
        return node;
    }

    private void Find(InProcessNode node)
    {
        SegmentSearch? search = SegmentSearch.TryOpen(
            IPEndPoint.Parse(node.Address), _group, node.Loop.Settings.NetworkTag, node.Loop.Settings.SegmentInstance, TimeProvider.System, new Random(1), out string failure);
        Assert.True(search is not null, failure);
        node.Loop.FindOthers(search);
    }

    private static async Task EachSeesAsync(InProcessNode[] nodes)
    {
        CancellationToken patience = InProcessNode.Patience;
        foreach (InProcessNode node in nodes)
        {
            while (await NodesAsync(node) != nodes.Length)
            {
                patience.ThrowIfCancellationRequested();
                await node.NextAsync();
            }
        }
    }

    private static Task<int> NodesAsync(InProcessNode node) => node.AskAsync(loop => loop.Core.View.NodeCount, 0);

    private static int FreePort()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }
}
