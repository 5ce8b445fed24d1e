using Norris.Load.Verification;

namespace Norris.Load.Report;

/// <summary>How a run with a report ends: it is written where it was asked for, and printed also when a promise was broken.</summary>
internal static class ReportEnd
{
    /// <summary>Writes the report into its folder, if there is one.</summary>
    /// <param name="report">The report; its facts need not name what was missed.</param>
    /// <param name="missed">Thresholds that were missed, in words.</param>
    /// <param name="folder">The folder; empty for none.</param>
    /// <returns>The report, as text, for the caller to print.</returns>
    /// <exception cref="ViolationException">A promise was broken, or a threshold missed; the report is printed then.</exception>
    public static string Finish(RunReport report, IReadOnlyList<string> missed, string folder)
    {
        if (missed.Count > 0)
        {
            report = report with { Facts = [.. report.Facts, ("thresholds missed", string.Join("; ", missed))] };
        }
        string text = TextReport.Write(report);
        if (folder.Length > 0)
        {
            ReportFolder.Write(folder, report);
            Console.Error.WriteLine($"the report is in {Path.Combine(folder, "report.html")}");
        }
        if (report.Violation is null && missed.Count == 0)
        {
            return text;
        }
        Console.Write(text);
        throw new ViolationException(report.Violation ?? $"missed: {string.Join("; ", missed)}");
    }
}
