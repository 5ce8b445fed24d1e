namespace Norris.Load.Scenarios;

/// <summary>One run of a scenario, as the scenario sees it.</summary>
/// <param name="number">The how manieth run of this scenario it is, from 0.</param>
/// <param name="due">When it was due, on <paramref name="clock"/>; it may begin later, and latency counts from here.</param>
/// <param name="clock">The time that counts.</param>
/// <param name="record">Takes each step's name and what it came to, with its latency.</param>
/// <param name="cancellation">The engine waits no longer.</param>
internal sealed class ScenarioContext(long number, long due, Clock clock, Action<string, Response> record, CancellationToken cancellation)
{
    /// <summary>The how manieth run of this scenario it is, from 0.</summary>
    public long InvocationNumber => number;

    /// <summary>When it was due, in ticks of the stopwatch.</summary>
    public long Due => due;

    /// <summary>The time that counts.</summary>
    public Clock Clock => clock;

    /// <summary>The engine waits no longer.</summary>
    public CancellationToken Cancellation => cancellation;

    /// <summary>How long ago it was due, at a moment in ticks of the stopwatch.</summary>
    public TimeSpan SinceDue(long at) => Clock.Between(due, at);

    /// <summary>Reports a step; <see cref="Step"/> calls it.</summary>
    public void Record(string step, Response response) => record(step, response);
}
