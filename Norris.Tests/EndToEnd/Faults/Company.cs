using System.Text.Json;
using Norris.Load.Faults;
using Norris.Tests.Http.RealPeers;

namespace Norris.Tests.EndToEnd.Faults;

/// <summary>Some real nodes in one view, on loopback or each at its place of a network that can be cut. The first is the host at first.</summary>
internal sealed class Company : IAsyncDisposable
{
    /// <summary>The tests of faults run one after the other: nodes that have no processor look like nodes that are gone.</summary>
    public const string Collection = "Faults";

    private readonly CancellationTokenSource _limit = new(TimeSpan.FromSeconds(30));
    private readonly List<ObservedNode> _nodes = [];
    private readonly BridgedNetwork? _network;
    private readonly string[] _arguments;

    private Company(BridgedNetwork? network, string[] arguments) => (_network, _arguments) = (network, arguments);

    /// <summary>When to give up.</summary>
    public CancellationToken Limit => _limit.Token;

    /// <summary>A node.</summary>
    public ObservedNode this[int node] => _nodes[node];

    /// <summary>The network that can be cut.</summary>
    public BridgedNetwork Network => _network ?? throw new InvalidOperationException("Loopback cannot be cut.");

    /// <summary>Starts nodes on loopback, each with these arguments, who all find the host behind a forwarder if there is one.</summary>
    public static Task<Company> StartAsync(int nodes, Forwarder? forwarder = null, params string[] arguments) =>
        StartAsync(nodes, null, forwarder, arguments);

    /// <summary>Starts nodes in a network that can be cut, each with these arguments.</summary>
    public static Task<Company> StartApartAsync(int nodes, params string[] arguments) => StartAsync(nodes, BridgedNetwork.Create(nodes), null, arguments);

    /// <summary>Some of the nodes.</summary>
    public ObservedNode[] Some(params int[] nodes) => [.. nodes.Select(node => _nodes[node])];

    /// <summary>Has these nodes say something, and waits until each of them heard each.</summary>
    public async Task TalkAsync(params int[] nodes)
    {
        ObservedNode[] some = Some(nodes);
        await Task.WhenAll(some.Select(node => node.SayAsync()));
        await Task.WhenAll(some.SelectMany(node => some.Select(other => node.HearsAsync(other, Limit))));
    }

    /// <summary>
    /// Waits until everybody hears everybody, where what is said until then may be heard by some only: they say more until all have heard
    /// something of each.
    /// </summary>
    public async Task BecomeOneAsync()
    {
        int[] said = [.. _nodes.Select(node => node.Typed)];
        while (!_nodes.TrueForAll(node => said.Select((number, sender) => node.LastOf(sender) > number).All(isHeard => isHeard)))
        {
            int[] printed = [.. _nodes.Select(node => node.Count)];
            await Task.WhenAll(_nodes.Select(node => node.SayAsync()));
            await Task.WhenAll(_nodes.Select((node, i) => node.SeesAnythingAsync(printed[i], Limit)));
        }
    }

    /// <summary>
    /// Waits until each of these nodes tells, when asked, that all of them are in and nobody else is, and that each is who it was when it came.
    /// </summary>
    public async Task AllBeInAsync(params int[] nodes)
    {
        string[] ids = await Task.WhenAll(Some(nodes).Select(async node => (await node.SeesAsync("ready", Limit)).GetProperty("member").GetString()!));
        string expected = string.Join(' ', ids.Order());
        foreach (int node in nodes)
        {
            string told = "";
            while (told != expected)
            {
                Assert.False(Limit.IsCancellationRequested, $"n{node} does not tell that {expected} are in, but {told}: {string.Join("; ", this[node].Journey)}\n{this[node].Errors}");
                JsonElement members = JsonElement.Parse((await AskAsync(node, "/v1/members")).Body).GetProperty("members");
                told = string.Join(' ', members.EnumerateArray().Select(member => member.GetProperty("id").GetString()).Order());
            }
        }
    }

    /// <summary>Kills the host, n0 of five, while all talk; those who live go on talking, and see it leave.</summary>
    public async Task KillHostAmidTalkAsync()
    {
        await Task.WhenAll(_nodes.Select(node => node.SayAsync(500)));
        await this[4].HearsAsync(this[1], 50, Limit);
        this[0].Kill();
        await Task.WhenAll(Some(1, 2, 3, 4).Select(node => node.SayAsync(500)));
        await AllSeeAsync([1, 2, 3, 4], "left", "n0");
    }

