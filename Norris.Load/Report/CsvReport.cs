using System.Globalization;
using System.Text;

namespace Norris.Load.Report;

/// <summary>Tables and plots as comma-separated values (RFC 4180), with line feeds.</summary>
internal static class CsvReport
{
    /// <summary>A table, its heads first; numbers lose their thousands separators.</summary>
    public static string Write(ReportTable table)
    {
        var text = new StringBuilder();
        WriteRow(text, table.Columns);
        foreach (IReadOnlyList<string> row in table.Rows)
        {
            WriteRow(text, row.Select(static cell => double.TryParse(cell, NumberStyles.Number, CultureInfo.InvariantCulture, out _) ? cell.Replace(",", "", StringComparison.Ordinal) : cell));
        }
        return text.ToString();
    }

    /// <summary>All points of all plots, a row each.</summary>
    public static string Write(IEnumerable<ReportPlot> plots)
    {
        var text = new StringBuilder();
        WriteRow(text, ["plot", "series", "at", "at-unit", "value", "unit"]);
        foreach (ReportPlot plot in plots)
        {
            foreach (PlotSeries series in plot.Series)
            {
                foreach ((double at, double value) in series.Points)
                {
                    WriteRow(text, [plot.Title, series.Name, at.ToString("0.###", CultureInfo.InvariantCulture), plot.HorizontalUnit, value.ToString("0.######", CultureInfo.InvariantCulture), plot.Unit]);
                }
            }
        }
        return text.ToString();
    }

    private static void WriteRow(StringBuilder text, IEnumerable<string> cells) => text.AppendJoin(',', cells.Select(Escape)).Append('\n');

    private static string Escape(string cell) =>
        cell.AsSpan().IndexOfAny(",\"\r\n") < 0 ? cell : $"\"{cell.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
}
