using Norris.Protocol.Ordering;
using Norris.Tests.Simulation;

namespace Norris.Tests.Protocol.Ordering;

/// <summary>The reading of the network's clock, and the window that follows the measured delays.</summary>
public sealed class ClockTests
{
    /// <summary>Sent, taken in, answered, received: offset and round trip as RFC 5905 section 8 computes them.</summary>
    [Theory]
    [InlineData(1000, 2050, 2060, 1110, 1000, 100)]
    [InlineData(1000, 1050, 1050, 1100, 0, 100)]
    [InlineData(5000, 1010, 1030, 5040, -4000, 20)]
    [InlineData(1000, 1000, 1000, 1000, 0, 0)]
    [InlineData(1000, 1090, 1090, 1100, 40, 100)]
    public void Offset_and_round_trip_come_from_four_times(long sent, long takenIn, long answered, long received, long offset, long roundTrip)
    {
        var clock = new NetworkClock();
        Assert.False(clock.IsMeasured);
        clock.Observe(new(sent), new(takenIn), new(answered), new(received));
        Assert.Equal((true, offset, roundTrip), (clock.IsMeasured, clock.OffsetMicroseconds, clock.RoundTripMicroseconds));
        Assert.Equal(new Timestamp(received + offset), clock.At(new(received)));
    }

    [Fact]
    public void A_sample_that_cannot_be_is_dropped()
    {
        var clock = new NetworkClock();
        clock.Observe(new(1000), new(2000), new(1900), new(1200));
        Assert.False(clock.IsMeasured);
    }

    /// <summary>The machine was suspended meanwhile, and its clock with it.</summary>
    [Fact]
    public void A_round_trip_of_less_than_nothing_tells_the_difference_roughly_until_there_is_a_better_one()
    {
        var clock = new NetworkClock();
        clock.Observe(new(1000), new(2000), new(2300), new(1200));
        Assert.Equal((true, 1050), (clock.IsMeasured, clock.OffsetMicroseconds));
        clock.Observe(new(2000), new(3110), new(3110), new(2020));
        Assert.Equal((1100, 20), (clock.OffsetMicroseconds, clock.RoundTripMicroseconds));
        clock.Observe(new(3000), new(9000), new(9900), new(3100));
        Assert.Equal(1100, clock.OffsetMicroseconds);
    }

    [Theory]
    [InlineData(1050, 1100)]
    [InlineData(5000, 5050)]
    public void After_another_host_it_counts_only_where_it_contradicts_what_was_measured(long takenInAfter, long offset)
    {
        var clock = new NetworkClock();
        clock.Observe(new(0), new(1100), new(1100), new(0));
        clock.StartOver();
        clock.Observe(new(1000), new(1000 + takenInAfter), new(1000 + takenInAfter + 300), new(1200));
        Assert.Equal(offset, clock.OffsetMicroseconds);
    }

    [Fact]
    public void The_error_is_never_more_than_half_the_best_round_trip_of_the_last_samples()
    {
        var random = new SimulationRandom(9);
        var clock = new NetworkClock();
        const long Offset = 3_600_000_000;
        for (long now = 1_000_000; now < 200_000_000; now += 100_000)
        {
            long there = random.LogUniform(50, 200_000);
            long back = random.LogUniform(50, 200_000);
            clock.Observe(new(now), new(now + there + Offset), new(now + there + Offset), new(now + there + back));
            Assert.InRange(clock.OffsetMicroseconds - Offset, -clock.RoundTripMicroseconds / 2 - 1, (clock.RoundTripMicroseconds / 2) + 1);
        }
    }

    [Fact]
    public void Another_host_starts_over_from_the_offset_that_was()
    {
        var clock = new NetworkClock();
        clock.Observe(new(0), new(105), new(105), new(10));
        clock.StartOver();
        Assert.Equal(100, clock.OffsetMicroseconds);
        clock.Observe(new(1000), new(1400), new(1400), new(1400));
        Assert.Equal(200, clock.OffsetMicroseconds);
    }

    [Fact]
    public void A_fixed_window_does_not_follow_anything()
    {
        var window = new ReorderWindow(7_000);
        for (int i = 0; i < 1000; i++)
        {
            window.Observe(40_000);
        }
        Assert.Equal(7_000, window.Microseconds);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(100)]
    [InlineData(999)]
    [InlineData(1_000)]
    [InlineData(12_345)]
    [InlineData(39_000)]
    public void An_automatic_window_covers_the_delays_and_a_quarter_more_at_most(long delay)
    {
        var window = new ReorderWindow(null);
        for (int i = 0; i < 100; i++)
        {
            window.Observe(delay);
        }
        Assert.InRange(window.Microseconds, delay, Math.Max(4, delay * 5 / 4) + 1);
    }

    [Fact]
    public void One_delay_in_a_hundred_does_not_widen_it_two_do()
    {
        var window = new ReorderWindow(null);
        for (int i = 0; i < 1000; i++)
        {
            window.Observe(i % 200 == 0 ? 30_000 : 1_000);
        }
        Assert.InRange(window.Microseconds, 1_000, 1_300);
        for (int i = 0; i < 1000; i++)
        {
            window.Observe(i % 40 == 0 ? 30_000 : 1_000);
        }
        Assert.InRange(window.Microseconds, 30_000, 40_000);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-5_000_000)]
    [InlineData(long.MinValue)]
    public void A_delay_that_cannot_be_counts_as_none(long delay)
    {
        var window = new ReorderWindow(null);
        window.Observe(delay);
        Assert.InRange(window.Microseconds, 0, 2);
    }

    [Fact]
    public void However_long_the_delays_the_window_has_an_end_and_a_bad_second_is_forgotten()
    {
        var window = new ReorderWindow(null);
        window.Observe(long.MaxValue);
        Assert.Equal(ReorderWindow.AutoMaxMicroseconds, window.Microseconds);
        for (int i = 0; i < 100; i++)
        {
            window.Observe(3_600_000_000);
        }
        Assert.Equal(ReorderWindow.AutoMaxMicroseconds, window.Microseconds);
        for (int i = 0; i < 12_000; i++)
        {
            window.Observe(500);
        }
        Assert.InRange(window.Microseconds, 500, 640);
    }
}
