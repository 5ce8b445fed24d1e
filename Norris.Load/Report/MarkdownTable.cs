using System.Globalization;
using System.Text;

namespace Norris.Load.Report;

/// <summary>A table of measures, one a row, with the median and the extremes of its runs.</summary>
internal sealed class MarkdownTable
{
    private readonly StringBuilder _text = new("| measure | median | min | max |\n|---|---:|---:|---:|\n");

    /// <summary>Adds a row.</summary>
    /// <param name="measure">What was measured, with its unit.</param>
    /// <param name="values">What it came to in each run.</param>
    /// <param name="decimals">Digits after the point.</param>
    public void Add(string measure, IEnumerable<double> values, int decimals)
    {
        Spread spread = Spread.Of(values);
        string format = "N" + decimals.ToString(CultureInfo.InvariantCulture);
        _text.Append(CultureInfo.InvariantCulture, $"| {measure} | {Cell(spread.Median)} | {Cell(spread.Min)} | {Cell(spread.Max)} |\n");

        string Cell(double value) => value.ToString(format, CultureInfo.InvariantCulture);
    }

    /// <summary>The table, with its line ends.</summary>
    public override string ToString() => _text.ToString();
}
