using System.Text;

namespace Norris.Load.Report;

/// <summary>A report as Markdown, whose columns are aligned so that it is as easily read on a terminal.</summary>
internal static class TextReport
{
    /// <summary>The whole report.</summary>
    public static string Write(RunReport report)
    {
        var text = new StringBuilder();
        text.Append("# ").Append(Escape(report.Title)).Append("\n\n");
        foreach ((string name, string value) in report.Facts)
        {
            text.Append("- ").Append(Escape(name)).Append(": ").Append(Escape(value)).Append('\n');
        }
        text.Append('\n').Append(Escape(report.Verdict)).Append('\n');
        foreach (ReportTable table in report.Tables)
        {
            text.Append("\n## ").Append(Escape(table.Title)).Append("\n\n");
            WriteTable(text, table);
        }
        return text.ToString();
    }

    private static void WriteTable(StringBuilder text, ReportTable table)
    {
        List<string[]> rows = [[.. table.Columns.Select(Escape)], .. table.Rows.Select(static row => row.Select(Escape).ToArray())];
        int[] widths = [.. Enumerable.Range(0, table.Columns.Count).Select(column => rows.Max(row => row[column].Length))];
        for (int i = 0; i < rows.Count; i++)
        {
            text.Append('|');
            for (int column = 0; column < widths.Length; column++)
            {
                text.Append(' ').Append(column == 0 ? rows[i][column].PadRight(widths[column]) : rows[i][column].PadLeft(widths[column])).Append(" |");
            }
            text.Append('\n');
            if (i == 0)
            {
                text.Append('|').AppendJoin('|', widths.Select(static (width, column) => new string('-', width + (column == 0 ? 2 : 1)) + (column == 0 ? "" : ":"))).Append("|\n");
            }
        }
    }

    // A line stays a line, and a cell a cell.
    private static string Escape(string text) => text.ReplaceLineEndings(" ").Replace("|", "\\|", StringComparison.Ordinal);
}
