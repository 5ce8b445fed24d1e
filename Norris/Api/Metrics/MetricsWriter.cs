using System.Globalization;
using System.Text;
using Norris.Node.Measures;

namespace Norris.Api.Metrics;

/// <summary>
/// Writes Prometheus' text format, version 0.0.4:
/// <code>
/// metric = "# HELP " name SP help LF "# TYPE " name SP type LF *sample
/// sample = name [ "{" label *( "," label ) "}" ] SP value LF
/// label  = label-name "=" DQUOTE escaped DQUOTE
/// </code>
/// Names have their unit at the end, in the base unit (seconds, bytes), and <c>_total</c> behind it when they count.
/// <para>Source: https://prometheus.io/docs/instrumenting/exposition_formats/ and https://prometheus.io/docs/practices/naming/.</para>
/// </summary>
internal sealed class MetricsWriter
{
    private readonly StringBuilder _text = new(16 * 1024);

    /// <summary>All that was written.</summary>
    public byte[] ToUtf8() => Encoding.UTF8.GetBytes(_text.ToString());

    /// <summary>Writes what is so now.</summary>
    public void Gauge(string name, string help, double value) => One(name, "gauge", help, value);

    /// <summary>Writes what is so now, for each value of a label.</summary>
    public void Gauge(string name, string help, string label, IEnumerable<(string Of, double Value)> samples) => Many(name, "gauge", help, label, samples);

    /// <summary>Writes what only grows.</summary>
    public void Counter(string name, string help, double value) => One(name, "counter", help, value);

    /// <summary>Writes what only grows, for each value of a label.</summary>
    public void Counter(string name, string help, string label, IEnumerable<(string Of, double Value)> samples) => Many(name, "counter", help, label, samples);

    /// <summary>Writes how often something took how long; the name ends in <c>_seconds</c>.</summary>
    public void Histogram(string name, string help, DelayHistogram delays)
    {
        Begin(name, "histogram", help);
        long count = 0;
        foreach ((double end, long upTo) in delays.Cumulative)
        {
            Sample($"{name}_bucket", "le", Number(end), upTo);
            count = upTo;
        }
        Sample($"{name}_sum", delays.SumSeconds);
        Sample($"{name}_count", count);
    }

    private void One(string name, string type, string help, double value)
    {
        Begin(name, type, help);
        Sample(name, value);
    }

    private void Many(string name, string type, string help, string label, IEnumerable<(string Of, double Value)> samples)
    {
        Begin(name, type, help);
        foreach ((string of, double value) in samples)
        {
            Sample(name, label, of, value);
        }
    }

    private void Begin(string name, string type, string help) =>
        _text.Append(CultureInfo.InvariantCulture, $"# HELP {name} {help.Replace(@"\", @"\\", StringComparison.Ordinal).Replace("\n", @"\n", StringComparison.Ordinal)}\n# TYPE {name} {type}\n");

    private void Sample(string name, double value) => _text.Append(CultureInfo.InvariantCulture, $"{name} {Number(value)}\n");

    private void Sample(string name, string label, string of, double value) =>
        _text.Append(CultureInfo.InvariantCulture, $"{name}{{{label}=\"{Escape(of)}\"}} {Number(value)}\n");

    private static string Number(double value) => double.IsPositiveInfinity(value) ? "+Inf" : value.ToString(CultureInfo.InvariantCulture);

    private static string Escape(string value) => value
        .Replace(@"\", @"\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal).Replace("\n", @"\n", StringComparison.Ordinal);
}
