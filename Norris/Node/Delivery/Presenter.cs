using System.Text;
using Microsoft.Extensions.Logging;
using Norris.Node.Measures;
using Norris.Protocol;
using Norris.Protocol.Membership;
using Norris.Protocol.Ordering;

namespace Norris.Node.Delivery;

/// <summary>
/// Turns what the node delivers into events, in each form that somebody reads, in the order of the log. It is one more reader of the
/// log, with a place of its own: small runs are written at once, on the loop; large ones elsewhere, with the log's memory leased, so
/// that writing text never keeps the loop from ordering. If its readers are so slow that the log moves on without them, they get a gap.
/// </summary>
internal sealed class Presenter
{
    private const int EntriesAtOnceMax = 64;
    private const int BytesAtOnceMax = 128 * 1024;
    private const int CheckpointsMax = 8;

    private readonly NodeLoop _loop;
    private readonly ILogger _log;
    private readonly JsonEventWriter _json = new();
    private readonly TextEventWriter _text;
    private Roster? _roster;
    private HashSet<Protocol.Membership.MemberId> _alikes = [];
    private SequenceNumber _shown;
    private Gap? _gap;
    private readonly Queue<string> _notices = new();
    private SequenceNumber _presented;
    private ulong _stable;
    private readonly List<NodeInput> _afterWriting = [];

    public Presenter(NodeLoop loop, TimeZoneInfo zone, ILogger log)
    {
        _loop = loop;
        _log = log;
        _text = new TextEventWriter(zone);
    }

    /// <summary>Lines for people.</summary>
    public EventFeed Text { get; } = new();

    /// <summary>JSON objects, one a line.</summary>
    public EventFeed Json { get; } = new();

    /// <summary>JSON objects as server-sent events, each with its place as id.</summary>
    public EventFeed Sse { get; } = new();

    /// <summary>What a person at a full-screen terminal looks at; null where there is none. Set before the node starts.</summary>
    public Transcript? Transcript { get; set; }

    /// <summary>Whose messages are in neither text nor transcript.</summary>
    public IgnoreList Ignored { get; } = new();

    /// <summary>Reads JSON from now on, and is let go when it lags: for a stream of <c>/v1/events</c>.</summary>
    /// <param name="isLines">Whether as lines; else as server-sent events.</param>
    public FeedReader Stream(bool isLines) => (isLines ? Json : Sse).Subscribe(isWaitedFor: false, _loop.Settings.EventBacklogBytesMax);

    /// <summary>What was delivered so far.</summary>
    public DeliveryMeter Meter { get; } = new();

    /// <summary>The last entry that was turned into events, or is about to be.</summary>
    public SequenceNumber Shown => _shown;

    /// <summary>The last entry whose events are there for readers.</summary>
    public SequenceNumber Presented => IsWriting ? _presented : _shown;

    /// <summary>
    /// Every node has the entries up to here, whose events are there for readers. Any thread may ask; who reads both feeds' next bytes afterwards
    /// has read the events of all of them.
    /// </summary>
    public SequenceNumber Stable => new(Volatile.Read(ref _stable));

    /// <summary>Where nodes that left were found.</summary>
    public AddressMemory Left { get; } = new();

    /// <summary>True while a large run is written elsewhere.</summary>
    public bool IsWriting { get; private set; }

    /// <summary>How often it went on in another log, or further on in the same.</summary>
    public int Jumps { get; private set; }

    /// <summary>The network whose events are told; 0 before the node is in.</summary>
    public ulong Network => _roster?.Network ?? 0;

    /// <summary>True while it is about to go on in another log.</summary>
    public bool IsAboutToJump => _gap is not null;

    /// <summary>From where events can be made again.</summary>
    public RosterCheckpoints Checkpoints { get; } = new();

    /// <summary>True once the node is in and has something to show.</summary>
    public bool HasBegun => _roster is not null;

    /// <summary>True when the slowest reader that is waited for has a lot before it: whoever makes more should wait too.</summary>
    public bool IsBehind => Text.BacklogBytes + Json.BacklogBytes > QueueLimits.PrintedBytesMax;

    /// <summary>Where the node listens: before anything else.</summary>
    /// <param name="address">Where.</param>
    /// <param name="web">Where the page is, with the key to it, when that is somewhere else.</param>
    public void Listening(string address, string? web = null)
    {
        if (Json.HasReaders)
        {
            JsonEventWriter.WriteListening(Json, address, web);
            EndLine(Json);
        }
    }

