using System.Text;
using Norris.Protocol.Membership;
using Norris.Protocol.Ordering;

namespace Norris.Node.Delivery;

/// <summary>
/// What a person at a full-screen terminal can look back at: what was delivered last, what the node told, and the own messages that
/// still wait. It keeps a bounded number of things, and so never holds anybody up. Whoever draws it reads it within <see cref="Gate"/>;
/// everything else may be called from any thread.
/// </summary>
/// <param name="changed">Called, outside the gate, when there is something new to draw.</param>
internal sealed class Transcript(Action changed)
{
    /// <summary>How many items are kept at least, if they are not too long.</summary>
    public const int ItemsMax = 10_000;

    /// <summary>How many characters are kept at most.</summary>
    public const long CharactersMax = 8 << 20;

    /// <summary>So many items go together, so that none is moved for each that comes.</summary>
    private const int ItemsAtOnce = 1_000;

    private readonly List<TranscriptItem> _items = [];
    private readonly List<WaitingLine> _waiting = [];
    private long _gone;
    private long _characters;
    private MemberId _self;

    /// <summary>Held by whoever reads.</summary>
    public object Gate { get; } = new();

    /// <summary>The index of the oldest item that is kept; indices count all that ever were, from 0.</summary>
    public long Begin => _gone;

    /// <summary>The index behind the newest.</summary>
    public long End => _gone + _items.Count;

    /// <summary>What this node is called; empty before it is in.</summary>
    public string OwnName { get; private set; } = "";

    /// <summary>How often others said this node's name.</summary>
    public long Mentions { get; private set; }

    /// <summary>The node's state when it last changed.</summary>
    public NodeStatus Status { get; private set; }

    /// <summary>The own messages that wait for their places, in the order in which they were entered.</summary>
    public IReadOnlyList<WaitingLine> Waiting => _waiting;

    /// <summary>The item at an index, as it is now: comings and goings are added to the newest one.</summary>
    public TranscriptItem this[long index]
    {
        get
        {
            TranscriptItem item = _items[(int)(index - _gone)];
            return item.Own == OwnState.Ordered && item.Sequence <= Status.Stable ? item with { Own = OwnState.Stable } : item;
        }
    }

    /// <summary>Adds what an entry tells.</summary>
    /// <param name="roster">The view before the entry.</param>
    /// <param name="sequence">Its place.</param>
    /// <param name="entry">A well-formed entry.</param>
    public void Add(Roster roster, SequenceNumber sequence, in Entry entry)
    {
        lock (Gate)
        {
            bool isOwn = entry.Author == _self && !_self.IsNone;
            if (isOwn)
            {
                ulong number = entry.Number;
                _waiting.RemoveAll(line => line.Number == number);
            }
            if (entry.Type == EntryType.Renamed && entry.Subject == _self)
            {
                OwnName = TranscriptWriter.Lines(entry.NewName);
            }
            if (TranscriptWriter.Describe(roster, sequence, entry, _self) is { } item)
            {
                Mentions += item.IsMention ? 1 : 0;
                Append(isOwn && item.Kind == TranscriptKind.Message ? item with { Own = OwnState.Ordered } : item);
            }
        }
    }

    /// <summary>The node is in.</summary>
    public void Ready(Roster roster, MemberId self)
    {
        lock (Gate)
        {
            _self = self;
            OwnName = roster.Find(self)?.Name ?? "";
            Append(Notice(TextEventWriter.ReadyText(roster, self)));
        }
        Publish();
    }

    /// <summary>The order goes on elsewhere: entries were missed. Places in it mean nothing any more for what is above.</summary>
    /// <param name="text">What to tell about it.</param>
    /// <param name="roster">The view with which it goes on.</param>
    /// <param name="self">This node from now on.</param>
    /// <param name="lastNumber">The number of this node's last message that is in the order before it goes on.</param>
    public void Missed(string text, Roster roster, MemberId self, ulong lastNumber)
    {
        lock (Gate)
        {
            _self = self;
            OwnName = roster.Find(self)?.Name ?? OwnName;
            for (int i = 0; i < _items.Count; i++)
            {
                TranscriptItem item = this[_gone + i];
                _items[i] = item.Own == OwnState.Ordered ? item with { Sequence = new SequenceNumber(ulong.MaxValue) } : item;
            }
            Append(Notice(text) with { Kind = TranscriptKind.Gap });
            Settle(line => line.Number > 0 && line.Number <= lastNumber, OwnState.Stable, "ordered while this node was away");
        }
        Publish();
    }

