using Norris.Tests.Api;

namespace Norris.Tests.Node;

/// <summary>A node whose machine stood still says so: its timers fire late.</summary>
public sealed class StallTests
{
    [Fact]
    public async Task A_host_that_stood_still_says_so_and_for_how_long()
    {
        var time = new JumpingTime();
        var log = new CollectingLog();
        await using InProcessNode host = await InProcessNode.StartAsync(
            "host", time: time, log: log, change: static settings => settings with { Core = settings.Core with { TimeoutMicroseconds = 20_000_000 } });
        await using InProcessNode member = await InProcessNode.StartAsync("member", [host.Address]);
        using Norris.Node.Delivery.FeedReader text = host.Loop.Presenter.Text.Subscribe(isWaitedFor: false, long.MaxValue);

        time.Jump(TimeSpan.FromHours(1));
        host.Loop.Nudge();

        Assert.Matches("^stood still for 3[56][0-9]{8} us", await log.NextAsync());
        await text.WaitAsync(InProcessNode.Patience);
        Assert.Matches(@"\* this node stood still for 3[56]\d\d\.\d s, ", System.Text.Encoding.UTF8.GetString(text.Read().Span));
        using HttpResponseMessage metrics = await host.SendAsync(HttpMethod.Get, "/metrics");
        Assert.Contains("\nnorris_stalls_total 1\n", await metrics.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        // It is host still: the others did not have to do without it.
        await member.SayAsync("on");
        await host.NextAsync("message");
    }
}
