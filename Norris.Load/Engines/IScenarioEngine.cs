using Norris.Load.Scenarios;

namespace Norris.Load.Engines;

/// <summary>Runs scenarios when they are due. There is one of our own, and an adapter for NBomber's; what they record is the same.</summary>
internal interface IScenarioEngine
{
    /// <summary>Runs scenarios side by side to their end.</summary>
    /// <param name="scenarios">At least one.</param>
    /// <param name="progress">Told once a second and scenario what happened in it; it must not block.</param>
    /// <returns>The figures, one for each scenario in their order.</returns>
    /// <exception cref="Verification.ViolationException">A scenario found a promise broken.</exception>
    public Task<IReadOnlyList<ScenarioStats>> RunAsync(IReadOnlyList<Scenario> scenarios, Action<Scenario, Sample>? progress = null);
}
