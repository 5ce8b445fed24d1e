using Norris.Protocol;
using Norris.Protocol.Membership;
using Norris.Protocol.Messages;

namespace Norris.Tests.Simulation;

/// <summary>Strikes what the schedule says, at whoever is the target then, and ends it when its time is over.</summary>
internal sealed class Faults(Cluster cluster, Workload workload)
{
    public void Begin(IReadOnlyList<Fault> schedule)
    {
        foreach (Fault fault in schedule)
        {
            cluster.Events.At(fault.At, () =>
            {
                if (!cluster.IsCalm)
                {
                    Strike(fault);
                }
            });
        }
    }

    private void Strike(Fault fault)
    {
        switch (fault.Kind)
        {
            case FaultKind.Start:
                Start(fault);
                return;
            case FaultKind.Split:
                Split(fault);
                return;
            case FaultKind.LoseCalls or FaultKind.RepeatCalls or FaultKind.DelaySome or FaultKind.BreakSome:
                ForAWhile(fault, () => Disturb(fault, +1), () => Disturb(fault, -1));
                return;
            default:
                break;
        }
        if (Find(fault) is { } node)
        {
            Strike(fault, node);
        }
    }

    private void Strike(Fault fault, SimulatedNode node)
    {
        switch (fault.Kind)
        {
            case FaultKind.BreakStream:
                BreakStream(fault, node);
                break;
            case FaultKind.Freeze:
                ForAWhile(fault, node.Freeze, node.Thaw);
                break;
            case FaultKind.Suspend:
                ForAWhile(fault, node.Suspend, node.Resume);
                break;
            case FaultKind.Crash or FaultKind.PowerFailure or FaultKind.Leave when IsLast(fault, node):
                break;
            case FaultKind.Crash:
                Happens(fault);
                node.Crash();
                break;
            case FaultKind.PowerFailure:
                OnWays(fault, node.Machine, -1, isThere: true, isBack: true, static link => link.Cut(), static link => link.Heal());
                node.Crash();
                break;
            case FaultKind.Leave when !node.IsLeaving:
                Happens(fault);
                node.Leave();
                break;
            case FaultKind.ClockJump:
                Happens(fault);
                node.JumpClock(fault.Amount);
                break;
            case FaultKind.Cut:
                OnWays(fault, node.Machine, fault.Amount, isThere: true, isBack: true, static link => link.Cut(), static link => link.Heal());
                break;
            case FaultKind.Mute:
                OnWays(fault, node.Machine, fault.Amount, isThere: true, isBack: false, static link => link.Cut(), static link => link.Heal());
                break;
            case FaultKind.Deaf:
                OnWays(fault, node.Machine, fault.Amount, isThere: false, isBack: true, static link => link.Cut(), static link => link.Heal());
                break;
            case FaultKind.Clog:
                OnWays(fault, node.Machine, fault.Amount, isThere: true, isBack: true, static link => link.Clog(), static link => link.Unclog());
                break;
            case FaultKind.Slow:
                int times = (int)fault.Amount;
                // Half of them only send slowly, as over a line that carries more one way than the other.
                OnWays(fault, node.Machine, -1, isThere: true, isBack: times % 2 == 0, link => link.Slowness += times, link => link.Slowness -= times);
                break;
            default:
                break;
        }
    }

    /// <summary>Where nobody is left there is nothing to see: few networks end.</summary>
    private bool IsLast(Fault fault, SimulatedNode node) =>
        fault.Number % 16 != 0 && !cluster.Nodes.Exists(other => other != node && other.IsAlive && other.Core.IsIn && !other.IsLeaving);

    private void Start(Fault fault)
    {
        List<SimulatedNode> known = cluster.Nodes.FindAll(static node => node.IsAlive && node.Core.IsIn && !node.IsLeaving);
        int machine = fault.Machine;
        while (machine < Cluster.MachinesMax && cluster.At(machine) is not null)
        {
            machine++;
        }
        if (known.Count == 0 || machine == Cluster.MachinesMax || cluster.Nodes.Count == Cluster.ProcessesMax)
        {
            return;
        }
        Happens(fault);
        SimulatedNode started = cluster.Start(machine);
        // It knows somebody's address, or everybody's, also of those who are gone, in some order.
        SimulationRandom random = cluster.NewRandom(SimulationStream.Fault, (ulong)fault.Number);
        List<SimulatedNode> through = random.Chance(300) ? [known[random.Below(known.Count)]] : cluster.Nodes;
        int first = random.Below(through.Count);
        started.Join([.. through.Select((_, i) => through[(first + i) % through.Count].Address).Where(address => address != started.Address).Distinct()]);
        workload.Begin(started, cluster.Plan.FaultsUntil);
    }

