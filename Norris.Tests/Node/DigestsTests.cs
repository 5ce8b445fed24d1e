using Norris.Node.Peers;
using Norris.Tests.Api;

namespace Norris.Tests.Node;

/// <summary>Comparing the order with everybody's.</summary>
public sealed class DigestsTests
{
    [Fact]
    public async Task Everybody_is_compared_where_that_one_stands_and_who_is_gone_is_told()
    {
        await using InProcessNode first = await InProcessNode.StartAsync("first");
        await using InProcessNode second = await InProcessNode.StartAsync("second", [first.Address]);
        InProcessNode third = await InProcessNode.StartAsync("third", [first.Address]);
        await first.SayAsync("hello");
        await second.NextAsync("message");
        await third.NextAsync("message");

        IReadOnlyList<DigestComparison> compared = await second.Loop.CompareDigestsAsync(InProcessNode.Patience);
        Assert.Equal(
            [("second", DigestVerdict.Own), ("first", DigestVerdict.Same), ("third", DigestVerdict.Same)],
            compared.Select(each => (each.Name, each.Verdict)));
        Assert.True(compared[0].At == compared[1].At && compared[0].Digest == compared[1].Digest);

        await third.BreakAsync();
        compared = await second.Loop.CompareDigestsAsync(InProcessNode.Patience);
        Assert.Equal(DigestVerdict.NoAnswer, compared.Single(each => each.Name == "third").Verdict);
        await first.TakeForLostAsync(third);
        await third.DisposeAsync();
    }

    [Fact]
    public async Task In_no_network_there_is_nothing_to_compare()
    {
        await using InProcessNode node = InProcessNode.Listen("alone");

        Assert.Empty(await node.Loop.CompareDigestsAsync(InProcessNode.Patience));
    }
}
