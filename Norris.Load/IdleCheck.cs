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

    private readonly List<Sample> _samples = [];

    /// <summary>Measures, and returns the report.</summary>
    public async Task<string> RunAsync()
    {
        for (int run = 1; run <= options.Runs; run++)
        {
            _samples.Add(await MeasureAsync());
            await Console.Error.WriteLineAsync($"idle: run {run} of {options.Runs}: host ready after {_samples[^1].HostReady:F1} ms");
        }
        var table = new MarkdownTable();
        table.Add("host: start to `listening`, ms", _samples.Select(each => each.HostListening), 1);
        table.Add("host: start to `ready`, ms", _samples.Select(each => each.HostReady), 1);
        table.Add("member: start to `listening`, ms", _samples.Select(each => each.MemberListening), 1);
        table.Add("member: start to `ready`, ms", _samples.Select(each => each.MemberReady), 1);
        table.Add("host: resident after 2 s, MiB", _samples.Select(each => each.Host.ResidentMebibytes), 1);
        table.Add("host: peak resident, MiB", _samples.Select(each => each.Host.PeakMebibytes), 1);
        table.Add("member: resident after 2 s, MiB", _samples.Select(each => each.Member.ResidentMebibytes), 1);
        table.Add("member: peak resident, MiB", _samples.Select(each => each.Member.PeakMebibytes), 1);
        string size = new FileInfo(options.Binary).Length.ToString("N0", CultureInfo.InvariantCulture);
        return $"idle: a host and a member, {options.Runs} runs, {Environment.ProcessorCount} processors; the binary has {size} bytes\n\n{table}";
    }

    private async Task<Sample> MeasureAsync()
    {
        using var limit = new CancellationTokenSource(RunLimit);
        long hostStart = Stopwatch.GetTimestamp();
        await using LocalNode host = LocalNode.Start(options.Binary, 0, null, isSilent: false);
        (double hostListening, double hostReady) = await StartedAsync(host, hostStart, limit.Token);
        long memberStart = Stopwatch.GetTimestamp();
        await using LocalNode member = LocalNode.Start(options.Binary, 1, (await host.Output.Listening).Address, isSilent: false);
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

    private sealed record Sample(double HostListening, double HostReady, double MemberListening, double MemberReady, ProcessMemory Host, ProcessMemory Member);
}
