using Norris.Protocol;

namespace Norris.Tests.Simulation;

/// <summary>
/// One seed's run: a network is founded, people talk while things go wrong, then nothing goes wrong any more and it must come to rest.
/// </summary>
internal sealed class SimulationRun
{
    private const long RestWithin = 20_000_000;

    private SimulationRun(ulong seed, ulong hash, long microseconds, long events, int entries, string? failure, string trace)
    {
        (Seed, Hash, Microseconds, Events, Entries, Failure, Trace) = (seed, hash, microseconds, events, entries, failure, trace);
    }

    public ulong Seed { get; }

    public ulong Hash { get; }

    public long Microseconds { get; }

    public long Events { get; }

    public int Entries { get; }

    /// <summary>True when the network had no members any more at the end.</summary>
    public required bool HasEnded { get; init; }

    public string? Failure { get; }

    public string Trace { get; }

    /// <summary>How often what happened: a swarm that never sees a thing does not test it.</summary>
    public required IReadOnlyDictionary<string, int> Happened { get; init; }

    public static SimulationRun Of(ulong seed, int traceLines = 0, FaultPlan? plan = null)
    {
        var cluster = new Cluster(seed, plan, traceLines);
        string? failure = null;
        try
        {
            Play(cluster);
        }
        catch (Exception e) when (e is PromiseBrokenException or InvariantViolatedException)
        {
            failure = e is PromiseBrokenException ? e.Message : e.ToString();
        }
        string trace = traceLines > 0 ? $"{cluster.Plan}\n{string.Join('\n', cluster.Trace.Lines)}" : "";
        return new SimulationRun(seed, cluster.Trace.Hash, cluster.Events.Now, cluster.Events.Executed, cluster.History.Count, failure, trace)
        {
            HasEnded = cluster.HasEnded,
            Happened = cluster.Happened,
        };
    }

    /// <summary>
    /// Whoever was away so long that nobody it has ever heard of is there any more cannot find the others: its people start it anew.
    /// </summary>
    private static void GiveUpTheHopeless(Cluster cluster)
    {
        foreach (SimulatedNode node in cluster.Nodes)
        {
            bool isHopeless = node.IsAlive && !node.IsHost && !node.KnownAddresses.Exists(address => cluster.At(address) is { } other
                && cluster.Host?.Core.View.Find(other.Core.Self) is not null);
            node.HopelessFor = isHopeless ? node.HopelessFor + 1 : 0;
            if (node.HopelessFor == 5)
            {
                node.Crash();
            }
        }
        cluster.Events.After(500_000, () => GiveUpTheHopeless(cluster));
    }

    private static void Play(Cluster cluster)
    {
        FaultPlan plan = cluster.Plan;
        var workload = new Workload(cluster);
        SimulatedNode founder = cluster.Start();
        founder.Found();
        cluster.History.Founded(founder);
        workload.Begin(founder, plan.FaultsUntil);
        while (cluster.Nodes.Count < plan.Nodes)
        {
            cluster.Start();
        }
        for (int i = 1; i < plan.Nodes; i++)
        {
            SimulatedNode node = cluster.Nodes[i];
            int first = cluster.Random.Below(plan.Nodes);
            string[] through = [.. cluster.Nodes.Select((_, k) => cluster.Nodes[(first + k) % plan.Nodes].Address).Where(address => address != node.Address)];
            cluster.Events.At(cluster.Random.LogUniform(1_000, 500_000), () => node.Join(through));
            workload.Begin(node, plan.FaultsUntil);
        }
        new Faults(cluster, workload).Begin();
        cluster.Events.RunUntil(plan.FaultsUntil);
        cluster.CalmDown();
        GiveUpTheHopeless(cluster);
        cluster.RunUntil(() => cluster.IsSettled() || cluster.HasEnded, RestWithin, "the network comes to rest");
        cluster.Run(300_000);
        cluster.Check(cluster.IsSettled() || cluster.HasEnded, null, "the network does not stay at rest");
        cluster.History.CheckNothingIsLost();
        foreach (SimulatedNode node in cluster.Nodes)
        {
            cluster.Check(node.LeasesHeld == 0, node, "a lease was not given back");
            cluster.Check(!node.IsAlive || node.Presenter.Shown.Value == (ulong)cluster.History.Count, node, "was not shown everything");
        }
    }
}
