using Norris.Protocol;

namespace Norris.Tests.Simulation;

/// <summary>
/// P6: while a member lives that could be host, there is a host before long: where nobody falls silent all the time, else once nothing
/// is wrong any more.
/// </summary>
internal sealed class Liveness(Cluster cluster)
{
    private const long PauseMicroseconds = 50_000;
    private const long CrashesMax = 6_000_000;
    private const long CalmMax = 10_000_000;

    private long _hostSeenAt;
    private int _processes;

    public void Look()
    {
        int processes = 0;
        bool isWaiting = false;
        bool hasHost = false;
        foreach (SimulatedNode node in cluster.Nodes)
        {
            if (!node.IsAlive)
            {
                continue;
            }
            processes++;
            hasHost |= node.IsHost || node.Core.Role == NodeRole.Merging;
            isWaiting |= node.WasIn && node.IsReachable && !node.IsLeaving && !node.IsFrozen;
        }
        bool mustBe = cluster.IsCalm || cluster.Plan.Kind == PlanKind.CrashOnly;
        if (hasHost || !isWaiting || !mustBe || processes != _processes)
        {
            // Whoever dies, comes or goes may be the one that was about to reign.
            _hostSeenAt = cluster.Events.Now;
        }
        _processes = processes;
        long without = cluster.Events.Now - _hostSeenAt;
        // One that cannot be reached and knows more than the others has to find out first that they can do without it.
        long limit = cluster.Plan is { Kind: PlanKind.CrashOnly, OutOfReach: 0 } ? CrashesMax : CalmMax;
        cluster.Check(without <= limit, null, $"nobody is host for {without / 1000} ms (P6)\n{cluster.Describe()}");
        cluster.Events.After(PauseMicroseconds, Look);
    }
}
