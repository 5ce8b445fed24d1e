using System.Buffers;
using Norris.Node.Delivery;
using Norris.Terminal.Editing;
using Norris.Terminal.Keys;

namespace Norris.Terminal.Drawing;

/// <summary>
/// A row at the bottom of a terminal of which little can be expected: lines are printed above it, and the terminal itself keeps what scrolls away.
/// Where the terminal does not mark what is pasted, keys that come quicker than anybody types are taken for a paste, so that
/// many lines are one message there, too.
/// </summary>
/// <param name="size">The terminal's size.</param>
/// <param name="editor">What is being written.</param>
/// <param name="marksPastes">Whether the terminal marks what is pasted when it is asked to.</param>
internal sealed class RowView(TerminalSize size, LineEditor editor, bool marksPastes) : PromptView(editor)
{
    private readonly InputRow _row = new(size.Columns);
    private bool _isWithinBurst;

    /// <inheritdoc/>
    public override ReadOnlySpan<byte> Restoring => "\e[?2004l\r\e[K"u8;

    /// <inheritdoc/>
    public override bool MayGoOn(ReadOnlySpan<byte> bytes) => !marksPastes && bytes[^1] is (byte)'\r' or (byte)'\n';

    /// <inheritdoc/>
    public override void Print(ReadOnlySpan<byte> lines, IBufferWriter<byte> output)
    {
        var sink = new Utf8Sink(output);
        InputRow.Erase(ref sink);
        sink.Append(lines);
        _row.Draw(ref sink, Editor);
        sink.Flush();
    }

    /// <inheritdoc/>
    public override void Begin(IBufferWriter<byte> output)
    {
        var sink = new Utf8Sink(output);
        sink.Append("\e[?2004h"u8);
        _row.Draw(ref sink, Editor);
        sink.Flush();
    }

    /// <inheritdoc/>
    public override void Resize(TerminalSize size, IBufferWriter<byte> output)
    {
        _row.Resize(size.Columns);
        Refresh(output);
    }

    /// <inheritdoc/>
    public override void Refresh(IBufferWriter<byte> output)
    {
        var sink = new Utf8Sink(output);
        _row.Draw(ref sink, Editor);
        sink.Flush();
    }

    /// <inheritdoc/>
    protected override void Apply(List<Key> keys, bool followAtOnce, IBufferWriter<byte> output, ICollection<Wish> wishes)
    {
        JoinPastedLines(keys, followAtOnce);
        var sink = new Utf8Sink(output);
        bool isChanged = false;
        bool isRefused = false;
        foreach (Key key in keys)
        {
            if (key.Kind == KeyKind.Position)
            {
                _row.Resize(key.Column);
                isChanged = true;
                continue;
            }
            EditorOutcome outcome = Editor.Apply(key);
            isChanged |= outcome is not (EditorOutcome.Unchanged or EditorOutcome.Refused);
            if (WishOf(outcome) is { } wish)
            {
                wishes.Add(wish);
            }
            else if (outcome == EditorOutcome.ClearScreen)
            {
                sink.Append("\e[H\e[2J"u8);
            }
            else if (outcome == EditorOutcome.Refused && !isRefused)
            {
                // Once for all that came together: a paste that is too long does not ring a thousand times.
                sink.Append((byte)'\a');
                isRefused = true;
            }
        }
        if (isChanged)
        {
            _row.Draw(ref sink, Editor);
        }
        sink.Flush();
    }

    // Enter with more behind it was not pressed; and neither is one that follows such a piece at once.
    private void JoinPastedLines(List<Key> keys, bool followAtOnce)
    {
        if (marksPastes || keys.Count == 0)
        {
            return;
        }
        int enter = keys.FindIndex(static key => key.Kind == KeyKind.Enter);
        _isWithinBurst = (_isWithinBurst && followAtOnce) || (enter >= 0 && enter < keys.Count - 1);
        for (int i = 0; _isWithinBurst && i < keys.Count; i++)
        {
            keys[i] = keys[i].Kind == KeyKind.Enter ? new Key(KeyKind.LineBreak) : keys[i];
        }
    }
}
