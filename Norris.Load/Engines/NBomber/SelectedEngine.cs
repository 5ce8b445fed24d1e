namespace Norris.Load.Engines;

/// <summary>The engine that this program was built with: NBomber, by <c>-p:LoadEngine=NBomber</c>.</summary>
internal static class SelectedEngine
{
    /// <summary>Its name in reports.</summary>
    public const string Name = "NBomber";

    /// <summary>Makes one.</summary>
    public static IScenarioEngine Create() => new NBomberEngine();
}
