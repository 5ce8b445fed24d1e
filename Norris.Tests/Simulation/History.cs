using System.Runtime.InteropServices;
using Norris.Protocol;
using Norris.Protocol.Membership;
using Norris.Protocol.Ordering;

namespace Norris.Tests.Simulation;

/// <summary>
/// The one order as the people at all nodes saw it, put together from what was shown anywhere; with the promises that are checked on it:
/// P1 and P10 at each delivery, P2, P3 and P4 as the known order grows without holes.
/// </summary>
internal sealed class History(Cluster cluster)
{
    private readonly List<Shown?> _entries = [null];
    private readonly Dictionary<SequenceNumber, Digest> _digestsOfSnapshots = [];
    private readonly Dictionary<(MemberId Author, ulong Number), Submitted> _byNumber = [];
    private readonly List<Submitted> _submitted = [];
    private readonly Dictionary<MemberId, ulong> _lastNumbers = [];
    private readonly Dictionary<(int Host, MemberId Author), Timestamp> _effective = [];
    private readonly Dictionary<int, Timestamp> _reignEnds = [];
    private SimulatedNode? _host;
    private int _frontier;
    private Timestamp _lastTime;
    private Timestamp _latestSent;

    /// <summary>How many entries are known, in one run from the founding on.</summary>
    public int Count => _frontier;

    public IReadOnlyList<Submitted> Submissions => _submitted;

    /// <summary>The known order, for scenarios: what was said by whom.</summary>
    public IEnumerable<Shown> Entries => _entries.OfType<Shown>();

    public void Founded(SimulatedNode founder)
    {
        _host = founder;
        _entries.Clear();
        while (_entries.Count <= (int)founder.Core.Log.Last.Value)
        {
            _entries.Add(null);
        }
        _frontier = _entries.Count - 1;
        _lastTime = founder.Core.Log.LastTime;
    }

    /// <summary>A node took a submission from its people.</summary>
    public void Submitted(SimulatedNode node, MemberId author, ulong number)
    {
        var submitted = new Submitted
        {
            Node = node,
            Author = author,
            Number = number,
            SentAt = node.Core.NetworkNow,
            After = node.Presenter.Shown,
        };
        cluster.Check(_byNumber.TryAdd((author, number), submitted), node, $"{author} counts #{number} twice");
        _submitted.Add(submitted);
        if (node == _host && node.Index == 0 && !cluster.Plan.TinyRetention)
        {
            Arrived(node, submitted, submitted.SentAt);
        }
    }

    /// <summary>A host took these entries in.</summary>
    public void Arrived(SimulatedNode host, ReadOnlySpan<byte> entries)
    {
        while (Entry.TryRead(entries, out Entry entry))
        {
            if (_byNumber.TryGetValue((entry.Author, entry.Number), out Submitted? submitted)
                && submitted.ArrivedAt != host && host.Core.View.Find(entry.Author) is { } author && author.LastNumber < entry.Number)
            {
                Timestamp floor = entry.Type == EntryType.Left ? _effective.GetValueOrDefault((host.Index, entry.Subject)) : Timestamp.Zero;
                Arrived(host, submitted, Timestamp.Max(submitted.SentAt, floor));
            }
            entries = entries[entry.Bytes.Length..];
        }
    }

    /// <summary>From here on this node orders without waiting, if it is the host; or would, if it became the host.</summary>
    public void ReignEnds(SimulatedNode host) => _reignEnds.TryAdd(host.Index, host.Core.NetworkNow);

    public void Confirmed(SimulatedNode node, OrderedSubmission ordered)
    {
        cluster.Check(_byNumber.TryGetValue((ordered.Author, ordered.Number), out Submitted? submitted), node, $"{ordered} was never submitted");
        cluster.Check(!submitted.IsConfirmed, node, $"{ordered} was confirmed twice");
        submitted.IsConfirmed = true;
        submitted.ConfirmedAt = ordered.Sequence;
    }

    public void SeesSnapshot(SimulatedNode node, Snapshot snapshot)
    {
        SequenceNumber sequence = snapshot.Position.Sequence;
        bool isKnown = (int)sequence.Value < _entries.Count && _entries[(int)sequence.Value] is not null;
        Digest digest = isKnown ? _entries[(int)sequence.Value]!.Digest : _digestsOfSnapshots.GetValueOrDefault(sequence, snapshot.Position.Digest);
        cluster.Check(digest == snapshot.Position.Digest, node, $"starts from another history at {sequence} (P1, P10)");
        _digestsOfSnapshots[sequence] = digest;
    }

    /// <summary>A node showed an entry.</summary>
    public void Delivered(SimulatedNode node, SequenceNumber sequence, Digest digest, in Entry entry)
    {
        int index = (int)sequence.Value;
        while (_entries.Count <= index)
        {
            _entries.Add(null);
        }
        if (_entries[index] is { } known)
        {
            cluster.Check(known.Digest == digest, node, $"shows at {sequence} {entry.ToString()}, others showed {known} (P1, P10)");
            return;
        }
        cluster.Check(
            !_digestsOfSnapshots.TryGetValue(sequence, out Digest other) || other == digest, node, $"shows at {sequence} what a snapshot denies (P1, P10)");
        _entries[index] = new Shown(sequence, digest, entry);
        if (cluster.Trace.IsReadable)
        {
            node.Say($"is first to show {_entries[index]}");
        }
        while (_frontier + 1 < _entries.Count && _entries[_frontier + 1] is { } next)
        {
            _frontier++;
            CheckNext(node, next);
        }
    }

