using Norris.Protocol;
using Norris.Protocol.Membership;
using Norris.Protocol.Messages;

namespace Norris.Tests.Simulation;

/// <summary>
/// What goes wrong, and when. Hosts do not die or get cut off here: a host change is always a handover. So while one is under way, no
/// fault takes the last node away that could succeed.
/// </summary>
internal sealed class Faults(Cluster cluster, Workload workload)
{
    private const int NodesMax = 10;

    private SimulationRandom Random => cluster.Random;

    private FaultPlan Plan => cluster.Plan;

    private bool IsChanging => cluster.Nodes.Exists(static node => node.IsAlive && (node.Core.Role == NodeRole.HandingOver || (node.IsLeaving && node.IsHost)))
        || cluster.Host is null or { IsFrozen: true };

    public void Begin() => Next();

    private void Next() => cluster.Events.After(Random.LogUniform(10_000, 600_000), () =>
    {
        if (cluster.Events.Now < Plan.FaultsUntil)
        {
            Strike();
            Next();
        }
    });

    private void Strike()
    {
        switch (Random.Below(10))
        {
            case 0 or 1 when Plan.StreamsBreak && cluster.Network.Streams.Count > 0:
                cluster.Network.Streams[Random.Below(cluster.Network.Streams.Count)].Break(ExchangeFailure.Reset);
                break;
            case 2 when Plan.NodesStall && Pick(static node => !node.IsFrozen) is { } node:
                Freeze(node, Random.LogUniform(1_000, 400_000));
                break;
            case 3 when Plan.MembersFreeze && !IsChanging && Pick(IsFit) is { } node:
                Freeze(node, Random.LogUniform(50_000, 4_000_000));
                break;
            case 4 when Plan.MembersCrash && !IsChanging && Pick(IsFit) is { } node:
                node.Crash();
                break;
            case 5 when Plan.MembersAreCutOff && !IsChanging && Pick(IsFit) is { } node:
                cluster.CutOff(node);
                cluster.Events.After(Random.LogUniform(50_000, 4_000_000), () => cluster.Heal(node.Address));
                break;
            case 6 when Plan.MembersLeave && !IsChanging && Pick(IsFit) is { } node:
                node.Leave();
                break;
            case 7 or 8 when Plan.HostsLeave && !IsChanging:
                ChangeHost();
                break;
            case 9 when Plan.Newcomers && cluster.Nodes.Count < NodesMax:
                Newcomer();
                break;
            default:
                break;
        }
    }

    /// <summary>A member that could be host: it is in the host's view, it follows, and nothing is wrong with it.</summary>
    private bool IsFit(SimulatedNode node) =>
        node.IsAlive && cluster.Host?.Core.View.Find(node.Core.Self) is not null && !node.IsFrozen && !node.IsLeaving
        && node.Core.Role == NodeRole.Following && !cluster.IsCut(node.Address);

    private void ChangeHost()
    {
        SimulatedNode host = cluster.Host!;
        List<SimulatedNode> fit = cluster.Nodes.FindAll(IsFit);
        if (fit.Count == 0)
        {
            return;
        }
        if (fit.Count >= 2 && Plan.SuccessorsFreeze && Successor(host) is { } successor && IsFit(successor))
        {
            switch (Random.Below(4))
            {
                case 0:
                    Freeze(successor, Random.LogUniform(100_000, 3_000_000));
                    break;
                case 1:
                    cluster.Events.After(Random.LogUniform(100, 100_000), () => Freeze(successor, Random.LogUniform(100_000, 3_000_000)));
                    break;
                case 2:
                    cluster.CutOff(successor);
                    cluster.Events.After(Random.LogUniform(50_000, 3_000_000), () => cluster.Heal(successor.Address));
                    break;
                default:
                    successor.Crash();
                    break;
            }
        }
        host.Leave();
    }

    private SimulatedNode? Successor(SimulatedNode host)
    {
        foreach (Member member in host.Core.View.BySeniority)
        {
            if (member.Kind == MemberKind.Node && member.Id != host.Core.Self)
            {
                return cluster.Nodes.Find(node => node.IsAlive && node.Core.Self == member.Id);
            }
        }
        return null;
    }

    private void Newcomer()
    {
        List<SimulatedNode> known = cluster.Nodes.FindAll(static node => node.IsAlive && node.Core.IsIn && !node.IsLeaving);
        if (known.Count == 0)
        {
            return;
        }
        SimulatedNode? gone = cluster.Nodes.Find(node => !node.IsAlive && cluster.At(node.Address) is null);
        SimulatedNode node = cluster.Start(gone is not null && Random.Chance(500) ? gone.Address : null);
        // It knows everybody's address, in some order, so that it finds whoever is left.
        int first = Random.Below(known.Count);
        node.Join([.. known.Select((_, i) => known[(first + i) % known.Count].Address)]);
        workload.Begin(node, Plan.FaultsUntil);
    }

    private void Freeze(SimulatedNode node, long microseconds)
    {
        if (node.IsAlive && !node.IsFrozen && !cluster.IsCalm)
        {
            node.Freeze();
            cluster.Events.After(microseconds, node.Thaw);
        }
    }

    private SimulatedNode? Pick(Predicate<SimulatedNode> isFit)
    {
        List<SimulatedNode> fit = cluster.Nodes.FindAll(node => node.IsAlive && isFit(node));
        return fit.Count == 0 ? null : fit[Random.Below(fit.Count)];
    }
}
