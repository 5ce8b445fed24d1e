using Norris.Protocol;
using Norris.Protocol.Membership;
using Norris.Protocol.Ordering;

namespace Norris.Tests.Simulation;

/// <summary>
/// All histories that any node's log ever held, as a tree: where sides go on without each other the order branches. Each log is a path of
/// it, and so is what a node shows to its people, but for gaps. The promises that one path must keep are checked when an entry is first
/// appended anywhere; those that hold between nodes when it is shown (<see cref="Branching"/>).
/// </summary>
internal sealed class History
{
    private readonly Cluster _cluster;
    private readonly Dictionary<ulong, HistoryEntry> _byDigest = [];
    private readonly Dictionary<(MemberId Author, ulong Number), Submitted> _byNumber = [];
    private readonly List<Submitted> _submitted = [];
    private readonly Dictionary<MemberId, int> _machines = [];
    private readonly Chronology _chronology;
    private readonly Branching _branching;

    public History(Cluster cluster)
    {
        _cluster = cluster;
        _chronology = new Chronology(cluster);
        _branching = new Branching(cluster);
        Root = new HistoryEntry
        {
            Parent = null,
            Sequence = SequenceNumber.None,
            Digest = default,
            Reign = new Reign(MemberId.None, Epoch.None),
            Branch = new Branch(),
        };
        Root.Branch.Tip = Root;
        _byDigest.Add(Root.Digest.Value, Root);
    }

    /// <summary>Before the first entry.</summary>
    public HistoryEntry Root { get; }

    /// <summary>How many entries are known, on all branches.</summary>
    public int Count => _byDigest.Count - 1;

    /// <summary>Whether entries keep what was said, for people to read.</summary>
    public bool KeepsTexts { get; set; }

    public IReadOnlyList<Submitted> Submissions => _submitted;

    public Chronology Chronology => _chronology;

    public Submitted? Find(MemberId author, ulong number) => _byNumber.GetValueOrDefault((author, number));

    /// <summary>The known history up to a position.</summary>
    public HistoryEntry At(SimulatedNode node, Digest digest, SequenceNumber sequence)
    {
        HistoryEntry? entry = _byDigest.GetValueOrDefault(digest.Value);
        _cluster.Check(entry is not null && entry.Sequence == sequence, node, $"stands at {sequence}/{digest}, which is nobody's history (P1, P10)");
        return entry!;
    }

    /// <summary>A bit for the machine of a node that was in.</summary>
    public ulong MachineBit(MemberId node) => _machines.TryGetValue(node, out int machine) ? 1UL << machine : 0;

    /// <summary>What leads from the first entry to this one.</summary>
    public static List<HistoryEntry> PathTo(HistoryEntry tip)
    {
        var path = new List<HistoryEntry>();
        for (HistoryEntry at = tip; at.Parent is not null; at = at.Parent)
        {
            path.Add(at);
        }
        path.Reverse();
        return path;
    }

    /// <summary>A node took a submission from its people.</summary>
    public void Submitted(SimulatedNode node, MemberId author, ulong number)
    {
        HistoryEntry? seen = node.Presenter.At;
        while (seen is { Submitted: null })
        {
            seen = seen.Parent;
        }
        var submitted = new Submitted
        {
            Node = node,
            Author = author,
            Number = number,
            SentAt = node.Core.NetworkNow,
            RepliesTo = seen?.Submitted,
        };
        seen?.Submitted!.Replies.Add(submitted);
        _cluster.Check(_byNumber.TryAdd((author, number), submitted), node, $"{author} counts #{number} twice");
        _submitted.Add(submitted);
        if (node.Core.Role == NodeRole.Hosting && !_cluster.Plan.TinyRetention)
        {
            _chronology.Arrived(node, submitted, submitted.SentAt);
        }
    }

    /// <summary>Follows a node's log to where it stands now.</summary>
    public HistoryEntry Follow(SimulatedNode node, HistoryEntry tip)
    {
        Log log = node.Core.Log;
        if (tip.Digest == log.Digest && tip.Sequence == log.Last)
        {
            return tip;
        }
        while (tip.Sequence >= log.Before && (tip.Sequence > log.Last || log.DigestAt(tip.Sequence) != tip.Digest) && tip.Parent is not null)
        {
            tip = tip.Parent;
        }
        if (tip.Sequence < log.Before)
        {
            tip = At(node, log.DigestAt(log.Before), log.Before);
            tip.HeldBy |= node.Bit;
        }
        while (tip.Sequence < log.Last)
        {
            SequenceNumber next = tip.Sequence.Next;
            Digest digest = log.DigestAt(next);
            HistoryEntry? known = _byDigest.GetValueOrDefault(digest.Value);
            _cluster.Check(known is null || known.Parent == tip, node, $"has {known} after {tip}");
            tip = known ?? Append(node, tip, new Entry(log.Read(next, next, 1).Memory.Span), digest);
            tip.HeldBy |= node.Bit;
            node.Learn(tip);
        }
        return tip;
    }

