using static Norris.Tests.Simulation.Scenario;

namespace Norris.Tests.Simulation;

/// <summary>Everybody starts at the same moment and joins through the others: one network comes of it.</summary>
public sealed class StartScenarioTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(300)]
    public void Two_that_join_each_other(long apartMilliseconds) => Start(apartMilliseconds, [[1], [0]]);

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(300)]
    public void A_ring_of_four(long apartMilliseconds) => Start(apartMilliseconds, [[1], [2], [3], [0]], mayMeet: true);

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(300)]
    public void A_full_mesh(long apartMilliseconds) => Start(apartMilliseconds, [[1, 2, 3], [0, 2, 3], [0, 1, 3], [0, 1, 2]]);

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(300)]
    public void The_same_list_for_everybody_with_its_own_address_in_it(long apartMilliseconds) =>
        Start(apartMilliseconds, [[0, 1, 2], [0, 1, 2], [0, 1, 2]]);

    /// <summary>Where not everybody asks everybody, two may begin at first, and meet.</summary>
    private static void Start(long apartMilliseconds, int[][] through, bool mayMeet = false)
    {
        var net = new Scenario();
        SimulatedNode[] n = [.. through.Select(_ => net.Cluster.Start())];
        for (int i = 0; i < n.Length; i++)
        {
            n[i].Join([.. through[i].Select(k => n[k].Address)]);
            net.Wait(apartMilliseconds * Millisecond);
        }
        net.ComeToRest();
        net.Say(n[0], "hello");
        net.ComeToRest();

        Assert.Equal(n.Length, n[0].Core.View.NodeCount);
        Assert.Equal("hello", net.Said);
        Assert.All(n, node => Assert.True(node.Presenter.Gaps == 0 || mayMeet));
    }
}
