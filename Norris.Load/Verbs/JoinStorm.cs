using System.Globalization;
using Norris.Load.Networks;
using Norris.Load.Report;
using Norris.Load.Scenarios;
using Norris.Load.Verification;

namespace Norris.Load.Verbs;

/// <summary>Some talk all the time, and others come, say something, stay for a moment and go.</summary>
internal sealed class JoinStorm(JoinStormOptions options)
{
    private const string Storm = "join";
    private const string LetIn = "let in";
    private const string Leave = "leave";

    private readonly LoadNetwork _network = NetworkChoice.Create(options);

    /// <summary>Runs, and returns the report.</summary>
    /// <exception cref="ViolationException">A promise was broken.</exception>
    public Task<string> RunAsync()
    {
        string who = $"{options.Kind.ToString().ToLowerInvariant()}s";
        var run = new LoadRun(
            string.Create(CultureInfo.InvariantCulture, $"join-storm: {options.Joins:N0} {who} come each second for {options.Seconds} s, while {options.Rate:N0} messages/s are said"), options, _network);
        return run.RunAsync(() => PlayAsync(run));
    }

    private async Task PlayAsync(LoadRun run)
    {
        await run.WarmUpAsync(_network, options.Rate);
        await WaitUntilFoundersHaveJoinedAsync();
        Observer witness = _network.Observers[0];
        (int Joined, int Left) before = (witness.Joined, witness.Left);
        TimeSpan during = TimeSpan.FromSeconds(options.Seconds);
        var storm = new Scenario(Storm, options.Kind == Newcomer.Guest ? VisitAsGuestAsync : VisitAsNodeAsync, [Simulation.Inject(options.Joins, TimeSpan.FromSeconds(1), during)])
        {
            Thresholds = [Threshold.Create("everybody comes, is heard and goes", static stats => stats.Whole.Fail + stats.Unended == 0)],
        };
        IReadOnlyList<ScenarioStats> stats = await run.PlayAsync(storm, TalkScenario.AtRate(_network, options.Rate, during) with { Thresholds = [TalkScenario.NothingFails] });
        await _network.SettleAsync();
        Report(run, stats[0]);
        Judge(stats[0], witness, before);
    }

    private async Task<Response> VisitAsGuestAsync(ScenarioContext context)
    {
        string address = _network.Addresses[(int)(context.InvocationNumber % _network.Addresses.Count)];
        GuestSession? session = null;
        Response letIn = await Step.RunAsync(LetIn, context, async () =>
        {
            session = await GuestSession.OpenAsync(address, string.Create(CultureInfo.InvariantCulture, $"visitor-{context.InvocationNumber}"), context.Cancellation);
            return Response.Ok(context.SinceDue(context.Clock.Now));
        });
        if (session is null)
        {
            return letIn;
        }
        await using GuestSession visitor = session;
        GuestVoice voice = _network.AddVoice(number => new GuestVoice(number, _network.WaitedFor, session, _network.Watch, options.TextBytes), takesTurns: false);
        Response heard = await SayAsync(voice, context);
        Response left = await Step.RunAsync(Leave, context, async () =>
        {
            await session.CloseAsync(context.Cancellation);
            return Response.Ok();
        });
        voice.End("left");
        return Whole(heard.IsError ? heard : left);
    }

    private async Task<Response> VisitAsNodeAsync(ScenarioContext context)
    {
        var local = (LocalNetwork)_network;
        LocalMember? member = null;
        Response letIn = await Step.RunAsync(LetIn, context, async () =>
        {
            member = await local.AddNodeAsync(speaks: false, comesAndGoes: true);
            return Response.Ok(context.SinceDue(context.Clock.Now));
        });
        if (member is null)
        {
            return letIn;
        }
        Response heard = await SayAsync(local.AddVoice(member), context);
        Response left = await Step.RunAsync(Leave, context, async () =>
        {
            await local.LeaveAsync(member);
            return Response.Ok();
        });
        return Whole(heard.IsError ? heard : left);
    }

    private async Task<Response> SayAsync(Voice voice, ScenarioContext context)
    {
        Response heard = await Step.RunAsync("heard by all", context, async () =>
        {
            Arrival arrival = await voice.SayAsync().WaitAsync(context.Cancellation);
            return arrival.Failure is { } why ? Response.Fail(why) : Response.Ok();
        });
        await Task.Delay(TimeSpan.FromSeconds(options.StaySeconds), context.Cancellation);
        return heard;
    }

    // The whole visit counts from when it was due, whatever its last step took.
    private static Response Whole(Response last) => last with { Latency = null };

    // Everybody who is there at first must be counted before those that come are.
    private async Task WaitUntilFoundersHaveJoinedAsync()
    {
        await _network.SettleAsync();
        if (_network.Observers.Select(static observer => observer.Hosts).Max() > 1)
        {
            throw new ViolationException("another host was there before anybody came");
        }
    }

    private static void Report(LoadRun run, ScenarioStats storm)
    {
        StepStats letIn = storm.Steps.First(static step => step.Name == LetIn);
        run.AddFact("joins", string.Create(
            CultureInfo.InvariantCulture,
            $"{letIn.Ok:N0}, {letIn.Ok / storm.Seconds:N1} each second until the last had gone; until let in, from when it was due: p50 {ScenarioFigures.Milliseconds(letIn.Latency.P50)} ms, p99 {ScenarioFigures.Milliseconds(letIn.Latency.P99)} ms"));
    }

    // Each join and each leave has its one place in the order; nobody is lost in between.
    private void Judge(ScenarioStats storm, Observer witness, (int Joined, int Left) before)
    {
        if (options.Targets.Count > 0 || storm.Whole.Fail + storm.Unended > 0)
        {
            return;
        }
        (int joined, int left) = (witness.Joined - before.Joined, witness.Left - before.Left);
        long joins = storm.Steps.First(static step => step.Name == LetIn).Ok;
        long leaves = storm.Steps.First(static step => step.Name == Leave).Ok;
        if (joined != joins || left != leaves || witness.Lost + witness.Slow > 0)
        {
            throw new ViolationException($"position {witness.Watched.LastSequence}: {witness.Name} saw {joined} join, {left} leave and {witness.Lost + witness.Slow} put out by then, of {joins} that were let in and {leaves} that left");
        }
    }
}
