using System.Globalization;
using Norris.Load.Faults;
using Norris.Load.Report;
using Norris.Load.Verification;

namespace Norris.Load;

/// <summary>Some failures of the host, and the report about them.</summary>
internal sealed class Failover(FailoverOptions options)
{
    private string FaultName => options.Fault.ToString().ToLowerInvariant();

    /// <summary>Runs, and returns the report.</summary>
    /// <exception cref="ViolationException">A promise was broken; the report is printed all the same.</exception>
    public async Task<string> RunAsync()
    {
        using BridgedNetwork? bridged = options.Fault == Fault.Partition ? BridgedNetwork.Create(options.Nodes) : null;
        var measures = new List<FailoverMeasure>();
        for (int run = 1; run <= options.Runs; run++)
        {
            await using var failure = new FailoverRun(options, run, bridged);
            FailoverMeasure measure = await failure.RunAsync();
            measures.Add(measure);
            await Console.Error.WriteLineAsync($"failover: {FaultName} {run} of {options.Runs}: {Describe(measure)}");
            foreach (string violation in measure.Violations)
            {
                await Console.Error.WriteLineAsync($"failover: {FaultName} {run} of {options.Runs}: {violation}");
            }
        }
        string report = Report(measures);
        int broken = measures.Count(measure => measure.Violations.Count > 0);
        if (broken == 0)
        {
            return report;
        }
        Console.Write(report);
        throw new ViolationException($"promises were broken in {broken} of {options.Runs} runs");
    }

    private string Report(List<FailoverMeasure> measures)
    {
        var table = new PercentileTable();
        table.Add($"{FaultName}: to the next message at every survivor, ms", measures.Select(each => each.FailoverMs));
        table.Add($"{FaultName}: from its end until all are one network, ms", measures.Select(each => each.HealMs));
        int violations = measures.Sum(measure => measure.Violations.Count);
        return $"failover: {options.Nodes} nodes{(options.IsSecured ? " with a secret" : "")}, {options.Rate} messages/s in all, {options.Runs} runs from seed {options.Seed}, partition rule {options.Partition.ToString().ToLowerInvariant()}, "
            + $"{Environment.ProcessorCount} processors shared with the load program; {measures.Sum(measure => measure.Takeovers)} epochs started, {violations} violations\n\n{table}";
    }

    private static string Describe(FailoverMeasure measure)
    {
        string text = Milliseconds("goes on after", measure.FailoverMs) + Milliseconds(", one network again after", measure.HealMs);
        string verdict = measure.Violations.Count == 0 ? "as promised" : $"{measure.Violations.Count} VIOLATIONS";
        return $"{text}{(text.Length > 0 ? ", " : "")}{measure.Takeovers} epochs started, {verdict}";
    }

    private static string Milliseconds(string what, double value) =>
        double.IsNaN(value) ? "" : string.Create(CultureInfo.InvariantCulture, $"{what} {value:F0} ms");
}
