using Norris.Protocol;
using Norris.Protocol.Membership;
using Norris.Protocol.Messages;
using Norris.Protocol.Ordering;

namespace Norris.Tests.Protocol.Membership;

/// <summary>One that joins through an address where nobody is, while others join through it.</summary>
public sealed class JoiningTests
{
    private static readonly MemberToken[] InTheirOrder =
        [.. Enumerable.Range(1, 8).Select(static n => new MemberToken((ulong)n, 1)).OrderBy(static token => JoiningRank.Of(token, Position.Start).Draw)];

    [Theory]
    [InlineData(200_000)]
    [InlineData(1_000_000)]
    [InlineData(3_000_000)]
    public void It_begins_when_it_goes_first_however_seldom_the_others_ask(long pauseMicroseconds)
    {
        NodeCore node = Join(InTheirOrder[0], InTheirOrder[1..3], pauseMicroseconds, forMicroseconds: 20_000_000);
        Assert.Equal(NodeRole.Hosting, node.Role);
    }

    [Fact]
    public void It_leaves_that_to_one_that_goes_before_it()
    {
        NodeCore node = Join(InTheirOrder[1], [InTheirOrder[0], InTheirOrder[2]], 3_000_000, forMicroseconds: 20_000_000);
        Assert.Equal(NodeRole.Joining, node.Role);
    }

    private static NodeCore Join(MemberToken self, MemberToken[] others, long pauseMicroseconds, long forMicroseconds)
    {
        const long Step = 100_000;
        var node = new NodeCore(new NodeCoreOptions { Token = self, Name = "n", Address = "10.0.0.1:7000", JoinPatienceMicroseconds = 60_000_000 });
        node.Advance(new Timestamp(1_000_000_000));
        node.Join(["10.0.0.9:7000"]);
        for (long at = 0; at < forMicroseconds && node.Role == NodeRole.Joining; at += Step)
        {
            if (at % pauseMicroseconds == 0)
            {
                foreach (MemberToken other in others)
                {
                    node.Step(new CallId((ulong)at + other.Low), new JoinRequest(other, "other", "10.0.0.2:7000", PartitionRule.Continue, 0, 0, Epoch.None));
                }
            }
            node.Settle();
            OutboundCall[] calls = [.. node.Effects.Calls];
            node.Effects.Clear();
            foreach (OutboundCall call in calls)
            {
                node.Failed(call.Id, ExchangeFailure.ConnectionRefused);
            }
            node.Settle();
            node.Advance(new Timestamp(1_000_000_000 + at + Step));
        }
        return node;
    }
}
