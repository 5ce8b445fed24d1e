using System.Text;
using System.Text.Json;
using Norris.Node.Delivery;

namespace Norris.Tests.Node;

/// <summary>P2 where wall clocks are an hour off: the founder's clock is the network's, and everybody reads it through their own.</summary>
public sealed class WrongClockTests
{
    private const int Each = 100;

    [Theory]
    [InlineData(0, 1, -1)]
    [InlineData(1, 0, -1)]
    [InlineData(-1, 1, 0)]
    public async Task Nodes_whose_clocks_are_hours_apart_agree_on_order_and_times(int founderHours, int secondHours, int thirdHours)
    {
        var founderTime = new ShiftedTime(TimeSpan.FromHours(founderHours));
        await using InProcessNode founder = await InProcessNode.StartAsync("founder", time: founderTime);
        await using InProcessNode second = await InProcessNode.StartAsync("second", [founder.Address], new ShiftedTime(TimeSpan.FromHours(secondHours)));
        await using InProcessNode third = await InProcessNode.StartAsync("third", [founder.Address], new ShiftedTime(TimeSpan.FromHours(thirdHours)));
        await founder.NextAsync("joined");
        await founder.NextAsync("joined");
        await second.NextAsync("joined");
        await third.NextAsync("ready");

        DateTimeOffset begun = founderTime.GetUtcNow();
        await TalkAsync(founder, second, third);
        List<JsonElement> heard = await founder.HearMessagesAsync(3 * Each);
        DateTimeOffset ended = founderTime.GetUtcNow();

        AssertSane(heard, begun, ended);
        string[] order = [.. heard.Select(each => each.GetRawText())];
        Assert.Equal(order, (await second.HearMessagesAsync(3 * Each)).Select(each => each.GetRawText()));
        Assert.Equal(order, (await third.HearMessagesAsync(3 * Each)).Select(each => each.GetRawText()));
    }

    [Theory]
    [InlineData(7265, "* this machine's clock is 2 h 1 min ahead of the network's")]
    [InlineData(-90, "* this machine's clock is 1 min 30 s behind the network's")]
    [InlineData(0, null)]
    public async Task A_person_at_a_machine_with_a_wrong_clock_is_told(int seconds, string? told)
    {
        await using InProcessNode founder = await InProcessNode.StartAsync("founder");
        // Half a second, so that the time that joining takes does not change what is said.
        await using InProcessNode node = InProcessNode.Listen(
            "node", [founder.Address], new ShiftedTime(TimeSpan.FromSeconds(seconds) + (Math.Sign(seconds) * TimeSpan.FromMilliseconds(500))));
        using FeedReader text = node.Loop.Presenter.Text.Subscribe(isWaitedFor: false, long.MaxValue);
        node.Loop.Start();
        await node.Loop.Ready.WaitAsync(InProcessNode.Patience);

        string[] lines = Encoding.UTF8.GetString(text.Read().Span).Split('\n');

        Assert.Equal(told, lines.FirstOrDefault(line => line.Contains("clock", StringComparison.Ordinal))?.Split(',')[0]);
    }

    [Fact]
    public async Task A_host_with_a_wrong_clock_carries_the_networks_time_on()
    {
        InProcessNode founder = await InProcessNode.StartAsync("founder");
        await using InProcessNode heir = await InProcessNode.StartAsync("heir", [founder.Address], new ShiftedTime(TimeSpan.FromHours(-1)));
        await using InProcessNode third = await InProcessNode.StartAsync("third", [founder.Address], new ShiftedTime(TimeSpan.FromHours(1)));
        await third.NextAsync("ready");
        await founder.DisposeAsync();
        Assert.Equal("heir", (await third.NextAsync("host")).GetProperty("name").GetString());

        DateTimeOffset begun = TimeProvider.System.GetUtcNow();
        await TalkAsync(heir, third);
        List<JsonElement> heard = await third.HearMessagesAsync(2 * Each);
        AssertSane(heard, begun, TimeProvider.System.GetUtcNow());
    }

    /// <summary>They take turns, each line answered before the next, so that the times of different authors are mixed.</summary>
    private static async Task TalkAsync(params InProcessNode[] nodes)
    {
        for (int n = 0; n < Each; n++)
        {
            await Task.WhenAll(nodes.Select((node, i) => node.SayAsync($"{i} {n}")));
        }
    }

    private static void AssertSane(List<JsonElement> heard, DateTimeOffset begun, DateTimeOffset ended)
    {
        Order.AssertContiguous(heard);
        Order.AssertTimesNeverDecrease(heard);
        foreach (JsonElement message in heard)
        {
            Assert.InRange(Order.Time(message), begun - TimeSpan.FromSeconds(1), ended + TimeSpan.FromSeconds(1));
        }
        foreach (IGrouping<char, string> author in Order.Texts(heard).GroupBy(text => text[0]))
        {
            Assert.Equal(Enumerable.Range(0, Each).Select(n => $"{author.Key} {n}"), author);
        }
    }
}
