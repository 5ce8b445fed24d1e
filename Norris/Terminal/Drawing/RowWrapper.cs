using System.Globalization;
using System.Text;

namespace Norris.Terminal.Drawing;

/// <summary>
/// Makes rows of a terminal out of runs of text: breaks lines between words where it can, indents what continues, never splits what people
/// see as one character, and never fills more than the columns that there are. Each row is complete in itself: it begins and ends plain.
/// </summary>
internal sealed class RowWrapper
{
    private readonly Palette _palette;
    private readonly int _columns;
    private readonly int _indent;
    private readonly List<string> _rows = [];
    private readonly StringBuilder _row = new();
    private readonly List<Piece> _word = [];
    private int _wordColumns;
    private int _used;
    private (Ink Ink, int Hue) _ink;

    private RowWrapper(Palette palette, int columns, int indent)
    {
        _palette = palette;
        _columns = Math.Max(1, columns);
        // Where an indentation would take half of a narrow terminal, there is none.
        _indent = indent * 2 > columns ? 0 : indent;
    }

    /// <summary>Makes the rows, at least one.</summary>
    /// <param name="palette">The codes for inks.</param>
    /// <param name="runs">What is to be drawn.</param>
    /// <param name="columns">The columns that there are.</param>
    /// <param name="indent">How far the second and later rows are indented.</param>
    public static IReadOnlyList<string> Wrap(Palette palette, IEnumerable<Run> runs, int columns, int indent)
    {
        var wrapper = new RowWrapper(palette, columns, indent);
        foreach (Run run in runs)
        {
            wrapper.Add(run);
        }
        wrapper.EndWord();
        wrapper.EndRow();
        return wrapper._rows;
    }

    private void Add(in Run run)
    {
        ReadOnlySpan<char> rest = run.Text;
        while (!rest.IsEmpty)
        {
            int length = StringInfo.GetNextTextElementLength(rest);
            ReadOnlySpan<char> element = rest[..length];
            rest = rest[length..];
            if (element is "\n")
            {
                EndWord();
                BreakRow();
            }
            else if (element is " ")
            {
                EndWord();
                PutBlank(run);
            }
            else
            {
                int columns = CharacterWidth.Of(element);
                _word.Add(new Piece(element.ToString(), columns, run.Ink, run.Hue));
                _wordColumns += columns;
                if (columns > 1 || _wordColumns > _columns)
                {
                    // Wide characters stand for words or syllables: a line may break between any two of them.
                    EndWord();
                }
            }
        }
    }

    private void PutBlank(in Run run)
    {
        if (_used < _columns)
        {
            Put(new Piece(" ", 1, run.Ink, run.Hue));
        }
        else
        {
            BreakRow();
        }
    }

    private void EndWord()
    {
        if (_used + _wordColumns > _columns && _used > _indent && _wordColumns <= _columns - _indent)
        {
            BreakRow();
        }
        foreach (Piece piece in _word)
        {
            if (_used + piece.Columns > _columns && _used > 0)
            {
                BreakRow();
            }
            Put(piece);
        }
        _word.Clear();
        _wordColumns = 0;
    }

    private void Put(in Piece piece)
    {
        if (_ink != (piece.Ink, piece.Hue))
        {
            SetInk(piece.Ink, piece.Hue);
        }
        _row.Append(piece.Text);
        _used += piece.Columns;
    }

    private void BreakRow()
    {
        (Ink ink, int hue) = _ink;
        EndRow();
        _row.Append(' ', _indent);
        _used = _indent;
        SetInk(ink, hue);
    }

    private void SetInk(Ink ink, int hue)
    {
        if (_ink != (Ink.Plain, 0))
        {
            _row.Append(Palette.Plain);
        }
        _row.Append(_palette.Begin(ink, hue));
        _ink = (ink, hue);
    }

    private void EndRow()
    {
        SetInk(Ink.Plain, 0);
        _rows.Add(_row.ToString());
        _row.Clear();
        _used = 0;
    }

    private readonly record struct Piece(string Text, int Columns, Ink Ink, int Hue);
}
