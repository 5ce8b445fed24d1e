using System.Globalization;
using Norris.Load.Engines;
using Norris.Load.Networks;
using Norris.Load.Report;
using Norris.Load.Scenarios;
using Norris.Load.Verification;

namespace Norris.Load.Verbs;

/// <summary>
/// The frame of every verb with scenarios: brings the network up, lets the verb play its scenarios on it, has everything judged, and makes the
/// report, which is written also when a promise was broken.
/// </summary>
/// <param name="title">What is run.</param>
/// <param name="options">The options.</param>
/// <param name="network">The network; it is disposed of in the end.</param>
internal sealed class LoadRun(string title, LoadOptions options, LoadNetwork network)
{
    private readonly List<(string Name, string Value)> _facts = [];
    private readonly List<ReportTable> _tables = [];
    private readonly List<ReportPlot> _plots = [];
    private readonly List<string> _missed = [];
    private readonly List<Gauge> _gauges = [];
    private readonly LiveProgress _progress = LiveProgress.ForTerminal();
    private bool _reportsMemory;
    private readonly IScenarioEngine _engine = SelectedEngine.Create();

    /// <summary>Adds a condition of the run.</summary>
    public void AddFact(string name, string value) => _facts.Add((name, value));

    /// <summary>Adds figures.</summary>
    public void AddTable(ReportTable table) => _tables.Add(table);

    /// <summary>Adds figures to be plotted.</summary>
    public void AddPlot(ReportPlot plot) => _plots.Add(plot);

    /// <summary>Has something read once a second and plotted.</summary>
    public void AddGauge(Gauge gauge) => _gauges.Add(gauge);

    /// <summary>Brings the network up, does the work, and judges.</summary>
    /// <returns>The report, as text.</returns>
    /// <exception cref="ViolationException">A promise was broken, or a threshold missed; the report is printed all the same.</exception>
    public async Task<string> RunAsync(Func<Task> work)
    {
        string? violation = null;
        await using (network)
        {
            var record = new GaugeRecord(() => [.. network.DeliveryGauges(), .. network.MemoryGauges, .. _gauges]);
            using var over = new CancellationTokenSource();
            Task recording = Task.CompletedTask;
            try
            {
                await network.StartAsync();
                recording = record.RunAsync(over.Token);
                await work();
                await network.SettleAsync();
                await over.CancelAsync();
                await network.LeaveAsync();
            }
            catch (Exception e) when (e is ViolationException or HttpRequestException or OperationCanceledException)
            {
                // What is wrong with the order says more than that something did not answer.
                violation = network.Watch.Violation ?? e.Message;
            }
            await over.CancelAsync();
            await recording;
            _plots.AddRange(record.Plots());
            if (_reportsMemory && _plots.Find(static plot => plot.Title == LocalMember.MemoryPlot) is { } memory)
            {
                _tables.Add(ScenarioFigures.Memory(memory));
            }
        }
        return Finish(violation);
    }

    /// <summary>Plays scenarios side by side, and reports their figures.</summary>
    public async Task<IReadOnlyList<ScenarioStats>> PlayAsync(params Scenario[] scenarios)
    {
        IReadOnlyList<ScenarioStats> stats = await MeasureAsync(scenarios);
        _tables.Add(ScenarioFigures.Steps(stats));
        if (ScenarioFigures.Failures(stats) is { } failures)
        {
            _tables.Add(failures);
        }
        _plots.AddRange(ScenarioFigures.Plots(stats));
        AddFact("begun later than due", $"p99 {ScenarioFigures.Milliseconds(stats.Max(static each => each.StartLag.P99))} ms, max {ScenarioFigures.Milliseconds(stats.Max(static each => each.StartLag.Max))} ms (by this program)");
        foreach (ScenarioStats each in stats)
        {
            _missed.AddRange(each.Missed.Select(missed => $"{each.Name}: {missed}"));
        }
        return stats;
    }

    /// <summary>Something that must be true in the end, in words with its numbers; else the status is 1.</summary>
    public void Require(bool isMet, string text)
    {
        if (!isMet)
        {
            _missed.Add(text);
        }
    }

    /// <summary>Things that went wrong, each in words; any of them makes the status 1. Of many the first twenty different ones are told.</summary>
    public void RequireNone(IEnumerable<string> wrong) => _missed.AddRange(wrong.Distinct().Take(20));

    /// <summary>Reports each member's memory, as it was read once a second.</summary>
    public void ReportMemory() => _reportsMemory = true;

    /// <summary>Has members talk for a while before anything counts, so that code is compiled and connections stand.</summary>
    public Task WarmUpAsync(LoadNetwork where, int rate) => options.WarmUpSeconds > 0
        ? _engine.RunAsync([TalkScenario.AtRate(where, rate, TimeSpan.FromSeconds(options.WarmUpSeconds))])
        : Task.CompletedTask;

    /// <summary>Plays scenarios side by side, without a word about them in the report.</summary>
    public Task<IReadOnlyList<ScenarioStats>> MeasureAsync(params Scenario[] scenarios) => _engine.RunAsync(scenarios, _progress.Show);

    private string Finish(string? violation)
    {
        string where = string.Create(CultureInfo.InvariantCulture, $"{network.Description}, texts of {options.TextBytes} bytes, {Environment.ProcessorCount} processors shared with the load program, engine {SelectedEngine.Name}");
        return ReportEnd.Finish(new RunReport(title, [("network", where), .. _facts], _tables, _plots, violation), _missed, options.ReportFolder);
    }
}
