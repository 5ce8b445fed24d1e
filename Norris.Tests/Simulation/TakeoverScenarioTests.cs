using Norris.Protocol;
using Norris.Protocol.Messages;
using Norris.Protocol.Ordering;
using static Norris.Tests.Simulation.Scenario;

namespace Norris.Tests.Simulation;

/// <summary>Hosts that die, and who goes on, as stories.</summary>
public sealed class TakeoverScenarioTests
{
    private static readonly FaultPlan OnlyCrashes = new() { Kind = PlanKind.CrashOnly };

    [Fact]
    public void The_most_senior_member_takes_over_from_a_host_that_died_and_nobody_misses_anything()
    {
        var net = new Scenario(plan: OnlyCrashes);
        SimulatedNode[] n = net.Network("host", "next", "other");

        net.Say(n[1], "before");
        net.Wait(100 * Millisecond);
        n[0].Crash();
        net.Say(n[1], "during");
        net.Say(n[2], "too");
        net.Cluster.RunUntil(() => n[1].Core.Role == NodeRole.Hosting, Second, "somebody reigns");
        net.ComeToRest();

        Assert.Equal(new Epoch(2), n[2].Core.View.Epoch);
        Assert.Equal(3, Heard(n[2]).Split(' ').Length);
        Assert.Equal(0, n[2].Presenter.Gaps);
    }

    [Fact]
    public void A_host_dies_in_the_middle_of_a_batch_and_the_longest_tail_survives()
    {
        var net = new Scenario(plan: OnlyCrashes);
        SimulatedNode[] n = net.Network("host", "next", "far", "farther");
        net.Cluster.Network.Between(n[0].Machine, n[1].Machine).ExtraMicroseconds = 40 * Millisecond;
        net.Cluster.Network.Between(n[0].Machine, n[2].Machine).ExtraMicroseconds = 20 * Millisecond;

        for (int i = 0; i < 60; i++)
        {
            net.Say(n[3], $"m{i}");
            net.Wait(Millisecond);
        }
        n[0].Crash();
        SequenceNumber longest = n[3].Core.Log.Last;
        Assert.True(n[1].Core.Log.Last < longest);
        Assert.True(n[2].Core.Log.Last < longest);
        net.ComeToRest();

        Assert.True(n[1].IsHost);
        for (int i = 1; i < 4; i++)
        {
            Assert.Equal(60, Heard(n[i]).Split(' ').Length);
            Assert.Equal(0, n[i].Presenter.Gaps);
        }
    }

    [Fact]
    public void A_host_dies_while_a_member_joins_and_the_member_is_in_all_the_same()
    {
        for (int after = 0; after < 60; after++)
        {
            var net = new Scenario(plan: OnlyCrashes);
            SimulatedNode[] n = net.Network("host", "next", "other");
            SimulatedNode newcomer = net.Cluster.Start();
            newcomer.Join(n[0].Address, n[1].Address, n[2].Address);
            net.Wait(after * Millisecond / 2);
            n[0].Crash();
            net.ComeToRest();

            Assert.NotNull(n[1].Core.View.Find(newcomer.Core.Self));
            Assert.Equal(0, n[2].Presenter.Gaps);
        }
    }

    [Fact]
    public void A_host_alone_dies_while_two_join_and_neither_goes_on_beside_the_other()
    {
        for (int after = 0; after < 80; after++)
        {
            var net = new Scenario(plan: OnlyCrashes);
            SimulatedNode host = net.Found("host");
            SimulatedNode[] n = [net.Cluster.Start(), net.Cluster.Start()];
            // The host lets both in at once; the first hears of it, and can follow, long after the second.
            net.Cluster.Network.Between(host.Machine, n[0].Machine).ExtraMicroseconds = 50 * Millisecond;
            n[0].Join(host.Address, n[1].Address);
            n[1].Join(host.Address, n[0].Address);
            for (int wait = 0; wait < after * 2; wait++)
            {
                net.Wait(Millisecond);
                if (n[1].Core.IsIn)
                {
                    net.Say(n[1], $"m{wait}");
                }
            }
            host.Crash();
            net.ComeToRest();

            Assert.Equal((0, 0), (n[0].Presenter.Gaps, n[1].Presenter.Gaps));
        }
    }

