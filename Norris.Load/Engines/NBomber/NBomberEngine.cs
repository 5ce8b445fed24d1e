using Norris.Load.Scenarios;
using Bomb = NBomber.CSharp;
using Contracts = NBomber.Contracts;

namespace Norris.Load.Engines;

/// <summary>
/// Has NBomber (6.0.2 or later) decide when runs begin, and report them its own way, beside ours. NBomber does not tell when a run was due:
/// latency counts from when it began, so a hold-up of NBomber itself is not in it. A licence key is read from <c>NBOMBER_LICENSE</c>.
/// </summary>
internal sealed class NBomberEngine : IScenarioEngine
{
    private const string ReportFolder = "artifacts/nbomber";

    private static readonly TimeSpan SampleInterval = TimeSpan.FromSeconds(1);

    /// <inheritdoc/>
    public async Task<IReadOnlyList<ScenarioStats>> RunAsync(IReadOnlyList<Scenario> scenarios, Action<Scenario, Sample>? progress = null)
    {
        List<(Scenario Scenario, ScenarioRecorder Recorder)> runs = [.. scenarios.Select(static each => (each, new ScenarioRecorder(each, Clock.Machine)))];
        using var over = new CancellationTokenSource();
        long start = Clock.Machine.Now;
        Task sampling = SampleAsync(runs, start, progress, over.Token);
        Contracts.ScenarioProps[] props = [.. runs.Select(static run => Adapt(run.Scenario, run.Recorder))];

        // It keeps the thread that it is called on until the end.
        await Task.Factory.StartNew(() => Run(props), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        await over.CancelAsync();
        await sampling;
        if (runs.Select(static run => run.Recorder.Violation).FirstOrDefault(static violation => violation is not null) is { } broken)
        {
            throw broken;
        }
        double seconds = Clock.Between(start, Clock.Machine.Now).TotalSeconds;
        return [.. runs.Select(run => run.Recorder.Read(seconds))];
    }

    private static void Run(Contracts.ScenarioProps[] props)
    {
        var context = Bomb.NBomberRunner.RegisterScenarios(props);
        context = Bomb.NBomberRunner.WithTestSuite(context, "norris");
        context = Bomb.NBomberRunner.WithReportFolder(context, ReportFolder);
        if (Environment.GetEnvironmentVariable("NBOMBER_LICENSE") is { Length: > 0 } key)
        {
            context = Bomb.NBomberRunner.WithLicense(context, key);
        }
        Bomb.NBomberRunner.Run(context);
    }

    private static Contracts.ScenarioProps Adapt(Scenario scenario, ScenarioRecorder recorder)
    {
        long number = -1;
        Contracts.ScenarioProps props = Bomb.Scenario.Create(scenario.Name, async context =>
        {
            Response response = await recorder.RunAsync(
                Interlocked.Increment(ref number), Clock.Machine.Now, context.ScenarioCancellationToken, (step, came) => Tell(context, step, came));
            if (recorder.Violation is { } violation)
            {
                context.StopCurrentTest(violation.Message);
            }
            return Answer(response);
        });
        props = Bomb.Scenario.WithInit(props, _ => scenario.Init());
        props = Bomb.Scenario.WithClean(props, _ => scenario.Clean());
        props = Bomb.Scenario.WithoutWarmUp(props);
        return Bomb.Scenario.WithLoadSimulations(props, [.. scenario.Simulations.Select(Adapt)]);
    }

    private static Contracts.LoadSimulation Adapt(LoadSimulation simulation) => simulation switch
    {
        Inject inject => Bomb.Simulation.Inject(inject.Rate, inject.Interval, inject.During),
        RampingInject ramp => Bomb.Simulation.RampingInject(ramp.Rate, ramp.Interval, ramp.During),
        KeepConstant constant => Bomb.Simulation.KeepConstant(constant.Copies, constant.During),
        _ => throw new NotSupportedException($"There is no {simulation.GetType().Name} in NBomber."),
    };

    // A step has ended by now, and its latency is known: NBomber is given both, in a step of its own that takes no time.
    private static void Tell(Contracts.IScenarioContext context, string step, Response response) =>
        _ = Bomb.Step.Run(step, context, () => Task.FromResult(Answer(response)));

    private static Contracts.Response<object> Answer(Response response)
    {
        double milliseconds = response.Latency?.TotalMilliseconds ?? 0;
        return response.IsError
            ? Bomb.Response.Fail(statusCode: response.Status, customLatencyMs: milliseconds)
            : Bomb.Response.Ok(statusCode: "", customLatencyMs: milliseconds);
    }

    private static async Task SampleAsync(
        IReadOnlyList<(Scenario Scenario, ScenarioRecorder Recorder)> runs, long start, Action<Scenario, Sample>? progress, CancellationToken over)
    {
        using var timer = new PeriodicTimer(SampleInterval);
        try
        {
            while (await timer.WaitForNextTickAsync(over))
            {
                foreach ((Scenario scenario, ScenarioRecorder recorder) in runs)
                {
                    Sample sample = recorder.TakeSample(Clock.Between(start, Clock.Machine.Now).TotalSeconds);
                    progress?.Invoke(scenario, sample);
                }
            }
        }
        catch (OperationCanceledException)
        {
            // That is the end.
        }
    }
}
