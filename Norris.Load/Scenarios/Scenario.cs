namespace Norris.Load.Scenarios;

/// <summary>
/// What users do, over and over, and how often: written once, and run by any engine. It knows neither who calls it nor who measures it.
/// The words are NBomber's, so that whoever knows those can read and write scenarios here.
/// </summary>
/// <param name="Name">What it is called in reports: letters, digits, blanks and hyphens.</param>
/// <param name="Run">One run of one copy: its steps. What it answers counts for the whole scenario.</param>
/// <param name="Simulations">How often and how many at a time, one after the other.</param>
internal sealed record Scenario(string Name, Func<ScenarioContext, Task<Response>> Run, IReadOnlyList<LoadSimulation> Simulations)
{
    /// <summary>Done once, before the first run of any scenario.</summary>
    public Func<Task> Init { get; init; } = static () => Task.CompletedTask;

    /// <summary>Done once, after the last run of all scenarios has ended.</summary>
    public Func<Task> Clean { get; init; } = static () => Task.CompletedTask;

    /// <summary>What must be true of the figures at the end.</summary>
    public IReadOnlyList<Threshold> Thresholds { get; init; } = [];

    /// <summary>How long all simulations take together.</summary>
    public TimeSpan Duration => Simulations.Aggregate(TimeSpan.Zero, static (sum, each) => sum + each.During);
}
