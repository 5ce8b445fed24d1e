using Norris.Load.Compare;

namespace Norris.Load.Crowd;

/// <summary>The members of a crowd that are nodes in this program.</summary>
/// <param name="options">What is run.</param>
/// <param name="host">Whom they join through.</param>
/// <param name="speakers">What each says.</param>
/// <param name="receipts">What each gets; as many.</param>
internal sealed class CrowdNodes(CrowdOptions options, string host, IReadOnlyList<Speaker> speakers, IReadOnlyList<Receipt> receipts) : IAsyncDisposable
{
    private readonly PrintedReceipt[] _printed = [.. receipts.Select(receipt => new PrintedReceipt(receipt, options.TextBytes))];
    private readonly List<CrowdNode> _nodes = [];

    /// <summary>What each has got.</summary>
    public IReadOnlyList<PrintedReceipt> Printed => _printed;

    /// <summary>When each was in, in ticks of the stopwatch.</summary>
    public IEnumerable<long> InAt => _nodes.Select(static node => node.InAt);

    /// <summary>How many are in.</summary>
    public int InCount => InAt.Count(static at => at != 0);

    /// <summary>How many texts they have got, all together.</summary>
    public long Deliveries => _printed.Sum(static each => each.Count);

    /// <summary>How many entries have come to them, all together.</summary>
    public long Entries => _printed.Sum(static each => each.Entries);

    /// <summary>Whether each of them has printed all up to this entry.</summary>
    public bool HaveUpTo(ulong last) => _printed.All(each => each.Last >= last);

    /// <summary>Whether each of them has got so many.</summary>
    public bool HaveAll(long messages) => _printed.All(each => each.Count >= messages);

    /// <summary>What is wrong with one of them, in one line; null where nothing is.</summary>
    public string? Violation => _nodes.Select((node, index) => (node.End ?? _printed[index].Violation) is { } violation ? $"{NameOf(index)}: {violation}" : null)
        .FirstOrDefault(static violation => violation is not null);

    /// <summary>What one of them is called.</summary>
    public static string NameOf(int index) => $"m{index}";

    /// <summary>All listen, as they would before they join.</summary>
    public void Listen()
    {
        for (int i = 0; i < speakers.Count; i++)
        {
            _nodes.Add(new CrowdNode(CrowdNode.OptionsOf(NameOf(i), host, options.NodeOptions), speakers[i], _printed[i]));
        }
    }

    /// <summary>All join at once; completes when all are in the view.</summary>
    public Task JoinAsync() => Task.WhenAll(_nodes.Select(static node => node.JoinAsync()));

    /// <summary>All say all that they have to say.</summary>
    public Task TalkAsync() => Task.WhenAll(_nodes.Select(static node => Task.Run(node.TalkAsync)));

    /// <summary>Where each stands.</summary>
    public Task<CrowdPosition[]> PositionsAsync() => Task.WhenAll(_nodes.Select(static node => node.PositionAsync()));

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (CrowdNode node in _nodes)
        {
            await node.DisposeAsync();
        }
    }
}
