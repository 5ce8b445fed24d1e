using System.Text;
using Norris.Terminal.Keys;

namespace Norris.Terminal.Editing;

/// <summary>
/// A message that somebody is writing: keys go in, with the meanings that GNU readline gives them; text and cursor are there to be read. It
/// knows no terminal and no screen. A pasted line break does not send: it stands in the text, so that what was pasted goes as one
/// message, when Enter is pressed.
/// </summary>
/// <param name="completion">Completes words when Tab is pressed; null does not.</param>
internal sealed class LineEditor(Completion? completion = null)
{
    private readonly EditBuffer _buffer = new();
    private readonly History _history = new();
    private HistorySearch? _search;
    private string _killed = "";
    private bool _wasKill;
    private bool _isPasting;

    /// <summary>What is written; a line break is a LF in it.</summary>
    public ReadOnlySpan<char> Text => _buffer.Text;

    /// <summary>Where the next character goes: an index into <see cref="Text"/>, never inside a character.</summary>
    public int Cursor => _buffer.Cursor;

    /// <summary>What is looked for among earlier lines; null when nothing is.</summary>
    public string? Searched => _search?.Wanted;

    /// <summary>The line that the last <see cref="EditorOutcome.Submitted"/> was about.</summary>
    public string SubmittedText { get; private set; } = "";

    /// <summary>Takes one key.</summary>
    public EditorOutcome Apply(Key key)
    {
        if (_isPasting)
        {
            return ApplyPasted(key);
        }
        if (_search is not null && ApplySearch(key) is { } outcome)
        {
            return outcome;
        }
        bool wasKill = _wasKill;
        _wasKill = false;
        if (key.Kind != KeyKind.Tab)
        {
            completion?.End();
        }
        return key.Kind switch
        {
            KeyKind.Character => Insert(key.Rune),
            KeyKind.LineBreak => Insert(new Rune('\n')),
            KeyKind.Enter => Submit(),
            KeyKind.Backspace => Remove(_buffer.ElementBefore(Cursor), Cursor),
            KeyKind.Delete => Remove(Cursor, _buffer.ElementAfter(Cursor)),
            KeyKind.EndOfInput when _buffer.Length == 0 => EditorOutcome.Quit,
            KeyKind.EndOfInput => Remove(Cursor, _buffer.ElementAfter(Cursor)),
            KeyKind.DeleteToStart => Kill(_buffer.LineStart(Cursor), Cursor, wasKill),
            KeyKind.DeleteToEnd => Kill(Cursor, EndToKill(), wasKill),
            KeyKind.DeleteWord => Kill(_buffer.WordBefore(Cursor), Cursor, wasKill),
            KeyKind.DeleteWordAfter => Kill(Cursor, _buffer.WordAfter(Cursor), wasKill),
            KeyKind.Yank => Insert(_killed),
            KeyKind.Tab => Complete(),
            KeyKind.Search => BeginSearch(),
            KeyKind.ClearScreen => EditorOutcome.ClearScreen,
            KeyKind.Interrupt => EditorOutcome.Quit,
            KeyKind.Suspend => EditorOutcome.Suspend,
            KeyKind.PasteStart => BeginPaste(),
            _ => Move(key.Kind),
        };
    }

    private EditorOutcome Move(KeyKind kind)
    {
        switch (kind)
        {
            case KeyKind.Left:
                return MoveTo(_buffer.ElementBefore(Cursor));
            case KeyKind.Right:
                return MoveTo(_buffer.ElementAfter(Cursor));
            case KeyKind.WordLeft:
                return MoveTo(_buffer.WordBefore(Cursor));
            case KeyKind.WordRight:
                return MoveTo(_buffer.WordAfter(Cursor));
            case KeyKind.Home:
                return MoveTo(_buffer.LineStart(Cursor));
            case KeyKind.End:
                return MoveTo(_buffer.LineEnd(Cursor));
            case KeyKind.Up:
                return _buffer.OnLineBeside(-1) is { } above ? MoveTo(above) : Replace(_history.Older(Text.ToString()));
            case KeyKind.Down:
                return _buffer.OnLineBeside(1) is { } below ? MoveTo(below) : Replace(_history.Newer());
            default:
                return EditorOutcome.Unchanged;
        }
    }

