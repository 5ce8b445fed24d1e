using System.Globalization;
using Norris.Load.Networks;
using Norris.Load.Report;
using Norris.Load.Scenarios;

namespace Norris.Load.Verbs;

/// <summary>Members talk at a fixed rate, first in peace, and then while something is done to their host, which they are not to notice.</summary>
/// <param name="run">Where the figures go.</param>
/// <param name="network">Who talks.</param>
/// <param name="rate">Messages a second in all.</param>
/// <param name="during">For how long, once in peace and once not.</param>
/// <param name="slowerLimitPercent">By how much the rate may be lower.</param>
internal sealed class Disturbance(LoadRun run, LocalNetwork network, int rate, TimeSpan during, double slowerLimitPercent)
{
    /// <summary>Measures both, and has the run fail where the others noticed.</summary>
    /// <param name="what">What is done, for the report.</param>
    /// <param name="disturb">Does it until it is canceled.</param>
    public async Task PlayAsync(string what, Func<CancellationToken, Task> disturb)
    {
        await run.WarmUpAsync(network, rate);
        ScenarioStats peace = await TalkAsync();
        double[] before = [.. network.Members.Select(static member => member.Node.Memory.ResidentMebibytes)];

        using var over = new CancellationTokenSource();
        Task disturbing = disturb(over.Token);
        ScenarioStats disturbed = await TalkAsync();
        await over.CancelAsync();
        await disturbing;

        run.AddTable(new ReportTable("The others", ["", "messages/s", "p50, ms", "p99, ms", "max, ms", "lost"], [Row("in peace", peace), Row(what, disturbed)]));
        run.AddTable(new ReportTable("Memory of the nodes, MiB", ["node", "in peace", "at the end"], [.. network.Members.Select((member, index) => new[]
        {
            member.Observer.Name, before[index].ToString("F1", CultureInfo.InvariantCulture), member.Node.Memory.ResidentMebibytes.ToString("F1", CultureInfo.InvariantCulture),
        })]));
        double slower = 100 * (1 - (Rate(disturbed) / Rate(peace)));
        run.Require(slower <= slowerLimitPercent, string.Create(CultureInfo.InvariantCulture, $"the others were {slower:F1} % slower"));
        run.Require(disturbed.Whole.Fail + disturbed.Unended + peace.Whole.Fail + peace.Unended == 0, "not every message came to everybody");
        run.ReportMemory();
    }

    private async Task<ScenarioStats> TalkAsync() => (await run.MeasureAsync(TalkScenario.AtRate(network, rate, during)))[0];

    private static double Rate(ScenarioStats stats) => stats.Whole.Ok / stats.Seconds;

    private static string[] Row(string name, ScenarioStats stats) =>
    [
        name, Rate(stats).ToString("F1", CultureInfo.InvariantCulture), ScenarioFigures.Milliseconds(stats.Whole.Latency.P50),
        ScenarioFigures.Milliseconds(stats.Whole.Latency.P99), ScenarioFigures.Milliseconds(stats.Whole.Latency.Max), (stats.Whole.Fail + stats.Unended).ToString(CultureInfo.InvariantCulture),
    ];
}
