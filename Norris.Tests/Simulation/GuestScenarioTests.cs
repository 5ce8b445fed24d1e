using Norris.Protocol.Membership;
using Norris.Protocol.Ordering;
using static Norris.Tests.Simulation.Scenario;

namespace Norris.Tests.Simulation;

/// <summary>What becomes of guests when their node is away and comes back, as stories.</summary>
public sealed class GuestScenarioTests
{
    [Fact]
    public void A_guest_of_the_smaller_side_keeps_identity_and_name_over_a_merge_and_says_everything_once()
    {
        var net = new Scenario();
        SimulatedNode[] n = net.Network("a", "b", "c", "d", "e");
        MemberId guest = net.OpenSession(n[1], "gwen");
        SimulatedNode[][] sides = [[n[0], n[1]], [n[2], n[3], n[4]]];

        net.Say(n[1], guest, "before");
        net.Wait(100 * Millisecond);
        net.Split(sides);
        net.Wait(4 * Second);
        Assert.Null(n[2].Core.View.Find(guest));
        net.Say(n[1], guest, "small-side");
        net.Wait(Second);
        Assert.Equal("before small-side", Heard(n[0]));
        net.Unite(sides);
        net.Cluster.RunUntil(() => n[1].Core.Role == Norris.Protocol.NodeRole.Joining, 10 * Second, "the small side ends");
        net.Say(n[1], guest, "on-the-way");
        net.ComeToRest();
        net.Say(n[1], guest, "after");
        net.ComeToRest();

        Assert.True(n[2].IsHost);
        Assert.Equal("before on-the-way after", Heard(n[4]));
        Assert.Equal("before on-the-way after", Heard(n[1]));
        Member member = n[4].Core.View.Find(guest)!;
        Assert.Equal(("gwen", n[1].Core.Self), (member.Name, member.Via));
        Assert.True(n[1].Guests.IsOpen(guest));
    }

    [Fact]
    public void What_a_guest_said_just_before_the_cut_is_said_on_the_other_side_once()
    {
        var net = new Scenario();
        SimulatedNode host = net.Found("host");
        SimulatedNode door = net.Join("door", host);
        SimulatedNode other = net.Join("other", host);
        MemberId guest = net.OpenSession(door, "gwen");

        // The host orders it; the node that sent it never hears so.
        net.Say(door, guest, "ordered");
        net.Wait(2 * Millisecond);
        net.CutOneWay(host, door);
        net.CutOneWay(other, door);
        net.Wait(100 * Millisecond);
        net.Say(door, guest, "waited");
        door.Freeze();
        net.Wait(3 * Second);
        Assert.Null(host.Core.View.Find(guest));
        net.HealOneWay(host, door);
        net.HealOneWay(other, door);
        door.Thaw();
        net.ComeToRest();

        Assert.Equal("ordered waited", Heard(other));
        Assert.Equal("gwen", other.Core.View.Find(guest)!.Name);
    }

    [Fact]
    public void A_frozen_node_is_lost_and_comes_back_with_its_guests_and_what_they_said()
    {
        var net = new Scenario();
        SimulatedNode host = net.Found("host");
        SimulatedNode door = net.Join("door", host);
        SimulatedNode other = net.Join("other", host);
        MemberId gwen = net.OpenSession(door, "gwen");
        MemberId gus = net.OpenSession(door, "gus");

        net.Say(door, gwen, "one");
        net.Wait(100 * Millisecond);
        door.Freeze();
        net.Say(door, gwen, "two");
        net.Say(door, gus, "three");
        net.Wait(3 * Second);
        Assert.Null(host.Core.View.Find(gwen));
        net.Say(host, "unseen");
        net.Wait(Second);
        door.Thaw();
        net.ComeToRest();
        net.Say(door, gus, "four");
        net.ComeToRest();

        Assert.Equal(1, door.Presenter.Gaps);
        Assert.Equal("one unseen two three four", Heard(other));
        Assert.Equal(("gwen", "gus"), (other.Core.View.Find(gwen)!.Name, other.Core.View.Find(gus)!.Name));
    }