    [Fact]
    public void A_candidate_dies_during_its_takeover_and_the_next_one_goes_on()
    {
        for (int after = 0; after < 60; after++)
        {
            var net = new Scenario(plan: OnlyCrashes);
            SimulatedNode[] n = net.Network("host", "next", "third", "fourth");
            net.Say(n[3], "one");
            net.Wait(100 * Millisecond);
            n[0].Crash();
            net.Wait(after * Millisecond / 2);
            n[1].Crash();
            net.Say(n[3], "two");
            net.ComeToRest();

            Assert.True(n[2].IsHost);
            Assert.Equal("one two", Heard(n[3]));
            Assert.Equal(0, n[3].Presenter.Gaps);
        }
    }

    [Fact]
    public void Of_two_candidates_at_once_one_reigns_and_the_other_follows()
    {
        var net = new Scenario(plan: OnlyCrashes);
        SimulatedNode[] n = net.Network("host", "next", "third", "fourth");
        // What the most senior one asks is late: the next one stands as well, and both ask.
        net.Cluster.Network.Between(n[1].Machine, n[2].Machine).ExtraMicroseconds = 55 * Millisecond;
        net.Cluster.Network.Between(n[1].Machine, n[3].Machine).ExtraMicroseconds = 55 * Millisecond;
        n[0].Crash();
        net.Say(n[3], "meanwhile");
        net.ComeToRest();

        Assert.Equal("meanwhile", Heard(n[2]));
        Assert.Single(net.Cluster.Nodes, static node => node.IsHost);
        Assert.All(n[1..], static node => Assert.Equal(0, node.Presenter.Gaps));
    }

    [Fact]
    public void Hosts_die_in_a_row_down_to_the_last_node()
    {
        for (int pause = 0; pause < 8; pause++)
        {
            var net = new Scenario(plan: OnlyCrashes);
            SimulatedNode[] n = net.Network("n0", "n1", "n2", "n3", "n4");
            for (int i = 0; i < 4; i++)
            {
                net.Say(n[4], $"m{i}");
                net.Wait(100 * Millisecond);
                n[i].Crash();
                net.Wait(pause * 20 * Millisecond);
            }
            net.Say(n[4], "alone");
            net.ComeToRest();

            Assert.True(n[4].IsHost);
            Assert.Equal("m0 m1 m2 m3 alone", Heard(n[4]));
            Assert.Equal(1, n[4].Core.View.NodeCount);
        }
    }

    [Fact]
    public void A_member_leaves_while_the_host_dies()
    {
        for (int after = -10; after < 30; after++)
        {
            var net = new Scenario(plan: OnlyCrashes);
            SimulatedNode[] n = net.Network("host", "next", "leaver", "stays");
            net.Say(n[2], "last-words");
            if (after < 0)
            {
                n[0].Crash();
                net.Wait(-after * 5 * Millisecond);
                n[2].Leave();
            }
            else
            {
                n[2].Leave();
                net.Wait(after * 2 * Millisecond);
                n[0].Crash();
            }
            net.ComeToRest();

            Assert.True(n[2].HasLeft);
            Assert.Null(n[3].Core.View.Find(n[2].Core.Self));
            Assert.Equal("last-words", Heard(n[3]));
        }
    }

    [Fact]
    public void The_next_host_leaves_while_the_host_dies()
    {
        for (int after = 0; after < 40; after++)
        {
            var net = new Scenario(plan: OnlyCrashes);
            SimulatedNode[] n = net.Network("host", "next", "third");
            net.Say(n[1], "last-words");
            n[0].Crash();
            net.Wait(after * 2 * Millisecond);
            n[1].Leave();
            net.ComeToRest();

            Assert.True(n[2].IsHost);
            Assert.Equal("last-words", Heard(n[2]));
        }
    }

    [Fact]
    public void A_host_that_leaves_dies_before_the_next_one_knows()
    {
        for (int after = 0; after < 40; after++)
        {
            var net = new Scenario(plan: OnlyCrashes);
            SimulatedNode[] n = net.Network("host", "next", "third");
            net.Say(n[2], "said");
            net.Wait(100 * Millisecond);
            n[0].Leave();
            net.Wait(after * Millisecond / 4);
            if (n[0].IsAlive)
            {
                n[0].Crash();
            }
            net.ComeToRest();

            Assert.True(n[1].IsHost);
            Assert.Equal("said", Heard(n[2]));
            Assert.Equal(0, n[2].Presenter.Gaps);
        }
    }

