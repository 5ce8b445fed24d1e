using CommandLine;
using CommandLine.Text;
using Norris.Load.Compare;
using Norris.Load.Compare.Peers;
using Norris.Load.Crowd;
using Norris.Load.Hostile;
using Norris.Load.Strangers;
using Norris.Load.Verbs;
using Norris.Load.Verification;

namespace Norris.Load;

/// <summary>
/// The load program: storms real nodes and says whether the order held, and how fast it went. Progress goes to standard error, the
/// report to standard output. Status 0: as promised; 1: a promise was broken; 2: bad usage.
/// </summary>
internal static class Program
{
    private const int Violated = 1;
    private const int BadUsage = 2;

    private static readonly Type[] Verbs =
    [
        typeof(StormOptions), typeof(SteadyOptions), typeof(RampOptions), typeof(JoinStormOptions), typeof(SlowMemberOptions), typeof(SoakOptions),
        typeof(IdleOptions), typeof(FailoverOptions), typeof(CompareOptions), typeof(CrowdOptions), typeof(FloorOptions), typeof(HostileOptions), typeof(StrangersOptions),
    ];

    private static async Task<int> Main(string[] arguments)
    {
        using var parser = new Parser(settings =>
        {
            settings.HelpWriter = null;
            settings.CaseInsensitiveEnumValues = true;
        });
        ParserResult<object> parsed = parser.ParseArguments(arguments, Verbs);
        return parsed.Value switch
        {
            StormOptions storm => await RunAsync(storm.FindMistake(), storm.Targets.Count > 0 ? new TargetStorm(storm).RunAsync : new Storm(storm).RunAsync),
            JoinStormOptions joins => await RunAsync(joins.FindMistake(), new JoinStorm(joins).RunAsync),
            SlowMemberOptions slow => await RunAsync(slow.FindMistake(), new SlowMember(slow).RunAsync),
            SoakOptions soak => await RunAsync(soak.FindMistake(), new Soak(soak).RunAsync),
            RampOptions ramp => await RunAsync(ramp.FindMistake(), new Ramp(ramp).RunAsync),
            SteadyOptions steady => await RunAsync(steady.FindMistake(), new Steady(steady).RunAsync),
            IdleOptions idle => await RunAsync(idle.FindMistake(), new IdleCheck(idle).RunAsync),
            FailoverOptions { QuietMinutes: > 0 } quiet => await RunAsync(quiet.FindMistake(), new QuietCheck(quiet).RunAsync),
            FailoverOptions failover => await RunAsync(failover.FindMistake(), new Failover(failover).RunAsync),
            CompareOptions compare => await RunAsync(compare.FindMistake(), new Comparison(compare).RunAsync),
            CrowdOptions crowd => await RunAsync(crowd.FindMistake(), () => CrowdRun.RunAsync(crowd)),
            FloorOptions floor => RunFloor(floor),
            HostileOptions hostile => await RunAsync(hostile.FindMistake(), new HostileRun(hostile).RunAsync),
            StrangersOptions strangers => await RunAsync(strangers.FindMistake(), new StrangersRun(strangers).RunAsync),
            _ => Explain(parsed),
        };
    }

    private static async Task<int> RunAsync(string? mistake, Func<Task<string>> work)
    {
        if (mistake is not null)
        {
            await Console.Error.WriteLineAsync($"norris-load: {mistake}");
            return BadUsage;
        }
        try
        {
            Console.Write(await work());
            return 0;
        }
        catch (Exception e) when (e is ViolationException or HttpRequestException or OperationCanceledException or IOException or UnauthorizedAccessException)
        {
            await Console.Error.WriteLineAsync($"norris-load: {e.Message}");
            return Violated;
        }
    }

    private static int RunFloor(FloorOptions options)
    {
        using var server = new FloorServer(options.Port, options.TextBytes);
        Task inputEnded = Task.Run(static () => Console.OpenStandardInput().CopyTo(Stream.Null));
        server.Run(() => inputEnded.IsCompleted);
        return 0;
    }

    private static int Explain(ParserResult<object> parsed)
    {
        Error[] errors = [.. parsed.Errors];
        if (errors.All(error => error.Tag is ErrorType.HelpRequestedError or ErrorType.HelpVerbRequestedError or ErrorType.VersionRequestedError))
        {
            Console.WriteLine(HelpText.AutoBuild(parsed, text => text, error => error, verbsIndex: true));
            return 0;
        }
        string line = errors[0] is NoVerbSelectedError ? "say what to do: storm, steady, ramp, join-storm, slow-member, soak, idle, failover, compare, crowd, hostile or strangers (--help has their options)" : SentenceBuilder.Create().FormatError(errors[0]);
        Console.Error.WriteLine($"norris-load: {line}");
        return BadUsage;
    }
}
