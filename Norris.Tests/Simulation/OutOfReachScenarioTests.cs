using Norris.Protocol;
using static Norris.Tests.Simulation.Scenario;

namespace Norris.Tests.Simulation;

/// <summary>Nodes that nobody can reach at the address that they give: they take part, and are never host.</summary>
public sealed class OutOfReachScenarioTests
{
    [Theory]
    [InlineData(PlanKind.Continue)]
    [InlineData(PlanKind.Majority)]
    internal void One_that_nobody_reaches_takes_part_and_everybody_knows(PlanKind kind)
    {
        (Scenario net, SimulatedNode[] n) = Network(kind, outOfReach: [1, 2], "host", "refused", "silent", "well");
        net.Say(n[1], "one");
        net.Wait(100 * Millisecond);
        net.Say(n[2], "two");
        net.ComeToRest();
        Assert.Equal("one two", Heard(n[3]));
        Assert.All(n, node => Assert.Equal([true, false, false, true], node.Core.View.BySeniority.Select(static member => member.IsReachable)));
        Assert.Equal(2, net.Cluster.Happened[nameof(OutOfReach)]);
    }

    [Theory]
    [InlineData(PlanKind.Continue)]
    [InlineData(PlanKind.Majority)]
    internal void A_host_that_leaves_hands_over_to_one_that_can_be_reached(PlanKind kind)
    {
        (Scenario net, SimulatedNode[] n) = Network(kind, outOfReach: [1, 2], "host", "refused", "silent", "well", "last");
        n[0].Leave();
        net.ComeToRest();
        net.Say(n[1], "on");
        net.ComeToRest();
        Assert.True(n[3].IsHost);
        // With the majority rule every reign begins with promises, and those cannot be asked for theirs.
        Assert.Equal(kind == PlanKind.Continue ? 0 : 1, n[1].Presenter.Gaps);
        Assert.Equal("on", Heard(n[4]));
    }

    [Theory]
    [InlineData(PlanKind.Continue)]
    [InlineData(PlanKind.Majority)]
    internal void When_the_host_dies_one_that_can_be_reached_takes_over_at_once_and_the_others_come_back(PlanKind kind)
    {
        (Scenario net, SimulatedNode[] n) = Network(kind, outOfReach: [1, 2], "host", "refused", "silent", "well", "last");
        n[0].Crash();
        net.Cluster.RunUntil(() => n[3].IsHost, kind == PlanKind.Continue ? 500 * Millisecond : 3 * Second, "one that can be reached is host");
        net.Say(n[2], "on");
        net.ComeToRest();
        Assert.True(n[3].IsHost);
        Assert.Equal("on", Heard(n[4]));
        Assert.Equal(0, n[4].Presenter.Gaps);
    }

    [Fact]
    public void Where_only_those_are_left_whom_nobody_reaches_a_host_may_leave_when_they_have_everything()
    {
        (Scenario net, SimulatedNode[] n) = Network(PlanKind.Continue, outOfReach: [1], "host", "refused");
        net.Say(n[0], "last");
        n[0].Leave();
        net.Cluster.RunUntil(() => n[0].HasLeft, Second, "the host has left");
        Assert.Equal("last", Heard(n[1]));
        net.Cluster.RunUntil(() => n[1].IsHost, 10 * Second, "who is left alone goes on alone");
        net.Say(n[1], "alone");
        net.Wait(Second);
        Assert.Equal("last alone", Heard(n[1]));
    }

    [Fact]
    public void One_that_went_on_alone_joins_the_others_though_they_cannot_ask_it()
    {
        (Scenario net, SimulatedNode[] n) = Network(PlanKind.Continue, outOfReach: [2], "a", "b", "silent");
        net.Cluster.CutOff(n[2]);
        net.Cluster.RunUntil(() => n[2].IsHost, 10 * Second, "who is cut off goes on alone");
        net.Say(n[1], "meanwhile");
        net.Wait(Second);
        n[1].Crash();
        net.Wait(2 * Second);
        net.Cluster.Heal(n[2]);
        net.ComeToRest();
        Assert.True(n[0].IsHost);
        Assert.Equal(1, n[2].Presenter.Gaps);
    }

    [Fact]
    public void The_last_of_a_later_epoch_joins_the_last_of_a_former_one_that_cannot_ask_it()
    {
        (Scenario net, SimulatedNode[] n) = Network(PlanKind.Majority, outOfReach: [1], "a", "refused", "b", "c", "d");
        net.Cluster.CutOff(n[0]);
        net.Cluster.RunUntil(() => n[2].IsHost && n[2].Core.View.Find(n[0].Core.Self) is null, 10 * Second, "the others go on");
        n[3].Crash();
        n[4].Crash();
        net.Cluster.RunUntil(() => n[1].Core.View.NodeCount == 2, 10 * Second, "two are left of them");
        net.Wait(Second);
        n[2].Crash();
        net.Cluster.RunUntil(() => n[1].IsHost, 10 * Second, "who is left alone goes on alone");
        net.Cluster.Heal(n[0]);
        net.ComeToRest();
        net.Say(n[1], "hello");
        net.ComeToRest();
        Assert.True(n[0].IsHost);
        Assert.Equal("hello", Heard(n[0]));
    }

    [Fact]
    public void Nobody_is_sent_to_one_that_cannot_be_reached_for_the_log()
    {
        (Scenario net, SimulatedNode[] n) = Network(PlanKind.Continue, [1, 2], 2, "host", "refused", "silent", "c", "d", "e");
        net.Say(n[5], "hello");
        net.ComeToRest();
        Assert.DoesNotContain(n, node => node.Core.Relay == n[1].Core.Self || node.Core.Relay == n[2].Core.Self);
        Assert.Equal("hello", Heard(n[4]));
    }

    private static (Scenario Net, SimulatedNode[] Nodes) Network(PlanKind kind, int[] outOfReach, params string[] names) => Network(kind, outOfReach, 64, names);

    /// <summary>Everybody is on a machine of its own, in the order of their names.</summary>
    private static (Scenario Net, SimulatedNode[] Nodes) Network(PlanKind kind, int[] outOfReach, int fanOut, params string[] names)
    {
        var net = new Scenario(plan: new FaultPlan { Kind = kind, FanOut = fanOut, OutOfReach = outOfReach.Sum(static machine => 1 << machine) });
        var nodes = new List<SimulatedNode> { net.Found(names[0]) };
        foreach (string name in names[1..])
        {
            SimulatedNode node = net.Cluster.Start(adjust: options => options with { Name = name });
            node.Join(nodes[0].Address);
            net.Cluster.RunUntil(() => node.Core.IsIn, 3 * Second, $"{name} is in");
            net.Wait(100 * Millisecond);
            nodes.Add(node);
        }
        return (net, [.. nodes]);
    }
}
