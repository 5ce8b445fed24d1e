using System.Diagnostics;
using System.Globalization;
using Norris.Load.Networks;
using Norris.Load.Report;
using Norris.Load.Scenarios;
using Norris.Load.Verification;

namespace Norris.Load.Verbs;

/// <summary>Talk for long at a rate that holds, while the host is killed again and again, and a new node comes for each.</summary>
internal sealed class Soak(SoakOptions options)
{
    private const double LevelSeconds = 4;
    private const double P99LimitMs = 50;

    private readonly LoadNetwork _network = NetworkChoice.Create(options, "--retention", options.Retention);
    private readonly List<(string Killed, double Second, double PauseMs)> _kills = [];

    /// <summary>Runs, and returns the report.</summary>
    /// <exception cref="ViolationException">A promise was broken.</exception>
    public Task<string> RunAsync()
    {
        string kills = options.KillEverySeconds > 0 ? string.Create(CultureInfo.InvariantCulture, $"the host killed every {options.KillEverySeconds} s") : "nobody killed";
        var run = new LoadRun(string.Create(CultureInfo.InvariantCulture, $"soak: {options.Minutes} minutes, {kills}"), options, _network);
        return run.RunAsync(() => PlayAsync(run));
    }

    private async Task PlayAsync(LoadRun run)
    {
        int rate = options.Rate > 0 ? options.Rate : await FindRateAsync(run);
        run.AddFact("rate", string.Create(CultureInfo.InvariantCulture, $"{rate:N0} messages/s"));
        await run.WarmUpAsync(_network, rate);
        Scenario talk = TalkScenario.AtRate(_network, rate, TimeSpan.FromMinutes(options.Minutes)) with
        {
            // Nobody knows what becomes of what a node says as it dies.
            Thresholds = [Threshold.Create("what the living say comes to everybody", static stats => stats.Unended == 0 && stats.Whole.Failures.Keys.All(IsOfTheDead))],
        };
        using var over = new CancellationTokenSource();
        Task killing = options.KillEverySeconds > 0 ? KillAsync((LocalNetwork)_network, over.Token) : Task.CompletedTask;
        Task<IReadOnlyList<ScenarioStats>> playing = run.PlayAsync(talk);
        await Task.WhenAny(playing, killing);
        if (playing.IsCompleted || !killing.IsCompletedSuccessfully)
        {
            await over.CancelAsync();
        }
        await killing;
        await playing;
        Report(run);
    }

    private static bool IsOfTheDead(string failure) => failure is "its node was killed" or "its node is gone";

    private async Task<int> FindRateAsync(LoadRun run)
    {
        int knee = await new RampSearch(run, _network, LevelSeconds, P99LimitMs).FindAsync(new KneeFinder(4000, 500_000, 0.3));
        return knee > 1 ? knee / 2 : throw new ViolationException("no rate held, so there is no half of it: say --rate");
    }

    private async Task KillAsync(LocalNetwork network, CancellationToken over)
    {
        long start = Stopwatch.GetTimestamp();
        try
        {
            while (true)
            {
                await Task.Delay(TimeSpan.FromSeconds(options.KillEverySeconds), over);
                if (await network.FindHostAsync() is not { } host)
                {
                    continue;
                }
                Observer witness = network.Living.First(member => member != host).Observer;
                (int hosts, double second) = (witness.Hosts, Stopwatch.GetElapsedTime(start).TotalSeconds);
                long killed = Stopwatch.GetTimestamp();
                await network.KillAsync(host);
                double pause = await UntilAsync(() => witness.Hosts > hosts, killed, over);
                _kills.Add((host.Observer.Name, second, pause));
                await network.AddNodeAsync(speaks: true);
            }
        }
        catch (OperationCanceledException)
        {
            // The talk is over.
        }
    }

    private static async Task<double> UntilAsync(Func<bool> isSo, long since, CancellationToken over)
    {
        while (!isSo())
        {
            await Task.Delay(1, over);
        }
        return Stopwatch.GetElapsedTime(since).TotalMilliseconds;
    }

    private void Report(LoadRun run)
    {
        if (_kills.Count > 0)
        {
            run.AddTable(new ReportTable("Kills", ["host", "killed at, s", "until another reigns, ms"],
                [.. _kills.Select(static kill => new[] { kill.Killed, kill.Second.ToString("F1", CultureInfo.InvariantCulture), ScenarioFigures.Milliseconds(kill.PauseMs) })]));
        }
        run.ReportMemory();
    }
}
