using System.Diagnostics;
using System.Globalization;
using Norris.Load.Nodes;
using Norris.Load.Scenarios;
using Norris.Load.Verification;

namespace Norris.Load.Networks;

/// <summary>Nodes of this machine, each of which speaks, and each of which observes.</summary>
/// <param name="binary">The path of the program.</param>
/// <param name="nodes">How many.</param>
/// <param name="textBytes">How long each text is.</param>
/// <param name="nodeOptions">Further options of every node.</param>
internal sealed class LocalNetwork(string binary, int nodes, int textBytes, params string[] nodeOptions) : LoadNetwork(0)
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan StillLimit = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(10);
    private static readonly string[] NothingWrong = ["divergences_total", "gaps_total"];

    private readonly Lock _gate = new();
    private LocalMember[] _members = [];
    private int _started;

    /// <summary>The secret of all of them; null for an open network.</summary>
    public NodeSecret? Secret { get; init; }

    /// <summary>Everybody that ever was a member, in the order in which they came.</summary>
    public IReadOnlyList<LocalMember> Members => Volatile.Read(ref _members);

    /// <summary>Those that are there.</summary>
    public IEnumerable<LocalMember> Living => Members.Where(static member => member.IsAlive);

    /// <inheritdoc/>
    public override IReadOnlyList<Observer> WaitedFor => [.. Living.Where(static each => each.Observer.IsWaitedFor && each.Node.Output.Ready.IsCompletedSuccessfully).Select(static each => each.Observer)];

    /// <inheritdoc/>
    public override string Description => string.Create(CultureInfo.InvariantCulture, $"{nodes} local nodes{(Secret is null ? "" : " with a secret")}");

    /// <inheritdoc/>
    public override IReadOnlyList<string> Addresses => [.. Living.Select(static member => member.Node.Address)];

    /// <inheritdoc/>
    public override IReadOnlyList<Gauge> MemoryGauges => [.. Members.Where(static member => member.Observer.IsPlotted).Select(static member => member.MemoryGauge)];

    /// <inheritdoc/>
    public override async Task StartAsync()
    {
        for (int i = 0; i < nodes; i++)
        {
            await AddNodeAsync(speaks: false);
        }
        // Only now does everybody see everything that is said.
        foreach (LocalMember member in Members)
        {
            Speak(member);
        }
    }

    /// <summary>Starts one more node, which joins through those that live and stay.</summary>
    /// <param name="speaks">Whether it takes its turns at once.</param>
    /// <param name="comesAndGoes">Whether it is one of many that stay for a moment: nobody waits for what it sees, and it is not plotted.</param>
    /// <param name="wrap">Puts something between its output and who reads it, so that it may be slow; null for nothing.</param>
    public async Task<LocalMember> AddNodeAsync(bool speaks, bool comesAndGoes = false, Func<Stream, Stream>? wrap = null)
    {
        int index = Interlocked.Increment(ref _started) - 1;
        string join = string.Join(',', Living.Where(static member => member.Observer.IsPlotted && member.Node.Address.Length > 0).Select(static member => member.Node.Address));
        Observer observer = Observe($"n{index.ToString(CultureInfo.InvariantCulture)}", isWaitedFor: !comesAndGoes && wrap is null, isPlotted: !comesAndGoes);
        LocalNode node = LocalNode.Start(binary, index, join.Length > 0 ? join : null, isSilent: false, observer.Take, wrap, nodeOptions, Secret);
        var member = new LocalMember(node, observer) { IsUnharmed = wrap is null };
        lock (_gate)
        {
            Volatile.Write(ref _members, [.. _members, member]);
        }
        using (var limit = new CancellationTokenSource(StartLimit))
        {
            try
            {
                await node.ReadyAsync(limit.Token);
                await node.Output.Ready.WaitAsync(limit.Token);
            }
            catch (OperationCanceledException)
            {
                throw new ViolationException($"node {index} was not in the view after {StartLimit.TotalSeconds} s");
            }
        }
        if (speaks)
        {
            Speak(member);
        }
        return member;
    }

    /// <summary>Kills a node as a crash would.</summary>
    public async Task KillAsync(LocalMember member)
    {
        member.IsAlive = false;
        if (member.Voice is { } voice)
        {
            Silence(voice);
        }
        await member.Node.KillAsync();
        Forget(member.Observer, Stopwatch.GetTimestamp());
        member.Voice?.End("its node was killed");
    }

    /// <summary>Has a member leave that joined while others were talking, and judges what it saw.</summary>
    public async Task LeaveAsync(LocalMember member)
    {
        member.IsAlive = false;
        member.Voice?.Dispose();
        await member.Node.LeaveAsync(CancellationToken.None);
        member.Voice?.End("left");
        Forget(member.Observer, Stopwatch.GetTimestamp());
    }

    /// <summary>The member that is the host, as another one that lives says; null while nobody knows.</summary>
    public async Task<LocalMember?> FindHostAsync()
    {
        foreach (LocalMember member in Living)
        {
            if ((await member.Node.Status.MetricsAsync(CancellationToken.None)).GetValueOrDefault("host") == 1)
            {
                return member;
            }
        }
        return null;
    }

    /// <inheritdoc/>
    public override async Task SettleAsync()
    {
        long progressAt = Stopwatch.GetTimestamp();
        (long Backlog, ulong Seen) before = default;
        while (!await IsSettledAsync())
        {
            (long Backlog, ulong Seen) now = (Backlog, Living.Aggregate(0UL, static (sum, member) => sum + member.Observer.Watched.LastSequence));
            progressAt = now == before ? progressAt : Stopwatch.GetTimestamp();
            before = now;
            if (Watch.Violation is not null)
            {
                break;
            }
            if (Stopwatch.GetElapsedTime(progressAt) > StillLimit)
            {
                throw new ViolationException(await DescribeStillAsync());
            }
            await Task.Delay(PollInterval);
        }
        Judge();
        await JudgeNodesAsync();
    }

    /// <inheritdoc/>
    public override async Task LeaveAsync()
    {
        foreach (LocalMember member in Living.Reverse().ToList())
        {
            await LeaveAsync(member);
        }
        if (Watch.Violation is { } violation)
        {
            throw new ViolationException(violation);
        }
    }

    /// <inheritdoc/>
    public override async ValueTask DisposeAsync()
    {
        foreach (LocalMember member in Members)
        {
            member.Voice?.Dispose();
            await member.Node.DisposeAsync();
        }
    }

    private void Speak(LocalMember member) => member.Voice = AddVoice(
        number => new NodeVoice(number, WaitedFor, member.Node, textBytes), takesTurns: true);

    /// <summary>Has a node that comes and goes say something, outside of the turns.</summary>
    public NodeVoice AddVoice(LocalMember member) => member.Voice = AddVoice(number => new NodeVoice(number, WaitedFor, member.Node, textBytes), takesTurns: false);

    // Nothing is under way; everybody has printed all that its log holds, and all logs are the same.
    private async Task<bool> IsSettledAsync()
    {
        if (Members.Where(static member => member.IsAlive).Any(static member => member.Voice is { IsAlive: true, Pending: > 0 }))
        {
            return false;
        }
        LocalMember[] living = [.. Living];
        if (living.FirstOrDefault(static member => member.Node.HasEnded) is { } dead)
        {
            throw new ViolationException($"{dead.Observer.Name} ended by itself: {(await dead.Node.Errors).Trim()}");
        }
        NodePosition[] positions = await Task.WhenAll(living.Select(static member => member.Node.Status.PositionAsync(CancellationToken.None)));
        CompareDigests(positions);
        return positions.Distinct().Count() == 1 && living.All(member => member.Observer.Watched.LastSequence == positions[0].Sequence);
    }

    private async Task JudgeNodesAsync()
    {
        foreach (LocalMember member in Living)
        {
            Dictionary<string, double> metrics = await member.Node.Status.MetricsAsync(CancellationToken.None);
            foreach (string name in NothingWrong.Where(name => name == "gaps_total" ? member.IsUnharmed : !member.IsLiedTo))
            {
                if (metrics[name] != 0)
                {
                    throw new ViolationException($"{member.Observer.Name} has norris_{name} {metrics[name].ToString(CultureInfo.InvariantCulture)} instead of 0");
                }
            }
        }
    }

    private async Task<string> DescribeStillAsync()
    {
        foreach (LocalMember member in Living)
        {
            await Console.Error.WriteLineAsync($"{member.Observer.Name}: printed up to {member.Observer.Watched.LastSequence}; {await member.Node.Status.DescribeAsync()}");
        }
        LocalMember least = Living.MinBy(static member => member.Observer.Watched.LastSequence)!;
        return $"position {least.Observer.Watched.LastSequence + 1}: {least.Observer.Name} does not deliver it, and nothing has moved for {StillLimit.TotalSeconds} s";
    }
}
