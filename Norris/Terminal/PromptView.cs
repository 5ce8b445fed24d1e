using System.Buffers;
using Norris.Terminal.Editing;
using Norris.Terminal.Keys;

namespace Norris.Terminal;

/// <summary>
/// What a person at a terminal types into and looks at: bytes from the terminal in, bytes for the terminal out, and what the person wants
/// done. It has no terminal of its own, so that a whole session runs in a test. One thread at a time.
/// </summary>
/// <param name="editor">What is being written.</param>
internal abstract class PromptView(LineEditor editor)
{
    private readonly KeyDecoder _decoder = new();
    private readonly List<Key> _keys = [];
    private bool _isAsked;

    /// <summary>Takes back what <see cref="Begin"/> asked the terminal for, and puts the cursor where a shell can go on. Safe to write at any time.</summary>
    public abstract ReadOnlySpan<byte> Restoring { get; }

    /// <summary>Whether the terminal may be in the middle of a key's bytes: <see cref="Flush"/> when nothing follows.</summary>
    public bool IsWithinKey => _decoder.IsWithinSequence;

    /// <summary>What is being written.</summary>
    protected LineEditor Editor { get; } = editor;

    /// <summary>Whether what more comes at once decides what these bytes mean.</summary>
    public virtual bool MayGoOn(ReadOnlySpan<byte> bytes) => false;

    /// <summary>Takes bytes from the terminal, writes what is to be drawn, and adds what the person wants to <paramref name="wishes"/>.</summary>
    /// <param name="bytes">As they came in one read.</param>
    /// <param name="followAtOnce">Whether they follow others so quickly that nobody can have typed them.</param>
    /// <param name="output">Takes what is to be drawn.</param>
    /// <param name="wishes">Takes what the person wants.</param>
    public void Take(ReadOnlySpan<byte> bytes, bool followAtOnce, IBufferWriter<byte> output, ICollection<Wish> wishes)
    {
        _keys.Clear();
        _decoder.Decode(bytes, _keys);
        // Some terminals send for a key with modifiers what looks like a position.
        _keys.RemoveAll(key => key.Kind == KeyKind.Position && !_isAsked);
        _isAsked &= !_keys.Exists(static key => key.Kind == KeyKind.Position);
        Apply(_keys, followAtOnce, output, wishes);
    }

    /// <summary>No byte followed for a while.</summary>
    public void Flush(IBufferWriter<byte> output, ICollection<Wish> wishes)
    {
        _keys.Clear();
        _decoder.Flush(_keys);
        Apply(_keys, followAtOnce: false, output, wishes);
    }

    /// <summary>
    /// Asks the terminal how large it is, for nobody else knows, as on a serial line: it says where the cursor comes that goes as far as it can
    /// (ECMA-48, section 8.3.35, device status report 6).
    /// </summary>
    public void AskSize(IBufferWriter<byte> output)
    {
        _isAsked = true;
        output.Write("\e7\e[999;999H\e[6n\e8"u8);
    }

    /// <summary>Draws for the first time, or again after somebody else had the terminal.</summary>
    public abstract void Begin(IBufferWriter<byte> output);

    /// <summary>Draws again for a terminal of this size.</summary>
    public abstract void Resize(TerminalSize size, IBufferWriter<byte> output);

    /// <summary>Draws what has changed elsewhere.</summary>
    public abstract void Refresh(IBufferWriter<byte> output);

    /// <summary>Shows whole lines, each with its LF.</summary>
    public abstract void Print(ReadOnlySpan<byte> lines, IBufferWriter<byte> output);

    /// <summary>Applies keys that came together.</summary>
    protected abstract void Apply(List<Key> keys, bool followAtOnce, IBufferWriter<byte> output, ICollection<Wish> wishes);

    /// <summary>What a key's outcome makes the person's wish; null when it is none.</summary>
    protected Wish? WishOf(EditorOutcome outcome) => outcome switch
    {
        EditorOutcome.Submitted => new Wish(WishKind.Send, Editor.SubmittedText),
        EditorOutcome.Quit => new Wish(WishKind.Quit),
        EditorOutcome.Suspend => new Wish(WishKind.Suspend),
        _ => null,
    };
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

/// <summary>How large a terminal is.</summary>
/// <param name="Columns">At least 1.</param>
/// <param name="Rows">At least 1.</param>
internal readonly record struct TerminalSize(int Columns, int Rows)
{
    /// <summary>What a terminal is taken for that does not say.</summary>
    public static TerminalSize Usual => new(80, 24);
}
