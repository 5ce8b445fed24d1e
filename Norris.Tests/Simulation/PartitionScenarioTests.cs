using Norris.Protocol;
using Norris.Protocol.Membership;
using Norris.Protocol.Messages;
using Norris.Protocol.Ordering;
using static Norris.Tests.Simulation.Scenario;

namespace Norris.Tests.Simulation;

/// <summary>Networks that fall apart and meet again, hosts that sleep, and ways that work in one direction only, as stories.</summary>
public sealed class PartitionScenarioTests
{
    [Fact]
    public void Both_sides_go_on_and_the_smaller_one_joins_the_larger()
    {
        var net = new Scenario();
        SimulatedNode[] n = net.Network("a", "b", "c", "d", "e");
        SimulatedNode[][] sides = [[n[0], n[1]], [n[2], n[3], n[4]]];

        net.Say(n[0], "together");
        net.Wait(100 * Millisecond);
        net.Split(sides);
        net.Wait(4 * Second);
        net.Say(n[0], "small-side");
        net.Say(n[3], "large-side");
        net.Wait(Second);
        Assert.True(n[0].IsHost);
        Assert.True(n[2].IsHost);
        net.Unite(sides);
        net.ComeToRest();

        Assert.True(n[2].IsHost);
        Assert.Equal("together large-side", Heard(n[4]));
        Assert.Equal(1, n[0].Presenter.Gaps);
        Assert.Equal(1, n[1].Presenter.Gaps);
        Assert.Equal(0, n[3].Presenter.Gaps);
        net.Say(n[1], "again");
        net.ComeToRest();
        Assert.Equal("together large-side again", Heard(n[4]));
    }

    [Fact]
    public void What_waited_on_the_smaller_side_is_said_on_the_larger_one_once()
    {
        var net = new Scenario();
        SimulatedNode[] n = net.Network("a", "b", "c");
        net.Cluster.CutOff(n[2]);
        net.Say(n[2], "waited");
        net.Wait(400 * Millisecond);
        net.Cluster.Heal(n[2]);
        net.ComeToRest();

        Assert.Equal("waited", Heard(n[0]));
        Assert.Equal(0, n[2].Presenter.Gaps);
    }

    [Fact]
    public void A_frozen_host_wakes_up_after_the_new_epoch_with_submissions_in_hand_and_follows()
    {
        var net = new Scenario();
        SimulatedNode[] n = net.Network("host", "next", "third");
        net.Say(n[2], "before");
        net.Wait(100 * Millisecond);
        net.Say(n[0], "in-hand");
        net.Say(n[1], "on-the-way");
        net.Wait(Millisecond);
        n[0].Freeze();
        net.Wait(3 * Second);
        Assert.True(n[1].IsHost);
        net.Say(n[2], "after");
        net.Wait(200 * Millisecond);
        n[0].Thaw();
        net.ComeToRest();

        Assert.True(n[1].IsHost);
        Assert.False(n[0].IsHost);
        Assert.Equal(0, n[2].Presenter.Gaps);
        Assert.Equal(["after", "before", "in-hand", "on-the-way"], Heard(n[2]).Split(' ').Order());
    }

    [Fact]
    public void A_member_whom_the_host_does_not_reach_follows_through_others()
    {
        var net = new Scenario();
        SimulatedNode[] n = net.Network("host", "b", "c", "d");
        net.CutOneWay(n[0], n[2]);
        for (int i = 0; i < 6; i++)
        {
            net.Wait(Second);
            net.Say(n[2], $"from-c{i}");
            net.Say(n[0], $"to-c{i}");
        }
        net.Wait(Second);

        Assert.True(n[0].IsHost);
        Assert.NotNull(n[0].Core.View.Find(n[2].Core.Self));
        Assert.Contains("from-c5", Heard(n[1]), StringComparison.Ordinal);
        Assert.Contains("to-c5", Heard(n[2]), StringComparison.Ordinal);
        net.HealOneWay(n[0], n[2]);
        net.ComeToRest();
        Assert.Equal(new Epoch(1), n[3].Core.View.Epoch);
    }

