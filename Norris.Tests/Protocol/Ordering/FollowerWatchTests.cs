using Norris.Protocol.Ordering;

namespace Norris.Tests.Protocol.Ordering;

/// <summary>What a host takes for stable: nobody will ask for it any more.</summary>
public sealed class FollowerWatchTests
{
    [Fact]
    public void With_the_majority_rule_nothing_is_stable_that_may_be_taken_back()
    {
        // A cut-off host has it that all others are lost; nobody committed that.
        var self = new TailOfSelf();
        var watch = new FollowerWatch(self.State);
        SequenceNumber committed = self.Last;
        self.Left(TailOfSelf.Host);
        self.Left(TailOfSelf.Other);
        watch.Start();
        watch.Check();
        Assert.Equal(1, self.State.View.NodeCount);
        Assert.True(self.State.Stable <= committed);
    }
}
