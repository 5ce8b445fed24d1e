using System.Globalization;
using System.Text.RegularExpressions;
using Norris.Tests.Node;

namespace Norris.Tests.Api.Metrics;

/// <summary>
/// Reads Prometheus' text format (version 0.0.4) as strictly as its documentation words it, and holds names to its conventions: a family has its help
/// and its type once and before its samples, which stand together; counters end in _total, nothing else does; base units only; histograms are cumulative,
/// end in +Inf, and agree with their count.
/// </summary>
internal sealed partial class PrometheusText
{
    private readonly Dictionary<string, double> _values = [];
    private readonly Dictionary<string, string> _types = [];

    /// <summary>The families, and their types.</summary>
    public IReadOnlyDictionary<string, string> Types => _types;

    /// <summary>The value of a sample, named as it stands there.</summary>
    public double this[string sample] => _values[sample];

    /// <summary>All samples of a family with labels.</summary>
    public IEnumerable<string> SamplesOf(string family) => _values.Keys.Where(key => key.StartsWith($"{family}{{", StringComparison.Ordinal));

    public static async Task<PrometheusText> OfAsync(InProcessNode node)
    {
        using HttpResponseMessage response = await node.SendAsync(HttpMethod.Get, "/metrics");
        Assert.Equal("text/plain; version=0.0.4; charset=utf-8", response.Content.Headers.ContentType?.ToString());
        return Read(await response.Content.ReadAsStringAsync(InProcessNode.Patience));
    }

    public static PrometheusText Read(string text)
    {
        Assert.EndsWith("\n", text, StringComparison.Ordinal);
        var read = new PrometheusText();
        string family = "";
        foreach (string line in text[..^1].Split('\n'))
        {
            family = read.ReadLine(line, family);
        }
        foreach (string histogram in read._types.Where(static each => each.Value == "histogram").Select(static each => each.Key))
        {
            read.CheckHistogram(histogram);
        }
        return read;
    }

    /// <summary>Takes one line in; the family that it belongs to.</summary>
    private string ReadLine(string line, string family)
    {
        if (HelpLine().Match(line) is { Success: true } help)
        {
            string begun = help.Groups[1].Value;
            Assert.False(_types.ContainsKey(begun), $"twice: {line}");
            Assert.True(family.Length == 0 || _types.ContainsKey(family), $"{family} has no type");
            return begun;
        }
        if (TypeLine().Match(line) is { Success: true } type)
        {
            Assert.Equal(family, type.Groups[1].Value);
            CheckName(family, type.Groups[2].Value);
            _types.Add(family, type.Groups[2].Value);
            return family;
        }
        Match sample = SampleLine().Match(line);
        Assert.True(sample.Success, $"no sample: {line}");
        string name = sample.Groups[1].Value;
        string of = _types.GetValueOrDefault(family) == "histogram" ? HistogramSuffix().Replace(name, "") : name;
        Assert.True(of == family && _types.ContainsKey(family), $"out of place: {line}");
        string labels = sample.Groups[2].Value;
        Assert.DoesNotContain(LabelName().Matches(labels).Select(static each => each.Groups[1].Value).GroupBy(static each => each), static each => each.Count() > 1);
        string value = sample.Groups[3].Value;
        Assert.True(_values.TryAdd(name + labels, value == "+Inf" ? double.PositiveInfinity : double.Parse(value, CultureInfo.InvariantCulture)), $"twice: {line}");
        Assert.True(_types[family] == "gauge" || _values[name + labels] >= 0, $"less than nothing: {line}");
        return family;
    }

    private static void CheckName(string name, string type)
    {
        Assert.Matches("^(norris|process)_", name);
        Assert.True((type == "counter") == name.EndsWith("_total", StringComparison.Ordinal), $"{name} is a {type}");
        Assert.False(type == "histogram" && !name.EndsWith("_seconds", StringComparison.Ordinal), $"{name} has no unit");
        Assert.DoesNotMatch("_(ms|us|ns|millis|micros|minutes|kb|mb|kilobytes|bits|percent)(_|$)", name);
        Assert.DoesNotMatch("_(bytes|seconds)_(?!total$)", name);
        Assert.DoesNotMatch("(gauge|counter|histogram|_count|_sum|_bucket)", name);
    }

    private void CheckHistogram(string name)
    {
        double end = double.NegativeInfinity;
        double count = 0;
        foreach (string bucket in _values.Keys.Where(key => key.StartsWith($"{name}_bucket{{le=\"", StringComparison.Ordinal)))
        {
            string le = bucket[$"{name}_bucket{{le=\"".Length..^2];
            double next = le == "+Inf" ? double.PositiveInfinity : double.Parse(le, CultureInfo.InvariantCulture);
            Assert.True(next > end && _values[bucket] >= count, $"{bucket} is out of order");
            (end, count) = (next, _values[bucket]);
        }
        Assert.Equal(double.PositiveInfinity, end);
        Assert.Equal(count, _values[$"{name}_count"]);
        Assert.True(_values[$"{name}_sum"] >= 0 && (count > 0 || _values[$"{name}_sum"] == 0));
    }

    [GeneratedRegex(@"^# HELP ([a-zA-Z_:][a-zA-Z0-9_:]*) ((?:[^\\]|\\\\|\\n)+)$")]
    private static partial Regex HelpLine();

    [GeneratedRegex(@"^# TYPE ([a-zA-Z_:][a-zA-Z0-9_:]*) (counter|gauge|histogram)$")]
    private static partial Regex TypeLine();

    [GeneratedRegex("""^([a-zA-Z_:][a-zA-Z0-9_:]*)((?:\{[a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\\n]|\\\\|\\"|\\n)*"(?:,[a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\\n]|\\\\|\\"|\\n)*")*\})?) (-?[0-9]+(?:\.[0-9]+)?(?:[Ee][+-]?[0-9]+)?|\+Inf)$""")]
    private static partial Regex SampleLine();

    [GeneratedRegex("""([a-zA-Z_][a-zA-Z0-9_]*)="(?:[^"\\]|\\.)*""")]
    private static partial Regex LabelName();

    [GeneratedRegex("_(bucket|sum|count)$")]
    private static partial Regex HistogramSuffix();
}
