using System.Globalization;
using Norris.Load.Networks;
using Norris.Load.Scenarios;

namespace Norris.Load.Verbs;

/// <summary>Messages at a fixed rate, each due at a fixed time.</summary>
internal sealed class Steady(SteadyOptions options)
{
    /// <summary>Runs, and returns the report.</summary>
    /// <exception cref="Verification.ViolationException">A promise was broken.</exception>
    public Task<string> RunAsync()
    {
        LoadNetwork network = NetworkChoice.Create(options);
        var run = new LoadRun(string.Create(CultureInfo.InvariantCulture, $"steady: {options.Rate:N0} messages/s for {options.Seconds} s"), options, network);
        return run.RunAsync(async () =>
        {
            await run.WarmUpAsync(network, options.Rate);
            await run.PlayAsync(TalkScenario.AtRate(network, options.Rate, TimeSpan.FromSeconds(options.Seconds)) with { Thresholds = Thresholds() });
        });
    }

    private Threshold[] Thresholds() => options.P99LimitMs > 0
        ? [TalkScenario.NothingFails, Threshold.Create(string.Create(CultureInfo.InvariantCulture, $"p99 of at most {options.P99LimitMs} ms"), stats => stats.Whole.Latency.P99 <= options.P99LimitMs)]
        : [TalkScenario.NothingFails];
}
