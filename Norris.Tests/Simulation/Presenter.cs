using Norris.Protocol;
using Norris.Protocol.Membership;
using Norris.Protocol.Ordering;

namespace Norris.Tests.Simulation;

/// <summary>What the people at a node see: every entry in turn, but for gaps that they are told about.</summary>
internal sealed class Presenter(Cluster cluster, SimulatedNode node)
{
    private HistoryEntry? _inAfter;

    /// <summary>The last entry shown, or the one after which the node was in.</summary>
    public HistoryEntry? At { get; private set; }

    /// <summary>The last entry's place.</summary>
    public SequenceNumber Shown => At?.Sequence ?? SequenceNumber.None;

    /// <summary>The position after which the node was in first.</summary>
    public SequenceNumber InAfter { get; private set; }

    public int Gaps { get; private set; }

    /// <summary>It had joined, but those who knew of it all died.</summary>
    public bool WasUnknown { get; private set; }

    /// <summary>Its own goodbye was shown.</summary>
    public bool HasSeenItselfLeave { get; private set; }

    public void Ready(Ready ready)
    {
        At = Stand(ready.Snapshot);
        _inAfter = At;
        InAfter = Shown;
    }

    public void Jump(Gap gap)
    {
        cluster.Check(gap.After == Shown, node, $"a gap is said to be after {gap.After}, but {Shown} was shown last");
        HistoryEntry to = Stand(gap.Snapshot);
        // Who has been shown nothing since it came in misses nothing but a moment of its membership.
        bool mayBranch = cluster.MayBranch || WasUnknownTo(to) || At == _inAfter;
        // Who reigned beside its host and comes back before that one ordered anything stands where the two parted: nothing is missed there, and
        // nothing shown twice, which is checked of every entry.
        cluster.Check(
            to.Sequence >= Shown || (mayBranch && (cluster.MayBranch || !to.IsOnWayTo(At!))), node, "a gap leads backwards");
        cluster.Check(
            cluster.Plan.Kind != PlanKind.CrashOnly || gap.Reason == GapReason.Slow || mayBranch, node, "was put out, though nobody fell silent (P5)");
        if (!cluster.MayBranch && mayBranch)
        {
            cluster.Count("Gap, of a newcomer");
            WasUnknown = true;
        }
        At = to;
        _inAfter = to;
        Gaps++;
    }

    /// <summary>Shows what may be shown.</summary>
    public void Show()
    {
        NodeCore core = node.Core;
        while (Shown < core.Deliverable)
        {
            cluster.Check(core.Log.Holds(Shown.Next), node, $"what follows {Shown} may be shown, but is not held any more");
            LogSlice slice = core.Log.Read(Shown.Next, core.Deliverable, LogSegment.SegmentBytes);
            ReadOnlySpan<byte> bytes = slice.Memory.Span;
            while (!bytes.IsEmpty)
            {
                cluster.Check(Entry.TryRead(bytes, out Entry entry), node, "the log holds what is no entry");
                bool isPassedOver = core.WasShownBefore(entry);
                if (isPassedOver)
                {
                    cluster.Count("Passed over");
                }
                SequenceNumber next = Shown.Next;
                At = cluster.History.Shows(node, At!, core.Log.DigestAt(next), next, isPassedOver);
                HasSeenItselfLeave |= At.Type == EntryType.Left && At.Subject == core.Self && At.Reason == LeaveReason.Left;
                bytes = bytes[entry.Bytes.Length..];
            }
        }
    }

    /// <summary>Those who went on there had never heard that this node had joined: whoever had was dead.</summary>
    private bool WasUnknownTo(HistoryEntry tip)
    {
        HistoryEntry? at = At;
        while (at is not null && (at.Type != EntryType.Joined || at.Subject != node.Core.Self))
        {
            at = at.Parent;
        }
        return at is not null && !at.IsOnWayTo(tip);
    }

    private HistoryEntry Stand(Snapshot snapshot)
    {
        cluster.Check(
            node.Core.View.Find(node.Core.Self)!.JoinedAt <= snapshot.Position.Sequence, node, "a newcomer would be shown what was said before it came (P8)");
        foreach (Member member in snapshot.Members)
        {
            node.Learn(member);
        }
        return cluster.History.At(node, snapshot.Position.Digest, snapshot.Position.Sequence);
    }
}
