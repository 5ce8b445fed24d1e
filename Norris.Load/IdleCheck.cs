using System.Diagnostics;
using System.Globalization;
using Norris.Load.Nodes;
using Norris.Load.Report;

namespace Norris.Load;

/// <summary>Starts a host and a member, lets them be, and measures how long they took and what they need.</summary>
internal sealed class IdleCheck(IdleOptions options)
{
    private static readonly TimeSpan Rest = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan RunLimit = TimeSpan.FromSeconds(60);

    /// <summary>Measures, and returns the report.</summary>
    public async Task<string> RunAsync()
    {
        var open = new List<Sample>();
        var secured = new List<Sample>();
        for (int run = 1; run <= options.Runs; run++)
        {
            open.Add(await MeasureAsync(null));
            if (options.IsCompared)
            {
                secured.Add(await MeasureAsync(NodeSecret.Create()));
            }
            await Console.Error.WriteLineAsync($"idle: run {run} of {options.Runs}: host ready after {open[^1].HostReady:F1} ms");
        }
        string size = new FileInfo(options.Binary).Length.ToString("N0", CultureInfo.InvariantCulture);
        string report = $"idle: a host and a member, {options.Runs} runs, {Environment.ProcessorCount} processors; the binary has {size} bytes\n\n{Report(open)}";
        if (!options.IsCompared)
        {
            return report;
        }
        var cost = new MarkdownTable();
        cost.Add("joining with a secret, ms more than without", open.Zip(secured, static (without, with) => with.Joining - without.Joining), 1);
        return $"{report}\nWith a secret:\n\n{Report(secured)}\nBeside each other:\n\n{cost}";
    }

    private static MarkdownTable Report(List<Sample> samples)
    {
        var table = new MarkdownTable();
        table.Add("host: start to `listening`, ms", samples.Select(static each => each.HostListening), 1);
        table.Add("host: start to `ready`, ms", samples.Select(static each => each.HostReady), 1);
        table.Add("member: start to `listening`, ms", samples.Select(static each => each.MemberListening), 1);
        table.Add("member: start to `ready`, ms", samples.Select(static each => each.MemberReady), 1);
        table.Add("member: joining (`listening` to `ready`), ms", samples.Select(static each => each.Joining), 1);
        table.Add("host: resident after 2 s, MiB", samples.Select(static each => each.Host.ResidentMebibytes), 1);
        table.Add("host: peak resident, MiB", samples.Select(static each => each.Host.PeakMebibytes), 1);
        table.Add("member: resident after 2 s, MiB", samples.Select(static each => each.Member.ResidentMebibytes), 1);
        table.Add("member: peak resident, MiB", samples.Select(static each => each.Member.PeakMebibytes), 1);
        return table;
    }

    private async Task<Sample> MeasureAsync(NodeSecret? secret)
    {
        using var limit = new CancellationTokenSource(RunLimit);
        long hostStart = Stopwatch.GetTimestamp();
        await using LocalNode host = LocalNode.Start(options.Binary, 0, null, isSilent: false, secret: secret);
        (double hostListening, double hostReady) = await StartedAsync(host, hostStart, limit.Token);
        long memberStart = Stopwatch.GetTimestamp();
        await using LocalNode member = LocalNode.Start(options.Binary, 1, (await host.Output.Listening).Address, isSilent: false, secret: secret);
        (double memberListening, double memberReady) = await StartedAsync(member, memberStart, limit.Token);

        // Not asked anything over HTTP: an idle node is one that nobody asks.
        await Task.Delay(Rest, limit.Token);
        var sample = new Sample(hostListening, hostReady, memberListening, memberReady, host.Memory, member.Memory);
        await member.LeaveAsync(limit.Token);
        await host.LeaveAsync(limit.Token);
        return sample;
    }

    private static async Task<(double Listening, double Ready)> StartedAsync(LocalNode node, long start, CancellationToken cancellation)
    {
        long listening = (await node.Output.Listening.WaitAsync(cancellation)).At;
        long ready = await node.Output.Ready.WaitAsync(cancellation);
        return (Stopwatch.GetElapsedTime(start, listening).TotalMilliseconds, Stopwatch.GetElapsedTime(start, ready).TotalMilliseconds);
    }

    private sealed record Sample(double HostListening, double HostReady, double MemberListening, double MemberReady, ProcessMemory Host, ProcessMemory Member)
    {
        public double Joining => MemberReady - MemberListening;
    }
}