    /// <summary>A node shows an entry to its people.</summary>
    public HistoryEntry Shows(SimulatedNode node, HistoryEntry before, Digest digest, SequenceNumber sequence, bool isPassedOver)
    {
        HistoryEntry entry = At(node, digest, sequence);
        _cluster.Check(entry.Parent == before, node, $"shows {entry} after {before} (P1)");
        if (entry.Submitted is { } submitted)
        {
            bool wasShown = (submitted.ShownBy & node.Bit) != 0;
            _cluster.Check(!wasShown || isPassedOver, node, $"shows {entry} twice (P4)");
            _cluster.Check(wasShown || !isPassedOver, node, $"passes over {entry}, which was not shown before (P4)");
            submitted.ShownBy |= node.Bit;
        }
        if (_cluster.Trace.IsReadable && entry.ShownBy == 0)
        {
            node.Say($"is first to show {entry}");
        }
        entry.ShownBy |= node.Bit;
        _branching.Shown(node, entry);
        return entry;
    }

    public void Confirmed(SimulatedNode node, OrderedSubmission ordered)
    {
        Submitted? submitted = Find(ordered.Author, ordered.Number);
        _cluster.Check(submitted is not null, node, $"{ordered} was never submitted");
        _cluster.Check(!submitted!.IsConfirmed, node, $"{ordered} was confirmed twice");
        submitted.IsConfirmed = true;
        if (ordered.Sequence != SequenceNumber.None && node.Core.Log.Holds(ordered.Sequence))
        {
            HistoryEntry entry = At(node, node.Core.Log.DigestAt(ordered.Sequence), ordered.Sequence);
            _cluster.Check(entry.Submitted == submitted, node, $"{ordered} was confirmed, but there is {entry}");
        }
    }

    private HistoryEntry Append(SimulatedNode node, HistoryEntry parent, in Entry entry, Digest digest)
    {
        // A member that the log lost and that goes on with it alone comes in before its epoch can start: that is its own reign already.
        bool comesBack = entry.Type == EntryType.Joined && entry.Subject == node.Core.Self && parent.Reign.Host != node.Core.Self;
        Reign reign = entry.Type == EntryType.EpochStarted ? new Reign(entry.Subject, entry.NewEpoch)
            : comesBack ? new Reign(entry.Subject, parent.Reign.Epoch)
            : parent.Reign;
        bool isHosts = parent.Reign.Host == node.Core.Self || reign.Host == node.Core.Self || parent.Reign.Host.IsNone;
        _cluster.Check(isHosts, node, $"orders {entry.ToString()} in {parent.Reign}");
        _cluster.Check(entry.Time >= parent.Time, node, $"time goes back at {entry.ToString()} (P2)");
        Branch branch = parent.Branch.Tip == parent ? parent.Branch : Branch.From(parent);
        _cluster.Check(branch.TryTake(entry, out ulong last), node, $"#{entry.Number} follows #{last} at {entry.ToString()} (P3, P4)");
        Submitted? submitted = entry.Author.IsNone ? null : Find(entry.Author, entry.Number);
        _cluster.Check(entry.Author.IsNone || submitted is not null, node, $"nobody submitted {entry.ToString()}");

        HistoryEntry appended = HistoryEntry.Of(entry, parent, digest, reign, branch, submitted, KeepsTexts);
        branch.Tip = appended;
        if (appended.Type == EntryType.Joined && appended.JoinedKind == MemberKind.Node)
        {
            _machines[appended.Subject] = _cluster.MachineAt(appended.Address);
        }
        appended.NextSibling = parent.FirstChild;
        parent.FirstChild = appended;
        _byDigest.Add(digest.Value, appended);
        if (submitted is not null)
        {
            CheckReplies(node, appended, submitted);
            submitted.PlaceAt(appended);
            _chronology.Check(node, appended, submitted);
        }
        if (_cluster.Trace.IsReadable)
        {
            node.Say($"orders {appended}");
        }
        return appended;
    }

    /// <summary>
    /// P3: where something gets a place in another history too, what replies to it must not be there already. But when two sides merge:
    /// whoever saw it on the side that was given up may have moved over, and replied, before its author did.
    /// </summary>
    private void CheckReplies(SimulatedNode node, HistoryEntry entry, Submitted submitted)
    {
        if (submitted.Place is null || _cluster.Plan.Kind == PlanKind.Continue)
        {
            return;
        }
        foreach (Submitted reply in submitted.Replies)
        {
            bool isBefore = reply.Place is { } place && (place.IsOnWayTo(entry) || reply.OtherPlaces?.Exists(other => other.IsOnWayTo(entry)) == true);
            _cluster.Check(!isBefore, node, $"{entry} comes after its reply {reply} (P3)");
        }
    }
}
