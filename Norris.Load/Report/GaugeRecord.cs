using System.Diagnostics;
using Norris.Load.Scenarios;

namespace Norris.Load.Report;

/// <summary>Reads gauges once a second, and makes plots of them.</summary>
/// <param name="gauges">The gauges, asked anew each time, since members come and go; the same names are the same line.</param>
internal sealed class GaugeRecord(Func<IEnumerable<Gauge>> gauges)
{
    private readonly Lock _gate = new();
    private readonly List<(Gauge Gauge, List<(double Second, double Value)> Points)> _lines = [];
    private readonly Dictionary<string, (double Second, double Value)> _before = [];

    /// <summary>Reads until it is cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellation)
    {
        long start = Stopwatch.GetTimestamp();
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1));
        try
        {
            Read(0);
            while (await timer.WaitForNextTickAsync(cancellation))
            {
                Read(Stopwatch.GetElapsedTime(start).TotalSeconds);
            }
        }
        catch (OperationCanceledException)
        {
            // That is the end.
        }
    }

    /// <summary>Reads all gauges once.</summary>
    /// <param name="second">The time since the start.</param>
    public void Read(double second)
    {
        lock (_gate)
        {
            foreach (Gauge gauge in gauges())
            {
                double value = gauge.Read();
                string key = $"{gauge.Plot}\n{gauge.Series}";
                if (gauge.IsRate)
                {
                    (double Second, double Value)? before = _before.TryGetValue(key, out (double, double) known) ? known : null;
                    _before[key] = (second, value);
                    value = before is { } last && second > last.Second ? (value - last.Value) / (second - last.Second) : double.NaN;
                }
                int line = _lines.FindIndex(each => each.Gauge.Plot == gauge.Plot && each.Gauge.Series == gauge.Series);
                if (line < 0)
                {
                    line = _lines.Count;
                    _lines.Add((gauge, []));
                }
                if (double.IsFinite(value))
                {
                    _lines[line].Points.Add((second, value));
                }
            }
        }
    }

    /// <summary>The plots, in the order in which their gauges first came.</summary>
    public IReadOnlyList<ReportPlot> Plots()
    {
        lock (_gate)
        {
            return [.. _lines.GroupBy(static line => line.Gauge.Plot).Select(static plot =>
                new ReportPlot(plot.Key, plot.First().Gauge.Unit, [.. plot.Select(static line => new PlotSeries(line.Gauge.Series, [.. line.Points]))]))];
        }
    }
}