    [Fact]
    public void A_member_that_does_not_reach_the_host_speaks_through_others()
    {
        var net = new Scenario();
        SimulatedNode[] n = net.Network("host", "b", "c", "d");
        net.CutOneWay(n[2], n[0]);
        for (int i = 0; i < 6; i++)
        {
            net.Wait(Second);
            net.Say(n[2], $"from-c{i}");
        }
        net.Wait(Second);

        Assert.True(n[0].IsHost);
        Assert.Contains("from-c5", Heard(n[1]), StringComparison.Ordinal);
        net.HealOneWay(n[2], n[0]);
        net.ComeToRest();
        Assert.Equal(new Epoch(1), n[3].Core.View.Epoch);
    }

    [Fact]
    public void A_member_that_sees_only_half_of_the_others_deposes_nobody()
    {
        var net = new Scenario();
        SimulatedNode[] n = net.Network("host", "b", "c", "d", "e");
        net.Cut(n[4], n[0]);
        net.Cut(n[4], n[1]);
        for (int i = 0; i < 5; i++)
        {
            net.Wait(Second);
            net.Say(n[4], $"from-e{i}");
        }
        net.Wait(Second);

        Assert.True(n[0].IsHost);
        Assert.Contains("from-e4", Heard(n[2]), StringComparison.Ordinal);
        Assert.Equal(new Epoch(1), n[2].Core.View.Epoch);
        net.Heal(n[4], n[0]);
        net.Heal(n[4], n[1]);
        net.ComeToRest();
    }

    [Fact]
    public void Both_sides_change_hosts_several_times_before_they_meet()
    {
        var net = new Scenario();
        SimulatedNode[] n = net.Network("a", "b", "c", "d", "e", "f", "g");
        SimulatedNode[][] sides = [[n[0], n[2], n[4]], [n[1], n[3], n[5], n[6]]];
        net.Split(sides);
        net.Wait(4 * Second);
        for (int i = 0; i < 2; i++)
        {
            foreach (SimulatedNode[] side in sides)
            {
                net.Say(side[^1], $"round{i}");
                net.Wait(100 * Millisecond);
                side[i].Crash();
            }
            net.Wait(3 * Second);
        }
        Assert.True(n[4].IsHost);
        Assert.True(n[5].IsHost);
        net.Unite(sides);
        net.ComeToRest();

        Assert.True(n[5].IsHost);
        Assert.Equal(0, n[6].Presenter.Gaps);
        Assert.Equal(1, n[4].Presenter.Gaps);
    }

    [Fact]
    public void Three_sides_become_one_again()
    {
        var net = new Scenario();
        SimulatedNode[] n = net.Network("a", "b", "c", "d", "e", "f");
        SimulatedNode[][] sides = [[n[0]], [n[1], n[2]], [n[3], n[4], n[5]]];
        net.Split(sides);
        net.Wait(5 * Second);
        foreach (SimulatedNode[] side in sides)
        {
            net.Say(side[0], $"from-{side.Length}");
        }
        net.Wait(Second);
        Assert.Equal(3, net.Cluster.Nodes.Count(static node => node.IsHost));
        net.Unite(sides);
        net.ComeToRest();

        Assert.True(n[3].IsHost);
        Assert.Equal("from-3", Heard(n[5]));
    }

    [Fact]
    public void A_host_that_is_cut_off_goes_on_alone_and_joins_the_others_again()
    {
        var net = new Scenario();
        SimulatedNode[] n = net.Network("host", "b", "c");
        net.Cluster.CutOff(n[0]);
        net.Wait(4 * Second);
        net.Say(n[0], "alone");
        net.Say(n[1], "others");
        net.Wait(Second);
        net.Cluster.Heal(n[0]);
        net.ComeToRest();

        Assert.True(n[1].IsHost);
        Assert.Equal("others", Heard(n[2]));
        Assert.Equal(NodeRole.Following, n[0].Core.Role);
    }

