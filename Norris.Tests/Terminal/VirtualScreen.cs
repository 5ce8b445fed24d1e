using System.Globalization;
using System.Text;
using Norris.Terminal.Drawing;

namespace Norris.Tests.Terminal;

/// <summary>A terminal in memory, as far as a full screen needs one: what is written to it can be read off its rows.</summary>
internal sealed class VirtualScreen(int columns, int rows)
{
    private readonly string[,] _cells = Blank(columns, rows);
    private int _top;
    private int _bottom = rows - 1;

    /// <summary>Where the cursor is.</summary>
    public (int Row, int Column) Cursor { get; private set; }

    /// <summary>How often it rang.</summary>
    public int Rung { get; private set; }

    /// <summary>Bytes written since the last look.</summary>
    public int Bytes { get; set; }

    /// <summary>The modes that are set, as in <c>?1049</c>.</summary>
    public SortedSet<string> Modes { get; } = new(StringComparer.Ordinal);

    /// <summary>The rows, without the blanks at their ends.</summary>
    public string[] Rows => [.. Enumerable.Range(0, rows).Select(row => string.Concat(Enumerable.Range(0, columns).Select(column => _cells[row, column])).TrimEnd())];

    /// <summary>Takes what a program writes.</summary>
    public void Write(ReadOnlySpan<byte> bytes)
    {
        Bytes += bytes.Length;
        ReadOnlySpan<char> text = Encoding.UTF8.GetString(bytes);
        while (!text.IsEmpty)
        {
            int length = text[0] switch
            {
                '\e' => Sequence(text),
                '\n' => LineFeed(),
                '\r' => Return(),
                '\a' => Ring(),
                _ => Put(text),
            };
            text = text[length..];
        }
    }

    private static string[,] Blank(int columns, int rows)
    {
        string[,] cells = new string[rows, columns];
        for (int row = 0; row < rows; row++)
        {
            for (int column = 0; column < columns; column++)
            {
                cells[row, column] = " ";
            }
        }
        return cells;
    }

    private int Sequence(ReadOnlySpan<char> text)
    {
        Assert.Equal('[', text[1]);
        int end = 2 + text[2..].IndexOfAnyInRange('@', '~');
        string arguments = text[2..end].ToString();
        int[] numbers = [.. arguments.TrimStart('?').Split(';').Select(number => number.Length == 0 ? 0 : int.Parse(number, CultureInfo.InvariantCulture))];
        switch (text[end])
        {
            case 'H':
                Cursor = (Math.Max(1, numbers[0]) - 1, Math.Max(1, numbers.ElementAtOrDefault(1)) - 1);
                Assert.InRange(Cursor.Row, 0, rows - 1);
                Assert.InRange(Cursor.Column, 0, columns - 1);
                break;
            case 'K':
                Erase(Cursor.Row, Cursor.Column);
                break;
            case 'J':
                Enumerable.Range(0, rows).ToList().ForEach(row => Erase(row, 0));
                break;
            case 'r':
                (_top, _bottom) = numbers.Length == 2 ? (numbers[0] - 1, numbers[1] - 1) : (0, rows - 1);
                Cursor = (0, 0);
                break;
            case 'h':
                Modes.Add(arguments);
                break;
            case 'l':
                Modes.Remove(arguments);
                break;
            case 'm':
                break;
            default:
                Assert.Fail($"unexpected sequence {text[..(end + 1)].ToString()[1..]}");
                break;
        }
        return end + 1;
    }

    private int LineFeed()
    {
        if (Cursor.Row < _bottom)
        {
            Cursor = (Cursor.Row + 1, 0);
            return 1;
        }
        for (int row = _top; row < _bottom; row++)
        {
            for (int column = 0; column < columns; column++)
            {
                _cells[row, column] = _cells[row + 1, column];
            }
        }
        Erase(_bottom, 0);
        Cursor = (_bottom, 0);
        return 1;
    }

    private int Return()
    {
        Cursor = (Cursor.Row, 0);
        return 1;
    }

    private int Ring()
    {
        Rung++;
        return 1;
    }

    private int Put(ReadOnlySpan<char> text)
    {
        int length = StringInfo.GetNextTextElementLength(text);
        int width = CharacterWidth.Of(text[..length]);
        Assert.True(Cursor.Column + width <= columns, $"a row is wider than the screen: {Rows[Cursor.Row]}|{text}");
        _cells[Cursor.Row, Cursor.Column] = text[..length].ToString();
        if (width == 2)
        {
            _cells[Cursor.Row, Cursor.Column + 1] = "";
        }
        Cursor = (Cursor.Row, Cursor.Column + width);
        return length;
    }

    private void Erase(int row, int from)
    {
        for (int column = from; column < columns; column++)
        {
            _cells[row, column] = " ";
        }
    }
}
