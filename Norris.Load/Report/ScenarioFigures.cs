using System.Globalization;
using Norris.Load.Scenarios;

namespace Norris.Load.Report;

/// <summary>Makes tables and plots of what an engine measured.</summary>
internal static class ScenarioFigures
{
    private static readonly string[] Columns = ["scenario and step", "ok", "failed", "ok/s", "p50, ms", "p90, ms", "p99, ms", "p99.9, ms", "max, ms"];

    /// <summary>A row for each scenario as a whole, and one for each of its steps.</summary>
    public static ReportTable Steps(IEnumerable<ScenarioStats> scenarios) => new("Steps", Columns, [.. scenarios.SelectMany(static scenario =>
        new[] { Row(scenario.Name, scenario.Whole, scenario.Seconds) }.Concat(scenario.Steps.Select(step => Row($"{scenario.Name}: {step.Name}", step, scenario.Seconds))))]);

    /// <summary>How often what failed for which reason; null where nothing did.</summary>
    public static ReportTable? Failures(IEnumerable<ScenarioStats> scenarios)
    {
        List<string[]> rows = [.. scenarios.SelectMany(static scenario => scenario.Steps.Prepend(scenario.Whole).SelectMany(step =>
            step.Failures.Select(failure => new[] { $"{scenario.Name}: {step.Name}: {failure.Key}", Count(failure.Value) })))];
        return rows.Count == 0 ? null : new ReportTable("Failures", ["what", "times"], rows);
    }

    /// <summary>Throughput, latency and backlog over time.</summary>
    public static IEnumerable<ReportPlot> Plots(IReadOnlyList<ScenarioStats> scenarios)
    {
        yield return new ReportPlot("Throughput", "ended well/s", [.. scenarios.Select(static each => Line(each.Name, each, static sample => sample.Ok))]);
        foreach (ScenarioStats scenario in scenarios)
        {
            yield return new ReportPlot($"Latency of {scenario.Name}", "ms",
            [
                Line("p50", scenario, static sample => OrNothing(sample, sample.Latency.P50)),
                Line("p90", scenario, static sample => OrNothing(sample, sample.Latency.P90)),
                Line("p99", scenario, static sample => OrNothing(sample, sample.Latency.P99)),
                Line("max", scenario, static sample => OrNothing(sample, sample.Latency.Max)),
            ]);
        }
        yield return new ReportPlot("Backlog", "begun and not ended", [.. scenarios.Select(static each => Line(each.Name, each, static sample => sample.Backlog))]);
    }

    /// <summary>Each member's memory at the beginning, in the middle and at the end of its time, and the most of it.</summary>
    /// <param name="plot">Memory over time.</param>
    public static ReportTable Memory(ReportPlot plot) => new("Memory", [$"member, {plot.Unit}", "seen for, s", "first", "middle", "last", "most"],
    [
        .. plot.Series.Where(static series => series.Points.Count > 0).Select(static series => new[]
        {
            series.Name, Count(series.Points[^1].At - series.Points[0].At), Mebibytes(series.Points[0].Value), Mebibytes(series.Points[series.Points.Count / 2].Value),
            Mebibytes(series.Points[^1].Value), Mebibytes(series.Points.Max(static point => point.Value)),
        }),
    ]);

    /// <summary>A count, with separators; what rounds to nothing has no sign.</summary>
    public static string Count(double value) => (Math.Round(value) + 0.0).ToString("N0", CultureInfo.InvariantCulture);

    /// <summary>Milliseconds, with as many digits as there is a use for.</summary>
    public static string Milliseconds(double value) => value.ToString(value < 10 ? "N3" : value < 100 ? "N2" : "N1", CultureInfo.InvariantCulture);

    private static string Mebibytes(double value) => value.ToString("F1", CultureInfo.InvariantCulture);

    private static double OrNothing(Sample sample, double value) => sample.Ok == 0 ? double.NaN : value;

    private static PlotSeries Line(string name, ScenarioStats scenario, Func<Sample, double> value) =>
        new(name, [.. scenario.Samples.Select(sample => (sample.Second, value(sample)))]);

    private static string[] Row(string name, StepStats step, double seconds) =>
    [
        name, Count(step.Ok), Count(step.Fail), Count(step.Ok / seconds), Milliseconds(step.Latency.P50), Milliseconds(step.Latency.P90),
        Milliseconds(step.Latency.P99), Milliseconds(step.Latency.P999), Milliseconds(step.Latency.Max),
    ];
}