    private EditorOutcome ApplyPasted(Key key)
    {
        switch (key.Kind)
        {
            case KeyKind.Character:
                return Insert(key.Rune);
            case KeyKind.Enter or KeyKind.LineBreak:
                return Insert(new Rune('\n'));
            case KeyKind.Tab:
                return Insert(new Rune('\t'));
            case KeyKind.Interrupt:
                // A terminal that never ends a paste must not lock anybody in.
                _isPasting = false;
                return EditorOutcome.Quit;
            case KeyKind.PasteEnd:
                _isPasting = false;
                return EditorOutcome.Unchanged;
            default:
                return EditorOutcome.Unchanged;
        }
    }

    private EditorOutcome BeginPaste()
    {
        _isPasting = true;
        return EditorOutcome.Unchanged;
    }

    private EditorOutcome BeginSearch()
    {
        _search = new HistorySearch(_history, Text.ToString());
        return EditorOutcome.Changed;
    }

    // Null: the search is over, and the key means what it always does.
    private EditorOutcome? ApplySearch(Key key)
    {
        switch (key.Kind)
        {
            case KeyKind.Character:
                _search!.Add(key.Rune);
                break;
            case KeyKind.Backspace:
                _search!.RemoveLast();
                break;
            case KeyKind.Search:
                _search!.FindOlder();
                break;
            case KeyKind.Cancel or KeyKind.Escape or KeyKind.Interrupt:
                string draft = _search!.Draft;
                _search = null;
                return Replace(draft);
            default:
                _search = null;
                return null;
        }
        return Replace(_search.Found);
    }

    private EditorOutcome Complete()
    {
        if (completion?.Next(Text, Cursor) is not { } completed)
        {
            return EditorOutcome.Refused;
        }
        string before = Text.ToString();
        (int from, int to) = (completed.From, Cursor);
        _buffer.Remove(from, to);
        if (_buffer.TryInsert(completed.Text))
        {
            return EditorOutcome.Changed;
        }
        _buffer.Replace(before);
        return EditorOutcome.Refused;
    }

    private EditorOutcome Insert(Rune rune)
    {
        Span<char> units = stackalloc char[2];
        return Insert(units[..rune.EncodeToUtf16(units)]);
    }

    private EditorOutcome Insert(ReadOnlySpan<char> text) =>
        text.IsEmpty ? EditorOutcome.Unchanged : _buffer.TryInsert(text) ? EditorOutcome.Changed : EditorOutcome.Refused;

    private EditorOutcome Remove(int from, int to) => _buffer.Remove(from, to) is null ? EditorOutcome.Unchanged : EditorOutcome.Changed;

    /// <summary>Removes what can be inserted again; what is removed in one go is one piece.</summary>
    private EditorOutcome Kill(int from, int to, bool wasKill)
    {
        bool isBefore = to == Cursor;
        _wasKill = wasKill;
        if (_buffer.Remove(from, to) is not { } killed)
        {
            return EditorOutcome.Unchanged;
        }
        _killed = !wasKill ? killed : isBefore ? killed + _killed : _killed + killed;
        _wasKill = true;
        return EditorOutcome.Changed;
    }

    // At the end of a line that is not the last, the line break goes.
    private int EndToKill()
    {
        int end = _buffer.LineEnd(Cursor);
        return end == Cursor && end < _buffer.Length ? end + 1 : end;
    }

    private EditorOutcome MoveTo(int index) => _buffer.MoveTo(index) ? EditorOutcome.Changed : EditorOutcome.Unchanged;

    private EditorOutcome Replace(string? text)
    {
        if (text is null)
        {
            return EditorOutcome.Unchanged;
        }
        _buffer.Replace(text);
        return EditorOutcome.Changed;
    }

    private EditorOutcome Submit()
    {
        string line = Text.TrimEnd('\n').ToString();
        if (string.IsNullOrWhiteSpace(line))
        {
            return Remove(0, _buffer.Length);
        }
        SubmittedText = line;
        _history.Add(line);
        _buffer.Replace("");
        return EditorOutcome.Submitted;
    }
}

/// <summary>What a key did to the line.</summary>
internal enum EditorOutcome
{
    /// <summary>Nothing.</summary>
    Unchanged,

    /// <summary>Text or cursor: the line is to be drawn again.</summary>
    Changed,

    /// <summary>The line is to be sent: <see cref="LineEditor.SubmittedText"/>. The editor is empty.</summary>
    Submitted,

    /// <summary>It cannot be: the message would be too long, or nothing completes the word.</summary>
    Refused,

    /// <summary>The person wants to leave.</summary>
    Quit,

    /// <summary>The screen is to be cleared.</summary>
    ClearScreen,

    /// <summary>The process is to be stopped until the shell continues it.</summary>
    Suspend,
}