    /// <summary>The node is in.</summary>
    public void Ready(Ready ready)
    {
        Checkpoints.Clear();
        _roster = RosterOf(ready.Snapshot);
        _shown = ready.Snapshot.Position.Sequence;
        Checkpoints.Note(_shown, _roster, SequenceNumber.None, 0);
        WriteJson(feed => JsonEventWriter.WriteReady(feed, _roster, ready.Self, _shown));
        if (Text.HasReaders)
        {
            TextEventWriter.WriteReady(Text, _roster, ready.Self);
            Text.Publish();
        }
        Transcript?.Ready(_roster, ready.Self);
    }

    /// <summary>The node was away: events go on after the snapshot.</summary>
    public void Missed(Gap gap) => _gap = gap;

    /// <summary>A line for the people at the terminal that is no entry.</summary>
    public void Tell(string notice)
    {
        if (Text.HasReaders || Transcript is not null)
        {
            _notices.Enqueue(notice);
            TellAll();
        }
    }

    /// <summary>On the loop: writes what can be delivered and was not yet.</summary>
    public void Pump()
    {
        Transcript?.Update(NodeStatus.Of(_loop.Core));
        TellAll();
        PumpEntries();
        TellStable();
    }

    private void PumpEntries()
    {
        while (_roster is not null && !IsWriting)
        {
            if (_gap is not null)
            {
                JumpTo(_gap.Snapshot, JsonEventWriter.Word(_gap.Reason), _gap.Self);
                _gap = null;
            }
            SequenceNumber last = _loop.Core.Deliverable;
            if (_shown >= last || IsBehind)
            {
                return;
            }
            if (_shown < _loop.Core.Log.Before)
            {
                JumpTo(Snapshot.Of(_loop.Core.View, _loop.Core.Log), "slow", _loop.Core.Self);
                continue;
            }
            long bytesBetween = _loop.Settings.Core.RetentionBytes / CheckpointsMax;
            Checkpoints.Note(_shown, _roster, _loop.Core.Log.Before, bytesBetween);
            bool mayRepeat = _loop.Core.MayRepeat;
            (_presented, LogSlice slice) = (_shown, _loop.Core.Log.Lease(_shown.Next, last, (int)Math.Min(BytesAtOnceMax, bytesBetween)));
            _shown = slice.Last;
            Checkpoints.Pass(slice.Memory.Length);
            if (mayRepeat || slice.Count <= EntriesAtOnceMax)
            {
                // Only the loop may ask the core what was shown before; that is rare, and soon over.
                Write(slice, _loop.Core.Clock.OffsetMicroseconds, mayRepeat);
                _loop.Core.Log.Release(slice);
                continue;
            }
            IsWriting = true;
            ThreadPool.UnsafeQueueUserWorkItem(new WrittenInput(this, slice, _loop, _loop.Core.Clock.OffsetMicroseconds), preferLocal: false);
        }
    }

    /// <summary>On the loop, while a large run is written elsewhere: this input is applied again when it is written.</summary>
    public void ApplyWhenWritten(NodeInput input) => _afterWriting.Add(input);

    /// <summary>Members whose names may be taken for others', as far as events have told.</summary>
    public HashSet<Protocol.Membership.MemberId> FindAlikes() => IsWriting || _roster is null
        ? _alikes
        : _alikes = [.. _roster.Members.Where(_roster.IsAlike).Select(static member => member.Id)];

    /// <summary>On the loop: whether everything that can be delivered was turned into events.</summary>
    public bool IsDone => _roster is null || (!IsWriting && _gap is null && _shown >= _loop.Core.Deliverable);

    /// <summary>Nothing more will come.</summary>
    public void Complete()
    {
        Text.Complete();
        Json.Complete();
        Sse.Complete();
    }

    /// <summary>The view of a snapshot, for output.</summary>
    public static Roster RosterOf(Snapshot snapshot) => new(
        snapshot.Members.Select(member => new RosterMember(
            member.Id, Encoding.UTF8.GetBytes(member.Name), member.Kind, member.Via, member.Address, member.IsReachable)),
        snapshot.Host,
        snapshot.Position.Epoch,
        snapshot.Network);

    /// <summary>While a large run is written elsewhere, notices wait for its end: the feed has one writer at a time.</summary>
    private void TellAll()
    {
        while (!IsWriting && _notices.TryDequeue(out string? notice))
        {
            if (Text.HasReaders)
            {
                TextEventWriter.WriteNotice(Text, notice);
                Text.Publish();
            }
            Transcript?.Tell(notice);
        }
    }

    private void TellStable()
    {
        ulong stable = Math.Min(_loop.Core.Stable.Value, Presented.Value);
        if (_roster is not null && stable != _stable)
        {
            Volatile.Write(ref _stable, stable);
            Json.Nudge();
            Sse.Nudge();
        }
    }