    [Fact]
    public void An_old_word_of_another_sides_epoch_with_the_same_number_is_no_broken_order()
    {
        var net = new Scenario();
        SimulatedNode[] n = net.Network("a", "b", "c", "d", "e", "f");
        SimulatedNode[][] sides = [[n[0]], [n[1], n[2]], [n[3], n[4], n[5]]];
        net.Split(sides);
        net.Wait(5 * Second);
        for (int i = 0; i < 30; i++)
        {
            net.Say(n[1], $"of-b{i}");
        }
        net.Wait(Second);
        Assert.Equal(n[1].Core.View.Epoch, n[3].Core.View.Epoch);

        // The last that c says on its side stays on its way until c is with d.
        PeerRequest? late = null;
        net.Cluster.Network.Swallows = (from, _, request) =>
        {
            late = from == n[2] && request is Submission ? request : late;
            return false;
        };
        net.Wait(Second);
        net.Cluster.Network.Swallows = null;
        Assert.NotNull(late);
        net.Unite(sides);
        net.ComeToRest();
        for (int i = 0; i < 30; i++)
        {
            net.Say(n[3], $"of-d{i}");
        }
        net.ComeToRest();
        n[3].Ask(new PendingCall(n[2], new CallId(ulong.MaxValue), n[3].Machine, late));
        net.ComeToRest();

        Assert.True(n[3].IsHost);
        Assert.Equal(1, n[2].Presenter.Gaps);
    }

    [Fact]
    public void A_member_that_speaks_through_one_that_dies_does_not_take_the_host_for_dead()
    {
        var net = new Scenario();
        SimulatedNode[] n = net.Network("host", "b", "c");
        net.CutOneWay(n[2], n[0]);
        net.Say(n[2], "through-b");
        net.Wait(3 * Second);
        Assert.Equal("through-b", Heard(n[1]));
        n[1].Crash();
        net.Say(n[2], "through-nobody");
        net.Wait(100 * Millisecond);
        net.HealOneWay(n[2], n[0]);
        net.ComeToRest();

        Assert.True(n[0].IsHost);
        Assert.Equal("through-b through-nobody", Heard(n[2]));
        Assert.Equal(new Epoch(1), n[2].Core.View.Epoch);
        Assert.Equal(0, n[2].Presenter.Gaps);
    }

    [Fact]
    public void A_member_that_went_on_alone_comes_back_to_a_host_that_has_not_missed_it_yet()
    {
        int unmissed = 0;
        for (int after = 500; after < 2000; after += 20)
        {
            var net = new Scenario();
            SimulatedNode[] n = net.Network("host", "b");
            net.Say(n[0], "before");
            net.Wait(100 * Millisecond);
            net.CutOneWay(n[0], n[1]);
            net.Wait(after * Millisecond);
            net.HealOneWay(n[0], n[1]);
            net.ComeToRest();
            net.Say(n[0], "after");
            net.ComeToRest();

            Assert.Equal("before after", Heard(n[1]));
            MemberId self = n[1].Core.Self;
            bool wasMissed = History.PathTo(n[1].Presenter.At!).Exists(entry => entry.Type == EntryType.Left && entry.Subject == self);
            unmissed += n[0].IsHost && n[1].Presenter.Gaps == 1 && !wasMissed ? 1 : 0;
        }
        Assert.NotEqual(0, unmissed);
    }

    [Fact]
    public void A_side_that_ended_for_another_network_which_died_goes_on_by_itself()
    {
        var net = new Scenario(plan: new FaultPlan { Kind = PlanKind.CrashOnly });
        SimulatedNode heavy = net.Cluster.Start();
        heavy.Join(heavy.Address, net.Cluster.AddressOf(3));
        net.Cluster.RunUntil(() => heavy.IsHost, 3 * Second, "nobody else is there");
        SimulatedNode[] others = [heavy, net.Join("second", heavy), net.Join("third", heavy)];
        SimulatedNode light = net.Found("light");
        SimulatedNode follower = net.Join("follower", light);
        net.Say(light, "before");
        net.Wait(100 * Millisecond);

        // All of that side have everything: it ends at once.
        net.Cluster.RunUntil(() => light.Core.Role == NodeRole.Joining, 2 * Second, "the light one is on its way to the others");
        Assert.All(others, static node => node.Crash());
        net.Say(light, "after");
        net.ComeToRest();

        Assert.Equal(2, net.Cluster.Host!.Core.View.NodeCount);
        Assert.Equal("before after", net.Said);
        Assert.Equal(1, light.Presenter.Gaps + follower.Presenter.Gaps);
    }
}
