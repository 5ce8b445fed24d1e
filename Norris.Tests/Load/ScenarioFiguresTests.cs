using Norris.Load.Report;
using Norris.Load.Scenarios;

namespace Norris.Tests.Load;

public sealed class ScenarioFiguresTests
{
    private static readonly ScenarioStats Stats = new(
        "talk", 2, Step("talk", 3000, 1), [Step("come", 2999, 0), Step("go", 10, 4)], 0, default,
        [new Sample(1, 5, 0, 2, new LatencyStats(1, 2, 3, 4, 5, 1)), new Sample(2, 0, 1, 0, default)], []);

    [Fact]
    public void A_scenario_has_a_row_and_each_of_its_steps_has_one()
    {
        ReportTable table = ScenarioFigures.Steps([Stats]);
        Assert.Equal(["talk", "talk: come", "talk: go"], table.Rows.Select(static row => row[0]));
        Assert.Equal(["talk", "3,000", "1", "1,500", "0.500", "9.999", "10.00", "99.99", "100.0"], table.Rows[0]);
    }

    [Fact]
    public void Failures_are_told_by_reason_and_not_at_all_where_there_are_none()
    {
        Assert.Equal([["talk: talk: refused", "1"], ["talk: go: refused", "4"]], ScenarioFigures.Failures([Stats])!.Rows);
        Assert.Null(ScenarioFigures.Failures([Stats with { Whole = Step("talk", 1, 0), Steps = [] }]));
    }

    [Fact]
    public void A_second_in_which_nothing_ended_has_no_latency()
    {
        ReportPlot latency = ScenarioFigures.Plots([Stats]).Single(static plot => plot.Title == "Latency of talk");
        Assert.Equal([1, double.NaN], latency.Series[0].Points.Select(static point => point.Value));
    }

    [Fact]
    public void Memory_is_told_from_its_first_to_its_last_reading() => Assert.Equal(
        [["n0", "4", "12.0", "30.0", "20.0", "30.0"]],
        ScenarioFigures.Memory(new ReportPlot("Memory", "MiB", [new PlotSeries("n0", [(1, 12), (3, 30), (5, 20)]), new PlotSeries("n1", [])])).Rows);

    [Theory]
    [InlineData(-0.2, "0")]
    [InlineData(1234.5, "1,234")]
    [InlineData(-12, "-12")]
    public void What_rounds_to_nothing_has_no_sign(double value, string text) => Assert.Equal(text, ScenarioFigures.Count(value));

    private static StepStats Step(string name, long ok, long fail) =>
        new(name, ok, fail, new LatencyStats(0.5, 9.999, 10, 99.99, 100, 3), fail == 0 ? new Dictionary<string, long>() : new Dictionary<string, long> { ["refused"] = fail });
}
