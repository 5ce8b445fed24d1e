using System.Globalization;
using Norris.Protocol;
using Xunit.Abstractions;

namespace Norris.Tests.Simulation;

/// <summary>
/// Many seeds, each a network of its own with faults of its own. NORRIS_SEEDS says how many and NORRIS_FIRST_SEED from where; NORRIS_SEED
/// replays one, with its trace and with the fewest faults that make it fail (NORRIS_TRACE: how many lines of that); NORRIS_SECONDS goes on with fresh seeds for so long, and
/// writes how far it is to the file NORRIS_REPORT; NORRIS_PLAN asks for one kind of plan, and NORRIS_MISTAKE replays a seed in that wrong
/// version of the protocol.
/// </summary>
public sealed class SwarmTests(ITestOutputHelper output)
{
    private const int SeedsByDefault = 2000;
    private const int TraceLinesOfReport = 400;
    private const int TraceLinesOfReplay = 50_000;
    private static readonly TimeSpan ReportPause = TimeSpan.FromSeconds(10);

    [Fact]
    public void Every_promise_holds_whatever_fails()
    {
        PlanKind? kind = Enum.TryParse(Environment.GetEnvironmentVariable("NORRIS_PLAN"), out PlanKind plan) ? plan : null;
        if (Environment.GetEnvironmentVariable("NORRIS_SEED") is { Length: > 0 } one)
        {
            _ = Enum.TryParse(Environment.GetEnvironmentVariable("NORRIS_MISTAKE"), out Mistake mistake);
            var replay = SimulationRun.Of(ulong.Parse(one, CultureInfo.InvariantCulture), kind, TraceLinesOfReplay, mistake: mistake);
            output.WriteLine(replay.Trace);
            Assert.True(replay.Failure is null, replay.Failure is null ? "" : Swarm.Explain(replay, kind, (int)Setting("NORRIS_TRACE", 2 * TraceLinesOfReport)));
            return;
        }
        var swarm = new Swarm((ulong)Setting("NORRIS_FIRST_SEED", 1), kind);
        swarm.Run(Setting("NORRIS_SEEDS", SeedsByDefault), TimeSpan.MaxValue);
        output.WriteLine(swarm.Describe());
        Assert.True(!swarm.HasFailed, swarm.Report(TraceLinesOfReport));
    }

    /// <summary>Seeds that found what was wrong, and no story that is told elsewhere does.</summary>
    [Theory]
    [InlineData(2_343_635)] // a host that is about to go over to another side judged the logs of those who had promised a later epoch
    [InlineData(5_085_809)] // a candidate asked for the log, took the same entries with a promise, and then they came as they had been asked for
    [InlineData(6_015_926)] // two survivors of one epoch, of whom one cannot be reached
    [InlineData(8_045_400)] // survivors that cannot be reached reigned in later epochs than one that can
    public void What_broke_a_promise_once_does_so_no_more(ulong seed) => Assert.Null(SimulationRun.Of(seed).Failure);

    [Fact]
    public async Task Fresh_seeds_keep_every_promise_too()
    {
        long seconds = Setting("NORRIS_SECONDS", 0);
        if (seconds == 0)
        {
            return;
        }
        PlanKind? kind = Enum.TryParse(Environment.GetEnvironmentVariable("NORRIS_PLAN"), out PlanKind plan) ? plan : null;
        string? report = Environment.GetEnvironmentVariable("NORRIS_REPORT");
        var swarm = new Swarm((ulong)Setting("NORRIS_FIRST_SEED", Random.Shared.NextInt64(1L << 40)), kind);
        var run = Task.Factory.StartNew(() => swarm.Run(long.MaxValue, TimeSpan.FromSeconds(seconds)), TaskCreationOptions.LongRunning);
        while (await Task.WhenAny(run, Task.Delay(ReportPause)) != run)
        {
            Tell(swarm.Describe(withDetails: false));
        }
        await run;
        Tell(swarm.Describe());
        if (swarm.HasFailed)
        {
            Tell(swarm.Report(TraceLinesOfReport));
        }
        Assert.False(swarm.HasFailed);

        void Tell(string what)
        {
            output.WriteLine(what);
            if (report is not null)
            {
                File.AppendAllText(report, what + "\n");
            }
        }
    }

    [Fact]
    public void The_same_seed_is_the_same_run()
    {
        for (ulong seed = 1; seed <= 20; seed++)
        {
            var run = SimulationRun.Of(seed);
            var again = SimulationRun.Of(seed, traceLines: TraceLinesOfReport);
            Assert.Equal(run.Hash, again.Hash);
            Assert.Equal(run.Events, again.Events);
        }
    }

    private static long Setting(string name, long byDefault) =>
        long.TryParse(Environment.GetEnvironmentVariable(name), CultureInfo.InvariantCulture, out long value) ? value : byDefault;
}
