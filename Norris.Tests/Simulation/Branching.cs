using Norris.Protocol;
using Norris.Protocol.Membership;
using Norris.Protocol.Ordering;

namespace Norris.Tests.Simulation;

/// <summary>
/// Where the order may branch, looked at when an entry is shown that has siblings: never within one reign; among the living only where
/// every side goes on; with the majority rule not from what the dead showed either, if one that lives had it and was in before.
/// </summary>
internal sealed class Branching(Cluster cluster)
{
    private bool _countTheDead = cluster.Plan.Kind == PlanKind.Majority;

    /// <summary>A node showed an entry.</summary>
    public void Shown(SimulatedNode node, HistoryEntry entry)
    {
        for (HistoryEntry? other = entry.Parent!.FirstChild; other is not null; other = other.NextSibling)
        {
            if (other != entry && other.ShownBy != 0 && entry.Parent.Parent is not null)
            {
                Compare(node, entry, other);
            }
        }
        if (entry.Type == EntryType.EpochStarted)
        {
            CheckPromise(node, entry);
        }
    }

    /// <summary>
    /// With the majority rule: a reign begins. When half of its last view is dead, the survivors go on with what they have. Whoever lives and was
    /// let in by the dead alone is unknown to them then, and whoever cannot be reached has no word: those are the ways in which the order may branch.
    /// </summary>
    public void Began(SimulatedNode host)
    {
        if (!host.Core.IsOfSurvivors)
        {
            return;
        }
        cluster.Count("Reign, of survivors");
        _countTheDead = false;
        // What the dead sent to one that cannot be reached may be on its way, or wait where that one was suspended.
        if (cluster.Nodes.Exists(node => node.IsAlive && node != host && node.WasIn
            && (cluster.IsOutOfReach(node.Machine) || (!node.Tip.IsOnWayTo(host.Tip) && !host.Tip.IsOnWayTo(node.Tip)))))
        {
            cluster.MayBranch = true;
            cluster.Count("Reign, of survivors, beside others");
        }
    }

    private void Compare(SimulatedNode node, HistoryEntry entry, HistoryEntry other)
    {
        cluster.Check(other.Reign != entry.Reign, node, $"shows {entry}, others showed {other} in the same {entry.Reign} (P1)");
        if (cluster.MayBranch)
        {
            cluster.Count("Branch");
            return;
        }
        bool isHeldByTheLiving = _countTheDead && cluster.Nodes.Exists(node => node.IsAlive && (other.HeldBy & node.Bit) != 0 && WasInAt(node, other.Parent!));
        foreach (SimulatedNode witness in cluster.Nodes)
        {
            bool counts = witness.IsAlive || isHeldByTheLiving;
            cluster.Check(!counts || (other.ShownBy & witness.Bit) == 0, node, $"shows {entry}, but {witness.Name} {(witness.IsAlive ? "lives and " : "")}showed {other} (P1, P5)");
        }
    }

    /// <summary>Whether a node was in at an entry, and has been ever since, as far as it knows: whoever was there knows of it.</summary>
    private static bool WasInAt(SimulatedNode node, HistoryEntry at) =>
        node.Core.View.Find(node.Core.Self) is { } self && self.JoinedAt <= at.Sequence;

    /// <summary>
    /// P5: whoever promised a candidate and sees its epoch begin was shown everything before that, since it promised. With the majority rule
    /// also those promise who are out already, until that is committed. The log may be trimmed past one that lags when its candidate reigns.
    /// </summary>
    private void CheckPromise(SimulatedNode node, HistoryEntry entry)
    {
        // A host that leaves may begin the same epoch for the same one, in whose view this node came in anew.
        if (node.Conduct.Promise is { } promise && promise.Epoch == entry.Reign.Epoch && promise.Candidate == entry.Subject && !entry.IsHandedOver)
        {
            cluster.Check(
                promise.Gaps == node.Presenter.Gaps || node.Presenter.LastGap == GapReason.Slow || cluster.Plan.Kind == PlanKind.Majority, node, $"promised {entry} and missed something before it (P5)");
        }
    }
}

/// <summary>A node's word to a candidate, and how many gaps its people had when it gave it.</summary>
internal sealed record GivenPromise(MemberId Candidate, Epoch Epoch, int Gaps);
