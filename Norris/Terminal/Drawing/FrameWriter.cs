using System.Text;
using Norris.Node.Delivery;

namespace Norris.Terminal.Drawing;

/// <summary>What the whole screen shows.</summary>
/// <param name="Rows">One for each row of the terminal, each complete in itself.</param>
/// <param name="Scrolling">How many of them, from the top, may be scrolled as one.</param>
/// <param name="CursorRow">Where the cursor is, from 0.</param>
/// <param name="CursorColumn">Where the cursor is, from 0.</param>
internal sealed record Frame(IReadOnlyList<string> Rows, int Scrolling, int CursorRow, int CursorColumn);

/// <summary>
/// Brings a terminal from one frame to the next with few bytes: what moved up is scrolled (ECMA-48; DECSTBM as the VT100 has it), rows that
/// changed are written, and all others are left alone.
/// </summary>
internal sealed class FrameWriter
{
    private string[] _shown = [];

    /// <summary>The terminal shows something else than what was written: the next frame is written whole.</summary>
    public void Forget() => _shown = [];

    /// <summary>Writes what brings the terminal to <paramref name="frame"/>.</summary>
    public void Write(ref Utf8Sink sink, Frame frame)
    {
        sink.Append("\e[?25l"u8);
        if (_shown.Length != frame.Rows.Count)
        {
            sink.Append("\e[r\e[H\e[2J"u8);
            _shown = new string[frame.Rows.Count];
            Array.Fill(_shown, "");
        }
        Scroll(ref sink, frame);
        for (int i = 0; i < _shown.Length; i++)
        {
            if (_shown[i] != frame.Rows[i])
            {
                _shown[i] = frame.Rows[i];
                MoveTo(ref sink, i, 0);
                // Erased first: behind a full row the cursor would still be in its last column, and erase that.
                sink.Append("\e[K"u8);
                sink.Append(Encoding.UTF8.GetBytes(_shown[i]));
            }
        }
        MoveTo(ref sink, frame.CursorRow, frame.CursorColumn);
        sink.Append("\e[?25h"u8);
    }

    private void Scroll(ref Utf8Sink sink, Frame frame)
    {
        int rows = frame.Scrolling;
        int by = DistanceMoved(frame);
        if (by == 0)
        {
            return;
        }
        sink.Append("\e[1;"u8);
        sink.Append((ulong)rows);
        sink.Append((byte)'r');
        MoveTo(ref sink, rows - 1, 0);
        for (int i = 0; i < by; i++)
        {
            sink.Append((byte)'\n');
        }
        sink.Append("\e[r"u8);
        Array.Copy(_shown, by, _shown, 0, rows - by);
        Array.Fill(_shown, "", rows - by, by);
    }

    // By how many rows what is shown has moved up; 0 when it is quicker to write the rows anew.
    private int DistanceMoved(Frame frame)
    {
        for (int by = 1; by < frame.Scrolling; by++)
        {
            int same = 0;
            int at = 0;
            while (at + by < frame.Scrolling && _shown[at + by] == frame.Rows[at])
            {
                same += _shown[at + by].Length > 0 && _shown[at] != frame.Rows[at] ? 1 : 0;
                at++;
            }
            if (at + by == frame.Scrolling && same > 1)
            {
                return by;
            }
        }
        return 0;
    }

    private static void MoveTo(ref Utf8Sink sink, int row, int column)
    {
        sink.Append("\e["u8);
        sink.Append((ulong)(row + 1));
        sink.Append((byte)';');
        sink.Append((ulong)(column + 1));
        sink.Append((byte)'H');
    }
}
