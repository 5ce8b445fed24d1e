using System.Globalization;
using System.Text;
using Norris.Node.Delivery;
using Norris.Terminal.Editing;

namespace Norris.Terminal.Drawing;

/// <summary>
/// Draws what is being written in one row, as bytes for an ANSI terminal (ECMA-48). A line longer than the row scrolls sideways. It keeps what it
/// drew in mind, not what is being written: that is <see cref="LineEditor"/>'s.
/// </summary>
/// <param name="columns">The width of the terminal, at least 1.</param>
internal sealed class InputRow(int columns)
{
    private int _columns = columns;
    private int _scrolled;
    private int _cursorColumn;
    private int _promptColumns;

    private static ReadOnlySpan<byte> EraseRow => "\r\e[K"u8;

    /// <summary>Columns for text: the last one stays free, for a character there would make some terminals begin a new row.</summary>
    private int TextColumns => Math.Max(1, _columns - _promptColumns - 1);

    /// <summary>The terminal is another width now; the row is to be drawn again.</summary>
    public void Resize(int columns) => _columns = Math.Max(1, columns);

    /// <summary>Makes room for lines above: from here on output is ordinary output, until <see cref="Draw"/>.</summary>
    public static void Erase(ref Utf8Sink sink) => sink.Append(EraseRow);

    /// <summary>Draws the row over what is there, and puts the cursor in it.</summary>
    public void Draw(ref Utf8Sink sink, LineEditor editor)
    {
        ReadOnlySpan<char> text = editor.Text;
        string prompt = InputArea.PromptFor(editor, _columns);
        _promptColumns = CharacterWidth.OfText(prompt);
        ScrollTo(WidthOf(text[..editor.Cursor]), WidthOf(text));
        sink.Append(EraseRow);
        sink.Append(Encoding.UTF8.GetBytes(prompt));
        DrawVisible(ref sink, text);
        sink.Append((byte)'\r');
        // Moving by 0 columns is moving by 1.
        if (_promptColumns + _cursorColumn - _scrolled is > 0 and int right)
        {
            sink.Append("\e["u8);
            sink.Append((ulong)right);
            sink.Append((byte)'C');
        }
    }

    private void ScrollTo(int cursorColumn, int width)
    {
        _cursorColumn = cursorColumn;
        if (width <= TextColumns)
        {
            _scrolled = 0;
        }
        else if (cursorColumn < _scrolled || cursorColumn > _scrolled + TextColumns)
        {
            // By two thirds, so that some of the line is seen on either side, and not every key scrolls.
            _scrolled = Math.Max(0, cursorColumn - (TextColumns * 2 / 3));
        }
    }

    private void DrawVisible(ref Utf8Sink sink, ReadOnlySpan<char> text)
    {
        Span<byte> encoded = stackalloc byte[4];
        int column = 0;
        while (!text.IsEmpty && column < _scrolled + TextColumns)
        {
            int length = StringInfo.GetNextTextElementLength(text);
            ReadOnlySpan<char> element = text[..length];
            int next = column + WidthOfElement(element);
            if (column < _scrolled)
            {
                // Half of a wide character at the left edge is a blank.
                sink.Append("  "u8[..Math.Clamp(next - _scrolled, 0, 2)]);
            }
            else if (next <= _scrolled + TextColumns)
            {
                foreach (Rune rune in element.EnumerateRunes())
                {
                    sink.Append(encoded[..InputArea.Shown(rune).EncodeToUtf8(encoded)]);
                }
            }
            column = next;
            text = text[length..];
        }
    }

    private static int WidthOf(ReadOnlySpan<char> text)
    {
        int width = 0;
        while (!text.IsEmpty)
        {
            int length = StringInfo.GetNextTextElementLength(text);
            width += WidthOfElement(text[..length]);
            text = text[length..];
        }
        return width;
    }

    // A control character, or a format character by itself, is drawn as a sign of one column.
    private static int WidthOfElement(ReadOnlySpan<char> element) => Math.Max(1, CharacterWidth.Of(element));
}
