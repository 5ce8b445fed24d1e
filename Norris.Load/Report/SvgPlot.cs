using System.Globalization;
using System.Net;
using System.Text;

namespace Norris.Load.Report;

/// <summary>A plot as inline SVG: lines, with a scale on both sides and the names of the lines below.</summary>
internal static class SvgPlot
{
    private const int Width = 860;
    private const int Height = 260;
    private const int Left = 70;
    private const int Right = 10;
    private const int Top = 10;
    private const int Bottom = 30;
    private const int LegendLine = 18;
    private const int LegendColumns = 5;

    private static readonly string[] Colours =
        ["#1f77b4", "#d62728", "#2ca02c", "#ff7f0e", "#9467bd", "#8c564b", "#e377c2", "#17becf", "#bcbd22", "#7f7f7f"];

    /// <summary>The svg element.</summary>
    public static string Write(ReportPlot plot)
    {
        List<(double At, double Value)[]> lines = [.. plot.Series.Select(static series => series.Points.Where(static point => double.IsFinite(point.Value)).ToArray())];
        double last = Math.Max(1, lines.SelectMany(static line => line).Select(static point => point.At).DefaultIfEmpty().Max());
        double step = StepFor(lines.SelectMany(static line => line).Select(static point => point.Value).DefaultIfEmpty().Max());
        double most = step * 5;
        int legend = (plot.Series.Count + LegendColumns - 1) / LegendColumns * LegendLine;

        var svg = new StringBuilder();
        svg.Append(CultureInfo.InvariantCulture, $"<svg viewBox=\"0 0 {Width} {Height + legend}\" role=\"img\" aria-label=\"{Escape(plot.Title)}\">\n");
        for (int i = 0; i <= 5; i++)
        {
            double y = Y(step * i, most);
            svg.Append(CultureInfo.InvariantCulture, $"<line class=\"grid\" x1=\"{Left}\" x2=\"{Width - Right}\" y1=\"{y:F1}\" y2=\"{y:F1}\"/>");
            svg.Append(CultureInfo.InvariantCulture, $"<text class=\"end\" x=\"{Left - 6}\" y=\"{y + 4:F1}\">{step * i:#,0.###}</text>\n");
        }
        for (int i = 0; i <= 5; i++)
        {
            svg.Append(CultureInfo.InvariantCulture, $"<text class=\"middle\" x=\"{X(last * i / 5, last):F1}\" y=\"{Height - 8}\">{last * i / 5:#,0.#} {Escape(plot.HorizontalUnit)}</text>\n");
        }
        for (int i = 0; i < lines.Count; i++)
        {
            string colour = Colours[i % Colours.Length];
            string points = string.Join(' ', lines[i].Select(point => string.Create(CultureInfo.InvariantCulture, $"{X(point.At, last):F1},{Y(point.Value, most):F1}")));
            svg.Append(CultureInfo.InvariantCulture, $"<polyline stroke=\"{colour}\" points=\"{points}\"/>\n");
            int x = Left + (i % LegendColumns * (Width - Left) / LegendColumns);
            int y = Height + 4 + (i / LegendColumns * LegendLine);
            svg.Append(CultureInfo.InvariantCulture, $"<rect x=\"{x}\" y=\"{y}\" width=\"10\" height=\"10\" fill=\"{colour}\"/><text x=\"{x + 15}\" y=\"{y + 9}\">{Escape(plot.Series[i].Name)}</text>\n");
        }
        return svg.Append("</svg>\n").ToString();
    }

    /// <summary>A round step (1, 2 or 5 times a power of ten) of which five reach at least so far.</summary>
    public static double StepFor(double most)
    {
        if (!(most > 0))
        {
            return 1;
        }
        double power = Math.Pow(10, Math.Floor(Math.Log10(most / 5)));
        double[] factors = [1, 2, 5, 10];
        return power * factors.First(factor => power * factor * 5 >= most || factor == 10);
    }

    private static double X(double at, double last) => Left + (at / last * (Width - Left - Right));

    private static double Y(double value, double most) => Height - Bottom - (Math.Clamp(value, 0, most) / most * (Height - Top - Bottom));

    private static string Escape(string text) => WebUtility.HtmlEncode(text);
}
