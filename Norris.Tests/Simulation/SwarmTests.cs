using System.Globalization;
using System.Text;
using Xunit.Abstractions;

namespace Norris.Tests.Simulation;

/// <summary>Many seeds, each a network of its own with faults of its own. NORRIS_SEEDS says how many, NORRIS_SEED replays one.</summary>
public sealed class SwarmTests(ITestOutputHelper output)
{
    private const int SeedsByDefault = 1000;
    private const int TraceLinesOfReport = 300;
    private const int TraceLinesOfReplay = 20_000;

    [Fact]
    public void Every_promise_holds_whatever_fails()
    {
        if (Environment.GetEnvironmentVariable("NORRIS_SEED") is { Length: > 0 } one)
        {
            SimulationRun replay = SimulationRun.Of(ulong.Parse(one, CultureInfo.InvariantCulture), null, TraceLinesOfReplay);
            output.WriteLine(replay.Trace);
            Assert.True(replay.Failure is null, replay.Failure);
            return;
        }
        int count = int.TryParse(Environment.GetEnvironmentVariable("NORRIS_SEEDS"), CultureInfo.InvariantCulture, out int seeds) ? seeds : SeedsByDefault;
        ulong first = ulong.TryParse(Environment.GetEnvironmentVariable("NORRIS_FIRST_SEED"), CultureInfo.InvariantCulture, out ulong given) ? given : 1;
        var failed = new List<SimulationRun>();
        long microseconds = 0;
        long events = 0;
        long entries = 0;
        int ended = 0;
        var happened = new SortedDictionary<string, long>(StringComparer.Ordinal);
        var watch = System.Diagnostics.Stopwatch.StartNew();
        Parallel.For(0, count, (i, loop) =>
        {
            SimulationRun run = SimulationRun.Of(first + (ulong)i);
            Interlocked.Add(ref microseconds, run.Microseconds);
            Interlocked.Add(ref events, run.Events);
            Interlocked.Add(ref entries, run.Entries);
            lock (failed)
            {
                ended += run.HasEnded ? 1 : 0;
                foreach ((string what, int times) in run.Happened)
                {
                    happened[what] = happened.GetValueOrDefault(what) + times;
                }
                if (run.Failure is not null)
                {
                    failed.Add(run);
                    if (failed.Count >= 20)
                    {
                        loop.Stop();
                    }
                }
            }
        });
        output.WriteLine(
            $"{count} seeds, {microseconds / 3.6e9:F2} simulated hours, {events} events, {entries} entries, {count / watch.Elapsed.TotalSeconds:F0} seeds/s");
        output.WriteLine($"{ended} networks ended; {string.Join(", ", happened.Select(static pair => $"{pair.Value} {pair.Key}"))}");
        Assert.True(failed.Count == 0, Report(failed));
    }

    [Fact]
    public void The_same_seed_is_the_same_run()
    {
        for (ulong seed = 1; seed <= 20; seed++)
        {
            SimulationRun run = SimulationRun.Of(seed);
            SimulationRun again = SimulationRun.Of(seed, null, TraceLinesOfReport);
            Assert.Equal(run.Hash, again.Hash);
            Assert.Equal(run.Events, again.Events);
        }
    }

    private static string Report(List<SimulationRun> failed)
    {
        var report = new StringBuilder();
        failed.Sort(static (a, b) => a.Seed.CompareTo(b.Seed));
        foreach (SimulationRun run in failed)
        {
            report.Append(CultureInfo.InvariantCulture, $"seed {run.Seed}: {run.Failure}\n  replay: NORRIS_SEED={run.Seed} dotnet test --filter Every_promise_holds\n");
        }
        if (failed.Count > 0)
        {
            report.Append(SimulationRun.Of(failed[0].Seed, null, TraceLinesOfReport).Trace);
        }
        return report.ToString();
    }
}
