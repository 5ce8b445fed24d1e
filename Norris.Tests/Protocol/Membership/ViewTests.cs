using Norris.Protocol.Membership;
using Norris.Tests.Protocol.Ordering;

namespace Norris.Tests.Protocol.Membership;

public sealed class ViewTests
{
    private readonly LogOfView _log = new();

    public ViewTests()
    {
        Assert.True(_log.Join(1, "alice"));
        Assert.True(_log.StartEpoch(1, 1));
    }

    private View View => _log.View;

    [Fact]
    public void Members_stand_in_the_order_in_which_they_came()
    {
        _log.Join(9, "bob");
        _log.Join(4, "guest", via: 1);
        _log.Join(2, "carol");
        Assert.Equal([1UL, 9, 4, 2], View.BySeniority.Select(static member => member.Id.Value));
        Assert.Equal(3, View.NodeCount);
        _log.Leave(9);
        Assert.Equal([1UL, 4, 2], View.BySeniority.Select(static member => member.Id.Value));
        Assert.Equal(2, View.NodeCount);
    }

    [Fact]
    public void What_cannot_follow_is_refused()
    {
        _log.Join(2, "bob");
        Assert.True(_log.Say(2, 1));
        Assert.False(_log.Say(2, 1), "a number twice");
        Assert.False(_log.Say(2, 3), "a number left out");
        Assert.False(_log.Say(7, 1), "a stranger");
        Assert.False(_log.Say(0, 0), "a message of nobody's");
        Assert.False(_log.Join(2, "carol"), "an id that is in");
        Assert.False(_log.Join(3, "bob"), "a name that is in");
        Assert.False(_log.Join(0, "nobody"), "nobody");
        Assert.False(_log.Leave(7), "a stranger leaves");
        Assert.False(_log.StartEpoch(1, 2), "an epoch that was");
        Assert.False(_log.StartEpoch(2, 7), "a stranger reigns");
        Assert.True(_log.Join(5, "guest", via: 1));
        Assert.False(_log.StartEpoch(2, 5), "a guest reigns");
        Assert.True(_log.StartEpoch(4, 2), "epochs may be left out");
    }

    [Fact]
    public void Names_are_free_again_when_they_are_given_up()
    {
        _log.Join(2, "bob");
        Assert.False(_log.Rename(2, 1, "alice"));
        Assert.True(_log.Rename(1, 1, "alicia"));
        Assert.True(_log.Rename(1, 2, "alicia"));
        Assert.True(_log.Join(3, "alice"));
        Assert.Null(View.FindByName("nobody"));
        Assert.Equal(new MemberId(3), View.FindByName("alice")!.Id);
        _log.Leave(3);
        Assert.True(_log.Join(4, "alice"));
    }

    [Fact]
    public void Who_comes_back_with_its_token_goes_on_counting_and_a_guest_that_left_begins_anew()
    {
        _log.Join(2, "bob");
        _log.Join(5, "guest", via: 1);
        _log.Say(2, 1);
        _log.Say(2, 2);
        _log.Say(5, 1);
        _log.Leave(2);
        _log.Leave(5);
        Assert.Equal([new MemberId(2)], View.Departed.OldestFirst.Select(static departed => departed.Id));

        Assert.True(_log.Join(2, "bob"));
        Assert.Equal(2UL, View.Find(new MemberId(2))!.LastNumber);
        Assert.Equal(0, View.Departed.Count);
        Assert.True(_log.Join(5, "guest", via: 1));
        Assert.Equal(0UL, View.Find(new MemberId(5))!.LastNumber);
    }

    [Theory]
    [InlineData(0, 3)]
    [InlineData(9, 9)]
    public void A_guest_that_was_lost_with_its_node_goes_on_counting(ulong count, ulong from)
    {
        _log.Join(1, "node");
        _log.Join(5, "guest", via: 1);
        _log.Say(5, 1);
        _log.Say(5, 2);
        _log.Say(5, 3);
        _log.Leave(5, LeaveReason.Lost);
        Assert.Equal(
            [new Departed(new MemberId(5), MemberKind.Guest, new MemberToken(5, 1), 3)], View.Departed.OldestFirst);
        Assert.True(_log.Return(5, 1, count));
        Assert.Equal(from, View.Find(new MemberId(5))!.LastNumber);
        Assert.Equal(0, View.Departed.Count);
        Assert.True(_log.Say(5, from + 1));
    }

    [Fact]
    public void However_many_guests_are_lost_no_node_is_forgotten_for_them()
    {
        var departed = new DepartedMembers();
        departed.Add(new Departed(new MemberId(1), MemberKind.Node, new MemberToken(1, 1), 5));
        for (ulong i = 2; i <= DepartedMembers.DepartedMax + 2; i++)
        {
            departed.Add(new Departed(new MemberId(i), MemberKind.Guest, new MemberToken(i, 1), i));
        }
        Assert.True(departed.Contains(new MemberId(1)));
        Assert.False(departed.Contains(new MemberId(2)));
        Assert.True(departed.Contains(new MemberId(3)));
        Assert.Equal(DepartedMembers.DepartedMax + 1, departed.OldestFirst.Count());
    }

    [Fact]
    public void The_oldest_departed_is_forgotten_first_and_one_that_comes_back_makes_room()
    {
        var departed = new DepartedMembers();
        for (ulong i = 1; i <= DepartedMembers.DepartedMax; i++)
        {
            departed.Add(new Departed(new MemberId(i), MemberKind.Node, new MemberToken(i, 1), i));
        }
        Assert.True(departed.TryTake(new MemberId(7), new MemberToken(7, 1), out Departed seventh));
        Assert.Equal(7UL, seventh.LastNumber);
        Assert.False(departed.TryTake(new MemberId(8), new MemberToken(7, 1), out _));
        departed.Add(new Departed(new MemberId(10_000), MemberKind.Node, new MemberToken(1, 2), 1));
        Assert.True(departed.Contains(new MemberId(1)));
        departed.Add(new Departed(new MemberId(10_001), MemberKind.Node, new MemberToken(1, 3), 1));
        Assert.False(departed.Contains(new MemberId(1)));
        Assert.True(departed.Contains(new MemberId(10_001), new MemberToken(1, 3)));
        Assert.False(departed.Contains(new MemberId(10_001), new MemberToken(1, 4)));
        Assert.Equal(DepartedMembers.DepartedMax, departed.Count);
        Assert.Equal(new MemberId(2), departed.OldestFirst.First().Id);
    }
}
