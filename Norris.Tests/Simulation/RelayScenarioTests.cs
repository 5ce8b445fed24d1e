using Norris.Protocol.Membership;
using static Norris.Tests.Simulation.Scenario;

namespace Norris.Tests.Simulation;

/// <summary>Networks with a fan-out of 2, so that most members follow through others, as stories.</summary>
public sealed class RelayScenarioTests
{
    private static readonly FaultPlan Few = new() { Kind = PlanKind.CrashOnly, FanOut = 2 };

    private readonly Scenario _net = new(plan: Few);
    private readonly SimulatedNode[] _n;

    public RelayScenarioTests()
    {
        _n = _net.Network("host", "a", "b", "c", "d", "e", "f", "g", "h");
        _net.Wait(500 * Millisecond);
    }

    [Fact]
    public void The_host_serves_two_and_everybody_hears_everything()
    {
        Assert.Equal([2, 2, 2, 2, 0, 0, 0, 0, 0], _n.Select(static node => node.Core.FollowerCount));
        Assert.Equal(Ids(_n[1], _n[1], _n[2], _n[2], _n[3], _n[3]), _n.Skip(3).Select(static node => node.Core.Relay));

        _net.Say(_n[8], "below");
        _net.Say(_n[1], "above");
        _net.ComeToRest();
        AssertAllHeard(2, _n);
        Assert.Equal(_n[0].Core.Log.Last, _n[0].Core.Stable);
    }

    [Fact]
    public void A_relay_dies_and_those_that_it_served_are_served_by_another_at_once()
    {
        _net.Say(_n[7], "before");
        _net.Wait(100 * Millisecond);
        _n[1].Crash();
        for (int i = 0; i < 10; i++)
        {
            _net.Say(_n[2], $"during{i}");
            _net.Wait(20 * Millisecond);
        }
        Assert.All(_n.Skip(3), node => Assert.NotEqual(_n[1].Core.Self, node.Core.Relay));
        _net.ComeToRest();
        AssertAllHeard(11, _n);
    }

    [Fact]
    public void A_relay_leaves_and_nobody_misses_anything()
    {
        _net.Say(_n[7], "before");
        _n[1].Leave();
        _net.Say(_n[8], "after");
        _net.ComeToRest();
        AssertAllHeard(2, _n);
        Assert.All(_n.Skip(2), static node => Assert.Equal(8, node.Core.View.NodeCount));
    }

    [Fact]
    public void A_host_dies_and_those_below_its_relays_find_that_out_as_soon_as_the_others()
    {
        _n[0].Crash();
        _net.Say(_n[8], "during");
        // A notice of 50 ms that its process is gone, and 50 ms more for whoever follows through another one; not half a time-out.
        _net.Cluster.RunUntil(() => _n[1].IsHost, 300 * Millisecond, "somebody reigns");
        _net.ComeToRest();
        AssertAllHeard(1, _n);
        Assert.All(_n.Skip(1), static node => Assert.Equal(8, node.Core.View.NodeCount));
    }

    [Fact]
    public void A_host_and_both_of_its_relays_die_together_and_the_others_go_on()
    {
        _net.Say(_n[8], "before");
        _net.Wait(200 * Millisecond);
        _n[0].Crash();
        _n[1].Crash();
        _n[2].Crash();
        _net.Say(_n[8], "after");
        _net.ComeToRest();
        Assert.True(_n[3].IsHost);
        AssertAllHeard(2, _n);
        Assert.Equal(2, _n[3].Core.FollowerCount);
    }

    [Fact]
    public void A_host_leaves_and_hands_over_to_its_first_relay()
    {
        _net.Say(_n[8], "before");
        _n[0].Leave();
        _net.Say(_n[7], "after");
        _net.ComeToRest();
        Assert.True(_n[1].IsHost);
        AssertAllHeard(2, _n);
    }

    [Fact]
    public void A_relay_that_sends_slowly_is_left_before_anybody_is_put_out()
    {
        var net = new Scenario(plan: new FaultPlan { Kind = PlanKind.CrashOnly, FanOut = 2, TinyRetention = true });
        SimulatedNode host = net.Found("host", static options => options with { RetentionBytes = 400_000, SlowPatienceMicroseconds = 1_500 * Millisecond });
        SimulatedNode[] nodes = [host, .. "abcdefgh".Select(name => net.Join(name.ToString(), host))];
        SimulatedNode relay = nodes[1];
        SimulatedNode[] below = [.. nodes.Where(node => node.Core.Relay == relay.Core.Self)];
        Assert.NotEmpty(below);
        foreach (SimulatedNode node in below)
        {
            net.Cluster.Network.Between(relay.Address, node.Address).BytesPerSecond = 60_000;
        }
        string page = new('x', 20_000);
        for (int i = 0; i < 400; i++)
        {
            net.Say(nodes[2], page);
            net.Wait(10 * Millisecond);
        }
        net.ComeToRest();

        Assert.All(below, node => Assert.NotEqual(relay.Core.Self, node.Core.Relay));
        Assert.All(nodes, static node => Assert.Equal(0, node.Presenter.Gaps));
    }

    private static IEnumerable<MemberId> Ids(params SimulatedNode[] nodes) => nodes.Select(static node => node.Core.Self);

    private static void AssertAllHeard(int count, SimulatedNode[] nodes) => Assert.All(nodes.Where(static node => node.IsAlive), node =>
    {
        Assert.Equal(count, Heard(node).Split(' ').Length);
        Assert.Equal(0, node.Presenter.Gaps);
    });
}
