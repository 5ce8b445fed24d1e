using Norris.Protocol;
using static Norris.Tests.Simulation.Scenario;

namespace Norris.Tests.Simulation;

/// <summary>The majority rule, where members lag behind what those who know more still hold, or only the dead knew of them.</summary>
public sealed class MajorityLaggingScenarioTests
{
    private static readonly FaultPlan Majority = new() { Kind = PlanKind.Majority };

    [Fact]
    public void A_host_that_leaves_lets_a_member_in_again_without_whose_word_it_cannot_go()
    {
        var net = new Scenario(plan: Majority);
        SimulatedNode[] n = net.Network("host", "b", "lags");
        net.Split([n[2]], n[..2]);
        net.Say(n[1], "before");
        SimulatedNode newcomer = net.Join("newcomer", n[0]);
        n[0].Crash();
        n[1].Crash();
        net.Cluster.RunUntil(() => newcomer.IsHost, 3 * Second, "the newcomer is host");
        newcomer.Leave();

        // Its log begins after what the one that lags has, which cannot just follow.
        Assert.True(newcomer.Core.Log.Before > n[2].Core.Log.Last);
        net.Cluster.RunUntil(() => newcomer.HasLeft, 4 * Second, "the newcomer has left");
        Assert.True(newcomer.HasSeenItselfLeave);
        net.ComeToRest();
        Assert.True(n[2].IsHost);
        Assert.Equal(1, n[2].Core.View.NodeCount);
    }

    [Fact]
    public void Two_that_lag_behind_what_the_new_host_holds_come_in_again_though_it_needs_the_word_of_both()
    {
        var net = new Scenario(plan: Majority);
        SimulatedNode[] n = net.Network("host", "b", "c", "lags", "lags too");
        net.Split(n[3..], n[..3]);
        net.Say(n[1], "before");
        SimulatedNode newcomer = net.Join("newcomer", n[0]);
        Array.ForEach(n[..3], static node => node.Crash());
        net.Cluster.RunUntil(() => newcomer.IsHost, 3 * Second, "the newcomer is host");
        net.Say(newcomer, "after");
        Assert.All(n[3..], node => Assert.True(newcomer.Core.Log.Before > node.Core.Log.Last));
        net.ComeToRest();

        Assert.Equal("before after", net.Said);
        Assert.All(n[3..], static node => Assert.Equal("after", Heard(node)));
        Assert.All(n[3..], static node => Assert.Equal(1, node.Presenter.Gaps));
    }

    [Fact]
    public void Survivors_whose_host_leaves_as_it_begins_to_reign_and_a_newcomer_that_only_the_dead_knew_are_one_network_in_the_end()
    {
        var net = new Scenario(plan: Majority);
        SimulatedNode[] n = net.Network("a", "b", "c", "leaves", "stays");
        net.Split(n[..3], n[3..]);
        SimulatedNode newcomer = net.Join("newcomer", n[0]);
        net.Split([newcomer], n[3..]);
        net.Wait(2 * Second);
        for (int i = 0; i < 3; i++)
        {
            SimulatedNode next = i < 2 ? n[i + 1] : newcomer;
            n[i].Crash();
            net.Cluster.RunUntil(() => next.IsHost, 3 * Second, $"{next.Name} is host");
            net.Say(newcomer, $"unheard{i}");
        }
        // One of the two that are left finds that the others are dead, and wants to leave before it has the other one's promise.
        net.Unite(n[..3], [n[3]]);
        net.Cluster.RunUntil(() => n[3].Core.Role == NodeRole.TakingOver, 3 * Second, "it stands");
        n[3].Leave();
        net.Cluster.RunUntil(() => n[3].HasLeft && n[4].IsHost, 5 * Second, "it has left, and the other one is host");
        net.Say(n[4], "beside");
        net.Wait(100 * Millisecond);
        Assert.Equal("beside", Heard(n[4]));
        net.Unite([newcomer], [n[4]]);
        net.ComeToRest();

        Assert.True(net.Cluster.MayBranch);
        Assert.True(newcomer.IsHost);
        Assert.Equal("unheard0 unheard1 unheard2", Heard(newcomer));
        Assert.Equal(1, n[4].Presenter.Gaps);
    }

    [Fact]
    public void Who_was_let_in_by_the_dead_alone_comes_in_where_the_survivors_have_less()
    {
        var net = new Scenario(plan: Majority);
        SimulatedNode[] n = net.Network("host", "b", "survives");
        net.Split(n[..2], n[2..]);
        Array.ForEach(["these", "only", "the", "dead", "had", "to", "say"], text => net.Say(n[1], text));
        net.Wait(100 * Millisecond);
        SimulatedNode newcomer = net.Join("newcomer", n[0]);
        net.Cut(newcomer, n[2]);
        n[0].Crash();
        n[1].Crash();
        net.Unite(n[..2], n[2..]);
        net.Cluster.RunUntil(() => n[2].IsHost, 5 * Second, "the survivor is host");
        net.Say(n[2], "alone");
        net.Wait(100 * Millisecond);
        Assert.True(n[2].Core.Log.Last.Next < newcomer.Core.Log.Before);
        net.Heal(newcomer, n[2]);
        net.ComeToRest();
        net.Say(newcomer, "both");
        net.ComeToRest();

        Assert.Equal("alone both", Heard(n[2]));
        Assert.Equal("both", Heard(newcomer));
    }
}