    [Fact]
    public void A_candidate_that_lags_asks_one_that_it_does_not_know_as_well_instead_of_waiting_to_be_left_behind()
    {
        var net = new Scenario(plan: OnlyCrashes);
        SimulatedNode[] n = net.Network("host", "lags", "knows");
        Link slow = net.Cluster.Network.Between(n[0].Machine, n[1].Machine);
        slow.ExtraMicroseconds = 200 * Millisecond;
        SimulatedNode newcomer = net.Join("newcomer", n[0]);
        Assert.Null(n[1].Core.View.Find(newcomer.Core.Self));

        // What the one that lags asks the other comes late: the newcomer, which cannot serve it, stands as well.
        Link late = net.Cluster.Network.Between(n[1].Machine, n[2].Machine);
        late.ExtraMicroseconds = 250 * Millisecond;
        n[0].Crash();
        slow.ExtraMicroseconds = 0;
        net.Cluster.RunUntil(() => n[1].Core.Role == NodeRole.TakingOver, Second, "the one that lags stands");
        late.ExtraMicroseconds = 0;
        net.ComeToRest();

        Assert.True(n[1].IsHost);
        Assert.All(n[1..], static node => Assert.Equal(0, node.Presenter.Gaps));
        Assert.Equal(0, newcomer.Presenter.Gaps);
    }

    [Fact]
    public void Somebody_starts_again_where_a_dead_host_was_and_is_a_member_of_its_own()
    {
        var net = new Scenario();
        SimulatedNode[] n = net.Network("host", "next", "third");
        n[0].Crash();
        SimulatedNode again = net.Cluster.Start(at: n[0].Machine);
        again.Join(n[1].Address, n[2].Address);
        net.ComeToRest();
        n[1].Crash();
        n[2].Crash();
        net.ComeToRest();

        Assert.True(again.IsHost);
        Assert.NotEqual(n[0].Core.Self, again.Core.Self);
    }

    [Fact]
    public void A_candidate_is_not_sent_to_another_network_by_whoever_listens_where_the_dead_host_did()
    {
        var net = new Scenario(plan: OnlyCrashes);
        SimulatedNode[] n = net.Network("host", "next", "third", "fourth");
        SimulatedNode other = net.Found("other");
        net.Cluster.Network.Between(n[1].Machine, n[2].Machine).ExtraMicroseconds = 400 * Millisecond;
        n[0].Crash();
        SimulatedNode stranger = net.Cluster.Start(at: n[0].Machine);
        stranger.Join(other.Address);
        net.Cluster.RunUntil(() => stranger.Core.IsIn, Second, "the stranger is in the other network");
        Assert.False(n[1].IsHost);
        net.Cluster.RunUntil(() => n[1].IsHost, 5 * Second, "the next one is host");
        net.Wait(2 * Second);

        Assert.All(n[1..], static node => Assert.Equal(0, node.Presenter.Gaps));
    }

    [Fact]
    public void A_candidate_is_not_put_out_by_a_member_that_is_in_another_network_by_now()
    {
        var net = new Scenario();
        SimulatedNode[] n = net.Network("host", "next");
        SimulatedNode other = net.Found("other");
        JoinRequest? late = null;
        net.Cluster.Network.Swallows = (_, _, request) =>
        {
            late = request as JoinRequest ?? late;
            return false;
        };
        SimulatedNode newcomer = net.Join("newcomer", other);

        // It had asked here, too, and waited no more: its wish comes late, and the host dies before it finds out.
        n[0].Ask(new PendingCall(newcomer, new CallId(ulong.MaxValue), n[0].Machine, late!));
        net.Cluster.RunUntil(() => n[1].Core.View.NodeCount == 3, Second, "the newcomer is in here, too");
        n[0].Crash();

        net.Cluster.RunUntil(() => n[1].IsHost, Second, "the next one reigns");
        net.ComeToRest();
    }
}
