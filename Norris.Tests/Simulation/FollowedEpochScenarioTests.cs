using Norris.Protocol;
using Norris.Protocol.Messages;
using static Norris.Tests.Simulation.Scenario;

namespace Norris.Tests.Simulation;

/// <summary>
/// The majority rule: a member that follows a new host without having promised it anything holds what is committed there, and gives none of it
/// up for a former host. The story of a wrong version that no seed of the swarm shows: it takes a member that misses a takeover, is the third to
/// have an entry, hears no more, and finds the former host before it finds one that promised.
/// </summary>
public sealed class FollowedEpochScenarioTests
{
    [Fact]
    public void What_a_member_helped_to_commit_stays_though_it_finds_the_former_host_next() => Play(Mistake.None);

    [Fact]
    public void One_that_forgets_what_it_followed_gives_it_up() =>
        Assert.Contains("P1, P5", Assert.Throws<PromiseBrokenException>(static () => Play(Mistake.ForgetsWhatItFollowed)).Message, StringComparison.Ordinal);

    private static void Play(Mistake mistake)
    {
        var net = new Scenario(plan: new FaultPlan { Kind = PlanKind.Majority }, mistake: mistake);
        SimulatedNode[] n = net.Network("a", "b", "c", "d", "e");
        (SimulatedNode a, SimulatedNode b, SimulatedNode c, SimulatedNode d, SimulatedNode e) = (n[0], n[1], n[2], n[3], n[4]);
        net.Say(a, "before");
        net.Wait(100 * Millisecond);

        // b takes over with the promises of d and e; c, by itself, hears nothing of that.
        net.Split([a], [c], [b, d, e]);
        net.Cluster.RunUntil(() => b.IsHost, 5 * Second, "b is host");
        net.Split([e], [b, d]);
        // c follows b, says what it has, and hears no more.
        net.Cluster.Network.Swallows = (from, _, request) =>
        {
            if (from == c && request is Submission && c.Core.View.Epoch == b.Core.View.Epoch)
            {
                net.CutOneWay(b, c);
            }
            return false;
        };
        net.Heal(b, c);
        net.Cluster.RunUntil(() => b.Presenter.At!.Sequence == b.Core.Log.Last, 5 * Second, "it is committed");
        b.Crash();
        d.Crash();
        // The former host hears a majority again, c and e, and tells c so, before it learns from e what that one promised.
        int missed = net.Cluster.Happened[nameof(HostUnreachable)];
        net.Cluster.RunUntil(() => net.Cluster.Happened[nameof(HostUnreachable)] > missed, 5 * Second, "c misses b");
        net.Unite([a], [c], [e]);
        net.Wait(300 * Millisecond);
        net.Unite([b, d], [a, c, e]);
        net.Cluster.RunUntil(() => net.Cluster.IsSettled(), 15 * Second, "one is host");
        net.Say(c, "after");
        net.ComeToRest();
        Assert.Equal("before after", net.Said);
        Assert.True(b.Presenter.At!.IsOnWayTo(net.Cluster.Host!.Tip));
    }
}
