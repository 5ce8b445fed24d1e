namespace Norris.Load.Scenarios;

/// <summary>How a scenario is run for a while.</summary>
/// <param name="During">For how long.</param>
internal abstract record LoadSimulation(TimeSpan During);

/// <summary>Open: so many runs begin each interval, evenly spread, whether those before have ended or not.</summary>
/// <param name="Rate">How many, at least 1.</param>
/// <param name="Interval">In each so long.</param>
/// <param name="During">For how long.</param>
internal sealed record Inject(int Rate, TimeSpan Interval, TimeSpan During) : LoadSimulation(During);

/// <summary>Open: the rate goes evenly from where it was (0 at first) to another.</summary>
/// <param name="Rate">How many runs begin each interval at the end.</param>
/// <param name="Interval">In each so long.</param>
/// <param name="During">For how long.</param>
internal sealed record RampingInject(int Rate, TimeSpan Interval, TimeSpan During) : LoadSimulation(During);

/// <summary>Closed: so many copies, each of which begins its next run when the one before has ended.</summary>
/// <param name="Copies">How many, at least 1.</param>
/// <param name="During">For how long.</param>
internal sealed record KeepConstant(int Copies, TimeSpan During) : LoadSimulation(During);

/// <summary>Makes load simulations, under NBomber's names.</summary>
internal static class Simulation
{
    /// <summary>Open, at a fixed rate.</summary>
    public static LoadSimulation Inject(int rate, TimeSpan interval, TimeSpan during) => new Inject(rate, interval, during);

    /// <summary>Open, at a rate that changes evenly.</summary>
    public static LoadSimulation RampingInject(int rate, TimeSpan interval, TimeSpan during) => new RampingInject(rate, interval, during);

    /// <summary>Closed, so many at a time.</summary>
    public static LoadSimulation KeepConstant(int copies, TimeSpan during) => new KeepConstant(copies, during);
}
