using Norris.Load.Scenarios;

namespace Norris.Load.Engines;

/// <summary>The engine that this program was built with: its own. <c>-p:LoadEngine=NBomber</c> builds it with the other one.</summary>
internal static class SelectedEngine
{
    /// <summary>Its name in reports.</summary>
    public const string Name = "built-in";

    /// <summary>Makes one.</summary>
    public static IScenarioEngine Create() => new BuiltIn.BuiltInEngine(Clock.Machine);
}
