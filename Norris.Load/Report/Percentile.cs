namespace Norris.Load.Report;

/// <summary>Percentiles of values that are all there.</summary>
internal static class Percentile
{
    /// <summary>The smallest value that at least this part of all does not exceed.</summary>
    /// <param name="sorted">At least one value, ascending.</param>
    /// <param name="part">0 to 1.</param>
    public static double Of(double[] sorted, double part) => sorted[Math.Max(0, (int)Math.Ceiling(sorted.Length * part) - 1)];
}
