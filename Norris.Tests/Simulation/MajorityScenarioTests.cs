using System.Text;
using Norris.Protocol;
using Norris.Protocol.Membership;
using Norris.Protocol.Messages;
using Norris.Protocol.Ordering;
using static Norris.Tests.Simulation.Scenario;

namespace Norris.Tests.Simulation;

/// <summary>Networks in which only a majority goes on, as stories: who stops, who goes on, and what people see of it.</summary>
public sealed class MajorityScenarioTests
{
    private static readonly FaultPlan Majority = new() { Kind = PlanKind.Majority };

    private static readonly string[] Tail = [.. Enumerable.Range(0, 7).Select(static i => $"tail{i}")];

    [Fact]
    public void The_larger_side_goes_on_under_a_new_host_and_the_smaller_one_stops()
    {
        var net = new Scenario(plan: Majority);
        SimulatedNode[] n = net.Network("a", "b", "c", "d", "e");
        SimulatedNode[][] sides = [[n[0], n[1]], [n[2], n[3], n[4]]];
        MemberId[] ids = Ids(n);

        net.Say(n[0], "together");
        net.Wait(100 * Millisecond);
        net.Split(sides);
        net.Wait(4 * Second);
        Assert.All(sides[0], AssertStopped);
        Assert.All(sides[1], AssertGoesOn);
        Assert.True(n[2].IsHost);
        Assert.Equal((2, 0), (Told<MajorityLost>(net), Told<MajorityFound>(net)));
        net.Say(n[3], "meanwhile");
        net.Wait(Second);
        Assert.Equal("together meanwhile", Heard(n[4]));
        Assert.All(sides[0], static node => Assert.Equal("together", Heard(node)));
        net.Unite(sides);
        net.ComeToRest();

        Assert.True(n[2].IsHost);
        Assert.All(n, AssertGoesOn);
        Assert.Equal((2, 2), (Told<MajorityLost>(net), Told<MajorityFound>(net)));
        Assert.Equal([1, 1, 0, 0, 0], n.Select(static node => node.Presenter.Gaps));
        Assert.Equal(ids, Ids(n));
        net.Say(n[0], "again");
        net.ComeToRest();
        Assert.All(sides[0], static node => Assert.Equal("together again", Heard(node)));
        Assert.All(sides[1], static node => Assert.Equal("together meanwhile again", Heard(node)));
    }

    [Fact]
    public void A_host_on_the_larger_side_stays_host()
    {
        var net = new Scenario(plan: Majority);
        SimulatedNode[] n = net.Network("a", "b", "c", "d", "e");
        SimulatedNode[][] sides = [[n[0], n[1], n[2]], [n[3], n[4]]];
        MemberId[] ids = Ids(n);

        net.Split(sides);
        net.Wait(4 * Second);
        Assert.All(sides[0], AssertGoesOn);
        Assert.All(sides[1], AssertStopped);
        net.Say(n[1], "meanwhile");
        net.Wait(Second);
        Assert.Equal("meanwhile", Heard(n[2]));
        net.Unite(sides);
        net.ComeToRest();

        Assert.True(n[0].IsHost);
        Assert.Equal(new Epoch(1), n[4].Core.View.Epoch);
        Assert.Equal([0, 0, 0, 1, 1], n.Select(static node => node.Presenter.Gaps));
        Assert.Equal(ids, Ids(n));
    }

