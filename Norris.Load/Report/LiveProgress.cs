using System.Collections.Concurrent;
using System.Globalization;
using Norris.Load.Scenarios;

namespace Norris.Load.Report;

/// <summary>One line a second for whoever watches; nothing where nobody does, since lines in a pipe are for programs.</summary>
/// <param name="writer">Where to, usually standard error; null to be silent.</param>
internal sealed class LiveProgress(TextWriter? writer)
{
    private readonly ConcurrentDictionary<string, Sample> _samples = new(StringComparer.Ordinal);
    private string? _first;

    /// <summary>For standard error, when that is a terminal.</summary>
    public static LiveProgress ForTerminal() => new(Console.IsErrorRedirected ? null : Console.Error);

    /// <summary>A second of a scenario has passed. The line comes with the scenario that came first.</summary>
    public void Show(Scenario scenario, Sample sample)
    {
        _samples[scenario.Name] = sample;
        _first ??= scenario.Name;
        if (writer is not null && scenario.Name == _first)
        {
            writer.WriteLine(Describe(sample.Second, _samples));
        }
    }

    /// <summary>One line in words.</summary>
    public void Say(string line) => writer?.WriteLine(line);

    /// <summary>The line.</summary>
    public static string Describe(double second, IEnumerable<KeyValuePair<string, Sample>> samples) => string.Create(CultureInfo.InvariantCulture, $"{second,5:F0} s  ") + string.Join("  |  ", samples
        .OrderBy(static each => each.Key, StringComparer.Ordinal)
        .Select(static each => string.Create(
            CultureInfo.InvariantCulture,
            $"{each.Key}: {each.Value.Ok:N0}/s, {each.Value.Fail:N0} failed, {each.Value.Backlog:N0} under way, p50 {each.Value.Latency.P50:F2} ms, p99 {each.Value.Latency.P99:F2} ms")));
}