    /// <summary>A line of the node's own.</summary>
    public void Tell(string notice)
    {
        lock (Gate)
        {
            Append(Notice(notice));
        }
        Publish();
    }

    /// <summary>Forgets everything but what waits.</summary>
    public void Clear()
    {
        lock (Gate)
        {
            _gone += _items.Count;
            _items.Clear();
            _characters = 0;
        }
        Publish();
    }

    /// <summary>The person said something, which is on its way to the node.</summary>
    /// <param name="text">UTF-8.</param>
    public void Enter(ReadOnlySpan<byte> text)
    {
        var line = new WaitingLine(TranscriptWriter.Lines(text), 0);
        lock (Gate)
        {
            _waiting.Add(line);
        }
        Publish();
    }

    /// <summary>The node took the first of what was entered that it had not yet looked at, under this number.</summary>
    public void Taken(ulong number)
    {
        lock (Gate)
        {
            if (FirstUntaken() is >= 0 and int first)
            {
                _waiting[first] = _waiting[first] with { Number = number };
            }
        }
    }

    /// <summary>The node did not take it.</summary>
    public void NotTaken(string why)
    {
        lock (Gate)
        {
            if (FirstUntaken() is >= 0 and int first)
            {
                WaitingLine line = _waiting[first];
                Settle(each => ReferenceEquals(each, line), OwnState.NotSent, $"not sent: {why}");
            }
        }
        Publish();
    }

    /// <summary>Nobody knows whether these own messages have a place.</summary>
    public void InDoubt(ulong first, ulong last)
    {
        lock (Gate)
        {
            Settle(line => line.Number >= first && line.Number <= last, OwnState.NotSent, "may or may not have been ordered; not sent again");
        }
        Publish();
    }

    /// <summary>The node's state; draws anew if it changed.</summary>
    public void Update(in NodeStatus status)
    {
        if (Status == status)
        {
            return;
        }
        lock (Gate)
        {
            Status = status;
        }
        Publish();
    }

    /// <summary>What was added is to be drawn.</summary>
    public void Publish() => changed();

    private static TranscriptItem Notice(string text) => new() { Kind = TranscriptKind.Notice, Text = TranscriptWriter.Lines(Encoding.UTF8.GetBytes(text)) };

    private int FirstUntaken() => _waiting.FindIndex(static line => line.Number == 0);

    // What becomes of them is told here, at the end of what is known.
    private void Settle(Predicate<WaitingLine> which, OwnState state, string why)
    {
        foreach (WaitingLine line in _waiting.FindAll(which))
        {
            Append(new TranscriptItem { Kind = TranscriptKind.Message, Author = _self, Name = OwnName, Text = line.Text, Own = state, Why = why });
        }
        _waiting.RemoveAll(which);
    }

    private void Append(TranscriptItem item)
    {
        if (_items.Count > 0 && TranscriptWriter.TryJoin(_items[^1], item) is { } together)
        {
            _items[^1] = together;
            return;
        }
        _items.Add(item);
        _characters += item.Text.Length;
        while (_items.Count > ItemsMax + ItemsAtOnce || (_characters > CharactersMax && _items.Count > 1))
        {
            int gone = Math.Min(ItemsAtOnce, _items.Count / 2);
            _characters -= _items.Take(gone).Sum(static each => (long)each.Text.Length);
            _items.RemoveRange(0, gone);
            _gone += gone;
        }
    }
}

/// <summary>An own message that waits.</summary>
/// <param name="Text">What it says, fit for a terminal.</param>
/// <param name="Number">Under which number the node took it; 0 while it has not.</param>
internal sealed record WaitingLine(string Text, ulong Number);
