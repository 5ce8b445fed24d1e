using Norris.Protocol.Membership;
using static Norris.Tests.Simulation.Scenario;

namespace Norris.Tests.Simulation;

/// <summary>P2 and P3 as stories: who said what when, and in which order everybody saw it.</summary>
public sealed class OrderScenarioTests
{
    [Fact]
    public void Two_messages_five_milliseconds_apart_that_overtake_each_other_come_out_as_sent()
    {
        var net = new Scenario(windowMilliseconds: 20);
        SimulatedNode host = net.Found("host");
        SimulatedNode slow = net.Join("slow", host);
        SimulatedNode quick = net.Join("quick", host);

        net.Cluster.Network.Between(slow.Address, host.Address).ExtraMicroseconds = 9 * Millisecond;
        net.Say(slow, "first");
        net.Wait(5 * Millisecond);
        net.Say(quick, "second");
        net.ComeToRest();

        Assert.True(net.Submission("first").Arrivals!.At > net.Submission("second").Arrivals!.At);
        Assert.Equal("first second", net.Said);
    }

    [Fact]
    public void A_message_delayed_past_the_window_comes_late_and_time_still_does_not_go_back()
    {
        var net = new Scenario(windowMilliseconds: 20);
        SimulatedNode host = net.Found("host");
        SimulatedNode slow = net.Join("slow", host);
        SimulatedNode quick = net.Join("quick", host);

        net.Cluster.Network.Between(slow.Address, host.Address).ExtraMicroseconds = 60 * Millisecond;
        net.Say(slow, "first");
        net.Wait(5 * Millisecond);
        net.Say(quick, "second");
        net.ComeToRest();

        Assert.Equal("second first", net.Said);
        Assert.True(net.Entry("first").Time >= net.Entry("second").Time);
        Assert.True(net.Submission("first").SentAt < net.Submission("second").SentAt);
    }

    [Theory]
    [InlineData(Hour)]
    [InlineData(-Hour)]
    public void A_clock_one_hour_off_changes_nobodys_order_and_its_times_are_right(long offset)
    {
        var net = new Scenario(windowMilliseconds: 20);
        SimulatedNode host = net.Found("host");
        SimulatedNode wrong = net.Join("wrong", host, clockOffset: offset);
        SimulatedNode right = net.Join("right", host);
        net.Wait(2 * Second);

        for (int i = 0; i < 6; i++)
        {
            long real = host.Clock.At(net.Cluster.Events.Now).Microseconds;
            net.Say(i % 2 == 0 ? wrong : right, $"m{i}");
            net.Wait(5 * Millisecond);
            Assert.InRange(net.Cluster.History.Submissions[^1].SentAt.Microseconds - real, -Millisecond, Millisecond);
        }
        net.ComeToRest();

        Assert.Equal("m0 m1 m2 m3 m4 m5", net.Said);
        for (int i = 0; i < 6; i++)
        {
            Assert.Equal(net.Submission($"m{i}").SentAt, net.Entry($"m{i}").Time);
        }
    }

    [Fact]
    public void A_reply_comes_after_what_it_replies_to_though_its_clock_is_behind_and_its_way_short()
    {
        var net = new Scenario(windowMilliseconds: 50);
        SimulatedNode host = net.Found("host");
        SimulatedNode asks = net.Join("asks", host);
        SimulatedNode answers = net.Join("answers", host, clockOffset: -2 * Hour);

        net.Say(asks, "question");
        net.Cluster.RunUntil(() => net.Said.Length > 0 && answers.Core.Deliverable == answers.Core.Log.Last && answers.Presenter.Shown.Value >= 5, Second, "the question is seen");
        net.Say(answers, "answer");
        net.ComeToRest();

        Assert.Equal("question answer", net.Said);
    }

    [Fact]
    public void A_founder_alone_sees_what_it_says_as_soon_as_the_window_is_over()
    {
        var net = new Scenario(windowMilliseconds: 20);
        SimulatedNode founder = net.Found("founder");

        net.Say(founder, "hello");
        net.Wait(19 * Millisecond);
        Assert.Equal("", net.Said);
        net.Wait(2 * Millisecond);
        Assert.Equal("hello", net.Said);
        net.ComeToRest();
    }

    [Fact]
    public void Without_a_window_nobody_waits()
    {
        var net = new Scenario(windowMilliseconds: 0);
        SimulatedNode founder = net.Found("founder");

        net.Say(founder, "now");

        Assert.Equal("now", net.Said);
    }

    [Fact]
    public void Guests_talk_take_names_and_go_as_members_of_their_own()
    {
        var net = new Scenario();
        SimulatedNode host = net.Found("host");
        SimulatedNode door = net.Join("door", host);

        MemberId ann = net.OpenSession(door, "ann");
        MemberId bob = net.OpenSession(host, "bob");
        net.Say(door, ann, "from-ann");
        net.Wait(100 * Millisecond);
        net.Rename(door, ann, "bob");
        net.Wait(100 * Millisecond);
        Assert.Equal("bob-2", host.Core.View.Find(ann)!.Name);
        Assert.Equal("bob", door.Core.View.Find(bob)!.Name);

        // The page is closed and its session ends, at once: the node says so twice, and what it says next still counts.
        net.CloseSession(door, ann);
        net.CloseSession(door, ann);
        net.Say(door, "still-here");
        net.ComeToRest();

        Assert.Equal("from-ann still-here", net.Said);
        Assert.Null(host.Core.View.Find(ann));
        Assert.NotNull(host.Core.View.Find(bob));
    }
}