    [Fact]
    public void A_guest_that_went_on_through_another_node_is_not_the_frozen_ones_any_more_when_that_comes_back()
    {
        var net = new Scenario();
        SimulatedNode host = net.Found("host");
        SimulatedNode door = net.Join("door", host);
        SimulatedNode other = net.Join("other", host);
        MemberId guest = net.OpenSession(door, "gwen");
        MemberToken token = door.Core.View.Find(guest)!.Token;

        net.Say(door, guest, "one");
        net.Wait(100 * Millisecond);
        door.Freeze();
        net.Wait(3 * Second);
        Assert.Equal(guest, net.OpenSession(other, "gwen", token));
        net.Say(other, guest, "two");
        net.Wait(100 * Millisecond);
        door.Thaw();
        net.ComeToRest();
        net.Say(door, "three");
        net.Wait(100 * Millisecond);
        net.Say(other, guest, "four");
        net.ComeToRest();

        Assert.False(door.Guests.IsOpen(guest));
        Assert.Equal(other.Core.Self, host.Core.View.Find(guest)!.Via);
        Assert.Equal("one two three four", Heard(host));
    }

    [Fact]
    public void A_guest_whose_session_ended_while_its_node_was_away_is_not_brought_back()
    {
        var net = new Scenario();
        SimulatedNode host = net.Found("host");
        SimulatedNode door = net.Join("door", host);
        net.Join("other", host);
        MemberId gone = net.OpenSession(door, "gone");
        MemberId stays = net.OpenSession(door, "stays");

        net.Cluster.CutOff(door);
        net.Wait(4 * Second);
        net.CloseSession(door, gone);
        net.Wait(100 * Millisecond);
        SequenceNumber before = host.Core.Log.Last;
        net.Cluster.Heal(door);
        net.ComeToRest();

        Assert.Null(host.Core.View.Find(gone));
        Assert.NotNull(host.Core.View.Find(stays));
        Assert.False(door.Guests.IsOpen(gone));
        Assert.Equal(
            [door.Core.Self, stays],
            History.PathTo(host.Tip).Where(entry => entry.Sequence > before && entry.Type == EntryType.Joined).Select(static entry => entry.Subject));
    }

    [Fact]
    public void A_session_that_ends_while_its_node_only_looks_for_a_way_back_is_not_brought_back_either()
    {
        var net = new Scenario();
        SimulatedNode host = net.Found("host");
        SimulatedNode door = net.Join("door", host);
        net.Join("other", host);
        MemberId guest = net.OpenSession(door, "gwen");

        door.Freeze();
        net.Wait(3 * Second);
        net.Say(door, guest, "never");
        net.CloseSession(door, guest);
        door.Thaw();
        net.ComeToRest();

        Assert.Null(host.Core.View.Find(guest));
        Assert.Equal(0, door.Guests.Count);
        Assert.DoesNotContain("never", net.Said, StringComparison.Ordinal);
    }

    [Fact]
    public void A_name_that_somebody_took_meanwhile_is_not_taken_back()
    {
        var net = new Scenario();
        SimulatedNode host = net.Found("host");
        SimulatedNode door = net.Join("door", host);
        net.Join("other", host);
        MemberId guest = net.OpenSession(door, "gwen");

        net.Rename(door, guest, "gwyn");
        net.Wait(100 * Millisecond);
        door.Freeze();
        net.Wait(3 * Second);
        net.Rename(host, host.Core.Self, "gwyn");
        net.Wait(100 * Millisecond);
        door.Thaw();
        net.ComeToRest();

        Assert.Equal("gwyn", host.Core.View.Find(host.Core.Self)!.Name);
        Assert.Equal("gwyn-2", host.Core.View.Find(guest)!.Name);
    }

    [Fact]
    public void A_host_that_takes_over_says_that_the_guests_of_a_lost_node_are_gone_and_they_come_back_with_it()
    {
        var net = new Scenario();
        SimulatedNode[] n = net.Network("host", "next", "third");
        MemberId guest = net.OpenSession(n[0], "gwen");
        n[0].Freeze();
        net.Wait(3 * Second);
        Assert.True(n[1].IsHost);
        Assert.Null(n[2].Core.View.Find(guest));
        HistoryEntry left = Assert.Single(History.PathTo(n[1].Tip), entry => entry.Type == EntryType.Left && entry.Subject == guest);
        Assert.Equal(LeaveReason.Lost, left.Reason);
        n[0].Thaw();
        net.ComeToRest();
        net.Say(n[0], guest, "again");
        net.ComeToRest();

        Assert.Equal("again", Heard(n[2]));
        Assert.Equal(n[0].Core.Self, n[2].Core.View.Find(guest)!.Via);
    }

