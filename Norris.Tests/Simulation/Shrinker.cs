using System.Diagnostics;

namespace Norris.Tests.Simulation;

/// <summary>
/// Finds a few faults that are enough to make a seed fail: leaves out halves, then quarters, down to single faults, as long as a failure
/// of the same kind remains (Zeller and Hildebrandt, "Simplifying and isolating failure-inducing input", 2002).
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
                if (SimulationRun.Of(failed.Seed, kind, 0, fewer, failed.Mistake).Failure is { } failure && IsSameKind(failure, failed.Failure!))
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
        return SimulationRun.Of(failed.Seed, kind, traceLines, faults, failed.Mistake);
    }

    /// <summary>Failures are of a kind when their words are: not the names and numbers in them.</summary>
    private static bool IsSameKind(string failure, string other) => Words(failure) == Words(other);

    private static string Words(string failure) => string.Join(
        ' ', failure.Split('\n')[0].Split(' ').Where(static word => word.Length > 1 && word.All(char.IsAsciiLetter)).Take(4));
}
