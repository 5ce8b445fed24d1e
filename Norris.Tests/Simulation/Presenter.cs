using Norris.Protocol;
using Norris.Protocol.Ordering;

namespace Norris.Tests.Simulation;

/// <summary>What the people at a node see: every entry in turn, but for gaps that they are told about.</summary>
internal sealed class Presenter(Cluster cluster, SimulatedNode node)
{
    /// <summary>The last entry shown.</summary>
    public SequenceNumber Shown { get; private set; }

    /// <summary>The position after which the node was in first.</summary>
    public SequenceNumber InAfter { get; private set; }

    public int Gaps { get; private set; }

    public void Ready(Ready ready)
    {
        Shown = ready.Snapshot.Position.Sequence;
        InAfter = Shown;
        cluster.History.SeesSnapshot(node, ready.Snapshot);
        CheckJoined();
    }

    public void Jump(Gap gap)
    {
        cluster.Check(gap.After == Shown, node, $"a gap is said to be after {gap.After}, but {Shown} was shown last");
        cluster.Check(gap.Snapshot.Position.Sequence >= Shown, node, "a gap leads backwards");
        Shown = gap.Snapshot.Position.Sequence;
        Gaps++;
        cluster.History.SeesSnapshot(node, gap.Snapshot);
        CheckJoined();
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
                Shown = Shown.Next;
                cluster.History.Delivered(node, Shown, core.Log.DigestAt(Shown), entry);
                bytes = bytes[entry.Bytes.Length..];
            }
        }
    }

    private void CheckJoined() => cluster.Check(
        node.Core.View.Find(node.Core.Self)!.JoinedAt <= Shown, node, "a newcomer would be shown what was said before it came (P8)");
}
