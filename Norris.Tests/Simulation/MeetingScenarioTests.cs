namespace Norris.Tests.Simulation;

/// <summary>Nodes that each began on their own, and hear of each other: one network comes of it, whatever the way between them is like.</summary>
public sealed class MeetingScenarioTests
{
    private const long Second = Scenario.Second;

    [Theory]
    [InlineData(2, 1_000)]
    [InlineData(3, 1_000)]
    [InlineData(5, 1_000)]
    [InlineData(2, 150_000)]
    [InlineData(3, 150_000)]
    [InlineData(2, 300_000)]
    [InlineData(3, 300_000)]
    public void However_long_an_answer_takes(int count, long latencyMicroseconds)
    {
        for (ulong seed = 1; seed <= 50; seed++)
        {
            var plan = new FaultPlan { WindowMicroseconds = 20_000, LatencyMin = latencyMicroseconds / 2, LatencyMax = latencyMicroseconds };
            var cluster = new Cluster(seed, plan);
            SimulatedNode[] nodes = [.. Enumerable.Range(0, count).Select(_ => cluster.Start())];
            foreach (SimulatedNode node in nodes)
            {
                cluster.Events.After(cluster.Random.Between(0, 500_000), node.Found);
                foreach (string address in nodes.Where(other => other != node).Select(static other => other.Address))
                {
                    for (int ask = 1; ask <= 6; ask++)
                    {
                        cluster.Events.After((ask * 2 * Second) + cluster.Random.Between(0, Second), () => node.Process(core => core.FoundAt(address)));
                    }
                }
            }
            cluster.Run(Second);
            cluster.RunUntil(() => cluster.IsSettled() && cluster.Host!.Core.View.NodeCount == count, 20 * Second, $"one network, seed {seed}");
        }
    }
}
