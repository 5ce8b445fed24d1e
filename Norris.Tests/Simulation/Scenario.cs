using Norris.Protocol;
using Norris.Protocol.Membership;
using Norris.Protocol.Ordering;

namespace Norris.Tests.Simulation;

/// <summary>The words that scenarios are told in: a calm network with a millisecond between any two nodes, in which one thing goes wrong.</summary>
internal sealed class Scenario
{
    public const long Millisecond = 1_000;
    public const long Second = 1_000_000;
    public const long Hour = 3600 * Second;

    private readonly Workload _people;

    public Scenario(long windowMilliseconds = 20, FaultPlan? plan = null, Mistake mistake = Mistake.None)
    {
        plan = (plan ?? new FaultPlan()) with { WindowMicroseconds = windowMilliseconds * Millisecond, LatencyMin = Millisecond, LatencyMax = Millisecond };
        Cluster = new Cluster(7, plan, mistake: mistake) { History = { KeepsTexts = true } };
        _people = new Workload(Cluster);
    }

    public Cluster Cluster { get; }

    /// <summary>All messages in the order in which people saw them.</summary>
    public string Said => string.Join(' ', Order.Where(static entry => entry.Type == EntryType.Message).Select(static entry => entry.Text));

    /// <summary>The order as those saw it who are furthest.</summary>
    private IEnumerable<HistoryEntry> Order => History
        .PathTo(Cluster.Nodes.Select(static node => node.Presenter.At).OfType<HistoryEntry>().MaxBy(static at => (at.Reign.Epoch, at.Sequence))!)
        .Where(static entry => entry.ShownBy != 0);

    public SimulatedNode Found(string name, Func<NodeCoreOptions, NodeCoreOptions>? adjust = null)
    {
        SimulatedNode node = Cluster.Start(adjust: options => Adjusted(options with { Name = name }, adjust));
        node.Found();
        return node;
    }

    /// <summary>A host and members, in the order of their names.</summary>
    public SimulatedNode[] Network(params string[] names)
    {
        SimulatedNode host = Found(names[0]);
        return [host, .. names[1..].Select(name => Join(name, host))];
    }

    /// <summary>What the people at a node were shown, without what they missed.</summary>
    public static string Heard(SimulatedNode node) => string.Join(' ', History.PathTo(node.Presenter.At!)
        .Where(entry => entry.Type == EntryType.Message && (entry.ShownBy & node.Bit) != 0).Select(static entry => entry.Text));

    public SimulatedNode Join(string name, SimulatedNode through, long clockOffset = 0, Func<NodeCoreOptions, NodeCoreOptions>? adjust = null)
    {
        SimulatedNode node = Cluster.Start(clockOffset: clockOffset, adjust: options => Adjusted(options with { Name = name }, adjust));
        node.Join(through.Address);
        Cluster.RunUntil(() => node.Core.IsIn, Second, $"{name} is in");
        Cluster.Run(20 * Millisecond);
        return node;
    }

    public void Say(SimulatedNode node, string text) => _people.Say(node, node.Core.Self, text);

    public void Say(SimulatedNode node, MemberId guest, string text) => _people.Say(node, guest, text);

    /// <summary>A guest comes in through a node.</summary>
    public MemberId OpenSession(SimulatedNode node, string name) => OpenSession(node, name, new MemberToken(Cluster.Random.Next(), 1));

    /// <summary>A guest comes in through a node with a token that it has, as whom that is known by.</summary>
    public MemberId OpenSession(SimulatedNode node, string name, MemberToken token)
    {
        MemberId guest = default;
        node.OnOrdered = ordered => guest = guest.IsNone && ordered.Author == node.Core.Self ? node.Guests.Begin(token) : guest;
        node.Process(core =>
        {
            Assert.True(core.TrySubmitGuest(token, System.Text.Encoding.UTF8.GetBytes(name), out ulong number));
            Cluster.History.Submitted(node, core.Self, number);
        });
        Cluster.RunUntil(() => !guest.IsNone, Second, $"{name} is in");
        return guest;
    }

    public void CloseSession(SimulatedNode node, MemberId guest) => node.Process(core =>
    {
        Assert.True(core.TrySubmitGuestLeft(guest, LeaveReason.Left, out ulong number));
        Cluster.History.Submitted(node, core.Self, number);
    });

    public void Rename(SimulatedNode node, MemberId author, string name) => node.Process(core =>
    {
        Assert.True(core.TrySubmitName(author, System.Text.Encoding.UTF8.GetBytes(name), out ulong number));
        Cluster.History.Submitted(node, author, number);
    });

    public void Wait(long microseconds) => Cluster.Run(microseconds);

    /// <summary>Nothing passes from one node to another, until that heals.</summary>
    public void CutOneWay(SimulatedNode from, SimulatedNode to) => Cluster.Network.Between(from.Machine, to.Machine).Cut();

    public void HealOneWay(SimulatedNode from, SimulatedNode to) => Cluster.Network.Between(from.Machine, to.Machine).Heal();

    /// <summary>Nothing passes between two nodes, until that heals.</summary>
    public void Cut(SimulatedNode one, SimulatedNode other)
    {
        CutOneWay(one, other);
        CutOneWay(other, one);
    }

    public void Heal(SimulatedNode one, SimulatedNode other)
    {
        HealOneWay(one, other);
        HealOneWay(other, one);
    }

    /// <summary>Nothing passes between the nodes of different sides.</summary>
    public void Split(params SimulatedNode[][] sides) => BetweenSides(sides, Cut);

    public void Unite(params SimulatedNode[][] sides) => BetweenSides(sides, Heal);

    private static void BetweenSides(SimulatedNode[][] sides, Action<SimulatedNode, SimulatedNode> change)
    {
        for (int i = 0; i < sides.Length; i++)
        {
            for (int k = i + 1; k < sides.Length; k++)
            {
                foreach (SimulatedNode one in sides[i])
                {
                    foreach (SimulatedNode other in sides[k])
                    {
                        change(one, other);
                    }
                }
            }
        }
    }

    /// <summary>Waits until everybody alive has everything, and checks that nothing is lost.</summary>
    public void ComeToRest()
    {
        Cluster.RunUntil(Cluster.IsSettled, 15 * Second, "the network comes to rest");
        new FinalOrder(Cluster).Check();
    }

    /// <summary>What was said, in order, with its time against the founder's clock.</summary>
    public Submitted Submission(string text)
    {
        HistoryEntry entry = Entry(text);
        return entry.Submitted!;
    }

    public HistoryEntry Entry(string text) => Order.Single(entry => entry.Text == text);

    private static NodeCoreOptions Adjusted(NodeCoreOptions options, Func<NodeCoreOptions, NodeCoreOptions>? adjust) =>
        adjust?.Invoke(options) ?? options;
}
