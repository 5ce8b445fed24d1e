using System.Runtime.ExceptionServices;
using Norris.Load.Scenarios;

namespace Norris.Load.Engines.BuiltIn;

/// <summary>One scenario from its first due time to the end of its last run. One thread paces it, and takes the samples between the due times.</summary>
/// <param name="scenario">The scenario.</param>
/// <param name="clock">The time that counts.</param>
/// <param name="start">When its first simulation begins.</param>
/// <param name="drainLimit">How long to wait, at the end, for runs that have not ended.</param>
/// <param name="progress">Told what happened in each second; null when nobody asks.</param>
/// <param name="over">Told when nobody waits for runs any longer; not disposed of, since one that outlasts that may still ask it.</param>
internal sealed class PacedRun(
    Scenario scenario, Clock clock, long start, TimeSpan drainLimit, Action<Scenario, Sample>? progress, CancellationTokenSource over)
{
    private static readonly TimeSpan SampleInterval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan DrainPoll = TimeSpan.FromMilliseconds(5);
    private static readonly TimeSpan CancelledLimit = TimeSpan.FromSeconds(2);

    private readonly ScenarioRecorder _recorder = new(scenario, clock);
    private long _sampleAt = Clock.After(start, SampleInterval);
    private long _number;

    /// <summary>Runs it on the calling thread.</summary>
    /// <exception cref="Verification.ViolationException">A run found a promise broken.</exception>
    public ScenarioStats Run()
    {
        long begin = start;
        double rateBefore = 0;
        foreach (LoadSimulation simulation in scenario.Simulations)
        {
            long end = Clock.After(begin, simulation.During);
            if (simulation is KeepConstant closed)
            {
                KeepConstant(closed.Copies, begin, end);
            }
            else
            {
                Inject(simulation, begin, rateBefore);
            }
            if (_recorder.Violation is not null)
            {
                break;
            }
            WaitUntil(end);
            rateBefore = Schedule.RateAfter(simulation);
            begin = end;
        }
        Drain(Clock.After(clock.Now, drainLimit));
        over.Cancel();
        Drain(Clock.After(clock.Now, CancelledLimit));
        double seconds = Clock.Between(start, clock.Now).TotalSeconds;
        if (_recorder.Violation is { } violation)
        {
            ExceptionDispatchInfo.Throw(violation);
        }
        return _recorder.Read(seconds);
    }

    private void Inject(LoadSimulation simulation, long begin, double rateBefore)
    {
        foreach (TimeSpan offset in Schedule.DueTimes(simulation, rateBefore))
        {
            long due = Clock.After(begin, offset);
            WaitUntil(due);
            if (_recorder.Violation is not null)
            {
                return;
            }
            _ = _recorder.RunAsync(_number++, due, over.Token);
        }
    }

    // The copies' runs begin on this thread and go on where what they wait for ends.
    private void KeepConstant(int copies, long begin, long end)
    {
        WaitUntil(begin);
        for (int i = 0; i < copies; i++)
        {
            _ = RunCopyAsync(end);
        }
    }

    private async Task RunCopyAsync(long end)
    {
        while (clock.Now < end && _recorder.Violation is null)
        {
            Task<Response> run = _recorder.RunAsync(Interlocked.Increment(ref _number) - 1, clock.Now, over.Token);
            if (run.IsCompleted)
            {
                // A scenario that never waits for anything must not keep the thread to itself.
                await Task.Yield();
            }
            await run;
        }
    }

    private void Drain(long limit)
    {
        while (_recorder.Backlog > 0 && clock.Now < limit && _recorder.Violation is null)
        {
            WaitUntil(Math.Min(limit, Clock.After(clock.Now, DrainPoll)));
        }
    }

    private void WaitUntil(long at)
    {
        while (_sampleAt <= at)
        {
            clock.WaitUntil(_sampleAt);
            Sample sample = _recorder.TakeSample(Clock.Between(start, _sampleAt).TotalSeconds);
            progress?.Invoke(scenario, sample);
            _sampleAt = Clock.After(_sampleAt, SampleInterval);
        }
        clock.WaitUntil(at);
    }
}
