using Norris.Load.Networks;
using Norris.Load.Scenarios;

namespace Norris.Load.Verbs;

/// <summary>The scenario under all verbs: somebody says something, and it ends when the last member has it.</summary>
internal static class TalkScenario
{
    /// <summary>The scenario's name.</summary>
    public const string Name = "talk";

    /// <summary>Everything that is said comes to everybody.</summary>
    public static Threshold NothingFails { get; } = Threshold.Create("every message comes to everybody", static stats => stats.Whole.Fail + stats.Unended == 0);

    /// <summary>At a fixed rate.</summary>
    /// <param name="network">Where.</param>
    /// <param name="rate">Messages a second in all.</param>
    /// <param name="during">For how long.</param>
    public static Scenario AtRate(LoadNetwork network, int rate, TimeSpan during) => new(
        Name,
        context => Step.RunAsync("delivered to all", context, () => network.TalkAsync(context)),
        [Simulation.Inject(rate, TimeSpan.FromSeconds(1), during)]);
}