    private void JumpTo(Snapshot snapshot, string word, MemberId self)
    {
        SequenceNumber before = snapshot.Position.Sequence.Next;
        WriteJson(feed => JsonEventWriter.WriteGap(feed, _shown, before, word));
        if (Text.HasReaders)
        {
            TextEventWriter.WriteGap(Text, _shown, before, word);
            Text.Publish();
        }
        Jumps++;
        Checkpoints.Clear();
        foreach (RosterMember member in _roster!.Members)
        {
            // Who of these is in the next view, too, is known twice.
            Left.Add(member.Address);
        }
        SequenceNumber after = _shown;
        _roster = RosterOf(snapshot);
        _shown = snapshot.Position.Sequence;
        Checkpoints.Note(_shown, _roster, SequenceNumber.None, 0);
        Transcript?.Missed(
            TextEventWriter.GapText(after, before, word), _roster, self, snapshot.Members.FirstOrDefault(member => member.Id == self)?.LastNumber ?? 0);
    }

    /// <summary>Writes what is no entry, and so rare, in both of JSON's forms.</summary>
    private void WriteJson(Action<EventFeed> write)
    {
        if (Json.HasReaders)
        {
            write(Json);
            EndLine(Json);
        }
        if (Sse.HasReaders)
        {
            SseForm.Begin(Sse);
            write(Sse);
            SseForm.End(Sse);
            Sse.Publish();
        }
    }

    private void Write(in LogSlice slice, long clockOffsetMicroseconds, bool mayRepeat = false)
    {
        Timestamp now = _loop.Now.Plus(clockOffsetMicroseconds);
        bool toJson = Json.HasReaders;
        bool toText = Text.HasReaders;
        bool toSse = Sse.HasReaders;
        ReadOnlySpan<byte> rest = slice.Memory.Span;
        for (SequenceNumber sequence = slice.First; sequence <= slice.Last; sequence = sequence.Next)
        {
            Entry.TryReadLength(rest, out int length);
            var entry = new Entry(rest[..length]);
            rest = rest[length..];
            if (entry.Type == EntryType.Left && _roster!.Find(entry.Subject) is { } gone)
            {
                Left.Add(gone.Address);
            }
            if (mayRepeat && _loop.Core.WasShownBefore(entry))
            {
                SequenceNumber repeated = sequence;
                WriteJson(feed => JsonEventWriter.WriteGap(feed, new SequenceNumber(repeated.Value - 1), repeated.Next, "seen"));
                _roster!.Apply(entry);
                continue;
            }
            Meter.Count(entry, now);
            if (entry.Type != EntryType.Message)
            {
                MembershipLog.Note(_log, _roster!, sequence, entry);
            }
            if (toJson)
            {
                _json.Write(Json, _roster!, sequence, entry);
                Json.Append("\n"u8);
            }
            bool isIgnored = IsIgnored(entry);
            if (toText && !isIgnored)
            {
                _text.Write(Text, _roster!, entry);
            }
            if (toSse)
            {
                SseForm.Write(Sse, _json, _roster!, sequence, entry);
            }
            if (!isIgnored)
            {
                Transcript?.Add(_roster!, sequence, entry);
            }
            _roster!.Apply(entry);
        }
        Json.Publish();
        Text.Publish();
        Sse.Publish();
        Transcript?.Publish();
    }

    private bool IsIgnored(in Entry entry) =>
        !Ignored.IsEmpty && entry.Type == EntryType.Message && Ignored.Contains(entry.Author, _roster!.Find(entry.Author)?.Name ?? "");

    private static void EndLine(EventFeed feed)
    {
        feed.Append("\n"u8);
        feed.Publish();
    }

    /// <summary>A large run, written on the thread pool; then the loop learns that it is done.</summary>
    private sealed class WrittenInput(Presenter presenter, LogSlice slice, NodeLoop loop, long clockOffsetMicroseconds) : NodeInput, IThreadPoolWorkItem
    {
        public void Execute()
        {
            presenter.Write(slice, clockOffsetMicroseconds);
            loop.Post(this);
        }

        public override void Apply(NodeLoop loop)
        {
            loop.Core.Log.Release(slice);
            presenter.IsWriting = false;
            foreach (NodeInput input in presenter._afterWriting)
            {
                input.Apply(loop);
            }
            presenter._afterWriting.Clear();
        }

        public override void Abandon()
        {
            foreach (NodeInput input in presenter._afterWriting)
            {
                input.Abandon();
            }
            presenter._afterWriting.Clear();
        }
    }
}
