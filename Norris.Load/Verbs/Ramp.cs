using System.Globalization;
using Norris.Load.Networks;
using Norris.Load.Report;
using Norris.Load.Scenarios;

namespace Norris.Load.Verbs;

/// <summary>Ever more messages a second on one network, until it does not hold.</summary>
internal sealed class Ramp(RampOptions options)
{
    /// <summary>Runs, and returns the report.</summary>
    /// <exception cref="Verification.ViolationException">A promise was broken.</exception>
    public Task<string> RunAsync()
    {
        LoadNetwork network = NetworkChoice.Create(options);
        var run = new LoadRun("ramp: the highest rate that holds", options, network);
        return run.RunAsync(() => new RampSearch(run, network, options.LevelSeconds, options.P99LimitMs).FindAsync(new KneeFinder(options.From, options.To, options.Precision)));
    }
}

/// <summary>Plays one rate after the other, as a <see cref="KneeFinder"/> asks for them, and reports them.</summary>
/// <param name="run">The run that it is part of.</param>
/// <param name="network">The network.</param>
/// <param name="levelSeconds">How long each rate is played.</param>
/// <param name="p99LimitMs">What the 99th percentile may be.</param>
internal sealed class RampSearch(LoadRun run, LoadNetwork network, double levelSeconds, double p99LimitMs)
{
    private readonly List<(LevelOutcome Outcome, ScenarioStats Stats, string? Obstacle)> _levels = [];

    /// <summary>Finds the knee; 0 where no rate held.</summary>
    public async Task<int> FindAsync(KneeFinder finder)
    {
        await run.WarmUpAsync(network, finder.Next ?? 1);
        while (finder.Next is { } rate)
        {
            ScenarioStats stats = (await run.MeasureAsync(TalkScenario.AtRate(network, rate, TimeSpan.FromSeconds(levelSeconds))))[0];
            LevelOutcome outcome = Judge(rate, stats);
            string? obstacle = outcome.FindObstacle(p99LimitMs);
            _levels.Add((outcome, stats, obstacle));
            await Console.Error.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"ramp: {rate:N0}/s: p99 {outcome.P99Ms:F1} ms, {obstacle ?? "holds"}"));
            finder.Take(obstacle is null);
        }
        Report(finder);
        return finder.Knee;
    }

    // Samples after the last due time are of the drain.
    private LevelOutcome Judge(int rate, ScenarioStats stats) => new(
        rate, stats.Whole.Latency.P99, stats.Whole.Fail + stats.Unended,
        [.. stats.Samples.Where(sample => sample.Second > 1 && sample.Second <= levelSeconds).Select(static sample => sample.Backlog)]);

    private void Report(KneeFinder finder)
    {
        string found = finder.Knee == 0
            ? "no rate held"
            : string.Create(CultureInfo.InvariantCulture, $"{finder.Knee:N0} messages/s{(finder.IsBeyond ? ", and that was the highest to be tried" : "")}");
        run.AddFact("knee", string.Create(CultureInfo.InvariantCulture, $"{found} (p99 of at most {p99LimitMs:0.###} ms, a backlog that does not grow, in {levelSeconds:0.#} s)"));
        run.AddTable(new ReportTable("Rates", ["rate, messages/s", "p50, ms", "p99, ms", "max, ms", "backlog grows by, /s", "begun late, p99, ms", "verdict"],
        [
            .. _levels.Select(static level => new[]
            {
                ScenarioFigures.Count(level.Outcome.Rate), ScenarioFigures.Milliseconds(level.Stats.Whole.Latency.P50), ScenarioFigures.Milliseconds(level.Outcome.P99Ms),
                ScenarioFigures.Milliseconds(level.Stats.Whole.Latency.Max), ScenarioFigures.Count(level.Outcome.Growth), ScenarioFigures.Milliseconds(level.Stats.StartLag.P99),
                level.Obstacle ?? "holds",
            }),
        ]));
        run.AddPlot(new ReportPlot("Latency by rate", "ms", [Line("p50", static stats => stats.Whole.Latency.P50), Line("p99", static stats => stats.Whole.Latency.P99)]) { HorizontalUnit = "messages/s" });
    }

    private PlotSeries Line(string name, Func<ScenarioStats, double> value) =>
        new(name, [.. _levels.OrderBy(static level => level.Outcome.Rate).Select(level => ((double)level.Outcome.Rate, value(level.Stats)))]);
}
