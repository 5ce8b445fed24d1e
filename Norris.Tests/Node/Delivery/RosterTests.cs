using Norris.Node.Delivery;
using Norris.Protocol.Membership;
using Norris.Protocol.Ordering;

namespace Norris.Tests.Node.Delivery;

public sealed class RosterTests
{
    [Fact]
    public void Members_stand_in_order_of_joining_and_know_their_place()
    {
        Roster roster = Entries.AliceAlone();

        roster.Apply(new Entry(Entries.BobJoined()));
        roster.Apply(new Entry(Entries.GuestJoined()));

        Assert.Equal(["alice", "bob", "gwen"], roster.Members.Select(member => member.Name));
        Assert.Equal(("127.0.0.1:7001", MemberKind.Node), (roster.Find(Entries.Bob)!.Address, roster.Find(Entries.Bob)!.Kind));
        Assert.Equal((Entries.Alice, MemberKind.Guest), (roster.Find(Entries.Guest)!.Via, roster.Find(Entries.Guest)!.Kind));
    }

    [Fact]
    public void Leaving_renaming_and_a_new_host_are_followed()
    {
        Roster roster = Entries.AliceAlone();
        roster.Apply(new Entry(Entries.BobJoined()));

        roster.Apply(new Entry(Entries.Renamed(Entries.Bob, "bobby")));
        roster.Apply(new Entry(Entries.EpochStarted(Entries.Bob, 2)));
        roster.Apply(new Entry(Entries.Left(Entries.Alice, LeaveReason.Lost)));

        Assert.Equal("bobby", Assert.Single(roster.Members).Name);
        Assert.Equal((Entries.Bob, new Epoch(2)), (roster.Host, roster.Epoch));
        Assert.Null(roster.Find(Entries.Alice));
    }

    [Fact]
    public void What_concerns_nobody_here_changes_nothing()
    {
        Roster roster = Entries.AliceAlone();

        roster.Apply(new Entry(Entries.Left(Entries.Bob, LeaveReason.Left)));
        roster.Apply(new Entry(Entries.Renamed(Entries.Bob, "x")));
        roster.Apply(new Entry(Entries.Joined(Entries.Alice, "again", MemberKind.Node, MemberId.None, "a:1")));
        roster.Apply(new Entry(Entries.Message("hi"u8)));

        Assert.Equal("alice", Assert.Single(roster.Members).Name);
    }
}
