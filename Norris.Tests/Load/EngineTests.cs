using Norris.Load.Engines.BuiltIn;
using Norris.Load.Scenarios;
using Norris.Load.Verification;
using Simulate = Norris.Load.Scenarios.Simulation;

namespace Norris.Tests.Load;

public sealed class EngineTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Ms = TimeSpan.FromMilliseconds(1);

    private readonly FakeClock _clock = new();

    [Fact]
    public async Task Runs_begin_when_they_are_due_whatever_became_of_those_before()
    {
        long start = _clock.Now;
        var begun = new List<double>();
        await RunAsync(Inject(4, async context =>
        {
            begun.Add(Clock.Between(start, _clock.Now).TotalMilliseconds);
            await _clock.DelayAsync(3 * Second);
            return Response.Ok();
        }));
        Assert.Equal([0, 250, 500, 750], begun);
    }

    [Fact]
    public async Task Latency_counts_from_when_a_run_was_due_though_the_engine_was_held_up()
    {
        ScenarioStats stats = await RunAsync(Inject(10, async context =>
        {
            if (context.InvocationNumber == 2)
            {
                _clock.Stall(500 * Ms);
            }
            await _clock.DelayAsync(10 * Ms);
            return Response.Ok();
        }));
        // Due at 200, 300, 400, 500 and 600 ms, begun at 700 and ended at 710; the rest took 10 ms.
        Assert.Equal(510, stats.Whole.Latency.Max, 0.5);
        Assert.Equal(400, stats.StartLag.Max, 0.5);
        Assert.Equal(10, stats.Whole.Latency.P50, 0.5);
        Assert.Equal((10, 0), (stats.Whole.Ok, stats.Whole.Fail));
    }

    [Fact]
    public async Task What_a_run_says_of_its_own_latency_counts()
    {
        ScenarioStats stats = await RunAsync(Inject(5, static _ => Task.FromResult(Response.Ok(42 * Ms))));
        Assert.Equal(42, stats.Whole.Latency.P50, 0.1);
        Assert.Equal(42, stats.Whole.Latency.Mean, 0.1);
    }

    [Fact]
    public async Task Failures_are_counted_by_their_reason_and_have_no_latency()
    {
        ScenarioStats stats = await RunAsync(Inject(6, static context => context.InvocationNumber switch
        {
            0 => Task.FromResult(Response.Fail("refused", 90 * Ms)),
            1 => throw new IOException("no"),
            2 => Task.FromResult(Response.Fail("refused")),
            _ => Task.FromResult(Response.Ok(Ms)),
        }));
        Assert.Equal((3, 3), (stats.Whole.Ok, stats.Whole.Fail));
        Assert.Equal([("IOException", 1L), ("refused", 2L)], stats.Whole.Failures.OrderBy(static each => each.Key).Select(static each => (each.Key, each.Value)));
        Assert.Equal(1, stats.Whole.Latency.Max, 0.01);
    }

    [Fact]
    public async Task Steps_are_measured_by_themselves_in_the_order_in_which_they_came()
    {
        ScenarioStats stats = await RunAsync(Inject(2, async context =>
        {
            await Step.RunAsync("come", context, () => AfterAsync(20));
            await Step.RunAsync("go", context, () => AfterAsync(5));
            return await Step.RunAsync("fall", context, static () => Task.FromResult(Response.Fail("fell")));
        }));
        Assert.Equal(["come", "go", "fall"], stats.Steps.Select(static step => step.Name));
        Assert.Equal([20, 5, 0], stats.Steps.Select(static step => Math.Round(step.Latency.P50)));
        Assert.Equal([2, 2, 0], stats.Steps.Select(static step => step.Ok));
        Assert.Equal(2, stats.Whole.Fail);

        async Task<Response> AfterAsync(int milliseconds)
        {
            await _clock.DelayAsync(milliseconds * Ms);
            return Response.Ok();
        }
    }

    [Fact]
    public async Task A_second_has_what_ended_in_it_and_the_backlog_at_its_end()
    {
        ScenarioStats stats = await RunAsync(Inject(4, async context =>
        {
            await _clock.DelayAsync(1600 * Ms);
            return Response.Ok();
        }));
        // Due at 0, 250, 500 and 750 ms, ended at 1600, 1850, 2100 and 2350 ms: the third second is not complete.
        Assert.Equal([(1.0, 0L, 4L), (2.0, 2L, 2L)], stats.Samples.Select(static sample => (sample.Second, sample.Ok, sample.Backlog)));
        Assert.Equal(1600, stats.Samples[1].Latency.P50, 2.0);
        Assert.Equal(2.35, stats.Seconds, 0.01);
    }

    [Fact]
    public async Task Copies_begin_the_next_run_when_the_one_before_has_ended()
    {
        int together = 0;
        int most = 0;
        var scenario = new Scenario("copies", async context =>
        {
            most = Math.Max(most, ++together);
            await _clock.DelayAsync(100 * Ms);
            together--;
            return Response.Ok();
        }, [Simulate.KeepConstant(3, Second)]);
        ScenarioStats stats = await RunAsync(scenario);
        Assert.Equal(3, most);
        Assert.Equal(30, stats.Whole.Ok);
        Assert.Equal(100, stats.Whole.Latency.Max, 0.2);
    }

    [Fact]
    public async Task Simulations_follow_each_other_and_runs_are_numbered_through()
    {
        long start = _clock.Now;
        var begun = new List<(long, double)>();
        var scenario = new Scenario(
            "two",
            context =>
            {
                begun.Add((context.InvocationNumber, Clock.Between(start, context.Due).TotalSeconds));
                return Task.FromResult(Response.Ok());
            },
            [Simulate.Inject(2, Second, Second), Simulate.Inject(4, Second, 0.5 * Second)]);
        await RunAsync(scenario);
        Assert.Equal([(0, 0), (1, 0.5), (2, 1), (3, 1.25)], begun);
        Assert.Equal(1.5, scenario.Duration.TotalSeconds);
    }

    [Fact]
    public async Task What_does_not_end_is_cancelled_and_then_given_up()
    {
        ScenarioStats stats = await RunAsync(Inject(2, async context =>
        {
            await new TaskCompletionSource().Task.WaitAsync(context.InvocationNumber == 0 ? context.Cancellation : CancellationToken.None);
            return Response.Ok();
        }), drainLimit: 5 * Second);
        Assert.Equal((0, 1), (stats.Whole.Fail + stats.Whole.Ok - 1, stats.Unended));
        Assert.Equal(1, stats.Whole.Failures["not in time"]);
    }

    [Fact]
    public async Task A_broken_promise_ends_the_run()
    {
        int begun = 0;
        ViolationException broken = await Assert.ThrowsAsync<ViolationException>(() => RunAsync(Inject(100, context =>
            ++begun == 3 ? throw new ViolationException("position 7: another order") : Task.FromResult(Response.Ok()))));
        Assert.Equal("position 7: another order", broken.Message);
        Assert.Equal(3, begun);
    }

    [Fact]
    public async Task What_is_to_be_done_before_and_after_is_done_once()
    {
        var done = new List<string>();
        Scenario first = Inject(2, _ => Add("run")) with { Init = () => Add("init"), Clean = () => Add("clean") };
        await RunAsync(first);
        Assert.Equal(["init", "run", "run", "clean"], done);

        Task<Response> Add(string what)
        {
            done.Add(what);
            return Task.FromResult(Response.Ok());
        }
    }

    [Fact]
    public async Task Thresholds_that_are_not_met_are_told_in_words()
    {
        Scenario scenario = Inject(4, static context => Task.FromResult(context.InvocationNumber == 0 ? Response.Fail("no") : Response.Ok(7 * Ms))) with
        {
            Thresholds =
            [
                Threshold.Create("nothing fails", static stats => stats.Whole.Fail == 0),
                Threshold.Create("p99 of at most 8 ms", static stats => stats.Whole.Latency.P99 <= 8),
                Threshold.Create("p50 of at most 6 ms", static stats => stats.Whole.Latency.P50 <= 6),
            ],
        };
        Assert.Equal(["nothing fails", "p50 of at most 6 ms"], (await RunAsync(scenario)).Missed);
    }

    private static Scenario Inject(int rate, Func<ScenarioContext, Task<Response>> run) => new("work", run, [Simulate.Inject(rate, Second, Second)]);

    private async Task<ScenarioStats> RunAsync(Scenario scenario, TimeSpan? drainLimit = null) =>
        Assert.Single(await new BuiltInEngine(_clock, drainLimit).RunAsync([scenario]));
}
