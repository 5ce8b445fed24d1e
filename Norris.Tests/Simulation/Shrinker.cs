using System.Diagnostics;

namespace Norris.Tests.Simulation;

/// <summary>
/// Finds a few faults that are enough to make a seed fail: leaves out halves, then quarters, down to single faults, as long as any failure
/// remains (Zeller and Hildebrandt, "Simplifying and isolating failure-inducing input", 2002).
/// </summary>
internal static class Shrinker
{
    private const int RunsMax = 150;
    private static readonly TimeSpan TimeMax = TimeSpan.FromSeconds(20);

    /// <summary>The run with the fewest faults that was found to fail.</summary>
    public static SimulationRun Shrink(SimulationRun failed, PlanKind? kind, int traceLines)
    {
        var watch = Stopwatch.StartNew();
        IReadOnlyList<Fault> faults = failed.Schedule;
        int runs = 0;
        int size = Math.Max(1, faults.Count / 2);
        while (faults.Count > 0 && runs < RunsMax && watch.Elapsed < TimeMax)
        {
            bool hasShrunk = false;
            for (int from = 0; from < faults.Count && runs < RunsMax && watch.Elapsed < TimeMax;)
            {
                Fault[] fewer = [.. faults.Where((_, i) => i < from || i >= from + size)];
                runs++;
                if (SimulationRun.Of(failed.Seed, kind, 0, fewer).Failure is not null)
                {
                    (faults, hasShrunk) = (fewer, true);
                }
                else
                {
                    from += size;
                }
            }
            if (size == 1 && !hasShrunk)
            {
                break;
            }
            size = Math.Max(1, size / 2);
        }
        return SimulationRun.Of(failed.Seed, kind, traceLines, faults);
    }
}
