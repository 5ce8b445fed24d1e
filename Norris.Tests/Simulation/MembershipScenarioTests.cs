using Norris.Protocol.Membership;
using Norris.Protocol.Messages;
using Norris.Protocol.Ordering;
using static Norris.Tests.Simulation.Scenario;

namespace Norris.Tests.Simulation;

/// <summary>Coming, going, being away, and handing over, as stories.</summary>
public sealed class MembershipScenarioTests
{
    [Fact]
    public void A_newcomer_joins_through_any_member_and_sees_only_what_comes_after()
    {
        var net = new Scenario();
        SimulatedNode host = net.Found("host");
        SimulatedNode member = net.Join("member", host);
        net.Say(host, "before");
        net.Wait(200 * Millisecond);

        SimulatedNode newcomer = net.Join("newcomer", through: member);
        net.Say(member, "after");
        net.ComeToRest();

        Assert.True(newcomer.Presenter.InAfter > net.Entry("before").Sequence);
        Assert.Equal(host.Core.Self, newcomer.Core.View.Host);
        Assert.False(newcomer.Core.Log.Holds(net.Entry("before").Sequence));
    }

    [Fact]
    public void A_host_hands_over_with_messages_and_a_newcomer_on_the_way_and_nothing_is_lost()
    {
        var net = new Scenario();
        SimulatedNode host = net.Found("host");
        SimulatedNode next = net.Join("next", host);
        SimulatedNode other = net.Join("other", host);

        net.Say(host, "last-of-host");
        net.Say(other, "on-the-way");
        SimulatedNode newcomer = net.Cluster.Start();
        newcomer.Join(host.Address, other.Address);
        host.Leave();
        net.Say(next, "during");
        net.ComeToRest();

        Assert.True(host.HasLeft);
        Assert.True(next.IsHost);
        Assert.Equal(new Epoch(2), other.Core.View.Epoch);
        Assert.Equal(next.Core.Self, newcomer.Core.View.Host);
        Assert.Equal(3, net.Said.Split(' ').Length);
    }

    [Fact]
    public void Every_host_in_turn_hands_over_until_one_is_left()
    {
        var net = new Scenario();
        var nodes = new List<SimulatedNode> { net.Found("n0") };
        for (int i = 1; i < 6; i++)
        {
            nodes.Add(net.Join($"n{i}", nodes[0]));
        }
        for (int i = 0; i < 5; i++)
        {
            net.Say(nodes[i], $"bye{i}");
            net.Say(nodes[5], $"stay{i}");
            nodes[i].Leave();
            net.ComeToRest();
            Assert.True(nodes[i + 1].IsHost);
        }
        Assert.Equal(10, net.Said.Split(' ').Length);
        Assert.Equal(new Epoch(6), nodes[5].Core.View.Epoch);
    }

    [Fact]
    public void A_successor_that_died_is_passed_over()
    {
        var net = new Scenario();
        SimulatedNode host = net.Found("host");
        SimulatedNode dead = net.Join("dead", host);
        SimulatedNode next = net.Join("next", host);

        dead.Crash();
        host.Leave();
        net.ComeToRest();

        Assert.True(next.IsHost);
        Assert.Null(next.Core.View.Find(dead.Core.Self));
    }

    [Fact]
    public void A_successor_that_froze_over_the_offer_comes_back_as_a_member_and_not_as_a_second_host()
    {
        var net = new Scenario();
        SimulatedNode host = net.Found("host");
        SimulatedNode frozen = net.Join("frozen", host);
        SimulatedNode next = net.Join("next", host);
        MemberId identity = frozen.Core.Self;

        // The offer is in its hands, its word is lost.
        bool hasSpoken = false;
        net.Cluster.Network.Swallows = (from, _, _) => from == frozen && (hasSpoken = true);
        host.Leave();
        net.Cluster.RunUntil(() => hasSpoken, Second, "the successor has the offer");
        frozen.Freeze();
        net.Cluster.Network.Swallows = null;
        net.Wait(3 * Second);
        Assert.True(next.IsHost);
        net.Say(next, "meanwhile");
        frozen.Thaw();
        net.ComeToRest();

        Assert.False(frozen.IsHost);
        Assert.Equal(identity, frozen.Core.Self);
        Assert.Equal(1, frozen.Presenter.Gaps);
    }

    [Fact]
    public void A_successor_whose_confirmation_is_lost_asks_again_and_reigns()
    {
        var net = new Scenario();
        SimulatedNode host = net.Found("host");
        SimulatedNode next = net.Join("next", host);
        SimulatedNode other = net.Join("other", host);

        int lost = 0;
        net.Cluster.Network.SwallowsAnswer = (from, to, reply) => from == host && to == next && host.Core.Role == Norris.Protocol.NodeRole.HandingOver && lost++ < 2;
        host.Leave();
        net.ComeToRest();

        // Who was told by the old host asks the new one: that is as good as the answer.
        Assert.InRange(lost, 1, 2);
        Assert.True(next.IsHost);
        Assert.Equal(0, other.Presenter.Gaps);
    }

