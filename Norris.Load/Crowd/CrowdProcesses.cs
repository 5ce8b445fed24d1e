using System.Diagnostics;
using Norris.Load.Compare;
using Norris.Load.Networks;
using Norris.Load.Nodes;
using Norris.Load.Verification;

namespace Norris.Load.Crowd;

/// <summary>The members of a crowd that are processes, and the guests that come in through them.</summary>
/// <param name="options">How many, and of what program.</param>
/// <param name="speakers">What each says: the processes', then the guests'.</param>
/// <param name="receipts">What each gets; as many.</param>
internal sealed class CrowdProcesses(CrowdOptions options, IReadOnlyList<Speaker> speakers, IReadOnlyList<Receipt> receipts) : IAsyncDisposable
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(60);

    private readonly LocalNode?[] _nodes = new LocalNode?[options.Processes];
    private readonly GuestSession?[] _guests = new GuestSession?[options.Guests];
    private readonly PrintedReceipt[] _printed = [.. receipts.Select(receipt => new PrintedReceipt(receipt, options.TextBytes))];
    private readonly List<Task> _following = [];
    private readonly CancellationTokenSource _over = new();
    private bool _isHostKilled;

    /// <summary>When each was in, the host left out, in ticks of the stopwatch: the processes, then the guests.</summary>
    public long[] InAt { get; } = new long[options.Processes + options.Guests];

    /// <summary>The processes that were started; the host is the first.</summary>
    public IReadOnlyList<LocalNode> Nodes => [.. _nodes.Where(static node => node is not null).Select(static node => node!)];

    /// <summary>The host, dead or alive.</summary>
    public LocalNode Host => Nodes[0];

    /// <summary>The processes that were started and not killed.</summary>
    public IReadOnlyList<LocalNode> Living => _isHostKilled ? [.. Nodes.Skip(1)] : Nodes;

    /// <summary>How many members go with the host: itself, and the guests that came in through it.</summary>
    public int MembersAtHost => 1 + Enumerable.Range(0, options.Guests).Count(i => NodeOf(i) == 0);

    /// <summary>How many are in.</summary>
    public int InCount => InAt.Count(static at => at != 0);

    /// <summary>What each has got: the processes, then the guests.</summary>
    public IReadOnlyList<PrintedReceipt> Printed => _printed;

    /// <summary>How many texts they have got, all together.</summary>
    public long Deliveries => _printed.Sum(static each => each.Count);

    /// <summary>How many entries have come to them, all together.</summary>
    public long Entries => _printed.Sum(static each => each.Entries);

    /// <summary>Whether each living process has printed all up to this entry; a guest's stream says nothing before something happens.</summary>
    public bool HaveUpTo(ulong last) => _printed.Take(options.Processes).Skip(_isHostKilled ? 1 : 0).All(each => each.Last >= last);

    /// <summary>Whether each of them has got so many.</summary>
    public bool HaveAll(long messages) => _printed.All(each => each.Count >= messages);

    /// <summary>What is wrong with what one of them got, in one line; null where nothing is.</summary>
    public string? Violation => _printed.Select((each, index) => each.Violation is { } violation ? $"{NameOf(index)}: {violation}" : null).FirstOrDefault(static each => each is not null);

    /// <summary>What one of them is called.</summary>
    public string NameOf(int index) => index < options.Processes ? $"process n{index}" : $"guest {index - options.Processes}";

    /// <summary>Starts the host.</summary>
    public Task StartHostAsync() => StartAsync(0);

    /// <summary>Starts all other processes, and brings the guests in as soon as theirs are.</summary>
    public Task JoinAsync()
    {
        Task[] processes = [Task.CompletedTask, .. Enumerable.Range(1, options.Processes - 1).Select(StartAsync)];
        Task[] guests = [.. Enumerable.Range(0, options.Guests).Select(OpenAsync)];
        return Task.WhenAll([.. processes, .. guests]);
    }

    /// <summary>Kills the host, as kill -9 does; completes when it is gone.</summary>
    public Task KillHostAsync()
    {
        _isHostKilled = true;
        return Host.KillAsync();
    }

    /// <summary>All say all that they have to say: processes read it from a pipe, guests post one message at a time. A task for each.</summary>
    public IEnumerable<Task> TalkAsync() =>
    [
        .. Nodes.Select((node, index) => Task.Run(() => Write(node, speakers[index]))),
        .. _guests.Select((guest, index) => PostAsync(guest!, speakers[options.Processes + index])),
    ];

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _over.CancelAsync();
        foreach (GuestSession guest in _guests.OfType<GuestSession>())
        {
            await guest.DisposeAsync();
        }
        foreach (LocalNode node in Nodes)
        {
            await node.DisposeAsync();
        }
        await Task.WhenAll(_following);
        _over.Dispose();
    }

    private int NodeOf(int guest) => guest % options.Processes;

    private async Task StartAsync(int index)
    {
        using var limit = new CancellationTokenSource(StartLimit);
        string[] more = options.NodeOptions.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        LocalNode node = LocalNode.Start(options.Binary, index, index == 0 ? null : Host.Address, isSilent: false, _printed[index].Take, more: more);
        Volatile.Write(ref _nodes[index], node);
        try
        {
            long ready = await node.Output.Ready.WaitAsync(limit.Token);
            await node.ReadyAsync(limit.Token);
            InAt[index] = ready;
        }
        catch (OperationCanceledException)
        {
            throw new ViolationException($"{NameOf(index)} was not in the view after {StartLimit.TotalSeconds} s");
        }
    }

    private async Task OpenAsync(int index)
    {
        GuestSession guest = await Task.Factory.StartNew(() => Open(index), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        Task following = await guest.FollowAsync(_printed[options.Processes + index].Take, _over.Token);
        lock (_following)
        {
            _following.Add(following);
        }
        _guests[index] = guest;
    }

    /// <summary>On a thread of its own, as somebody at another machine would: asks as soon as the node has said that it is in.</summary>
    private GuestSession Open(int index)
    {
        NodeOutput node = _nodes[NodeOf(index)]!.Output;
        try
        {
            node.Ready.WaitAsync(StartLimit).GetAwaiter().GetResult();
        }
        catch (TimeoutException)
        {
            throw new ViolationException($"guest {index} waits for {NameOf(NodeOf(index))}, which was not in the view after {StartLimit.TotalSeconds} s");
        }
        GuestSession guest = GuestSession.Open(node.Listening.Result.Address, $"g{index}");
        InAt[options.Processes + index] = Stopwatch.GetTimestamp();
        return guest;
    }

    private static void Write(LocalNode node, Speaker speaker)
    {
        speaker.Allowed = speaker.Total;
        byte[] line = new byte[speaker.TextBytes + 1];
        line[^1] = (byte)'\n';
        try
        {
            while (speaker.HasMore)
            {
                speaker.Say(line);
                node.Input.Write(line);
            }
            node.Input.Flush();
        }
        catch (IOException)
        {
            // The node is gone, which whoever waits for its deliveries reports.
        }
    }

    private static async Task PostAsync(GuestSession guest, Speaker speaker)
    {
        speaker.Allowed = speaker.Total;
        while (speaker.HasMore)
        {
            byte[] text = new byte[speaker.TextBytes];
            speaker.Say(text);
            System.Net.HttpStatusCode status = await guest.PostAsync(text, CancellationToken.None);
            while (status == System.Net.HttpStatusCode.TooManyRequests)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(100));
                status = await guest.PostAsync(text, CancellationToken.None);
            }
            if (status != System.Net.HttpStatusCode.Created)
            {
                throw new ViolationException($"a guest's message was answered with {(int)status}");
            }
        }
    }
}
