using System.Globalization;
using System.Text;

namespace Norris.Load.Report;

/// <summary>A table of measures, one a row, with what half and 99 of 100 runs kept below.</summary>
internal sealed class PercentileTable
{
    private readonly StringBuilder _text = new("| measure | runs | p50 | p99 | max |\n|---|---:|---:|---:|---:|\n");

    /// <summary>Adds a row of milliseconds; values that are no number are runs without this measure.</summary>
    public void Add(string measure, IEnumerable<double> values)
    {
        double[] sorted = [.. values.Where(value => !double.IsNaN(value)).Order()];
        if (sorted.Length > 0)
        {
            _text.Append(CultureInfo.InvariantCulture, $"| {measure} | {sorted.Length} | {Percentile.Of(sorted, 0.5):F0} | {Percentile.Of(sorted, 0.99):F0} | {sorted[^1]:F0} |\n");
        }
    }

    /// <summary>The table, with its line ends.</summary>
    public override string ToString() => _text.ToString();
}
