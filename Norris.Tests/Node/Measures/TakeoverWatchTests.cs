using Norris.Node.Measures;
using Norris.Protocol;
using Norris.Protocol.Ordering;

namespace Norris.Tests.Node.Measures;

/// <summary>How takeovers are counted and timed.</summary>
public sealed class TakeoverWatchTests
{
    [Fact]
    public void From_the_first_asking_to_the_role_that_comes_of_it()
    {
        var watch = new TakeoverWatch();
        watch.Settled(NodeRole.Following, new Timestamp(5));
        watch.Began(new Timestamp(1_000_000));
        watch.Settled(NodeRole.TakingOver, new Timestamp(1_100_000));
        Assert.True(watch.IsUnderWay);
        watch.Settled(NodeRole.Following, new Timestamp(1_200_000));
        Assert.Equal((1, 0, false), (watch.Count, watch.Won, watch.IsUnderWay));
        watch.Began(new Timestamp(2_000_000));
        watch.Settled(NodeRole.Hosting, new Timestamp(2_500_000));
        watch.Settled(NodeRole.Hosting, new Timestamp(9_000_000));
        Assert.Equal((2, 1), (watch.Count, watch.Won));
        Assert.Equal(0.7, watch.Duration.SumSeconds, 9);
        Assert.Equal(2, watch.Duration.Cumulative.Last().Count);
    }

    [Fact]
    public void An_absence_lasts_from_the_first_suspicion_until_there_is_a_host()
    {
        var watch = new AbsenceWatch();
        watch.Settled(true, new Timestamp(5));
        watch.Began(new Timestamp(1_000_000));
        watch.Settled(false, new Timestamp(1_100_000));
        watch.Began(new Timestamp(1_200_000));
        Assert.True(watch.IsUnderWay);
        watch.Settled(true, new Timestamp(1_500_000));
        watch.Settled(true, new Timestamp(9_000_000));
        Assert.Equal((2, false), (watch.Count, watch.IsUnderWay));
        Assert.Equal(0.5, watch.Duration.SumSeconds, 9);
        Assert.Equal(1, watch.Duration.Cumulative.Last().Count);
    }
}
