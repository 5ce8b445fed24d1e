using System.Globalization;
using System.Text;
using Norris.Node.Delivery;

namespace Norris.Terminal;

/// <summary>
/// Draws the input row at the bottom, and lines above it, as bytes for an ANSI terminal (ECMA-48). A line longer than the
/// row scrolls sideways. It keeps what it drew in mind, not what is being written: that is <see cref="LineEditor"/>'s.
/// </summary>
/// <param name="columns">The width of the terminal, at least 1.</param>
internal sealed class Screen(int columns)
{
    private const int PromptColumns = 2;

    private int _columns = columns;
    private int _scrolled;
    private int _cursorColumn;

    private static ReadOnlySpan<byte> Prompt => "> "u8;

    private static ReadOnlySpan<byte> EraseRow => "\r\e[K"u8;

    /// <summary>Columns for text: the last one stays free, for a character there would make some terminals begin a new row.</summary>
    private int TextColumns => Math.Max(1, _columns - PromptColumns - 1);

    /// <summary>The terminal is another width now; the row is to be drawn again.</summary>
    public void Resize(int columns) => _columns = Math.Max(1, columns);

    /// <summary>Makes room for lines above: from here on output is ordinary output, until <see cref="DrawInput"/>.</summary>
    public static void EraseInput(ref Utf8Sink sink) => sink.Append(EraseRow);

    /// <summary>Empties the screen and goes to its top.</summary>
    public static void Clear(ref Utf8Sink sink) => sink.Append("\e[H\e[2J"u8);

    /// <summary>Rings.</summary>
    public static void Ring(ref Utf8Sink sink) => sink.Append((byte)'\a');

    /// <summary>Makes the terminal mark what is pasted.</summary>
    public static void Begin(ref Utf8Sink sink) => sink.Append("\e[?2004h"u8);

    /// <summary>Erases the row and takes back what <see cref="Begin"/> asked for.</summary>
    public static void End(ref Utf8Sink sink) => sink.Append("\e[?2004l\r\e[K"u8);

    /// <summary>Draws the input row over what is there, and puts the cursor in it.</summary>
    public void DrawInput(ref Utf8Sink sink, LineEditor editor)
    {
        ReadOnlySpan<char> text = editor.Text;
        ScrollTo(Width(text[..editor.Cursor]), Width(text));
        sink.Append(EraseRow);
        sink.Append(Prompt);
        DrawVisible(ref sink, text);
        sink.Append("\r\e["u8);
        sink.Append((ulong)(PromptColumns + _cursorColumn - _scrolled));
        sink.Append((byte)'C');
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
            int next = column + ShownWidth(element);
            if (column < _scrolled)
            {
                // Half of a wide character at the left edge is a blank.
                sink.Append("  "u8[..Math.Clamp(next - _scrolled, 0, 2)]);
            }
            else if (next <= _scrolled + TextColumns)
            {
                foreach (Rune rune in element.EnumerateRunes())
                {
                    sink.Append(encoded[..Shown(rune).EncodeToUtf8(encoded)]);
                }
            }
            column = next;
            text = text[length..];
        }
    }

    private static int Width(ReadOnlySpan<char> text)
    {
        int width = 0;
        while (!text.IsEmpty)
        {
            int length = StringInfo.GetNextTextElementLength(text);
            width += ShownWidth(text[..length]);
            text = text[length..];
        }
        return width;
    }

    private static int ShownWidth(ReadOnlySpan<char> element)
    {
        // A control character, or a format character by itself, is drawn as a sign of one column.
        return Math.Max(1, CharacterWidth.Of(element));
    }

    private static Rune Shown(Rune rune) => rune.Value switch
    {
        '\n' => new Rune('⏎'),
        '\t' => new Rune(' '),
        _ when Rune.IsControl(rune) || DirectionControls.Contains(rune.Value) => Rune.ReplacementChar,
        _ => rune,
    };
}
