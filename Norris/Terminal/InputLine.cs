using System.Buffers;
using Norris.Node.Delivery;

namespace Norris.Terminal;

/// <summary>
/// The input row as one thing: bytes from the terminal in, bytes for the terminal out, and what the person wants done.
/// Decoder, editor and screen meet here, without a terminal, so that a whole session runs in a test. One thread at a time.
/// </summary>
/// <param name="columns">The width of the terminal.</param>
internal sealed class InputLine(int columns)
{
    private readonly KeyDecoder _decoder = new();
    private readonly LineEditor _editor = new();
    private readonly Screen _screen = new(columns);
    private readonly List<Key> _keys = [];

    /// <summary>Whether the terminal may be in the middle of a key's bytes: <see cref="Flush"/> when nothing follows.</summary>
    public bool IsWithinKey => _decoder.IsWithinSequence;

    /// <summary>Takes bytes from the terminal, writes what is to be drawn, and adds what the person wants to <paramref name="wishes"/>.</summary>
    public void Take(ReadOnlySpan<byte> bytes, IBufferWriter<byte> output, ICollection<Wish> wishes)
    {
        _keys.Clear();
        _decoder.Decode(bytes, _keys);
        ApplyKeys(output, wishes);
    }

    /// <summary>No byte followed for a while.</summary>
    public void Flush(IBufferWriter<byte> output, ICollection<Wish> wishes)
    {
        _keys.Clear();
        _decoder.Flush(_keys);
        ApplyKeys(output, wishes);
    }

    /// <summary>Writes whole lines, each with its LF, above the row.</summary>
    public void Print(ReadOnlySpan<byte> lines, IBufferWriter<byte> output)
    {
        var sink = new Utf8Sink(output);
        Screen.EraseInput(ref sink);
        sink.Append(lines);
        _screen.DrawInput(ref sink, _editor);
        sink.Flush();
    }

    /// <summary>Draws the row for the first time, or again after somebody else had the terminal.</summary>
    public void Begin(IBufferWriter<byte> output)
    {
        var sink = new Utf8Sink(output);
        Screen.Begin(ref sink);
        _screen.DrawInput(ref sink, _editor);
        sink.Flush();
    }

    /// <summary>Draws the row for a terminal of another width.</summary>
    public void Resize(int columns, IBufferWriter<byte> output)
    {
        _screen.Resize(columns);
        var sink = new Utf8Sink(output);
        _screen.DrawInput(ref sink, _editor);
        sink.Flush();
    }

    /// <summary>Leaves the terminal as it was before <see cref="Begin"/>.</summary>
    public static void End(IBufferWriter<byte> output)
    {
        var sink = new Utf8Sink(output);
        Screen.End(ref sink);
        sink.Flush();
    }

    private void ApplyKeys(IBufferWriter<byte> output, ICollection<Wish> wishes)
    {
        var sink = new Utf8Sink(output);
        bool isChanged = false;
        bool isRefused = false;
        foreach (Key key in _keys)
        {
            EditorOutcome outcome = _editor.Apply(key);
            isChanged |= outcome is not (EditorOutcome.Unchanged or EditorOutcome.Refused);
            switch (outcome)
            {
                case EditorOutcome.Submitted:
                    wishes.Add(new Wish(WishKind.Send, _editor.SubmittedText));
                    break;
                case EditorOutcome.Quit:
                    wishes.Add(new Wish(WishKind.Quit));
                    break;
                case EditorOutcome.Suspend:
                    wishes.Add(new Wish(WishKind.Suspend));
                    break;
                case EditorOutcome.ClearScreen:
                    Screen.Clear(ref sink);
                    break;
                case EditorOutcome.Refused when !isRefused:
                    // Once for all that came together: a paste that is too long does not ring a thousand times.
                    Screen.Ring(ref sink);
                    isRefused = true;
                    break;
                default:
                    break;
            }
        }
        if (isChanged)
        {
            _screen.DrawInput(ref sink, _editor);
        }
        sink.Flush();
    }
}

/// <summary>What a person at the prompt wants done.</summary>
internal enum WishKind
{
    /// <summary>Send the line, or carry out its command.</summary>
    Send,

    /// <summary>Leave.</summary>
    Quit,

    /// <summary>Stop the process until the shell continues it.</summary>
    Suspend,
}

/// <summary>One wish.</summary>
/// <param name="Kind">What.</param>
/// <param name="Line">The line of <see cref="WishKind.Send"/>, not empty; otherwise empty.</param>
internal readonly record struct Wish(WishKind Kind, string Line = "");