    /// <summary>Starts one more node on loopback, where another one listened that is dead, and has it join through a third.</summary>
    public async Task StartInPlaceOfAsync(int dead, int through)
    {
        string[] addresses = await Task.WhenAll(Some(dead, through).Select(async node =>
            (await node.SeesAsync("listening", Limit)).GetProperty("address").GetString()!));
        Start(["--join", addresses[1]], addresses[0]);
        _nodes[^1].Fate = NodeFate.CameLater;
        await _nodes[^1].SeesAsync("ready", Limit);
    }

    /// <summary>Has curl ask a node, from the node's own place, and tells what it said.</summary>
    public async Task<HttpWord> AskAsync(int node, string target, params string[] curl)
    {
        string[] place = _network?.CommandAt(node) ?? [];
        string address = (await _nodes[node].SeesAsync("listening", Limit)).GetProperty("address").GetString()!;
        string[] command = [.. place, "curl", "--silent", "--show-error", "--max-time", "20", "--include", .. curl, $"http://{address}{target}"];
        (int status, string output, string errors) = await Tool.RunAsync(command[0], "", command[1..]);
        Assert.True(status == 0, errors);
        return HttpWord.Of(output);
    }

    /// <summary>Waits until each of these nodes saw an event about a member of this name.</summary>
    public Task<JsonElement[]> AllSeeAsync(int[] nodes, string type, string name) =>
        Task.WhenAll(nodes.Select(node => _nodes[node].SeesAsync(type, name, Limit)));

    /// <summary>Waits until each of these nodes saw an event, whoever it is about.</summary>
    public Task<JsonElement[]> AllSeeAsync(int[] nodes, string type) => Task.WhenAll(nodes.Select(node => _nodes[node].SeesAsync(type, Limit)));

    /// <summary>Waits until all that live hear each other, ends them, and judges what they printed.</summary>
    public async Task AssertAsPromisedAsync()
    {
        await TalkAsync([.. Enumerable.Range(0, _nodes.Count).Where(node => _nodes[node].Fate != NodeFate.Died)]);
        IReadOnlyList<string> violations = FaultVerifier.FindViolations(await Task.WhenAll(_nodes.Select(node => node.EndAsync())));
        Assert.True(violations.Count == 0, string.Join('\n', violations) + string.Concat(_nodes.Select(node => $"\n{string.Join("; ", node.Journey)}\n{node.Errors}")));
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (ObservedNode node in _nodes)
        {
            await node.DisposeAsync();
        }
        _network?.Dispose();
        _limit.Dispose();
    }

    private static async Task<Company> StartAsync(int nodes, BridgedNetwork? network, Forwarder? forwarder, string[] arguments)
    {
        var company = new Company(network, arguments);
        try
        {
            await company.FoundAsync(forwarder);
            for (int i = 1; i < nodes; i++)
            {
                await company.JoinAsync(forwarder);
            }
            await company.AllSeeAsync([.. Enumerable.Range(0, nodes - 1)], "joined", $"n{nodes - 1}");
            return company;
        }
        catch
        {
            await company.DisposeAsync();
            throw;
        }
    }

    private async Task FoundAsync(Forwarder? forwarder)
    {
        Start(forwarder is null ? [] : ["--advertise", forwarder.Address]);
        string address = (await _nodes[0].SeesAsync("listening", Limit)).GetProperty("address").GetString()!;
        forwarder?.ForwardTo(address);
        await _nodes[0].SeesAsync("ready", Limit);
    }

    private async Task JoinAsync(Forwarder? forwarder)
    {
        string address = (await _nodes[0].SeesAsync("listening", Limit)).GetProperty("address").GetString()!;
        Start(["--join", forwarder?.Address ?? address]);
        await _nodes[^1].SeesAsync("ready", Limit);
    }

    private void Start(string[] arguments, string? at = null)
    {
        int index = _nodes.Count;
        string listen = at ?? (_network is null ? "127.0.0.1:0" : $"{BridgedNetwork.AddressOf(index)}:{BridgedNetwork.Port}");
        _nodes.Add(new ObservedNode(index, _network?.CommandAt(index) ?? [], ["--listen", listen, .. arguments, .. _arguments]));
    }
}
