using Norris.Load.Verbs;

namespace Norris.Tests.Load;

public sealed class KneeFinderTests
{
    [Theory]
    [InlineData(1000, 15_700)]
    [InlineData(1000, 1000)]
    [InlineData(16_000, 700)]
    [InlineData(300, 299_000)]
    public void The_knee_is_the_highest_rate_that_holds_as_exactly_as_is_wanted(int first, int capacity)
    {
        var finder = new KneeFinder(first, 1_000_000, 0.05);
        int tries = 0;
        while (finder.Next is { } rate)
        {
            finder.Take(rate <= capacity);
            Assert.InRange(++tries, 1, 60);
        }
        Assert.InRange(finder.Knee, (int)(capacity / 1.05) - 1, capacity);
        Assert.False(finder.IsBeyond);
    }

    [Fact]
    public void Rates_double_until_one_breaks_and_then_lie_between()
    {
        Assert.Equal([1000, 2000, 4000, 8000, 8000, 6000, 7000, 7000, 6500], Tried(new KneeFinder(1000, 100_000, 0.1), static rate => rate <= 6600));
    }

    [Fact]
    public void A_rate_that_breaks_once_and_then_holds_holds()
    {
        var finder = new KneeFinder(1000, 4000, 0.1);
        finder.Take(false);
        Assert.Equal(1000, finder.Next);
        finder.Take(true);
        Assert.Equal((2000, 1000), (finder.Next, finder.Knee));
    }

    [Fact]
    public void The_highest_rate_to_be_tried_is_not_exceeded()
    {
        var finder = new KneeFinder(1000, 5000, 0.1);
        Assert.Equal([1000, 2000, 4000, 5000], Tried(finder, static _ => true));
        Assert.Equal(5000, finder.Knee);
        Assert.True(finder.IsBeyond);
    }

    [Fact]
    public void Where_nothing_holds_there_is_no_knee_and_an_end()
    {
        var finder = new KneeFinder(64, 1000, 0.1);
        Assert.Equal([64, 64, 32, 32, 16, 16, 8, 8, 4, 4, 2, 2, 1, 1], Tried(finder, static _ => false));
        Assert.Equal(0, finder.Knee);
        Assert.Throws<InvalidOperationException>(() => finder.Take(true));
    }

    [Theory]
    [InlineData(10, 0, new long[] { 5, 9, 4, 8 }, null)]
    [InlineData(51, 0, new long[] { 5, 9, 4, 8 }, "p99 above 50 ms")]
    [InlineData(10, 3, new long[] { 5, 9, 4, 8 }, "3 failed")]
    [InlineData(10, 0, new long[] { 0, 100, 200, 300 }, "backlog grows by 100/s")]
    [InlineData(10, 0, new long[] { 300, 200, 100, 0 }, null)]
    [InlineData(10, 0, new long[] { 0, 0, 50, 0 }, null)]
    [InlineData(10, 0, new long[] { 7 }, null)]
    [InlineData(10, 0, new long[] { }, null)]
    public void A_rate_holds_while_latency_is_low_nothing_fails_and_the_backlog_does_not_grow(double p99, long failed, long[] backlogs, string? obstacle) =>
        Assert.Equal(obstacle, new LevelOutcome(1000, p99, failed, backlogs).FindObstacle(50));

    private static List<int> Tried(KneeFinder finder, Func<int, bool> holds)
    {
        var tried = new List<int>();
        while (finder.Next is { } rate)
        {
            tried.Add(rate);
            finder.Take(holds(rate));
        }
        return tried;
    }
}
