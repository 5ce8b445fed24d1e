using Norris.Load.Scenarios;

namespace Norris.Load.Engines;

/// <summary>Keeps the accounts of one scenario: runs begun and ended, steps, latencies, and what happened in each second. Any thread may call.</summary>
/// <param name="scenario">Whose they are.</param>
/// <param name="clock">The time that counts.</param>
internal sealed class ScenarioRecorder(Scenario scenario, Clock clock)
{
    private readonly Lock _gate = new();
    private readonly StepRecord _whole = new(scenario.Name);
    private readonly List<StepRecord> _steps = [];
    private readonly LatencyRecord _second = new();
    private readonly LatencyRecord _startLag = new();
    private readonly List<Sample> _samples = [];
    private long _begun;
    private long _okBefore;
    private long _failBefore;

    /// <summary>The first broken promise that a run found; null while there is none.</summary>
    public Exception? Violation { get; private set; }

    /// <summary>Runs that have begun and not ended.</summary>
    public long Backlog
    {
        get
        {
            lock (_gate)
            {
                return _begun - _whole.Ended;
            }
        }
    }

    /// <summary>Runs the scenario once.</summary>
    /// <param name="number">The how manieth run it is, from 0.</param>
    /// <param name="due">When it was due.</param>
    /// <param name="cancellation">The engine waits no longer.</param>
    /// <param name="tell">Told each step, too, as it ends; null when nobody else asks.</param>
    public async Task<Response> RunAsync(long number, long due, CancellationToken cancellation, Action<string, Response>? tell = null)
    {
        lock (_gate)
        {
            _begun++;
            _startLag.Add(Clock.Between(due, clock.Now));
        }
        var context = new ScenarioContext(number, due, clock, tell is null ? RecordStep : RecordStep + tell, cancellation);
        Response response;
        try
        {
            response = await Step.CatchAsync(() => scenario.Run(context));
        }
        catch (Verification.ViolationException e)
        {
            lock (_gate)
            {
                Violation ??= e;
            }
            response = Response.Fail("violation");
        }
        response = response with { Latency = response.Latency ?? context.SinceDue(clock.Now) };
        lock (_gate)
        {
            _whole.Add(response);
            if (!response.IsError)
            {
                _second.Add(response.Latency.Value);
            }
        }
        return response;
    }

    /// <summary>A second has passed.</summary>
    /// <param name="second">How many since the start.</param>
    public Sample TakeSample(double second)
    {
        lock (_gate)
        {
            var sample = new Sample(second, _whole.Ok - _okBefore, _whole.Fail - _failBefore, _begun - _whole.Ended, _second.Read());
            (_okBefore, _failBefore) = (_whole.Ok, _whole.Fail);
            _second.Reset();
            _samples.Add(sample);
            return sample;
        }
    }

    /// <summary>The figures until now.</summary>
    /// <param name="seconds">How long it took.</param>
    public ScenarioStats Read(double seconds)
    {
        lock (_gate)
        {
            var stats = new ScenarioStats(
                scenario.Name, seconds, _whole.Read(), [.. _steps.Select(static step => step.Read())], _begun - _whole.Ended, _startLag.Read(), [.. _samples], []);
            return stats with { Missed = Threshold.FindMissed(scenario.Thresholds, stats) };
        }
    }

    private void RecordStep(string name, Response response)
    {
        lock (_gate)
        {
            StepRecord? step = _steps.Find(each => each.Name == name);
            if (step is null)
            {
                step = new StepRecord(name);
                _steps.Add(step);
            }
            step.Add(response);
        }
    }

    private sealed class StepRecord(string name)
    {
        private readonly LatencyRecord _latency = new();
        private readonly SortedDictionary<string, long> _failures = new(StringComparer.Ordinal);

        public string Name => name;

        public long Ok { get; private set; }

        public long Fail { get; private set; }

        public long Ended => Ok + Fail;

        public void Add(Response response)
        {
            if (response.IsError)
            {
                Fail++;
                _failures[response.Status] = _failures.GetValueOrDefault(response.Status) + 1;
                return;
            }
            Ok++;
            _latency.Add(response.Latency ?? TimeSpan.Zero);
        }

        public StepStats Read() => new(name, Ok, Fail, _latency.Read(), new Dictionary<string, long>(_failures, StringComparer.Ordinal));
    }
}
