using Norris.Protocol;
using Norris.Protocol.Membership;
using Norris.Protocol.Messages;
using Norris.Protocol.Ordering;
using Norris.Tests.Protocol.Ordering;

namespace Norris.Tests.Protocol.Membership;

/// <summary>Whom a node looks for on other sides, and whom it asks besides those in the log.</summary>
public sealed class LostMembersTests
{
    private readonly LostMembers _lost = new();

    [Fact]
    public void Who_comes_back_into_another_view_looks_for_those_it_knew_and_no_more_for_those_who_are_there()
    {
        var log = new LogOfView();
        log.Join(1, "a");
        log.Join(2, "b");
        _lost.Add(new MemberId(2), "10.0.0.2:7000");
        _lost.StartFrom(log.View, [(new MemberId(1), "10.0.0.1:7000"), (new MemberId(3), "10.0.0.3:7000")]);
        Assert.Equal([(new MemberId(3), "10.0.0.3:7000")], _lost.All);
    }

    [Fact]
    public void So_many_are_looked_for_and_of_more_the_first_is_not()
    {
        for (ulong id = 1; id <= QueueLimits.LostMax + 1; id++)
        {
            _lost.Add(new MemberId(id), "10.0.0.1:7000");
        }
        Assert.Equal(QueueLimits.LostMax, _lost.All.Count);
        Assert.Equal(new MemberId(2), _lost.All[0].Id);
        _lost.Add(new MemberId(2), "10.0.0.1:7000", isSlow: true);
        Assert.True(_lost.IsSlow(new MemberId(2)));
        _lost.Remove(new MemberId(2));
        Assert.False(_lost.IsSlow(new MemberId(2)));
    }

    [Theory]
    [InlineData(nameof(LeaveReason.Lost), true)]
    [InlineData(nameof(LeaveReason.Slow), true)]
    [InlineData(nameof(LeaveReason.Left), false)]
    public void Only_who_left_in_peace_is_not_looked_for(string reason, bool isLookedFor)
    {
        var self = new TailOfSelf();
        self.Left(TailOfSelf.Other, Enum.Parse<LeaveReason>(reason));
        Assert.Equal(isLookedFor, self.State.Lost.All.Any(static lost => lost.Id == TailOfSelf.Other));
        Assert.Equal(reason == nameof(LeaveReason.Slow), self.State.Lost.IsSlow(TailOfSelf.Other));
    }

    [Fact]
    public void Those_who_asked_and_are_not_known_are_remembered_once_and_only_so_many()
    {
        var log = new LogOfView();
        log.Join(1, "a");
        var askers = new Askers();
        askers.Heard(Takeover(1, at: 9), log.View);
        Assert.Empty(askers.All);
        Assert.Equal(new SequenceNumber(9), askers.Furthest);
        askers.Heard(Takeover(2, at: 5), log.View);
        askers.Heard(Takeover(2, at: 7), log.View);
        Assert.Equal([(new MemberId(2), "10.0.0.2:7000")], askers.All);
        Assert.Equal(new SequenceNumber(9), askers.Furthest);
        for (ulong id = 3; id < 1_000; id++)
        {
            askers.Heard(Takeover(id, at: 1), log.View);
        }
        Assert.InRange(askers.All.Count, 1, 100);
        Assert.Equal(new MemberId(999), askers.All[^1].Id);
        askers.Clear();
        Assert.Empty(askers.All);
        Assert.Equal(SequenceNumber.None, askers.Furthest);
    }

    private static TakeoverRequest Takeover(ulong id, ulong at) => new(
        new MemberId(50), 7, new MemberId(id), new MemberToken(id, id), $"10.0.0.{id}:7000", new Epoch(2), IsBinding: false,
        new Position(new Epoch(1), new SequenceNumber(at), default));
}
