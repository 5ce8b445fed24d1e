using System.Globalization;
using System.Text;
using Norris.Node.Delivery;
using Norris.Terminal.Editing;

namespace Norris.Terminal.Drawing;

/// <summary>
/// The rows at the bottom in which a message is written. A long one, or one of several lines, takes more rows, up to a limit; then those around the
/// cursor are seen.
/// </summary>
/// <param name="Rows">At least one.</param>
/// <param name="CursorRow">Where the cursor is among them, from 0.</param>
/// <param name="CursorColumn">Where it is in its row, from 0.</param>
internal sealed record InputArea(IReadOnlyList<string> Rows, int CursorRow, int CursorColumn)
{
    private const string Prompt = "> ";
    private const string Continuation = "  ";

    /// <summary>Lays out what is being written.</summary>
    /// <param name="editor">Text and cursor.</param>
    /// <param name="columns">The columns that there are.</param>
    /// <param name="rowsMax">The most rows that may be taken, at least 1.</param>
    public static InputArea Of(LineEditor editor, int columns, int rowsMax)
    {
        string prompt = PromptFor(editor, columns);
        int promptColumns = CharacterWidth.OfText(prompt);
        // The last column stays free: the cursor stands there behind a full row.
        int limit = Math.Max(promptColumns + 1, columns - 1);
        var rows = new List<string>();
        var row = new StringBuilder(prompt);
        int column = promptColumns;
        (int Row, int Column) cursor = (0, column);
        ReadOnlySpan<char> text = editor.Text;
        for (int at = 0; at < text.Length;)
        {
            int length = StringInfo.GetNextTextElementLength(text[at..]);
            ReadOnlySpan<char> element = text.Slice(at, length);
            bool isBreak = element is "\n" or "\r\n";
            int width = isBreak ? 0 : Math.Max(1, CharacterWidth.Of(element));
            if (column + width > limit && column > Continuation.Length)
            {
                NextRow();
            }
            if (at == editor.Cursor)
            {
                cursor = (rows.Count, column);
            }
            at += length;
            if (isBreak)
            {
                NextRow();
                continue;
            }
            AppendShown(row, element);
            column += width;
        }
        if (editor.Cursor == text.Length)
        {
            cursor = (rows.Count, column);
        }
        rows.Add(row.ToString());
        int first = Math.Clamp(cursor.Row - rowsMax + 1, 0, Math.Max(0, rows.Count - rowsMax));
        return new InputArea([.. rows.Skip(first).Take(rowsMax)], cursor.Row - first, Math.Min(cursor.Column, Math.Max(0, columns - 1)));

        void NextRow()
        {
            rows.Add(row.ToString());
            row.Clear().Append(Continuation);
            column = Continuation.Length;
        }
    }

    /// <summary>How a character is drawn while it is written: as itself, or as the sign that stands for it.</summary>
    public static Rune Shown(Rune rune) => rune.Value switch
    {
        '\n' => new Rune('⏎'),
        '\t' => new Rune(' '),
        _ when Rune.IsControl(rune) || DirectionControls.Contains(rune.Value) => Rune.ReplacementChar,
        _ => rune,
    };

    /// <summary>What stands before the text.</summary>
    public static string PromptFor(LineEditor editor, int columns)
    {
        if (editor.Searched is not { } searched)
        {
            return columns < 6 ? "" : Prompt;
        }
        string shown = $"(search) {string.Concat(searched.EnumerateRunes().Select(Shown))}: ";
        return CharacterWidth.OfText(shown) * 2 > columns ? "? " : shown;
    }

    private static void AppendShown(StringBuilder row, ReadOnlySpan<char> element)
    {
        foreach (Rune rune in element.EnumerateRunes())
        {
            row.Append(Shown(rune).ToString());
        }
    }
}