    [Fact]
    public void Of_three_sides_without_a_majority_none_goes_on_until_they_meet()
    {
        var net = new Scenario(plan: Majority);
        SimulatedNode[] n = net.Network("a", "b", "c", "d", "e");
        SimulatedNode[][] sides = [[n[0], n[1]], [n[2], n[3]], [n[4]]];
        net.Say(n[4], "together");
        net.Wait(100 * Millisecond);
        net.Split(sides);
        foreach (SimulatedNode[] side in sides)
        {
            // Nobody knows yet that this will have to wait.
            net.Say(side[^1], $"late-{side[^1].Name}");
        }
        net.Wait(10 * Second);

        Assert.All(n, AssertStopped);
        Assert.All(n, static node => Assert.Equal("together", Heard(node)));
        net.Unite(sides);
        net.ComeToRest();
        net.Say(n[2], "again");
        net.ComeToRest();

        Assert.All(n, AssertGoesOn);
        Assert.Equal(["again", "late-n1", "late-n3", "late-n4", "together"], Heard(n[0]).Split(' ').Order());
        Assert.All(n, node => Assert.Equal(Heard(n[0]), Heard(node)));
        Assert.All(n, static node => Assert.Equal(0, node.Presenter.Gaps));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void Of_two_nodes_the_one_that_lives_goes_on_by_itself(int dies)
    {
        var net = new Scenario(plan: Majority);
        SimulatedNode[] n = net.Network("a", "b");
        SimulatedNode survivor = n[1 - dies];
        net.Say(survivor, "together");
        net.Wait(100 * Millisecond);
        n[dies].Crash();
        net.Say(survivor, "alone");
        net.ComeToRest();

        Assert.True(survivor.IsHost);
        Assert.Equal(1, survivor.Core.View.NodeCount);
        AssertGoesOn(survivor);
        Assert.True(survivor.Core.IsOfSurvivors);
        Assert.Equal("together alone", Heard(survivor));
    }

    [Fact]
    public void Two_nodes_cut_off_from_each_other_both_stop_and_go_on_when_they_meet()
    {
        var net = new Scenario(plan: Majority);
        SimulatedNode[] n = net.Network("a", "b");
        net.Say(n[1], "together");
        net.Wait(100 * Millisecond);
        net.Cluster.CutOff(n[1]);
        net.Wait(4 * Second);
        Assert.All(n, AssertStopped);
        net.Cluster.Heal(n[1]);
        net.Cluster.RunUntil(() => Array.TrueForAll(n, static node => node.Core.HasMajority), 3 * Second, "both go on");
        net.Say(n[0], "again");
        net.ComeToRest();

        Assert.All(n, static node => Assert.Equal("together again", Heard(node)));
        Assert.All(n, static node => Assert.Equal(0, node.Presenter.Gaps));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void Of_two_nodes_one_dies_and_another_starts_in_its_place_and_they_are_one_network(int dies)
    {
        for (int after = 0; after < 40; after++)
        {
            var net = new Scenario(plan: Majority);
            SimulatedNode[] n = net.Network("a", "b");
            SimulatedNode survivor = n[1 - dies];
            net.Say(survivor, "together");
            net.Wait(100 * Millisecond);
            n[dies].Crash();
            net.Wait(after * 50 * Millisecond);
            SimulatedNode again = net.Cluster.Start(at: n[dies].Machine);
            again.Join(survivor.Address);
            net.ComeToRest();
            net.Say(again, "both");
            net.ComeToRest();

            Assert.True(survivor.IsHost);
            Assert.Equal(2, survivor.Core.View.NodeCount);
            Assert.NotEqual(n[dies].Core.Self, again.Core.Self);
            Assert.Equal("together both", Heard(survivor));
            Assert.Equal("both", Heard(again));
            Assert.Equal(0, survivor.Presenter.Gaps);
        }
    }

    [Fact]
    public void A_host_leaves_and_then_all_the_others_and_nothing_is_lost()
    {
        var net = new Scenario(plan: Majority);
        SimulatedNode[] n = net.Network("a", "b", "c", "d", "e");
        string said = "";
        for (int i = 0; i < n.Length; i++)
        {
            Assert.True(n[i].IsHost);
            net.Say(n[i], $"goodbye{i}");
            net.Say(n[^1], $"last{i}");
            n[i].Leave();
            net.Cluster.RunUntil(() => n[i].HasLeft, 2 * Second, $"{n[i].Name} has left");
            if (i < n.Length - 1)
            {
                net.ComeToRest();
                // A reign that was passed on begins with the promises of more than half, too.
                Assert.Equal(new Epoch((ulong)i + 2), n[^1].Core.View.Epoch);
                Assert.False(n[^1].Core.IsOfSurvivors);
                said += $" goodbye{i} last{i}";
                Assert.Equal(said.Trim().Split(' ').Order(), Heard(n[^1]).Split(' ').Order());
            }
        }

        Assert.True(net.Cluster.HasEnded);
        Assert.All(n[..^1], static node => Assert.True(node.HasSeenItselfLeave));
        Assert.All(n, static node => Assert.Equal(0, node.Presenter.Gaps));
    }

    [Fact]
    public void Who_follows_through_a_former_host_that_takes_entries_back_takes_them_back_as_well()
    {
        var net = new Scenario(plan: Majority);
        SimulatedNode[] n = net.Network("host", "b", "c", "d", "e");
        net.Split(n[..2], n[2..]);
        Array.ForEach(["never", "nobody's", "word"], text => net.Say(n[0], text));
        net.Cluster.RunUntil(() => n[1].Core.Log.Last > n[2].Core.Log.Last, Second, "both have what is not committed");
        net.Cluster.RunUntil(() => n[2].IsHost, 5 * Second, "the others have a host");
        Array.ForEach(["these", "are", "more", "than", "that", "were"], text => net.Say(n[2], text));
        net.Wait(500 * Millisecond);

        // The follower reaches nobody but the former host.
        Array.ForEach(n[2..], other => net.Heal(n[0], other));
        net.Cluster.RunUntil(() => n[1].Core.Log.Last == n[2].Core.Log.Last, 5 * Second, "it has the others' log");
        net.ComeToRest();
        Assert.Equal("these are more than that were never nobody's word", net.Said);
    }

    [Fact]
    public void What_a_host_orders_as_it_is_cut_off_its_people_see_when_it_is_back()
    {
        int seen = 0;
        for (int after = 0; after < 50; after++)
        {
            var net = new Scenario(plan: Majority);
            SimulatedNode[] n = net.Network("host", "next", "third");
            net.Say(n[0], "mine");
            net.Wait(after * Millisecond);
            net.Cluster.CutOff(n[0]);
            net.Wait(4 * Second);
            AssertStopped(n[0]);
            Assert.True(n[1].IsHost);
            // What its people saw the others have: it was committed.
            Assert.True(Heard(n[0]) == "" || Heard(n[1]) == "mine");
            seen += Heard(n[0]) == "mine" ? 1 : 0;
            net.Cluster.Heal(n[0]);
            net.ComeToRest();

            Assert.Equal("mine", net.Said);
            Assert.All(n[1..], static node => Assert.Equal("mine", Heard(node)));
        }
        Assert.InRange(seen, 1, 49);
    }

    [Fact]
    public void What_only_the_smaller_side_has_nobody_sees_before_everybody_sees_it_once()
    {
        var net = new Scenario(plan: Majority);
        SimulatedNode[] n = net.Network("host", "b", "c", "d", "e");
        SimulatedNode[][] sides = [[n[0], n[1]], [n[2], n[3], n[4]]];
        net.Say(n[3], "together");
        net.Wait(100 * Millisecond);
        net.Split(sides);
        SequenceNumber common = n[0].Core.Log.Last;
        for (int i = 0; i < 7; i++)
        {
            net.Say(n[i % 2], $"tail{i}");
            net.Wait(10 * Millisecond);
        }
        net.Wait(100 * Millisecond);
        Assert.All(sides[0], node => Assert.Equal(new SequenceNumber(common.Value + 7), node.Core.Log.Last));
        Assert.All(sides[0], static node => Assert.Equal("together", Heard(node)));
        net.Wait(3 * Second);
        net.Say(n[4], "meanwhile");
        net.Wait(100 * Millisecond);
        Assert.Equal("together meanwhile", Heard(n[3]));
        Assert.All(sides[0], static node => Assert.Equal("together", Heard(node)));
        net.Unite(sides);
        net.ComeToRest();

        Assert.True(n[2].IsHost);
        Assert.All(sides[1], static node => Assert.StartsWith("together meanwhile ", Heard(node), StringComparison.Ordinal));
        Assert.All(sides[1], static node => Assert.Equal(Tail, Heard(node).Split(' ')[2..].Order()));
    }

    [Fact]
    public void A_member_gives_up_the_end_of_an_old_reign_back_to_the_last_entry_that_all_have()
    {
        var net = new Scenario(plan: Majority);
        SimulatedNode[] n = net.Network("host", "b", "c", "d", "e");
        SimulatedNode[] others = n[2..];
        net.Say(n[3], "together");
        net.Wait(100 * Millisecond);
        net.Split([n[0], n[1]], others);
        SequenceNumber common = n[1].Core.Log.Last;
        for (int i = 0; i < 7; i++)
        {
            net.Say(n[1], $"tail{i}");
            net.Wait(50 * Millisecond);
        }
        Assert.Equal(new SequenceNumber(common.Value + 7), n[1].Core.Log.Last);
        n[0].Crash();

        // The new host is slow to be heard: that b is gone is not committed yet when it comes back.
        net.Cluster.Network.Between(n[3].Machine, n[2].Machine).ExtraMicroseconds = 400 * Millisecond;
        net.Cluster.Network.Between(n[4].Machine, n[2].Machine).ExtraMicroseconds = 400 * Millisecond;
        net.Cluster.RunUntil(() => n[2].IsHost, 6 * Second, "the others have a host");
        net.Unite([n[1]], others);
        net.Cluster.RunUntil(() => n[1].Core.Position == n[2].Core.Position, 5 * Second, "b has what the new host has");
        // It came there with its own log, not by starting over.
        Assert.True(n[1].Core.Log.Before < common);
        Assert.True(n[2].Core.Deliverable <= common);
        Assert.Equal(0, n[1].Presenter.Gaps);
        net.Cluster.Network.Between(n[3].Machine, n[2].Machine).ExtraMicroseconds = 0;
        net.Cluster.Network.Between(n[4].Machine, n[2].Machine).ExtraMicroseconds = 0;
        net.ComeToRest();

        Assert.True(n[2].IsHost);
        Assert.StartsWith("together ", Heard(n[1]), StringComparison.Ordinal);
        Assert.All(others, static node => Assert.Equal(Tail, Heard(node).Split(' ')[1..].Order()));
    }

    [Fact]
    public void A_new_host_lets_go_of_what_it_came_to_with_the_promises_and_had_heard_to_be_committed()
    {
        var net = new Scenario(plan: Majority);
        SimulatedNode host = net.Found("host");
        SimulatedNode next = net.Join("next", host, adjust: static options => options with { RetentionBytes = 100_000 });
        SimulatedNode[] others = [net.Join("c", host), net.Join("d", host), net.Join("e", host)];
        SequenceNumber began = host.Core.Log.Last;
        SayPages(3);
        net.ComeToRest();
        net.Cluster.Network.Between(host.Machine, next.Machine).BytesPerSecond = 200_000;
        SayPages(12);
        net.Cluster.RunUntil(() => next.Core.Deliverable.Value >= began.Value + 8, 2 * Second, "it hears of what is committed");
        Assert.All(others, node => Assert.Equal(began.Value + 15, node.Core.Deliverable.Value));
        ulong had = next.Core.Log.Last.Value;
        Assert.True(had < began.Value + 15);
        host.Crash();

        // They ask it for the log at once, and have its reign's first entry late.
        Array.ForEach(others, node => net.Cluster.Network.Between(next.Machine, node.Machine).ExtraMicroseconds = 200 * Millisecond);
        net.Cluster.RunUntil(() => next.IsHost, 5 * Second, "it is host");
        net.Cluster.RunUntil(() => next.Core.Log.Before.Value > had, 5 * Second, "it lets go of what it did not have then");
        net.ComeToRest();
        Assert.All(others, static node => Assert.Equal(0, node.Presenter.Gaps));

        void SayPages(int count)
        {
            for (int i = 0; i < count; i++)
            {
                net.Say(others[0], new string('x', 20_000));
            }
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(300)]
    public void Everybody_joins_everybody_at_once_and_they_are_one_network(long apartMilliseconds)
    {
        var net = new Scenario(plan: Majority with { EverybodyJoins = true });
        SimulatedNode[] n = [.. Enumerable.Range(0, 5).Select(_ => net.Cluster.Start())];
        foreach (SimulatedNode node in n)
        {
            node.Join([.. n.Where(other => other != node).Select(static other => other.Address)]);
            net.Wait(apartMilliseconds * Millisecond);
        }
        net.ComeToRest();
        net.Say(n[2], "hello");
        net.ComeToRest();

        Assert.Single(n, static node => node.IsHost);
        Assert.All(n, static node => Assert.Equal(5, node.Core.View.NodeCount));
        Assert.All(n, static node => Assert.Equal("hello", Heard(node)));
        Assert.All(n, static node => Assert.Equal(0, node.Presenter.Gaps));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Who_goes_by_the_other_rule_is_not_let_in_and_told_so_at_once(bool isMajority)
    {
        PartitionRule other = isMajority ? PartitionRule.Continue : PartitionRule.Majority;
        var net = new Scenario(plan: new FaultPlan { Kind = isMajority ? PlanKind.Majority : PlanKind.Continue });
        SimulatedNode host = net.Found("host");
        SimulatedNode member = net.Join("member", host);
        var refusals = new List<RefusalReason>();
        SimulatedNode stranger = net.Cluster.Start(adjust: options => options with { Partition = other });
        net.Cluster.Network.SwallowsAnswer = (_, to, reply) =>
        {
            refusals.AddRange(to == stranger && reply is Refused { Reason: var reason } ? [reason] : []);
            return false;
        };
        stranger.Join(member.Address, host.Address);
        net.Wait(100 * Millisecond);

        Assert.Equal([RefusalReason.OtherRule], refusals);
        Assert.Equal(1, Told<JoinFailed>(net));
        Assert.Equal(NodeRole.Gone, stranger.Core.Role);
        Assert.Equal(2, host.Core.View.NodeCount);
    }

    private static int Told<T>(Scenario net)
        where T : Notice => net.Cluster.Happened.GetValueOrDefault(typeof(T).Name);

    private static MemberId[] Ids(SimulatedNode[] nodes) => [.. nodes.Select(static node => node.Core.Self)];

    private static void AssertGoesOn(SimulatedNode node) => Assert.True(node.Core.HasMajority);

    private static void AssertStopped(SimulatedNode node)
    {
        Assert.False(node.Core.HasMajority);
        Assert.False(node.Core.TrySubmitMessage(node.Core.Self, Encoding.UTF8.GetBytes("in vain"), out _));
    }
}
