using Norris.Load.Compare;
using Norris.Load.Nodes;

namespace Norris.Load.Crowd;

/// <summary>
/// A few nodes within this program join a host of their own, say a few words and leave, before the clock is on. The program that ships is
/// compiled beforehand; this one compiles what it does as it does it first.
/// </summary>
internal static class CrowdWarmUp
{
    private const int Members = 8;
    private const int Messages = 64;

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    /// <summary>Runs; whatever goes wrong shows in the run itself.</summary>
    /// <param name="options">What is to be run.</param>
    public static async Task RunAsync(CrowdOptions options)
    {
        using var limit = new CancellationTokenSource(Limit);
        await using LocalNode host = LocalNode.Start(options.Binary, 0, join: null, isSilent: true);
        try
        {
            await host.ReadyAsync(limit.Token);
            Speaker[] speakers = [.. Enumerable.Range(0, Members).Select(index => new Speaker(index, options.TextBytes) { Total = Messages / Members })];
            Receipt[] receipts = [.. speakers.Select(static _ => new Receipt(Members, null))];
            await using var nodes = new CrowdNodes(options, host.Address, speakers, receipts);
            nodes.Listen();
            await nodes.JoinAsync().WaitAsync(limit.Token);
            await nodes.TalkAsync().WaitAsync(limit.Token);
            while (!nodes.HaveAll(Messages))
            {
                await Task.Delay(TimeSpan.FromMilliseconds(5), limit.Token);
            }
        }
        catch (OperationCanceledException)
        {
            // The run itself will say what does not answer.
        }
    }
}