    private void BreakStream(Fault fault, SimulatedNode node)
    {
        foreach (SimulatedStream stream in cluster.Network.Streams)
        {
            if (stream.Follower == node || stream.Host == node)
            {
                Happens(fault);
                stream.Break(ExchangeFailure.Reset);
                return;
            }
        }
    }

    private void Split(Fault fault) => ForAWhile(fault, () => Sides(static link => link.Cut(), fault.Amount), () => Sides(static link => link.Heal(), fault.Amount));

    private void Sides(Action<Link> change, long sides)
    {
        for (int from = 0; from < Cluster.MachinesMax; from++)
        {
            for (int to = 0; to < Cluster.MachinesMax; to++)
            {
                if (((sides >> (2 * from)) & 3) != ((sides >> (2 * to)) & 3))
                {
                    change(cluster.Network.Between(from, to));
                }
            }
        }
    }

    private void OnWays(Fault fault, int machine, long others, bool isThere, bool isBack, Action<Link> begin, Action<Link> end)
    {
        ForAWhile(fault, () => Change(begin), () => Change(end));

        void Change(Action<Link> change)
        {
            for (int other = 0; other < Cluster.MachinesMax; other++)
            {
                if (other == machine || ((others >> other) & 1) == 0)
                {
                    continue;
                }
                if (isThere)
                {
                    change(cluster.Network.Between(machine, other));
                }
                if (isBack)
                {
                    change(cluster.Network.Between(other, machine));
                }
            }
        }
    }

    private void Disturb(Fault fault, int sign)
    {
        int amount = sign * (int)fault.Amount;
        for (int from = 0; from < Cluster.MachinesMax; from++)
        {
            for (int to = 0; to < Cluster.MachinesMax; to++)
            {
                Link link = cluster.Network.Between(from, to);
                switch (fault.Kind)
                {
                    case FaultKind.LoseCalls:
                        link.LossPerMille += amount;
                        break;
                    case FaultKind.RepeatCalls:
                        link.RepeatPerMille += amount;
                        break;
                    case FaultKind.DelaySome:
                        link.SpikePerMille += amount;
                        break;
                    default:
                        link.BreakPerMille += amount;
                        break;
                }
            }
        }
    }

    private void ForAWhile(Fault fault, Action begin, Action end)
    {
        Happens(fault);
        begin();
        cluster.Events.After(fault.Duration, () =>
        {
            if (!cluster.IsCalm)
            {
                if (cluster.Trace.IsReadable)
                {
                    cluster.Trace.Say(cluster.Events.Now, "end of", fault.ToString());
                }
                end();
            }
        });
    }

    private void Happens(Fault fault)
    {
        cluster.Count(fault.Trouble is { } trouble ? $"Fault {trouble}" : $"Fault {fault.Kind}");
        if (cluster.Trace.IsReadable)
        {
            cluster.Trace.Say(cluster.Events.Now, "fault", fault.ToString());
        }
    }

    private SimulatedNode? Find(Fault fault) => fault.Target switch
    {
        Target.Host => cluster.Host,
        Target.Successor => Successor(),
        Target.Member => FindAt(fault.Machine, except: cluster.Host),
        _ => FindAt(fault.Machine, except: null),
    };

    private SimulatedNode? FindAt(int machine, SimulatedNode? except)
    {
        for (int i = 0; i < Cluster.MachinesMax; i++)
        {
            if (cluster.At((machine + i) % Cluster.MachinesMax) is { } node && node != except)
            {
                return node;
            }
        }
        return null;
    }

    private SimulatedNode? Successor()
    {
        SimulatedNode? reference = cluster.Host ?? cluster.Nodes.Find(static node => node.IsAlive && node.Core.Role == NodeRole.Following);
        if (reference is null)
        {
            return null;
        }
        foreach (Member member in reference.Core.View.BySeniority)
        {
            if (member.Kind == MemberKind.Node && member.Id != reference.Core.View.Host
                && cluster.Nodes.Find(node => node.IsAlive && node.Core.Self == member.Id) is { } successor)
            {
                return successor;
            }
        }
        return null;
    }
}
