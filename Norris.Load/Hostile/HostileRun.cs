using System.Globalization;
using System.Net;
using Norris.Load.Networks;
using Norris.Load.Report;
using Norris.Load.Scenarios;
using Norris.Load.Verbs;

namespace Norris.Load.Hostile;

/// <summary>
/// Members talk at a fixed rate, first in peace, and then while everything hostile that there is comes to the host, again and again, with
/// connections held open that say nothing. Each case has its answer, the order holds, and the others are as fast as before.
/// </summary>
internal sealed class HostileRun(HostileOptions options)
{
    private const long NeverReadBytesMax = 64L * 1024 * 1024;

    // A hostile member follows nobody: it is to be in for as long as its case takes, however busy the machine is.
    private readonly LocalNetwork _network = NetworkChoice.CreateLocal(options, "--timeout", "10s");
    private readonly List<string> _wrong = [];
    private int _rounds;
    private int _open;
    private long _unread;

    /// <summary>Runs, and returns the report.</summary>
    /// <exception cref="Verification.ViolationException">A promise was broken.</exception>
    public Task<string> RunAsync()
    {
        var run = new LoadRun(string.Create(
            CultureInfo.InvariantCulture, $"hostile: {HostileSuite.Count} cases, {options.Rate:N0} messages/s for {options.Seconds} s in peace, and as long with them"), options, _network);
        return run.RunAsync(() => PlayAsync(run));
    }

    private async Task PlayAsync(LoadRun run)
    {
        await run.WarmUpAsync(_network, options.Rate);
        ScenarioStats peace = (await run.MeasureAsync(Talk()))[0];
        double[] before = [.. _network.Members.Select(static member => member.Node.Memory.ResidentMebibytes)];

        _network.Members[0].IsLiedTo = true;
        IPEndPoint host = IPEndPoint.Parse(_network.Members[0].Node.Address);
        using var over = new CancellationTokenSource();
        Task attack = AttackAsync(host, over.Token);
        ScenarioStats hostile = (await run.MeasureAsync(Talk()))[0];
        await over.CancelAsync();
        await attack;

        run.AddTable(new ReportTable("The others", ["", "messages/s", "p50, ms", "p99, ms", "max, ms", "lost"], [Row("in peace", peace), Row("with hostile bytes", hostile)]));
        run.AddTable(new ReportTable("Memory of the nodes, MiB", ["node", "in peace", "at the end"], [.. _network.Members.Select((member, index) => new[]
        {
            member.Observer.Name, before[index].ToString("F1", CultureInfo.InvariantCulture), (member.Node.Memory.ResidentMebibytes).ToString("F1", CultureInfo.InvariantCulture),
        })]));
        run.AddFact("rounds", string.Create(CultureInfo.InvariantCulture, $"{_rounds} of {HostileSuite.Cases.Count + PeerCases.OfMembers().Count()} cases, and {SlowCases.All().Count()} slow ones once"));
        run.AddFact("connections that said nothing", string.Create(CultureInfo.InvariantCulture, $"{options.Connections:N0}, of which {_open:N0} were open in the end"));
        run.AddFact("pipelined and never read", string.Create(CultureInfo.InvariantCulture, $"{_unread / 1024:N0} KiB of requests were taken"));
        foreach (string wrong in _wrong.Distinct().Take(20))
        {
            run.Require(false, wrong);
        }
        double slower = 100 * (1 - (Rate(hostile) / Rate(peace)));
        run.Require(slower <= options.SlowerLimitPercent, string.Create(CultureInfo.InvariantCulture, $"the others were {slower:F1} % slower"));
        run.Require(hostile.Whole.Fail + hostile.Unended + peace.Whole.Fail + peace.Unended == 0, "not every message came to everybody");
        run.Require(_unread < NeverReadBytesMax, "requests were taken without end from somebody who reads no answers");
        run.ReportMemory();
    }

    private async Task AttackAsync(IPEndPoint host, CancellationToken over)
    {
        var suite = new HostileSuite(host);
        Task<IReadOnlyList<string>> slow = suite.TrySlowAsync();
        Task<long> unread = SlowCases.NeverReadAsync(host, NeverReadBytesMax);
        _open = await SlowCases.FloodAsync(host, options.Connections, async () =>
        {
            do
            {
                _wrong.AddRange(await suite.TryAllAsync());
                _rounds++;
            }
            while (!over.IsCancellationRequested && !slow.IsCompleted);
        });
        while (!over.IsCancellationRequested)
        {
            _wrong.AddRange(await suite.TryAllAsync());
            _rounds++;
        }
        _wrong.AddRange(await slow);
        _unread = await unread;
    }

    private Scenario Talk() => TalkScenario.AtRate(_network, options.Rate, TimeSpan.FromSeconds(options.Seconds));

    private static double Rate(ScenarioStats stats) => stats.Whole.Ok / stats.Seconds;

    private static string[] Row(string name, ScenarioStats stats) =>
    [
        name, Rate(stats).ToString("F1", CultureInfo.InvariantCulture), ScenarioFigures.Milliseconds(stats.Whole.Latency.P50),
        ScenarioFigures.Milliseconds(stats.Whole.Latency.P99), ScenarioFigures.Milliseconds(stats.Whole.Latency.Max), (stats.Whole.Fail + stats.Unended).ToString(CultureInfo.InvariantCulture),
    ];
}