    /// <summary>At the end: whatever was submitted by members that stayed, or that left in peace, is in the order, once, and they know it.</summary>
    public void CheckNothingIsLost()
    {
        cluster.Check(_frontier == _entries.Count - 1, null, "the order has holes that nobody was shown");
        foreach (Submitted submitted in _submitted)
        {
            SimulatedNode node = submitted.Node;
            bool isGuests = submitted.Author != node.Core.Self;
            bool stayed = node.IsAlive ? !isGuests || node.Core.View.Find(submitted.Author) is not null : node.HasLeft && !isGuests && !WasPutOut(node);
            if (stayed)
            {
                cluster.Check(submitted.Sequence != SequenceNumber.None, node, $"#{submitted.Number} of {submitted.Author} is lost (P4)");
                cluster.Check(submitted.IsConfirmed, node, $"#{submitted.Number} of {submitted.Author} is in the order, but its node does not know");
            }
            if (submitted.IsConfirmed && submitted.ConfirmedAt != SequenceNumber.None)
            {
                cluster.Check(submitted.Sequence == submitted.ConfirmedAt, node, $"#{submitted.Number} of {submitted.Author} was confirmed elsewhere");
            }
        }
    }

    private bool WasPutOut(SimulatedNode node) => node.WasRemoved || _entries.Exists(
        entry => entry is { Type: EntryType.Left } && entry.Subject == node.Core.Self && entry.Reason != LeaveReason.Left);

    private void Arrived(SimulatedNode host, Submitted submitted, Timestamp sentAt)
    {
        Timestamp now = host.Core.NetworkNow;
        ref Timestamp effective = ref CollectionsMarshal.GetValueRefOrAddDefault(_effective, (host.Index, submitted.Author), out _);
        effective = Timestamp.Max(Timestamp.Min(sentAt, now), effective);
        submitted.ArrivedAt = host;
        submitted.Arrival = now;
        submitted.Effective = effective;
    }

    private void CheckNext(SimulatedNode node, Shown entry)
    {
        cluster.Check(entry.Time >= _lastTime, node, $"time goes back at {entry} (P2)");
        Timestamp before = _lastTime;
        _lastTime = entry.Time;
        if (entry.Type == EntryType.EpochStarted)
        {
            _host = cluster.Nodes.Find(host => host.Core.Self == entry.Subject);
            _latestSent = Timestamp.Zero;
        }
        if (entry.Author.IsNone)
        {
            return;
        }
        ulong last = _lastNumbers.GetValueOrDefault(entry.Author);
        cluster.Check(entry.Number == last + 1, node, $"#{entry.Number} follows #{last} at {entry} (P3, P4)");
        _lastNumbers[entry.Author] = entry.Number;
        cluster.Check(_byNumber.TryGetValue((entry.Author, entry.Number), out Submitted? submitted), node, $"nobody submitted {entry}");
        cluster.Check(submitted.Sequence == SequenceNumber.None, node, $"{entry} is in the order twice (P4)");
        submitted.Sequence = entry.Sequence;
        cluster.Check(submitted.After < entry.Sequence, node, $"{entry} comes before what it replies to (P3)");
        CheckChronology(node, entry, submitted, before);
    }

    /// <summary>
    /// P2, exactly: the host gives a message the time at which it was sent, or the last entry's when that is later. And a message that was
    /// sent before another, and arrived before that other one's window ended, comes before it.
    /// </summary>
    private void CheckChronology(SimulatedNode node, Shown entry, Submitted submitted, Timestamp before)
    {
        if (submitted.ArrivedAt is not { } host || host != _host || submitted.Node.WasRemoved)
        {
            return;
        }
        cluster.Check(
            entry.Time == Timestamp.Max(submitted.Effective, before), node,
            $"{entry} has the time {entry.Time}, but was sent at {submitted.Effective} and follows {before} (P2)");
        if (cluster.Plan.WindowMicroseconds is not { } window)
        {
            return;
        }
        cluster.Check(
            submitted.Effective >= _latestSent || submitted.Arrival >= _latestSent.Plus(window), node,
            $"{entry} comes after one that was sent later, though it arrived within the window (P2)");
        Timestamp end = _reignEnds.GetValueOrDefault(host.Index, new Timestamp(long.MaxValue));
        if (submitted.Effective.Plus(window) <= end)
        {
            _latestSent = Timestamp.Max(_latestSent, submitted.Effective);
        }
    }
}

/// <summary>An entry as it was shown somewhere.</summary>
internal sealed class Shown(SequenceNumber sequence, Digest digest, in Entry entry)
{
    private readonly string _text = entry.Type == EntryType.Message ? System.Text.Encoding.UTF8.GetString(entry.Text[..Math.Min(entry.Text.Length, 24)]) : "";

    public SequenceNumber Sequence { get; } = sequence;

    public Digest Digest { get; } = digest;

    public Timestamp Time { get; } = entry.Time;

    public EntryType Type { get; } = entry.Type;

    public MemberId Author { get; } = entry.Author;

    public ulong Number { get; } = entry.Number;

    public MemberId Subject { get; } = entry.Type == EntryType.Message ? MemberId.None : entry.Subject;

    public LeaveReason Reason { get; } = entry.Type == EntryType.Left ? entry.Reason : default;

    public string Text => _text;

    public override string ToString() => $"{Sequence}: {Type} {Author}#{Number} {Subject} {_text} {(Type == EntryType.Left ? Reason : "")}";
}
