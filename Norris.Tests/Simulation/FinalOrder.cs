namespace Norris.Tests.Simulation;

/// <summary>
/// P4 at the end: what was submitted by members that stayed, or that left in peace, has a place, once, and they know it; guests too, while
/// their session lives. Where nobody may
/// be cut off from the order, that place is in the one order at the end.
/// </summary>
internal sealed class FinalOrder(Cluster cluster)
{
    public void Check()
    {
        if (cluster.Host is { } host)
        {
            for (HistoryEntry at = host.Tip; at.Parent is not null; at = at.Parent)
            {
                if (at.Submitted is { } submitted)
                {
                    submitted.IsInFinalOrder = true;
                }
            }
        }
        foreach (Submitted submitted in cluster.History.Submissions)
        {
            Check(submitted);
        }
        foreach (SimulatedNode node in cluster.Nodes)
        {
            cluster.Check(node.LeasesHeld == 0, node, "a lease was not given back");
            cluster.Check(!node.IsAlive || node.Presenter.At == cluster.Host?.Tip, node, "was not shown everything");
            if (node.IsAlive)
            {
                node.Guests.CheckAtRest();
            }
        }
    }

    private void Check(Submitted submitted)
    {
        SimulatedNode node = submitted.Node;
        bool isGuests = submitted.Author != node.Core.Self;
        if (node.IsAlive ? isGuests && !node.Guests.IsOpen(submitted.Author) : isGuests || !LeftInPeace(node))
        {
            return;
        }
        cluster.Check(submitted.IsConfirmed || submitted.IsInDoubt, node, $"{submitted} is not confirmed (P4)");
        cluster.Check(submitted.Place is not null || submitted.IsInDoubt, node, $"{submitted} is lost (P4)");
        bool mayBeElsewhere = !node.IsAlive
            || (cluster.MayBranch ? node.Presenter.Gaps > 0 : submitted.IsInDoubt || node.Presenter.WasUnknown || node.Presenter.WasElsewhere);
        cluster.Check(submitted.IsInFinalOrder || mayBeElsewhere, node, $"{submitted} is lost: it is not in the order at the end (P4)");
    }

    private static bool LeftInPeace(SimulatedNode node) => node.HasLeft && node.HasSeenItselfLeave && !node.WasRemoved;
}
