using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using Norris.Protocol.Ordering;

namespace Norris.Terminal.Editing;

/// <summary>
/// A text with a cursor in it. The cursor moves over what people see as one character (Unicode Annex 29), and the text never outgrows a
/// message. Every method that changes something says whether it did.
/// </summary>
internal sealed class EditBuffer
{
    private readonly List<char> _text = [];
    private int _utf8Bytes;

    /// <summary>What is written; a line break is a LF.</summary>
    public ReadOnlySpan<char> Text => CollectionsMarshal.AsSpan(_text);

    /// <summary>Where the next character goes: an index into <see cref="Text"/>, never inside a character.</summary>
    public int Cursor { get; private set; }

    /// <summary>How long the text is, in UTF-16 code units.</summary>
    public int Length => _text.Count;

    /// <summary>Inserts at the cursor; false when the message would be too long.</summary>
    public bool TryInsert(ReadOnlySpan<char> text)
    {
        int bytes = Encoding.UTF8.GetByteCount(text);
        if (_utf8Bytes + bytes > Entry.TextBytesMax)
        {
            return false;
        }
        CollectionExtensions.InsertRange(_text, Cursor, text);
        Cursor += text.Length;
        _utf8Bytes += bytes;
        return true;
    }

    /// <summary>Takes out what is between two indices, and puts the cursor there; what it was, or null when there is nothing.</summary>
    public string? Remove(int from, int to)
    {
        if (from == to)
        {
            return null;
        }
        string removed = Text[from..to].ToString();
        _utf8Bytes -= Encoding.UTF8.GetByteCount(removed);
        _text.RemoveRange(from, to - from);
        Cursor = from;
        return removed;
    }

    /// <summary>Puts the cursor somewhere.</summary>
    public bool MoveTo(int index)
    {
        bool isElsewhere = index != Cursor;
        Cursor = index;
        return isElsewhere;
    }

    /// <summary>Makes it another text, no longer than a message, with the cursor at its end.</summary>
    public void Replace(string text)
    {
        _text.Clear();
        _text.AddRange(text);
        _utf8Bytes = Encoding.UTF8.GetByteCount(text);
        Cursor = _text.Count;
    }

    /// <summary>The end of the character that begins at an index; that index at the end of the text.</summary>
    public int ElementAfter(int index) => index + StringInfo.GetNextTextElementLength(Text[index..]);

    /// <summary>The begin of the character that ends at an index; 0 at the begin of the text.</summary>
    public int ElementBefore(int index)
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

    /// <summary>The begin of the word before an index.</summary>
    public int WordBefore(int index)
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

    /// <summary>The end of the word after an index.</summary>
    public int WordAfter(int index)
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

    /// <summary>The begin of the line that an index is in.</summary>
    public int LineStart(int index) => Text[..index].LastIndexOf('\n') + 1;

    /// <summary>The end of the line that an index is in.</summary>
    public int LineEnd(int index)
    {
        int end = Text[index..].IndexOf('\n');
        return end < 0 ? _text.Count : index + end;
    }

    /// <summary>Where the cursor comes that goes a line up (-1) or down (1), as far from the line's begin as it is; null when there is no such line.</summary>
    public int? OnLineBeside(int direction)
    {
        int start = LineStart(Cursor);
        int end = LineEnd(Cursor);
        if (direction < 0 ? start == 0 : end == _text.Count)
        {
            return null;
        }
        int at = direction < 0 ? LineStart(start - 1) : end + 1;
        int last = LineEnd(at);
        for (int own = start; own < Cursor && at < last; own = ElementAfter(own))
        {
            at = ElementAfter(at);
        }
        return at;
    }
}
