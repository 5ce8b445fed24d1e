using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using Norris.Protocol.Ordering;

namespace Norris.Terminal;

/// <summary>
/// A line that somebody is writing: keys go in, text and cursor are there to be read. It knows no terminal and no screen.
/// The cursor moves over what people see as one character (Unicode Annex 29), and the text never outgrows a message. A
/// pasted line break does not send: it stands in the line, so that what was pasted goes as one message, when Enter is pressed.
/// </summary>
internal sealed class LineEditor
{
    private readonly List<char> _text = [];
    private readonly History _history = new();
    private int _utf8Bytes;
    private bool _isPasting;

    /// <summary>What is written; a pasted line break is a LF in it.</summary>
    public ReadOnlySpan<char> Text => CollectionsMarshal.AsSpan(_text);

    /// <summary>Where the next character goes: an index into <see cref="Text"/>, never inside a character.</summary>
    public int Cursor { get; private set; }

    /// <summary>The line that the last <see cref="EditorOutcome.Submitted"/> was about.</summary>
    public string SubmittedText { get; private set; } = "";

    /// <summary>Takes one key.</summary>
    public EditorOutcome Apply(Key key)
    {
        if (_isPasting)
        {
            return ApplyPasted(key);
        }
        switch (key.Kind)
        {
            case KeyKind.Character:
                return Insert(key.Rune);
            case KeyKind.Enter:
                return Submit();
            case KeyKind.Backspace:
                return Remove(ElementBefore(Cursor), Cursor);
            case KeyKind.Delete:
                return Remove(Cursor, ElementAfter(Cursor));
            case KeyKind.EndOfInput:
                return _text.Count == 0 ? EditorOutcome.Quit : Remove(Cursor, ElementAfter(Cursor));
            case KeyKind.DeleteToStart:
                return Remove(0, Cursor);
            case KeyKind.DeleteToEnd:
                return Remove(Cursor, _text.Count);
            case KeyKind.DeleteWord:
                return Remove(WordBefore(Cursor), Cursor);
            case KeyKind.Left:
                return MoveTo(ElementBefore(Cursor));
            case KeyKind.Right:
                return MoveTo(ElementAfter(Cursor));
            case KeyKind.WordLeft:
                return MoveTo(WordBefore(Cursor));
            case KeyKind.WordRight:
                return MoveTo(WordAfter(Cursor));
            case KeyKind.Home:
                return MoveTo(0);
            case KeyKind.End:
                return MoveTo(_text.Count);
            case KeyKind.Up:
                return Replace(_history.Older(Text.ToString()));
            case KeyKind.Down:
                return Replace(_history.Newer());
            case KeyKind.ClearScreen:
                return EditorOutcome.ClearScreen;
            case KeyKind.Interrupt:
                return EditorOutcome.Quit;
            case KeyKind.Suspend:
                return EditorOutcome.Suspend;
            case KeyKind.PasteStart:
                _isPasting = true;
                return EditorOutcome.Unchanged;
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
            case KeyKind.Enter:
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

    private EditorOutcome Insert(Rune rune)
    {
        if (_utf8Bytes + rune.Utf8SequenceLength > Entry.TextBytesMax)
        {
            return EditorOutcome.Refused;
        }
        Span<char> units = stackalloc char[2];
        int count = rune.EncodeToUtf16(units);
        CollectionExtensions.InsertRange(_text, Cursor, units[..count]);
        Cursor += count;
        _utf8Bytes += rune.Utf8SequenceLength;
        return EditorOutcome.Changed;
    }

    private EditorOutcome Remove(int from, int to)
    {
        if (from == to)
        {
            return EditorOutcome.Unchanged;
        }
        _utf8Bytes -= Encoding.UTF8.GetByteCount(Text[from..to]);
        _text.RemoveRange(from, to - from);
        Cursor = from;
        return EditorOutcome.Changed;
    }

    private EditorOutcome MoveTo(int index)
    {
        if (index == Cursor)
        {
            return EditorOutcome.Unchanged;
        }
        Cursor = index;
        return EditorOutcome.Changed;
    }

    private EditorOutcome Replace(string? text)
    {
        if (text is null)
        {
            return EditorOutcome.Unchanged;
        }
        CollectionsMarshal.SetCount(_text, 0);
        _text.AddRange(text);
        _utf8Bytes = Encoding.UTF8.GetByteCount(text);
        Cursor = _text.Count;
        return EditorOutcome.Changed;
    }

    private EditorOutcome Submit()
    {
        string line = Text.TrimEnd('\n').ToString();
        if (string.IsNullOrWhiteSpace(line))
        {
            return Remove(0, _text.Count);
        }
        SubmittedText = line;
        _history.Add(line);
        _ = Replace("");
        return EditorOutcome.Submitted;
    }

    private int ElementAfter(int index) => index + StringInfo.GetNextTextElementLength(Text[index..]);

    private int ElementBefore(int index)
    {
        // Boundaries can only be found forwards; those of one line break never reach into the next.
        int at = index == 0 ? 0 : Text[..(index - 1)].LastIndexOf('\n') + 1;
        int before = at;
        while (at < index)
        {
            before = at;
            at = ElementAfter(at);
        }
        return before;
    }

    private int WordBefore(int index)
    {
        int at = index;
        while (at > 0 && char.IsWhiteSpace(_text[at - 1]))
        {
            at--;
        }
        while (at > 0 && !char.IsWhiteSpace(_text[at - 1]))
        {
            at--;
        }
        return at;
    }

    private int WordAfter(int index)
    {
        int at = index;
        while (at < _text.Count && char.IsWhiteSpace(_text[at]))
        {
            at++;
        }
        while (at < _text.Count && !char.IsWhiteSpace(_text[at]))
        {
            at++;
        }
        return at;
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

    /// <summary>The message would be too long.</summary>
    Refused,

    /// <summary>The person wants to leave.</summary>
    Quit,

    /// <summary>The screen is to be cleared.</summary>
    ClearScreen,

    /// <summary>The process is to be stopped until the shell continues it.</summary>
    Suspend,
}