    [Fact]
    public void The_only_other_node_takes_the_offer_of_a_host_that_is_gone()
    {
        var net = new Scenario();
        SimulatedNode host = net.Found("host");
        SimulatedNode next = net.Join("next", host);

        host.Leave();
        net.Wait(1_600);
        net.Cluster.CutOff(next);
        net.Wait(8 * Second);
        Assert.True(host.HasLeft);
        net.Cluster.Heal(next);
        net.Say(next, "alone");
        net.ComeToRest();

        Assert.True(next.IsHost);
        Assert.Equal("alone", net.Said);
    }

    [Fact]
    public void A_frozen_member_is_lost_and_comes_back_as_itself_with_a_gap_and_says_everything_once()
    {
        var net = new Scenario();
        SimulatedNode host = net.Found("host");
        SimulatedNode sleepy = net.Join("sleepy", host);
        MemberId identity = sleepy.Core.Self;

        net.Say(sleepy, "one");
        net.Wait(100 * Millisecond);
        net.Cluster.Network.Swallows = (from, _, request) => from == sleepy && request is Submission { Entries.IsEmpty: false };
        net.Say(sleepy, "two");
        net.Wait(Millisecond);
        sleepy.Freeze();
        net.Cluster.Network.Swallows = null;
        net.Say(host, "meanwhile");
        net.Wait(2 * Second);
        Assert.Null(host.Core.View.Find(identity));
        net.Say(host, "unseen");
        net.Wait(Second);

        sleepy.Thaw();
        net.ComeToRest();

        Assert.Equal(identity, sleepy.Core.Self);
        Assert.Equal(1, sleepy.Presenter.Gaps);
        Assert.Equal("one meanwhile unseen two", net.Said);
    }

    [Fact]
    public void A_reader_too_slow_for_the_retention_slows_the_others_down_and_is_put_out_with_a_gap()
    {
        (Scenario net, SimulatedNode slow, SimulatedNode quick, string page) = WithASlowReader();
        bool wasPressed = false;
        for (int i = 0; i < 400 && slow.Presenter.Gaps == 0; i++)
        {
            net.Say(quick, page);
            net.Wait(10 * Millisecond);
            wasPressed |= quick.Core.Waiting.Bytes > 200_000;
        }
        net.ComeToRest();

        Assert.True(wasPressed);
        Assert.True(slow.Presenter.Gaps > 0);
        Assert.Equal(0, quick.Presenter.Gaps);
    }

    [Fact]
    public void A_reader_that_the_others_wait_for_half_of_the_time_does_not_hold_them_for_ever()
    {
        (Scenario net, SimulatedNode slow, SimulatedNode quick, string page) = WithASlowReader();
        for (int i = 0; i < 400 && slow.Presenter.Gaps == 0; i++)
        {
            // Faster than it reads, by one who says nothing while what it said last waits: it has half of the time to catch up.
            if (quick.Core.Waiting.Bytes == 0)
            {
                net.Say(quick, page);
            }
            net.Wait(60 * Millisecond);
        }

        Assert.True(slow.Presenter.Gaps > 0);
        net.ComeToRest();
        Assert.Equal(0, quick.Presenter.Gaps);
    }

    [Fact]
    public void A_slow_reader_whose_submission_is_refused_before_its_stream_says_why_is_told_that_it_was_slow()
    {
        (Scenario net, SimulatedNode slow, SimulatedNode quick, string page) = WithASlowReader();
        for (int i = 0; i < 400 && slow.Presenter.Gaps == 0; i++)
        {
            net.Say(quick, page);
            net.Say(slow, "too");
            net.Wait(10 * Millisecond);
        }
        net.ComeToRest();

        Assert.True(slow.Presenter.Gaps > 0);
        Assert.DoesNotContain("Gap, Lost", net.Cluster.Happened.Keys);
    }

    [Fact]
    public void The_guests_of_a_node_go_with_it()
    {
        var net = new Scenario();
        SimulatedNode host = net.Found("host");
        SimulatedNode door = net.Join("door", host);
        MemberId atDoor = net.OpenSession(door, "at-door");
        MemberId atHost = net.OpenSession(host, "at-host");

        host.Leave();
        net.ComeToRest();
        Assert.Null(door.Core.View.Find(atHost));
        Assert.NotNull(door.Core.View.Find(atDoor));
        Assert.True(door.IsHost);
        net.Say(door, atDoor, "still-here");
        net.ComeToRest();
        Assert.Equal("still-here", net.Said);
    }

    /// <summary>A host, one that reads far slower than the other says pages, and what fills a page.</summary>
    private static (Scenario Net, SimulatedNode Slow, SimulatedNode Quick, string Page) WithASlowReader()
    {
        var net = new Scenario(plan: new FaultPlan { TinyRetention = true });
        SimulatedNode host = net.Found("host", static options => options with { RetentionBytes = 400_000, SlowPatienceMicroseconds = 2 * Second });
        SimulatedNode slow = net.Join("slow", host);
        SimulatedNode quick = net.Join("quick", host);
        net.Cluster.Network.Between(host.Address, slow.Address).BytesPerSecond = 60_000;
        return (net, slow, quick, new string('x', 20_000));
    }
}
