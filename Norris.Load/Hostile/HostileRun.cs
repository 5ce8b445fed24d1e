using System.Globalization;
using System.Net;
using Norris.Load.Networks;
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
        await new Disturbance(run, _network, options.Rate, TimeSpan.FromSeconds(options.Seconds), options.SlowerLimitPercent).PlayAsync("with hostile bytes", async over =>
        {
            _network.Members[0].IsLiedTo = true;
            await AttackAsync(IPEndPoint.Parse(_network.Members[0].Node.Address), over);
        });
        run.AddFact("rounds", string.Create(CultureInfo.InvariantCulture, $"{_rounds} of {HostileSuite.Cases.Count + PeerCases.OfMembers().Count()} cases, and {SlowCases.All().Count()} slow ones once"));
        run.AddFact("connections that said nothing", string.Create(CultureInfo.InvariantCulture, $"{options.Connections:N0}, of which {_open:N0} were open in the end"));
        run.AddFact("pipelined and never read", string.Create(CultureInfo.InvariantCulture, $"{_unread / 1024:N0} KiB of requests were taken"));
        run.RequireNone(_wrong);
        run.Require(_unread < NeverReadBytesMax, "requests were taken without end from somebody who reads no answers");
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
}
