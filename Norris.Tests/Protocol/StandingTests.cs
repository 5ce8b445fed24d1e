using Norris.Protocol;
using Norris.Protocol.Membership;
using Norris.Protocol.Messages;
using Norris.Protocol.Ordering;

namespace Norris.Tests.Protocol;

/// <summary>A member that stands since its host is dead, and what it says to others that stand as well.</summary>
public sealed class StandingTests
{
    private const long Start = 1_000_000_000;

    private static readonly MemberId Host = new(1);
    private static readonly MemberId Self = new(2);
    private static readonly MemberId Other = new(3);
    private static readonly MemberId Later = new(4);

    private long _now = Start;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_stranger_that_is_further_is_asked_as_well_and_the_turn_is_kept(bool withMajority)
    {
        NodeCore node = Stand(withMajority ? PartitionRule.Majority : PartitionRule.Continue);
        node.Effects.Clear();
        var request = new TakeoverRequest(
            Self, 7, Later, SomeNode.TokenOf(Later), SomeNode.AddressOf(Later), new Epoch(2), IsBinding: false, At(12));
        node.Step(new CallId(1), request);
        Pass(node, 1_000);

        Assert.Equal(Self, Assert.IsType<PromisedElsewhere>(Assert.Single(node.Effects.Answers).Reply).Candidate);
        Assert.Equal(NodeRole.TakingOver, node.Role);
        OutboundCall asked = Assert.Single(node.Effects.Calls, static call => call.Address == SomeNode.AddressOf(Later));
        Assert.False(Assert.IsType<TakeoverRequest>(asked.Request).IsBinding);
    }

    /// <summary>Node 2, at #10 with the host and node 3, which finds the host's machine dead and asks node 3.</summary>
    private NodeCore Stand(PartitionRule rule)
    {
        var node = new NodeCore(new NodeCoreOptions { Token = SomeNode.TokenOf(Self), Name = "n2", Address = SomeNode.AddressOf(Self), Partition = rule });
        Pass(node, 0);
        node.Join([SomeNode.AddressOf(Host)]);
        node.Settle();
        var snapshot = new Snapshot
        {
            Network = 7,
            Host = Host,
            Position = At(10),
            Time = new(1),
            Members = [SomeNode.Of(Host), SomeNode.Of(Self), SomeNode.Of(Other)],
            Departed = [],
        };
        node.Step(Assert.Single(node.Effects.Calls).Id, new JoinAccepted(Self, snapshot, new(Start), new(Start)));
        for (int i = 0; node.Role != NodeRole.TakingOver; i++)
        {
            Assert.True(i < 100, "it never stood");
            Pass(node, 100_000);
        }
        Assert.Single(node.Effects.Calls, static call => call.Request is TakeoverRequest { IsBinding: false } && call.Address == SomeNode.AddressOf(Other));
        return node;
    }

    private static Position At(ulong sequence) => new(new Epoch(1), new SequenceNumber(sequence), new Digest(sequence));

    private void Pass(NodeCore node, long microseconds)
    {
        _now += microseconds;
        node.Advance(new(_now));
        node.Settle();
    }
}
