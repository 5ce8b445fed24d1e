using Norris.Protocol;

namespace Norris.Tests.Simulation;

/// <summary>
/// One seed's run: a network is founded, people talk while things go wrong, then nothing goes wrong any more and it must come to rest.
/// </summary>
internal sealed class SimulationRun
{
    private const long RestWithin = 30_000_000;
    private const long StaysAtRest = 300_000;

    private readonly Cluster _cluster;

    private SimulationRun(ulong seed, Cluster cluster, Mistake mistake, IReadOnlyList<Fault> schedule, string? failure) =>
        (Seed, _cluster, Mistake, Schedule, Failure) = (seed, cluster, mistake, schedule, failure);

    public ulong Seed { get; }

    public FaultPlan Plan => _cluster.Plan;

    /// <summary>What was wrong with the version that was played.</summary>
    public Mistake Mistake { get; }

    /// <summary>The faults that struck, or would have.</summary>
    public IReadOnlyList<Fault> Schedule { get; }

    public string? Failure { get; }

    public ulong Hash => _cluster.Trace.Hash;

    public long Microseconds => _cluster.Events.Now;

    public long Events => _cluster.Events.Executed;

    public int Entries => _cluster.History.Count;

    public long Checks => _cluster.Checks;

    /// <summary>True when the network had no members any more at the end.</summary>
    public bool HasEnded => _cluster.HasEnded;

    public string Trace => $"{Plan}\n{string.Join('\n', _cluster.Trace.Lines)}";

    /// <summary>What happened shortly before the end; or, when it just did not come to rest, what came of the last fault.</summary>
    public string ShortTrace(int lines)
    {
        IEnumerable<string> chosen = _cluster.Events.Now > Plan.FaultsUntil + (RestWithin / 2) && Schedule.Count > 0 && _cluster.Trace.Lines.Count() > lines
            ? _cluster.Trace.LinesFrom(Schedule[^1].At - 100_000, lines)
            : _cluster.Trace.Lines.TakeLast(lines);
        return $"{Plan}\n{string.Join('\n', chosen)}";
    }

    /// <summary>How often what happened: a swarm that never sees a thing does not test it.</summary>
    public IReadOnlyDictionary<string, int> Happened => _cluster.Happened;

    /// <summary>
    /// Plays a seed, with the faults that it stands for or with those of <paramref name="schedule"/>, in the right version of the protocol or
    /// in a wrong one; with messages that mean harm besides, or without.
    /// </summary>
    public static SimulationRun Of(
        ulong seed, PlanKind? kind = null, int traceLines = 0, IReadOnlyList<Fault>? schedule = null, Mistake mistake = Mistake.None,
        bool isNoisy = false)
    {
        FaultPlan plan = FaultPlan.Draw(new SimulationRandom(seed, (ulong)SimulationStream.Plan), kind);
        schedule ??= FaultSchedule.Draw(plan, new SimulationRandom(seed, (ulong)SimulationStream.Schedule));
        var cluster = new Cluster(seed, plan, traceLines, mistake);
        string? failure = null;
        try
        {
            Play(cluster, schedule, isNoisy || Environment.GetEnvironmentVariable("NORRIS_NOISE") == "1");
        }
        catch (PromiseBrokenException e)
        {
            failure = e.Message;
        }
        catch (Exception e)
        {
            // Whatever the core throws: a seed that says so can be played again.
            failure = e.ToString();
        }
        return new SimulationRun(seed, cluster, mistake, schedule, failure);
    }

    private static void Play(Cluster cluster, IReadOnlyList<Fault> schedule, bool isNoisy)
    {
        FaultPlan plan = cluster.Plan;
        var workload = new Workload(cluster);
        while (cluster.Nodes.Count < plan.Nodes)
        {
            cluster.Start();
        }
        for (int i = 0; i < plan.Nodes; i++)
        {
            SimulatedNode node = cluster.Nodes[i];
            if (i == 0 && (!plan.EverybodyJoins || plan.Nodes == 1))
            {
                node.Found();
            }
            else
            {
                int first = cluster.Random.Below(plan.Nodes);
                string[] through = [.. cluster.Nodes.Select((_, k) => cluster.Nodes[(first + k) % plan.Nodes].Address).Where(address => address != node.Address)];
                cluster.Events.At(cluster.Random.LogUniform(1_000, 500_000), () => node.Join(through));
            }
            workload.Begin(node, plan.FaultsUntil);
        }
        new Faults(cluster, workload).Begin(schedule);
        if (isNoisy)
        {
            new ByzantineNoise(cluster).Begin(plan.FaultsUntil);
        }
        new Liveness(cluster).Look();
        cluster.Events.RunUntil(plan.FaultsUntil);
        cluster.CalmDown();
        new Reachability(cluster).Look();
        // Late calls come after the faults' end, too, and may stir things up once more.
        long restsSince = -1;
        cluster.RunUntil(
            () =>
            {
                restsSince = !cluster.IsSettled() && !cluster.HasEnded ? -1 : restsSince < 0 ? cluster.Events.Now : restsSince;
                return restsSince >= 0 && cluster.Events.Now - restsSince >= StaysAtRest;
            },
            RestWithin, "the network comes to rest");
        new FinalOrder(cluster).Check();
    }
}
