namespace Norris.Load.Report;

/// <summary>Writes a report into a folder: <c>report.html</c>, <c>report.md</c>, a <c>.csv</c> for each table, and <c>series.csv</c>.</summary>
internal static class ReportFolder
{
    /// <summary>Writes it, over what may be there of the same names.</summary>
    public static void Write(string folder, RunReport report)
    {
        Directory.CreateDirectory(folder);
        File.WriteAllText(Path.Combine(folder, "report.html"), HtmlReport.Write(report));
        File.WriteAllText(Path.Combine(folder, "report.md"), TextReport.Write(report));
        File.WriteAllText(Path.Combine(folder, "series.csv"), CsvReport.Write(report.Plots));
        foreach (ReportTable table in report.Tables)
        {
            File.WriteAllText(Path.Combine(folder, FileNameOf(table.Title)), CsvReport.Write(table));
        }
    }

    /// <summary>A table's file: the letters and digits of its title, in lower case, with hyphens between the words.</summary>
    public static string FileNameOf(string title) =>
        string.Join('-', new string([.. title.Select(static letter => char.IsAsciiLetterOrDigit(letter) ? char.ToLowerInvariant(letter) : ' ')]).Split(' ', StringSplitOptions.RemoveEmptyEntries)) + ".csv";
}
