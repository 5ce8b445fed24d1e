using System.Buffers;
using Norris.Node.Delivery;
using Norris.Terminal.Editing;
using Norris.Terminal.Keys;

namespace Norris.Terminal.Drawing;

/// <summary>
/// The whole screen: what was said, the status line, and what is being written. It is drawn on the terminal's alternate screen, so that
/// the person's own is there again afterwards.
/// </summary>
internal sealed class ScreenView : PromptView
{
    /// <summary>Below this there is room for the input only.</summary>
    private const int ColumnsMin = 12;
    private const int RowsMin = 3;

    private readonly Transcript _transcript;
    private readonly Conversation _conversation;
    private readonly FrameWriter _writer = new();
    private readonly Palette _palette;
    private readonly bool _isSecured;
    private TerminalSize _size;
    private long _mentionsHeard;

    /// <param name="size">The terminal's size.</param>
    /// <param name="editor">What is being written.</param>
    /// <param name="transcript">What was said.</param>
    /// <param name="items">How that is drawn.</param>
    /// <param name="palette">The terminal's codes.</param>
    /// <param name="isSecured">Whether the network has a secret.</param>
    public ScreenView(TerminalSize size, LineEditor editor, Transcript transcript, ItemRuns items, Palette palette, bool isSecured)
        : base(editor)
    {
        (_size, _transcript, _palette, _isSecured) = (size, transcript, palette, isSecured);
        _conversation = new Conversation(transcript, items, palette);
    }

    // Autowrap is off meanwhile (DECAWM): a character that the terminal takes for wider than it is must not move everything below.
    private static ReadOnlySpan<byte> Entering => "\e[?1049h\e[?2004h\e[?1004h\e[?7l"u8;

    /// <inheritdoc/>
    public override ReadOnlySpan<byte> Restoring => "\e[?7h\e[?1004l\e[?2004l\e[r\e[?25h\e[m\e[?1049l"u8;

    /// <inheritdoc/>
    public override void Begin(IBufferWriter<byte> output)
    {
        var sink = new Utf8Sink(output);
        sink.Append(Entering);
        Redraw(ref sink);
    }

    /// <inheritdoc/>
    public override void Resize(TerminalSize size, IBufferWriter<byte> output)
    {
        _size = size;
        var sink = new Utf8Sink(output);
        Redraw(ref sink);
    }

    /// <inheritdoc/>
    public override void Refresh(IBufferWriter<byte> output)
    {
        var sink = new Utf8Sink(output);
        Draw(ref sink);
    }

    /// <inheritdoc/>
    public override void Print(ReadOnlySpan<byte> lines, IBufferWriter<byte> output) =>
        _transcript.Tell(System.Text.Encoding.UTF8.GetString(lines).TrimEnd('\n'));

    /// <inheritdoc/>
    protected override void Apply(List<Key> keys, bool followAtOnce, IBufferWriter<byte> output, ICollection<Wish> wishes)
    {
        var sink = new Utf8Sink(output);
        bool isRefused = false;
        foreach (Key key in keys)
        {
            if (ApplyHere(key, ref sink))
            {
                continue;
            }
            EditorOutcome outcome = Editor.Apply(key);
            if (outcome == EditorOutcome.ClearScreen)
            {
                _writer.Forget();
            }
            else if (outcome == EditorOutcome.Refused && !isRefused)
            {
                sink.Append((byte)'\a');
                isRefused = true;
            }
            if (WishOf(outcome) is { } wish)
            {
                wishes.Add(wish);
                _conversation.Follow();
                _conversation.MarkRead();
            }
        }
        Draw(ref sink);
    }

    private bool ApplyHere(Key key, ref Utf8Sink sink)
    {
        switch (key.Kind)
        {
            case KeyKind.PageUp or KeyKind.PageDown:
                int page = Math.Max(1, ConversationRows(InputArea.Of(Editor, _size.Columns, InputRowsMax)) - 1);
                lock (_transcript.Gate)
                {
                    _conversation.Scroll(key.Kind == KeyKind.PageUp ? page : -page);
                }
                return true;
            case KeyKind.FocusIn or KeyKind.FocusOut:
                _conversation.Look(isAway: key.Kind == KeyKind.FocusOut);
                return true;
            case KeyKind.Position:
                _size = new TerminalSize(Math.Max(1, key.Column), Math.Max(1, key.Row));
                _writer.Forget();
                return true;
            default:
                return false;
        }
    }

    private int InputRowsMax => Math.Max(1, _size.Rows / 3);

    private int ConversationRows(InputArea input) => Math.Max(0, _size.Rows - 1 - input.Rows.Count);

    private void Redraw(ref Utf8Sink sink)
    {
        _writer.Forget();
        Draw(ref sink);
    }

    private void Draw(ref Utf8Sink sink)
    {
        InputArea input = InputArea.Of(Editor, _size.Columns, InputRowsMax);
        _writer.Write(ref sink, _size.Columns < ColumnsMin || _size.Rows < RowsMin ? Small(input) : Compose(input));
        if (_transcript.Mentions > _mentionsHeard)
        {
            _mentionsHeard = _transcript.Mentions;
            sink.Append((byte)'\a');
        }
        sink.Flush();
    }

    private Frame Compose(InputArea input)
    {
        int rows = ConversationRows(input);
        _conversation.Resize(_size.Columns, rows);
        lock (_transcript.Gate)
        {
            List<string> all = [.. _conversation.Compose()];
            Run status = StatusRow.Of(_transcript.Status, _isSecured, _conversation.Unseen, _size.Columns);
            all.AddRange(RowWrapper.Wrap(_palette, [status], _size.Columns, 0));
            all.AddRange(input.Rows);
            return new Frame(all, rows, rows + 1 + input.CursorRow, input.CursorColumn);
        }
    }

    // Nothing is lost meanwhile; there is only no room to show it.
    private Frame Small(InputArea input)
    {
        string[] rows = new string[_size.Rows];
        Array.Fill(rows, "");
        rows[^1] = CharacterWidth.Fit(input.Rows[input.CursorRow], _size.Columns);
        if (rows.Length > 1)
        {
            string told = $"too small; at least {ColumnsMin}x{RowsMin}";
            rows[0] = CharacterWidth.Fit(told, _size.Columns);
        }
        return new Frame(rows, 0, rows.Length - 1, input.CursorColumn);
    }
}
