using Norris.Load.Scenarios;

namespace Norris.Load.Engines.BuiltIn;

/// <summary>
/// The engine of our own: a thread for each scenario that begins runs when they are due, whatever became of those before, so that a network
/// that stalls is not asked less just then (no coordinated omission).
/// </summary>
/// <param name="clock">The time that counts.</param>
/// <param name="drainLimit">How long to wait, at the end, for runs that have not ended; 30 s if it is not said.</param>
internal sealed class BuiltInEngine(Clock clock, TimeSpan? drainLimit = null) : IScenarioEngine
{
    private static readonly TimeSpan DrainLimit = TimeSpan.FromSeconds(30);

    /// <inheritdoc/>
    public async Task<IReadOnlyList<ScenarioStats>> RunAsync(IReadOnlyList<Scenario> scenarios, Action<Scenario, Sample>? progress = null)
    {
        foreach (Scenario scenario in scenarios)
        {
            await scenario.Init();
        }
        long start = clock.Now;
        PacedRun[] runs = [.. scenarios.Select(scenario => new PacedRun(scenario, clock, start, drainLimit ?? DrainLimit, progress, new CancellationTokenSource()))];
        ScenarioStats[] stats = await Task.WhenAll(runs.Select(static run =>
            Task.Factory.StartNew(run.Run, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default)));
        foreach (Scenario scenario in scenarios)
        {
            await scenario.Clean();
        }
        return stats;
    }
}