    [Fact]
    public void The_guests_of_a_node_that_goes_on_alone_after_it_was_lost_come_back_there()
    {
        var net = new Scenario();
        SimulatedNode host = net.Found("host");
        SimulatedNode through = net.Join("through", host);
        SimulatedNode door = net.Join("door", host);
        MemberId guest = net.OpenSession(door, "gwen");

        net.Say(door, guest, "one");
        net.Wait(100 * Millisecond);
        // It follows through another, who hands on that it is lost.
        net.Cut(host, door);
        net.Wait(Second);
        net.CutOneWay(door, through);
        net.Cluster.RunUntil(() => door.Core.View.Find(door.Core.Self) is null, 5 * Second, "the node finds itself lost");
        net.Say(door, guest, "two");
        host.Crash();
        through.Crash();
        net.Cluster.RunUntil(() => door.IsHost, 10 * Second, "the node goes on alone");
        net.ComeToRest();

        Assert.Equal("one two", Heard(door));
        Assert.NotNull(door.Core.View.Find(guest));
    }

    [Fact]
    public void A_guest_goes_on_when_its_node_is_lost_again_before_it_was_back()
    {
        var net = new Scenario();
        SimulatedNode host = net.Found("host");
        SimulatedNode door = net.Join("door", host);
        SimulatedNode other = net.Join("other", host);
        MemberId guest = net.OpenSession(door, "gwen");

        net.Say(door, guest, "one");
        net.Wait(100 * Millisecond);
        door.Freeze();
        net.Wait(3 * Second);
        net.Say(door, guest, "two");
        // What brings the guest back is on its way when the node is lost once more.
        net.Cluster.Network.Swallows = (from, _, request) =>
            from == door && request is Norris.Protocol.Messages.Submission { Entries.IsEmpty: false };
        door.Thaw();
        net.Cluster.RunUntil(() => door.Presenter.Gaps == 1, 5 * Second, "the node is in again");
        net.Wait(50 * Millisecond);
        door.Freeze();
        net.Cluster.Network.Swallows = null;
        net.Wait(3 * Second);
        door.Thaw();
        net.ComeToRest();

        Assert.Equal(2, door.Presenter.Gaps);
        Assert.Equal("one two", Heard(other));
        Assert.Equal("gwen", other.Core.View.Find(guest)!.Name);
    }

    [Fact]
    public void A_session_that_ends_before_its_guest_was_back_is_over_however_often_the_node_is_lost()
    {
        var net = new Scenario();
        SimulatedNode host = net.Found("host");
        SimulatedNode door = net.Join("door", host);
        SimulatedNode other = net.Join("other", host);
        MemberId guest = net.OpenSession(door, "gwen");

        net.Wait(100 * Millisecond);
        door.Freeze();
        net.Wait(3 * Second);
        net.Cluster.Network.Swallows = (from, _, request) =>
            from == door && request is Norris.Protocol.Messages.Submission { Entries.IsEmpty: false };
        door.Thaw();
        net.Cluster.RunUntil(() => door.Presenter.Gaps == 1, 5 * Second, "the node is in again");
        net.Wait(50 * Millisecond);
        // Behind what brings the guest back there is much else, and then that it is gone.
        for (int i = 0; i < 20; i++)
        {
            net.Say(door, new string('x', 20_000));
        }
        net.CloseSession(door, guest);
        door.Freeze();
        net.Cluster.Network.Swallows = null;
        net.Wait(3 * Second);
        door.Thaw();
        // It learns of the one, and is lost before it learns of the other.
        net.Cluster.Network.Between(host.Address, door.Address).BytesPerSecond = 200_000;
        net.Cluster.RunUntil(() => door.Presenter.Gaps == 2 && door.Core.View.Find(guest) is not null, 10 * Second, "the guest is in for a moment");
        door.Freeze();
        net.Cluster.Network.Between(host.Address, door.Address).BytesPerSecond = null;
        net.Wait(3 * Second);
        door.Thaw();
        net.ComeToRest();

        Assert.Null(other.Core.View.Find(guest));
        Assert.Equal(0, door.Guests.Count);
    }

    [Fact]
    public void A_leaving_node_that_was_away_says_first_what_its_guests_had_waiting()
    {
        var net = new Scenario();
        SimulatedNode host = net.Found("host");
        SimulatedNode door = net.Join("door", host);
        MemberId guest = net.OpenSession(door, "gwen");
        net.Join("other", host);

        door.Freeze();
        net.Wait(3 * Second);
        net.Say(door, guest, "last-word");
        door.Leave();
        door.Thaw();
        net.Cluster.RunUntil(() => door.HasLeft, 10 * Second, "the node is gone");
        net.ComeToRest();

        Assert.Equal("last-word", Heard(host));
        Assert.Null(host.Core.View.Find(guest));
    }
}
