namespace Norris.Load.Scenarios;

/// <summary>When the runs of open load simulations are due. Knows no clock: due times are offsets from the simulation's start.</summary>
internal static class Schedule
{
    /// <summary>The due times of one simulation, ascending, each before its end; none for a closed one.</summary>
    /// <param name="simulation">The simulation.</param>
    /// <param name="rateBefore">Runs a second at the end of the simulation before it, where a ramp begins.</param>
    public static IEnumerable<TimeSpan> DueTimes(LoadSimulation simulation, double rateBefore = 0) => simulation switch
    {
        Inject { Rate: > 0 } => Ramp(RateAfter(simulation), RateAfter(simulation), simulation.During),
        RampingInject ramp when ramp.Rate > 0 || rateBefore > 0 => Ramp(rateBefore, RateAfter(simulation), simulation.During),
        _ => [],
    };

    /// <summary>Runs a second at the end of a simulation; 0 after a closed one.</summary>
    public static double RateAfter(LoadSimulation simulation) => simulation switch
    {
        Inject inject => inject.Rate / inject.Interval.TotalSeconds,
        RampingInject ramp => ramp.Rate / ramp.Interval.TotalSeconds,
        _ => 0,
    };

    // At a rate of r + (s - r) t / d, the runs due until t are r t + (s - r) t^2 / 2d; the k-th is due where that reaches k, from 0. Of the
    // solutions of the quadratic, this form of the smaller one has no cancellation, and holds for an even rate, too.
    private static IEnumerable<TimeSpan> Ramp(double from, double to, TimeSpan during)
    {
        double growth = during > TimeSpan.Zero ? (to - from) / during.TotalSeconds : 0;
        for (long k = 0; ; k++)
        {
            double square = (from * from) + (2 * growth * k);
            if (square < 0)
            {
                // The rate falls to 0 before so many are due.
                yield break;
            }
            double divisor = from + Math.Sqrt(square);
            double seconds = k == 0 ? 0 : 2 * k / divisor;
            if (!(seconds < during.TotalSeconds))
            {
                yield break;
            }
            yield return TimeSpan.FromTicks((long)Math.Round(seconds * TimeSpan.TicksPerSecond));
        }
    }
}
