using Norris.Protocol;

namespace Norris.Tests.Simulation;

/// <summary>
/// Who can still find whom. A host looks for those whom it lost, and whoever joins asks where it came in and whom it knew; so sides of
/// which neither knows an address of the other's never meet: the people of the smaller one start it anew. Everybody else must meet.
/// </summary>
internal sealed class Reachability(Cluster cluster)
{
    private const long PauseMicroseconds = 500_000;
    private const int LooksMax = 10;

    private readonly int[] _group = new int[Cluster.ProcessesMax];
    private readonly int[] _apartFor = new int[Cluster.ProcessesMax];

    public void Look()
    {
        Group();
        int largest = FindLargest();
        foreach (SimulatedNode node in cluster.Nodes)
        {
            bool isApart = node.IsAlive && (_group[node.Index] != largest || IsAlone(node) || IsLeftBehind(node));
            _apartFor[node.Index] = isApart ? _apartFor[node.Index] + 1 : 0;
        }
        foreach (SimulatedNode node in cluster.Nodes)
        {
            if (_apartFor[node.Index] == LooksMax)
            {
                cluster.Count("Hopeless");
                cluster.HopelessAt = cluster.Events.Now;
                node.Say("is hopeless");
                node.Crash();
            }
        }
        cluster.Events.After(PauseMicroseconds, Look);
    }

    private void Group()
    {
        foreach (SimulatedNode node in cluster.Nodes)
        {
            _group[node.Index] = node.Index;
        }
        bool hasChanged;
        do
        {
            hasChanged = false;
            foreach (SimulatedNode node in cluster.Nodes)
            {
                foreach (SimulatedNode other in cluster.Nodes)
                {
                    if (node.IsAlive && other.IsAlive && _group[node.Index] != _group[other.Index] && Finds(node, other))
                    {
                        int low = Math.Min(_group[node.Index], _group[other.Index]);
                        (_group[node.Index], _group[other.Index], hasChanged) = (low, low, true);
                    }
                }
            }
        }
        while (hasChanged);
    }

    private bool Finds(SimulatedNode node, SimulatedNode other)
    {
        if (cluster.IsOutOfReach(other.Machine) && node.Core.Role != NodeRole.Following)
        {
            return false;
        }
        bool mayAsk = node.Core.Role == NodeRole.Following
            ? node.Core.View.Find(other.Core.Self) is not null
            : ((node.Known >> other.Machine) & 1) != 0;
        // Who never was in has to find the others itself.
        return mayAsk && (other.WasIn || !node.WasIn);
    }

    /// <summary>It never was in, and nobody is there whom it asks.</summary>
    private bool IsAlone(SimulatedNode node) =>
        !node.WasIn && !cluster.Nodes.Exists(other => other != node && other.IsAlive && _group[other.Index] == _group[node.Index]);

    /// <summary>With the majority rule: only those are left who cannot be host, or it waits for a host that nobody reaches, whose log it may not go on without.</summary>
    private bool IsLeftBehind(SimulatedNode node) => cluster.Plan is { Kind: PlanKind.Majority, OutOfReach: not 0 }
        && (!cluster.Nodes.Exists(other => other.IsAlive && (other.IsReachable || other.IsHost) && _group[other.Index] == _group[node.Index])
            || WaitsInVain(node));

    private bool WaitsInVain(SimulatedNode node)
    {
        SimulatedNode[] hosts = [.. cluster.Nodes.Where(other => other.IsAlive && other.IsHost && _group[other.Index] == _group[node.Index])];
        return node.Core.Role == NodeRole.Joining && hosts.Length > 0 && Array.TrueForAll(hosts, host => cluster.IsOutOfReach(host.Machine));
    }

    /// <summary>The side with most nodes; of equal ones that of the host, and then the first.</summary>
    private int FindLargest()
    {
        int largest = 0;
        int most = -1;
        foreach (SimulatedNode node in cluster.Nodes)
        {
            if (!node.IsAlive)
            {
                continue;
            }
            int size = 0;
            foreach (SimulatedNode other in cluster.Nodes)
            {
                bool isSame = other.IsAlive && _group[other.Index] == _group[node.Index];
                size += isSame ? (other.Core.Role == NodeRole.Hosting ? 3 : 2) : 0;
            }
            if (size > most)
            {
                (largest, most) = (_group[node.Index], size);
            }
        }
        return largest;
    }
}
