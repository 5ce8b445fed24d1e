using System.Net;
using System.Text;

namespace Norris.Load.Report;

/// <summary>A report as one page that needs nothing else: no script, no font, no picture from anywhere. All text is escaped.</summary>
internal static class HtmlReport
{
    private const string Style = """
        body { font: 15px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; color: #222; background: #fff; }
        h1 { font-size: 1.5rem; } h2 { font-size: 1.1rem; margin-top: 2rem; }
        dl { display: grid; grid-template-columns: max-content auto; gap: .1rem 1rem; } dt { color: #666; } dd { margin: 0; }
        .held { color: #176b2c; } .broken { color: #b00020; font-weight: bold; }
        table { border-collapse: collapse; } th, td { padding: .15rem .7rem; border-bottom: 1px solid #ddd; text-align: right; }
        th:first-child, td:first-child { text-align: left; }
        svg { width: 100%; height: auto; } svg text { font: 12px system-ui, sans-serif; fill: #444; }
        svg .end { text-anchor: end; } svg .middle { text-anchor: middle; } svg .grid { stroke: #e2e2e2; }
        polyline { fill: none; stroke-width: 1.6; }
        @media (prefers-color-scheme: dark) { body { color: #ddd; background: #16181b; } svg text { fill: #bbb; } svg .grid, th, td { stroke: #333; border-color: #333; } }
        """;

    /// <summary>The page.</summary>
    public static string Write(RunReport report)
    {
        var html = new StringBuilder();
        html.Append("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width\">\n<title>")
            .Append(Escape(report.Title)).Append("</title>\n<style>\n").Append(Style).Append("\n</style>\n</head>\n<body>\n<h1>").Append(Escape(report.Title)).Append("</h1>\n<p class=\"")
            .Append(report.Violation is null ? "held" : "broken").Append("\">").Append(Escape(report.Verdict)).Append("</p>\n<dl>\n");
        foreach ((string name, string value) in report.Facts)
        {
            html.Append("<dt>").Append(Escape(name)).Append("</dt><dd>").Append(Escape(value)).Append("</dd>\n");
        }
        html.Append("</dl>\n");
        foreach (ReportTable table in report.Tables)
        {
            WriteTable(html, table);
        }
        foreach (ReportPlot plot in report.Plots)
        {
            html.Append("<h2>").Append(Escape($"{plot.Title}, {plot.Unit}")).Append("</h2>\n").Append(SvgPlot.Write(plot));
        }
        return html.Append("</body>\n</html>\n").ToString();
    }

    private static void WriteTable(StringBuilder html, ReportTable table)
    {
        html.Append("<h2>").Append(Escape(table.Title)).Append("</h2>\n<table>\n<tr>");
        foreach (string column in table.Columns)
        {
            html.Append("<th>").Append(Escape(column)).Append("</th>");
        }
        html.Append("</tr>\n");
        foreach (IReadOnlyList<string> row in table.Rows)
        {
            html.Append("<tr>");
            foreach (string cell in row)
            {
                html.Append("<td>").Append(Escape(cell)).Append("</td>");
            }
            html.Append("</tr>\n");
        }
        html.Append("</table>\n");
    }

    private static string Escape(string text) => WebUtility.HtmlEncode(text);
}
