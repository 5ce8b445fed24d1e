using Norris.Node.Delivery;
using Norris.Protocol.Ordering;

namespace Norris.Terminal.Drawing;

/// <summary>
/// The part of the screen that shows what was said: the newest at the bottom, or wherever the person looks back to, which stays where it is
/// while more arrives. A line stands before the first thing that came while nobody looked. One thread at a time; whoever calls holds the
/// transcript's gate.
/// </summary>
internal sealed class Conversation
{
    private readonly Transcript _transcript;
    private readonly ItemRuns _items;
    private readonly Palette _palette;
    private readonly Dictionary<long, Laid> _laid = [];
    private int _columns = 80;
    private int _rows = 20;
    private (long Index, int Rows)? _bottom;
    private long _unread = -1;
    private long _seen;
    private bool _isAway;

    public Conversation(Transcript transcript, ItemRuns items, Palette palette) => (_transcript, _items, _palette) = (transcript, items, palette);

    /// <summary>How much there is below the screen; null while the newest is on it.</summary>
    public long? Unseen => _bottom is null ? null : Math.Max(0, _transcript.End - Math.Max(_seen, _transcript.Begin));

    /// <summary>How large it is.</summary>
    public void Resize(int columns, int rows)
    {
        if (columns != _columns)
        {
            _laid.Clear();
        }
        (_columns, _rows) = (columns, Math.Max(0, rows));
    }

    /// <summary>Looks so many rows further back (or, less than 0, further on); at the end, the newest is followed again.</summary>
    public void Scroll(int rows)
    {
        if (_transcript.End == _transcript.Begin)
        {
            return;
        }
        long index = _bottom?.Index ?? _transcript.End - 1;
        int shown = _bottom?.Rows ?? RowsOf(index).Count;
        for (; rows > 0 && HasAbove(index, shown, _rows + 1); rows--)
        {
            if (--shown == 0)
            {
                index--;
                shown = RowsOf(index).Count;
            }
        }
        for (; rows < 0 && index < _transcript.End; rows++)
        {
            if (++shown > RowsOf(index).Count)
            {
                index++;
                shown = 1;
            }
        }
        bool isAtEnd = index >= _transcript.End || (index == _transcript.End - 1 && shown >= RowsOf(index).Count);
        _bottom = isAtEnd ? null : (index, shown);
    }

    /// <summary>Follows the newest again.</summary>
    public void Follow() => _bottom = null;

    /// <summary>The person did something here, and so has seen what there is.</summary>
    public void MarkRead() => _unread = -1;

    /// <summary>Whether the window is looked at.</summary>
    public void Look(bool isAway) => _isAway = isAway;

    /// <summary>The rows, from the top; as many as there is room for.</summary>
    public IReadOnlyList<string> Compose()
    {
        NoteUnread();
        var upwards = new List<string>();
        if (_bottom is null)
        {
            AddWaiting(upwards);
        }
        var used = new Dictionary<long, Laid>();
        long index = _bottom?.Index ?? _transcript.End - 1;
        int? shown = _bottom?.Rows;
        for (; index >= _transcript.Begin && upwards.Count < _rows; index--)
        {
            IReadOnlyList<string> rows = RowsOf(index);
            used[index] = _laid[index];
            for (int i = Math.Min(shown ?? rows.Count, rows.Count) - 1; i >= 0 && upwards.Count < _rows; i--)
            {
                upwards.Add(rows[i]);
            }
            shown = null;
        }
        ForgetOthers(used);
        while (upwards.Count < _rows)
        {
            upwards.Add("");
        }
        upwards.Reverse();
        return upwards;
    }

    // What came since the newest was last on the screen, and looked at, is unread.
    private void NoteUnread()
    {
        if (_bottom is { } bottom && bottom.Index < _transcript.Begin)
        {
            _bottom = _transcript.End > _transcript.Begin ? (_transcript.Begin, 1) : null;
        }
        bool isSeen = _bottom is null && !_isAway;
        if (isSeen)
        {
            _seen = _transcript.End;
        }
        else if (_unread < 0 && _transcript.End > _seen)
        {
            _unread = Math.Max(_seen, _transcript.Begin);
            _laid.Remove(_unread);
        }
    }

    private void AddWaiting(List<string> upwards)
    {
        for (int i = _transcript.Waiting.Count - 1; i >= 0 && upwards.Count < _rows; i--)
        {
            IReadOnlyList<string> rows = RowWrapper.Wrap(
                _palette, _items.OfWaiting(_transcript.Waiting[i], _transcript.OwnName, _columns), _columns, ItemRuns.TimeColumns(_columns));
            for (int row = rows.Count - 1; row >= 0 && upwards.Count < _rows; row--)
            {
                upwards.Add(rows[row]);
            }
        }
    }

    private bool HasAbove(long index, int shown, int wanted)
    {
        int count = shown;
        for (long i = index - 1; i >= _transcript.Begin && count < wanted; i--)
        {
            count += RowsOf(i).Count;
        }
        return count >= wanted;
    }

    private IReadOnlyList<string> RowsOf(long index)
    {
        TranscriptItem item = _transcript[index];
        bool isUnread = index == _unread;
        if (_laid.TryGetValue(index, out Laid? laid) && laid.Item == item && laid.IsUnread == isUnread)
        {
            return laid.Rows;
        }
        var rows = new List<string>();
        if (DayBefore(index, item.Time) is { } day)
        {
            rows.AddRange(Wrap([ItemRuns.Rule(day, _columns, Ink.Faint)], 0));
        }
        if (isUnread)
        {
            rows.AddRange(Wrap([ItemRuns.Rule("unread", _columns, Ink.Warning)], 0));
        }
        rows.AddRange(Wrap(_items.Of(item, _columns), item.Time == Timestamp.Zero && item.Own == OwnState.None ? 2 : ItemRuns.TimeColumns(_columns)));
        _laid[index] = new Laid(item, isUnread, rows);
        return rows;
    }

    private IReadOnlyList<string> Wrap(IReadOnlyList<Run> runs, int indent) => RowWrapper.Wrap(_palette, runs, _columns, indent);

    private string? DayBefore(long index, Timestamp time)
    {
        if (time == Timestamp.Zero)
        {
            return null;
        }
        for (long i = index - 1; i >= _transcript.Begin; i--)
        {
            if (_transcript[i].Time is var before && before != Timestamp.Zero)
            {
                return _items.DayBetween(before, time);
            }
        }
        return null;
    }

    private void ForgetOthers(Dictionary<long, Laid> used)
    {
        if (_laid.Count <= used.Count)
        {
            return;
        }
        _laid.Clear();
        foreach ((long index, Laid laid) in used)
        {
            _laid.Add(index, laid);
        }
    }

    /// <summary>An item and its rows at this width.</summary>
    private sealed record Laid(TranscriptItem Item, bool IsUnread, IReadOnlyList<string> Rows);
}
