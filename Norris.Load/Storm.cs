using System.Globalization;
using Norris.Load.Nodes;
using Norris.Load.Report;

namespace Norris.Load;

/// <summary>Some runs of a storm, and the report about them.</summary>
internal sealed class Storm(StormOptions options)
{
    /// <summary>Runs, and returns the report.</summary>
    /// <exception cref="Verification.ViolationException">A promise was broken.</exception>
    public async Task<string> RunAsync()
    {
        var measures = new List<StormMeasure>();
        var secured = new List<StormMeasure>();
        for (int run = 1; run <= options.Runs; run++)
        {
            measures.Add(await RunOnceAsync(run, secret: null));
            if (options.IsCompared)
            {
                secured.Add(await RunOnceAsync(run, NodeSecret.Create()));
            }
        }
        string report = Report(measures, "");
        if (options.IsCompared)
        {
            var shares = new MarkdownTable();
            shares.Add("messages/s with a secret, % of open", measures.Zip(secured, static (open, closed) => 100 * closed.MessagesPerSecond / open.MessagesPerSecond), 0);
            report += $"\n{Report(secured, ", with a secret")}\n{shares}";
        }
        return report;
    }

    private async Task<StormMeasure> RunOnceAsync(int run, NodeSecret? secret)
    {
        await using var storm = new StormRun(options, secret);
        StormMeasure measure = await storm.RunAsync();
        await Console.Error.WriteLineAsync(
            $"storm: run {run} of {options.Runs}{(secret is null ? "" : ", with a secret")}: {measure.Seconds:F2} s, {measure.MessagesPerSecond:N0} messages/s, the order held");
        return measure;
    }

    private string Report(List<StormMeasure> measures, string which)
    {
        var table = new MarkdownTable();
        table.Add("messages/s", measures.Select(each => each.MessagesPerSecond), 0);
        table.Add("deliveries/s", measures.Select(each => each.MessagesPerSecond * options.Nodes), 0);
        table.Add("processor time per delivery, microseconds", measures.Select(each => each.ProcessorMicrosecondsPerDelivery), 2);
        table.Add("peak resident memory of the host, MiB", measures.Select(each => each.HostPeakMebibytes), 1);
        if (options.Nodes > 1)
        {
            table.Add("peak resident memory of the largest member, MiB", measures.Select(each => each.MemberPeakMebibytes), 1);
        }
        string messages = options.Messages.ToString("N0", CultureInfo.InvariantCulture);
        return $"storm: {options.Nodes} nodes, {messages} messages of {options.TextBytes} bytes each, --output {options.Output}{which}, "
            + $"{options.Runs} runs, {Environment.ProcessorCount} processors shared with the load program; every order verified\n\n{table}";
    }
}

/// <summary>What one run came to.</summary>
/// <param name="Seconds">From the first write to the last delivery.</param>
/// <param name="MessagesPerSecond">Messages ordered, and delivered to everybody.</param>
/// <param name="ProcessorMicrosecondsPerDelivery">Processor time of all nodes, for each message that one of them delivered.</param>
/// <param name="HostPeakMebibytes">The most memory that the host had.</param>
/// <param name="MemberPeakMebibytes">The most memory that any other node had.</param>
internal sealed record StormMeasure(
    double Seconds, double MessagesPerSecond, double ProcessorMicrosecondsPerDelivery, double HostPeakMebibytes, double MemberPeakMebibytes);
