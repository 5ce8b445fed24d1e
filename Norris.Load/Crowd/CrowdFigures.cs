using System.Globalization;
using Norris.Load.Nodes;
using Norris.Load.Report;

namespace Norris.Load.Crowd;

/// <summary>What a crowd came to, in words and tables, and which of the figures are not what they should be.</summary>
internal sealed class CrowdFigures(CrowdOptions options)
{
    private readonly List<(string Name, string Value)> _facts =
    [
        ("network", Text($"{options.Members:N0} members: {options.Processes:N0} processes, {options.Inside:N0} within this program, {options.Guests:N0} guests over HTTP; {Environment.ProcessorCount} processors shared with the load program")),
    ];

    private readonly List<ReportTable> _tables = [];
    private readonly List<string> _missed = [];

    /// <summary>What was run.</summary>
    public string Title => Text($"crowd: {options.Members:N0} members join at once, and say {options.Messages:N0} messages of {options.TextBytes} bytes");

    /// <summary>Conditions and results, by name.</summary>
    public IReadOnlyList<(string Name, string Value)> Facts => _facts;

    /// <summary>The figures.</summary>
    public IReadOnlyList<ReportTable> Tables => _tables;

    /// <summary>Thresholds that were missed.</summary>
    public IReadOnlyList<string> Missed => _missed;

    /// <summary>All are in.</summary>
    /// <param name="letIn">Seconds until each but the host was let in, ascending.</param>
    /// <param name="seen">Seconds until all had seen all the others come.</param>
    /// <param name="host">The host's processor time for it.</param>
    public void TakeJoins(double[] letIn, double seen, TimeSpan host)
    {
        _facts.Add(("joins", Text($"{letIn.Length:N0} at once, the last was let in after {letIn.DefaultIfEmpty().Max():F2} s")));
        _tables.Add(new ReportTable("Joins", ["from when all asked at once until", "s"],
        [
            Row("half were let in", letIn.Length == 0 ? 0 : Percentile.Of(letIn, 0.5), 2), Row("99% were let in", letIn.Length == 0 ? 0 : Percentile.Of(letIn, 0.99), 2),
            Row("the last was let in", letIn.DefaultIfEmpty().Max(), 2), Row("all had seen all come", seen, 2),
            Row("processor time of the host meanwhile", host.TotalSeconds, 2),
        ]));
        Limit("until the last was let in", letIn.DefaultIfEmpty().Max(), options.JoinLimitSeconds, "s");
    }

    /// <summary>All have rested.</summary>
    /// <param name="nodes">Of each process: its resident memory in MiB, and processor time as a part of one processor; the host is the first.</param>
    public void TakeRest(IReadOnlyList<(double Mebibytes, double Processors)> nodes)
    {
        List<string[]> rows = [Row("the host: resident, MiB", nodes[0].Mebibytes, 1), Row("the host: processors", nodes[0].Processors, 3)];
        if (nodes.Count > 1)
        {
            double largest = nodes.Skip(1).Max(static node => node.Mebibytes);
            rows.Add(Row("the largest other process: resident, MiB", largest, 1));
            rows.Add(Row("the other processes: processors, on average", nodes.Skip(1).Average(static node => node.Processors), 3));
            Limit("resident memory of an idle process", largest, options.NodeLimitMebibytes, "MiB");
        }
        _tables.Add(new ReportTable("All in, and nothing said", ["what", "came to"], rows));
    }

    /// <summary>All messages came to everybody.</summary>
    public void TakeStorm(double seconds, TimeSpan host, TimeSpan own)
    {
        double deliveries = (double)options.Messages * options.Members;
        _facts.Add(("storm", Text($"{options.Messages:N0} messages came to all {options.Members:N0} in {seconds:F2} s: {deliveries / seconds:N0} deliveries/s")));
        _tables.Add(new ReportTable("Storm", ["what", "came to"],
        [
            Row("until the last had the last message, s", seconds, 2), Row("messages/s", options.Messages / seconds, 0), Row("deliveries/s", deliveries / seconds, 0),
            Row("processor time of the host, s", host.TotalSeconds, 2), Row("processor time of this program, s", own.TotalSeconds, 2),
        ]));
    }

    /// <summary>All was judged.</summary>
    public void TakeEnd(NodePosition end, ulong fingerprint, IReadOnlyList<ProcessMemory> nodes, int atRelays)
    {
        _facts.Add(("order", Text($"all {options.Members:N0} got the same {options.Messages:N0} messages in the same order (fingerprint {fingerprint:x16}); all nodes stand at position {end.Sequence:N0} with the digest {end.Digest}")));
        _facts.Add(("relays", Text($"{atRelays:N0} of {options.Inside:N0} nodes within this program follow one at the end")));
        List<string[]> rows = [Row("the host: most resident ever, MiB", nodes[0].PeakMebibytes, 1), Row("the host: resident at the end, MiB", nodes[0].ResidentMebibytes, 1)];
        if (nodes.Count > 1)
        {
            rows.Add(Row("the largest other process: most resident ever, MiB", nodes.Skip(1).Max(static node => node.PeakMebibytes), 1));
        }
        _tables.Add(new ReportTable("Memory after the storm", ["what", "came to"], rows));
        Limit("resident memory of the host", nodes[0].PeakMebibytes, options.HostLimitMebibytes, "MiB");
    }

    /// <summary>All go on without the host.</summary>
    /// <param name="seconds">From its death until the last survivor had the entries that say who is gone, and who reigns.</param>
    /// <param name="gone">How many went with it, itself among them.</param>
    /// <param name="own">This program's processor time for it.</param>
    public void TakeTakeover(double seconds, int gone, TimeSpan own)
    {
        _facts.Add(("takeover", Text($"the host was killed, and {gone - 1:N0} guests went with it; {seconds * 1e3:F0} ms later all {options.Members - gone:N0} others were in the next reign, at one position with one digest")));
        _tables.Add(new ReportTable("The host is killed", ["what", "came to"],
        [
            Row("until the last survivor was in the next reign, s", seconds, 3), Row("processor time of this program, s", own.TotalSeconds, 2),
        ]));
    }

    private void Limit(string what, double value, double limit, string unit)
    {
        if (value > limit)
        {
            _missed.Add(Text($"{what}: {value:F2} {unit} of at most {limit:0.##} {unit}"));
        }
    }

    private static string[] Row(string what, double value, int decimals) => [what, value.ToString("N" + decimals.ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture)];

    private static string Text(FormattableString text) => FormattableString.Invariant(text);
}
