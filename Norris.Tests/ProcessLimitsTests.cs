using Microsoft.Extensions.Time.Testing;

namespace Norris.Tests;

public sealed class ProcessLimitsTests
{
    private const long Mebi = 1L << 20;

    [Theory]
    [InlineData(24_000, 64)]
    [InlineData(256, 64)]
    [InlineData(96, 24)]
    [InlineData(2, 1)]
    public void A_small_machine_holds_less_of_the_log(long memory, long held) =>
        Assert.Equal(held * Mebi, ProcessLimits.RetentionWithin(memory * Mebi, designedBytes: 64 * Mebi, leastBytes: Mebi));

    [Fact]
    public void A_retention_that_memory_cannot_hold_is_said()
    {
        Assert.Null(ProcessLimits.WarnOf(64 * Mebi, 128 * Mebi));
        Assert.Equal(
            "--retention 64MiB is more than half of the 96MiB of memory that there are, so a storm may end this node; give it less, or more memory",
            ProcessLimits.WarnOf(64 * Mebi, 96 * Mebi));
    }

    [Fact]
    public void What_happens_all_the_time_is_said_once_a_pause()
    {
        var time = new FakeTimeProvider();
        var seldom = new Seldom(TimeSpan.FromMinutes(1), time);
        Assert.True(seldom.IsDue());
        Assert.False(seldom.IsDue());
        time.Advance(TimeSpan.FromSeconds(59));
        Assert.False(seldom.IsDue());
        time.Advance(TimeSpan.FromSeconds(1));
        Assert.True(seldom.IsDue());
        Assert.False(seldom.IsDue());
    }
}
