using Norris.Protocol;
using Norris.Protocol.Membership;
using Norris.Protocol.Ordering;

namespace Norris.Tests.Simulation;

/// <summary>What the people at a node see: every entry in turn, but for gaps that they are told about.</summary>
internal sealed class Presenter(Cluster cluster, SimulatedNode node)
{
    private HistoryEntry? _inAfter;
    private bool _isOut;

    /// <summary>The last entry shown, or the one after which the node was in.</summary>
    public HistoryEntry? At { get; private set; }

    /// <summary>The last entry's place.</summary>
    public SequenceNumber Shown => At?.Sequence ?? SequenceNumber.None;

    /// <summary>The position after which the node was in first.</summary>
    public SequenceNumber InAfter { get; private set; }

    /// <summary>The position after which it was in last.</summary>
    public SequenceNumber BeganAfter => _inAfter?.Sequence ?? SequenceNumber.None;

    public int Gaps { get; private set; }

    /// <summary>Why it missed what it missed last.</summary>
    public GapReason? LastGap { get; private set; }

    /// <summary>It had joined, but those who knew of it all died.</summary>
    public bool WasUnknown { get; private set; }

    /// <summary>It had gone on on another side, for a good reason, which it gave up.</summary>
    public bool WasElsewhere { get; private set; }

    /// <summary>Its own goodbye was shown.</summary>
    public bool HasSeenItselfLeave { get; private set; }

    public void Ready(Ready ready)
    {
        _isOut = false;
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
        // A host that goes on where it was, in its own epoch, may not have ordered anything of its own yet.
        bool isOtherSide = !to.IsOnWayTo(At!) || to.Reign != At!.Reign;
        cluster.Check(to.Sequence >= Shown || (mayBranch && isOtherSide), node, "a gap leads backwards");
        bool mayBeElsewhere = mayBranch || cluster.GaveUp.Contains(At!.Founding) || IsBeyondReach(to);
        WasElsewhere |= mayBeElsewhere && isOtherSide;
        cluster.Check(
            cluster.Plan.Kind != PlanKind.CrashOnly || gap.Reason == GapReason.Slow || mayBeElsewhere, node, "was put out, though nobody fell silent (P5)");
        if (!cluster.MayBranch && mayBranch)
        {
            cluster.Count("Gap, of a newcomer");
            WasUnknown = true;
        }
        // A host that was away may go on where it was, with members that were with another meanwhile, or hand over; whoever takes over later has all
        // that its members saw.
        cluster.Check(At!.IsOnWayTo(to) || !IsSameMembership(to) || !HasTakenOverSince(to), node, "was shown what is not in the order, and the order never put it out (P5)");
        _isOut = false;
        At = to;
        _inAfter = to;
        Gaps++;
        LastGap = gap.Reason;
        cluster.Count($"Gap, {gap.Reason}");
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
                bool isBack = entry.Type == EntryType.Joined && entry.Subject == core.Self;
                cluster.Check(!_isOut || entry.Author.IsNone, node, $"shows what was said while it was out, after {At} (P8)");
                At = cluster.History.Shows(node, At!, core.Log.DigestAt(next), next, isPassedOver);
                _isOut = !isBack && (_isOut || (At.Type == EntryType.Left && At.Subject == core.Self));
                HasSeenItselfLeave |= At.Type == EntryType.Left && At.Subject == core.Self && At.Reason == LeaveReason.Left;
                bytes = bytes[entry.Bytes.Length..];
            }
        }
    }

    /// <summary>
    /// Those who live, all together, do not have what leads from what was shown here to there: whoever had, died before it could say it. One that has
    /// the next entry and no more, of which the others' logs begin later, cannot bring this node forward either.
    /// </summary>
    private bool IsBeyondReach(HistoryEntry to)
    {
        SequenceNumber reached = Shown;
        for (SequenceNumber before = SequenceNumber.None; before != reached && reached < to.Sequence;)
        {
            before = reached;
            foreach (SimulatedNode other in cluster.Nodes)
            {
                Log log = other.Core.Log;
                if (other.IsAlive && other != node && other.Core.IsIn && log.Before <= reached && log.Last > reached && At!.IsOnWayTo(other.Tip))
                {
                    reached = log.Last;
                }
            }
        }
        return reached < to.Sequence;
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

    /// <summary>Whether it is in there by the same joined entry as in what it was shown.</summary>
    private bool IsSameMembership(HistoryEntry tip) => Membership(tip) is { Type: EntryType.Joined } joined && joined == Membership(At!);

    /// <summary>The last entry on the way there by which this node came or went.</summary>
    private HistoryEntry? Membership(HistoryEntry tip)
    {
        HistoryEntry? at = tip;
        while (at is not null && (at.Subject != node.Core.Self || at.Type is not (EntryType.Joined or EntryType.Left)))
        {
            at = at.Parent;
        }
        return at;
    }

    /// <summary>Whether somebody took over on the way there, in a later epoch than that of what was shown here.</summary>
    private bool HasTakenOverSince(HistoryEntry tip)
    {
        HistoryEntry at = tip;
        while (at.Reign.Epoch > At!.Reign.Epoch && (at.Type != EntryType.EpochStarted || at.IsHandedOver))
        {
            at = at.Parent!;
        }
        return at.Reign.Epoch > At.Reign.Epoch;
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
