using System.Diagnostics;
using System.Globalization;
using Norris.Load.Networks;
using Norris.Load.Nodes;
using Norris.Load.Report;
using Norris.Load.Scenarios;

namespace Norris.Load.Verbs;

/// <summary>Some talk at a fixed rate, while one more member reads, then does not, and then reads again.</summary>
internal sealed class SlowMember(SlowMemberOptions options)
{
    private static readonly TimeSpan ComeBackLimit = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(100);

    private readonly LocalNetwork _network = NetworkChoice.CreateLocal(options, "--retention", options.Retention);
    private readonly List<Part> _parts = [];

    private string SlowReads => options.SlowRate == 0 ? "nothing" : string.Create(CultureInfo.InvariantCulture, $"{options.SlowRate:N0} bytes/s");

    /// <summary>Runs, and returns the report.</summary>
    /// <exception cref="Verification.ViolationException">A promise was broken.</exception>
    public Task<string> RunAsync()
    {
        var run = new LoadRun(
            string.Create(CultureInfo.InvariantCulture, $"slow-member: one of {options.Nodes + 1} reads {SlowReads} for {options.Seconds} s, while {options.Rate:N0} messages/s are said"), options, _network);
        return run.RunAsync(() => PlayAsync(run));
    }

    private async Task PlayAsync(LoadRun run)
    {
        PacedStream? output = null;
        LocalMember slow = await _network.AddNodeAsync(speaks: false, wrap: stream => output = new PacedStream(stream));
        await run.WarmUpAsync(_network, options.Rate);

        TimeSpan part = TimeSpan.FromSeconds(options.Seconds);
        Task<IReadOnlyList<ScenarioStats>> playing = run.PlayAsync(TalkScenario.AtRate(_network, options.Rate, 3 * part) with { Thresholds = [TalkScenario.NothingFails] });
        await PartAsync("before", part, slow, playing);
        output!.BytesPerSecond = options.SlowRate;
        await PartAsync($"it reads {SlowReads}", part, slow, playing);
        output.BytesPerSecond = null;
        await PartAsync("it reads again", part, slow, playing);
        IReadOnlyList<Sample> samples = (await playing)[0].Samples;

        double? cameBackMs = await ComeBackAsync(slow);
        run.AddTable(new ReportTable("Parts", ["part", "messages at the others, /s", "to before", "slowest second, /s", "most p99 of a second, ms", "the slow one's, /s", "host's memory, MiB", "the slow one's memory, MiB", "put out as slow", "lost", "gaps it was told"],
            [.. _parts.Select((part, index) => Row(part, [.. samples.Where(sample => sample.Second > options.Seconds * index && sample.Second <= options.Seconds * (index + 1))]))]));
        run.AddFact("the slow one", cameBackMs is { } ms
            ? string.Create(CultureInfo.InvariantCulture, $"stands where the others do, {ms:N0} ms after the last message; it was told of {slow.Observer.Watched.Gaps} gaps{Reasons(slow)}")
            : $"did not come back within {ComeBackLimit.TotalSeconds} s of the last message");
        Judge(run, slow, cameBackMs is not null);
    }

    private void Judge(LoadRun run, LocalMember slow, bool cameBack)
    {
        double least = _parts.Min(part => part.Others) / _parts[0].Others;
        run.Require(least >= options.LeastRate, string.Create(CultureInfo.InvariantCulture, $"the others keep at least {options.LeastRate} of their rate: {least:F2}"));
        double most = _parts.Max(static part => part.HostMebibytes);
        run.Require(most <= options.MemoryLimit, string.Create(CultureInfo.InvariantCulture, $"the host's memory is at most {options.MemoryLimit} MiB: {most:F0}"));
        most = _parts.Max(static part => part.SlowMebibytes);
        run.Require(most <= options.MemoryLimit, string.Create(CultureInfo.InvariantCulture, $"the slow one's memory is at most {options.MemoryLimit} MiB: {most:F0}"));
        run.Require(cameBack, "the slow one stands where the others do in the end");
        run.Require(options.SlowRate > 0 || slow.Observer.GapReasons.Contains("slow"), "one that reads nothing is told that it was slow");
    }

    private async Task PartAsync(string name, TimeSpan during, LocalMember slow, Task playing)
    {
        Observer witness = _network.Observers[0];
        (long Messages, long Slow, long At) before = (witness.Messages, slow.Observer.Messages, Stopwatch.GetTimestamp());
        await Task.WhenAny(Task.Delay(during), playing);
        double seconds = Stopwatch.GetElapsedTime(before.At).TotalSeconds;
        _parts.Add(new Part(
            name, (witness.Messages - before.Messages) / seconds, (slow.Observer.Messages - before.Slow) / seconds,
            Memory(_network.Members[0]), Memory(slow), witness.Slow, witness.Lost, slow.Observer.Watched.Gaps));
    }

    // It has all that the others have once it stands where they stand; one that never does is let go of, which is no violation by itself.
    private async Task<double?> ComeBackAsync(LocalMember slow)
    {
        long start = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(start) < ComeBackLimit)
        {
            if (slow.Node.HasEnded)
            {
                break;
            }
            NodePosition[] positions = await Task.WhenAll(_network.Living.Select(static member => member.Node.Status.PositionAsync(CancellationToken.None)));
            if (positions.Distinct().Count() == 1 && _network.Living.All(member => member.Observer.Watched.LastSequence == positions[0].Sequence))
            {
                return Stopwatch.GetElapsedTime(start).TotalMilliseconds;
            }
            await Task.Delay(PollInterval);
        }
        await _network.KillAsync(slow);
        return null;
    }

    private static string Reasons(LocalMember slow) => slow.Observer.GapReasons.IsEmpty ? "" : $" ({string.Join(", ", slow.Observer.GapReasons.Distinct())})";

    private string[] Row(Part part, Sample[] seconds) =>
    [
        part.Name, ScenarioFigures.Count(part.Others), (part.Others / _parts[0].Others).ToString("F2", CultureInfo.InvariantCulture),
        ScenarioFigures.Count(seconds.Select(static each => each.Ok).DefaultIfEmpty().Min()), ScenarioFigures.Milliseconds(seconds.Select(static each => each.Latency.P99).DefaultIfEmpty().Max()), ScenarioFigures.Count(part.Slow),
        part.HostMebibytes.ToString("F1", CultureInfo.InvariantCulture), part.SlowMebibytes.ToString("F1", CultureInfo.InvariantCulture),
        ScenarioFigures.Count(part.PutOut), ScenarioFigures.Count(part.Lost), ScenarioFigures.Count(part.Gaps),
    ];

    private static double Memory(LocalMember member) => member.MemoryGauge.Read();

    /// <summary>What a part came to, at its end.</summary>
    private sealed record Part(string Name, double Others, double Slow, double HostMebibytes, double SlowMebibytes, int PutOut, int Lost, int Gaps);
}
