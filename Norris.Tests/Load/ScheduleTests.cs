using Norris.Load.Scenarios;
using Simulate = Norris.Load.Scenarios.Simulation;

namespace Norris.Tests.Load;

public sealed class ScheduleTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    [Fact]
    public void At_a_fixed_rate_runs_are_evenly_spread_and_the_end_is_not_one_of_them() =>
        Assert.Equal([0, 250, 500, 750, 1000, 1250], DueMs(Simulate.Inject(4, Second, TimeSpan.FromSeconds(1.5))));

    [Theory]
    [InlineData(1, 10)]
    [InlineData(3, 7)]
    [InlineData(1000, 3)]
    [InlineData(33333, 2)]
    public void There_are_as_many_as_the_rate_says(int rate, int seconds) =>
        Assert.Equal(rate * seconds, DueMs(Simulate.Inject(rate, Second, TimeSpan.FromSeconds(seconds))).Length);

    [Fact]
    public void The_interval_counts() =>
        Assert.Equal([0, 50, 100, 150], DueMs(Simulate.Inject(2, TimeSpan.FromMilliseconds(100), TimeSpan.FromMilliseconds(200))));

    // From 0 to 8 a second in 2 seconds: 2 t^2 runs until t, so the k-th is due at the root of k/2.
    [Fact]
    public void A_ramp_from_nothing_begins_slowly() => Assert.Equal(
        [0, 707.107, 1000, 1224.745, 1414.214, 1581.139, 1732.051, 1870.829], DueMs(Simulate.RampingInject(8, Second, TimeSpan.FromSeconds(2))), Close);

    [Fact]
    public void A_ramp_goes_on_from_the_rate_before()
    {
        double[] due = DueMs(Simulate.RampingInject(10, Second, Second), rateBefore: 30);
        Assert.Equal(20, due.Length);
        double[] gaps = [.. due.Skip(1).Zip(due, static (next, before) => next - before)];
        Assert.Equal(gaps.Order(), gaps);
        Assert.InRange(gaps[0], 33.3, 34);
    }

    [Fact]
    public void A_ramp_to_the_same_rate_is_a_fixed_rate() => Assert.Equal(
        DueMs(Simulate.Inject(7, Second, Second)), DueMs(Simulate.RampingInject(7, Second, Second), rateBefore: 7), Close);

    [Fact]
    public void A_ramp_down_to_nothing_ends()
    {
        double[] due = DueMs(Simulate.RampingInject(0, Second, TimeSpan.FromSeconds(2)), rateBefore: 4);
        Assert.Equal([0, 267.949, 585.786, 1000], due, Close);
    }

    [Fact]
    public void Nothing_is_due_where_nothing_is_asked_for()
    {
        Assert.Empty(DueMs(Simulate.Inject(0, Second, Second)));
        Assert.Empty(DueMs(Simulate.RampingInject(0, Second, Second)));
        Assert.Empty(DueMs(Simulate.KeepConstant(5, Second)));
        Assert.Empty(DueMs(Simulate.Inject(5, Second, TimeSpan.Zero)));
    }

    private static bool Close(double expected, double actual) => Math.Abs(expected - actual) < 0.001;

    private static double[] DueMs(LoadSimulation simulation, double rateBefore = 0) =>
        [.. Schedule.DueTimes(simulation, rateBefore).Select(static due => due.TotalMilliseconds)];
}
