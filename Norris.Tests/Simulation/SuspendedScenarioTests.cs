using Norris.Protocol;
using Norris.Protocol.Ordering;
using static Norris.Tests.Simulation.Scenario;

namespace Norris.Tests.Simulation;

/// <summary>Machines that are suspended, their clocks with them: to who wakes no time has passed.</summary>
public sealed class SuspendedScenarioTests
{
    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(60)]
    public void The_others_go_on_as_one_side_which_a_host_that_wakes_joins(long seconds)
    {
        SimulatedNode[] n = Wake(seconds, Mistake.None);
        Assert.True(n[1].IsHost);
        Assert.Equal(1, n[0].Presenter.Gaps);
        Assert.All(n[1..], static node => Assert.Equal(0, node.Presenter.Gaps));
        Assert.Equal("before meanwhile", Heard(n[4]));
    }

    [Fact]
    public void A_host_that_counts_whom_it_heard_before_draws_the_others_to_it() =>
        Assert.All(Wake(3, Mistake.WeighsFromMemory)[1..], static node => Assert.Equal(1, node.Presenter.Gaps));

    [Theory]
    [InlineData(300)]
    [InlineData(700)]
    public void A_host_that_was_suspended_for_a_moment_stays_one(long milliseconds)
    {
        var net = new Scenario();
        SimulatedNode[] n = net.Network("a", "b", "c");
        n[0].Suspend();
        net.Wait(milliseconds * Millisecond);
        n[0].Resume();
        net.Say(n[2], "on");
        net.ComeToRest();
        Assert.True(n[0].IsHost);
        Assert.Equal(new Epoch(1), n[1].Core.View.Epoch);
    }

    [Fact]
    public void A_member_that_wakes_comes_back_with_a_gap()
    {
        var net = new Scenario();
        SimulatedNode[] n = net.Network("a", "b", "c");
        n[2].Suspend();
        net.Wait(5 * Second);
        net.Say(n[0], "meanwhile");
        net.Wait(100 * Millisecond);
        n[2].Resume();
        net.ComeToRest();
        net.Say(n[2], "again");
        net.ComeToRest();
        Assert.Equal(1, n[2].Presenter.Gaps);
        Assert.Equal("again", Heard(n[2]));
        Assert.Equal("meanwhile again", Heard(n[1]));
    }

    /// <summary>Five are in; the first one's machine is suspended for so long, and wakes.</summary>
    private static SimulatedNode[] Wake(long seconds, Mistake mistake)
    {
        var net = new Scenario(mistake: mistake);
        SimulatedNode[] n = net.Network("a", "b", "c", "d", "e");
        net.Say(n[4], "before");
        net.Wait(100 * Millisecond);
        n[0].Suspend();
        net.Wait(seconds * Second);
        Assert.True(n[1].IsHost);
        net.Say(n[3], "meanwhile");
        net.Wait(200 * Millisecond);
        n[0].Resume();
        net.ComeToRest();
        return n;
    }
}
