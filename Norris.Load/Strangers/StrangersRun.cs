using System.Globalization;
using System.Net;
using Norris.Load.Networks;
using Norris.Load.Nodes;
using Norris.Load.Report;
using Norris.Load.Verbs;

namespace Norris.Load.Strangers;

/// <summary>
/// Members of a network with a secret talk at a fixed rate, first in peace, and then while those who have not the secret try to get in at the
/// host, again and again: each is told what it is to be told and nothing else, nobody gets in, and the others are as fast as before.
/// </summary>
internal sealed class StrangersRun(StrangersOptions options)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(10);

    private readonly LocalNetwork _network = NetworkChoice.CreateSecured(options);
    private readonly Dictionary<string, int> _tries = [];
    private readonly List<string> _wrong = [];

    /// <summary>Runs, and returns the report.</summary>
    /// <exception cref="Verification.ViolationException">A promise was broken.</exception>
    public Task<string> RunAsync()
    {
        var run = new LoadRun(string.Create(
            CultureInfo.InvariantCulture, $"strangers: {options.Strangers} without the secret, {options.Rate:N0} messages/s for {options.Seconds} s in peace, and as long with them"), options, _network);
        return run.RunAsync(() => PlayAsync(run));
    }

    private async Task PlayAsync(LoadRun run)
    {
        LocalNode host = _network.Members[0].Node;
        using var strangers = new StrangerKinds(IPEndPoint.Parse(host.Address), options.Binary);
        IReadOnlyList<StrangerKind> kinds = strangers.All;
        await new Disturbance(run, _network, options.Rate, TimeSpan.FromSeconds(options.Seconds), options.SlowerLimitPercent).PlayAsync(
            "with strangers", over => Task.WhenAll(Enumerable.Range(0, options.Strangers).Select(number => TryAsync(kinds[number % kinds.Count], over))));
        run.AddTable(new ReportTable("Strangers", ["who", "tries"], [.. _tries.Select(static each => new[] { each.Key, each.Value.ToString("N0", CultureInfo.InvariantCulture) })]));
        run.RequireNone(_wrong);
        int members = (await host.Status.PositionAsync(CancellationToken.None)).Members;
        run.Require(members == options.Nodes, string.Create(CultureInfo.InvariantCulture, $"there are {members} members, and {options.Nodes} have the secret"));
    }

    private async Task TryAsync(StrangerKind kind, CancellationToken over)
    {
        while (!over.IsCancellationRequested)
        {
            string heard = await kind.TryAsync();
            lock (_tries)
            {
                _tries[kind.Name] = _tries.GetValueOrDefault(kind.Name) + 1;
                if (heard != kind.Answer)
                {
                    _wrong.Add($"{kind.Name} heard \"{heard}\", not \"{kind.Answer}\"");
                }
            }
            await Task.Delay(Pause, CancellationToken.None);
        }
    }
}
