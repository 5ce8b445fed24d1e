using Norris.Protocol;
using Norris.Protocol.Membership;
using Norris.Protocol.Messages;
using Norris.Protocol.Ordering;

namespace Norris.Tests.Protocol;

/// <summary>With the majority rule: a host of two that leaves, and waits until what it has is committed.</summary>
public sealed class ResigningTests
{
    private const long Start = 1_000_000_000;

    private static readonly MemberId Other = new(2);

    private readonly NodeCore _host = new(new NodeCoreOptions
    {
        Token = SomeNode.TokenOf(new(1)),
        Name = "host",
        Address = SomeNode.AddressOf(new(1)),
        ReorderWindowMicroseconds = 0,
        Partition = PartitionRule.Majority,
    });

    private long _now = Start;

    [Theory]
    [InlineData(1, false)]
    [InlineData(2, true)]
    public void Who_takes_nothing_of_its_epoch_any_more_is_not_served_whatever_it_has(ulong promised, bool isFenced)
    {
        Pass(0);
        _host.Found();
        _host.Settle();
        _host.Step(new CallId(1), new JoinRequest(SomeNode.TokenOf(Other), "other", SomeNode.AddressOf(Other), PartitionRule.Majority));
        _host.Settle();
        JoinAccepted other = Assert.IsType<JoinAccepted>(Assert.Single(_host.Effects.Answers).Reply);
        _host.Leave();
        Pass(1_000);
        Assert.Equal(NodeRole.HandingOver, _host.Role);

        PeerReply reply = _host.Follow(new FollowRequest(
            other.Member, SomeNode.TokenOf(Other), _host.View.Network, other.Snapshot.Position, new Epoch(promised)));
        Assert.Equal(isFenced, reply is Busy);
        Assert.Equal(!isFenced, reply is FollowAccepted);
        Assert.Equal(isFenced ? NodeRole.TakingOver : NodeRole.HandingOver, _host.Role);
    }

    private void Pass(long microseconds)
    {
        _now += microseconds;
        _host.Advance(new(_now));
        _host.Settle();
    }
}
