using System.Buffers;
using Norris.Protocol;
using Norris.Protocol.Membership;
using Norris.Protocol.Ordering;

namespace Norris.Node.Delivery;

/// <summary>
/// Makes events again that somebody has missed, from the log that the node still holds, piece by piece, until the live ones go on exactly there. Whoever asks sees
/// what came after a place at which it was a member, or after it came in; the node itself sees all. What the log does not reach any more is told as a gap.
/// </summary>
/// <param name="isLines">Whether they are made as lines of JSON; else as server-sent events.</param>
/// <param name="after">The last event that was seen.</param>
/// <param name="viewer">Who asks; nobody for the node itself.</param>
internal sealed class Replay(bool isLines, EventPlace after, MemberId viewer)
{
    private const int BytesAtOnceMax = 64 * 1024;

    private readonly JsonEventWriter _json = new();
    private readonly ArrayBufferWriter<byte> _output = new(BytesAtOnceMax);
    private Roster? _roster;
    private SequenceNumber _at = after.Sequence;
    private int _jumps;
    private bool _maySee;

    /// <summary>Reads what comes next, live; null while there is more to make again.</summary>
    public FeedReader? Live { get; private set; }

    /// <summary>What was made in this step.</summary>
    public ReadOnlyMemory<byte> Output => _output.WrittenMemory;

    /// <summary>On the loop: makes the next piece.</summary>
    public void Step(Presenter presenter, NodeCore core)
    {
        _output.ResetWrittenCount();
        if (presenter.IsAboutToJump)
        {
            return;
        }
        if (_at > presenter.Presented && _at <= presenter.Shown)
        {
            // Prevents: a reader has read from a run whose end the loop has not heard of yet, connects again, and gets the run twice.
            return;
        }
        if (_roster is null && (_at < presenter.Presented || after.Epoch is not null))
        {
            Begin(presenter, core.Log);
        }
        else if (_roster is not null && (_jumps != presenter.Jumps || _at < core.Log.Before))
        {
            // The log is another one now, or whoever reads did it so slowly that it moved on.
            GoOnFromFirst(presenter, core.Log);
        }
        if (_at >= presenter.Presented)
        {
            // Events that are being made elsewhere now would be missed.
            Live = presenter.IsWriting ? null : presenter.Stream(isLines);
            return;
        }
        LogSlice slice = core.Log.Lease(_at.Next, presenter.Presented, BytesAtOnceMax);
        Write(slice);
        core.Log.Release(slice);
    }

    private void Begin(Presenter presenter, Log log)
    {
        _jumps = presenter.Jumps;
        if (after.Network is { } network && network != presenter.Network)
        {
            GoOnFromFirst(presenter, log);
            return;
        }
        if (_at > presenter.Presented)
        {
            // Perhaps of another network, or of a side that was given up: what is live is all that there is.
            _at = presenter.Presented;
            return;
        }
        if (presenter.Checkpoints.Find(_at, log.Before) is not var (at, roster) || at > _at)
        {
            GoOnFromFirst(presenter, log);
            return;
        }
        for (SequenceNumber passed = at; passed < _at;)
        {
            LogSlice slice = log.Lease(passed.Next, _at, BytesAtOnceMax);
            ReadOnlySpan<byte> rest = slice.Memory.Span;
            while (!rest.IsEmpty)
            {
                rest = Take(rest, out Entry entry);
                roster.Apply(entry);
            }
            passed = slice.Last;
            log.Release(slice);
        }
        if (after.Epoch is { } asked && asked != roster.Epoch)
        {
            // Another side of the network counted to the same number.
            GoOnFromFirst(presenter, log);
            return;
        }
        _roster = roster;
        _maySee = viewer.IsNone || roster.Find(viewer) is not null;
    }

    /// <summary>All that is held is made again, behind a gap.</summary>
    private void GoOnFromFirst(Presenter presenter, Log log)
    {
        _jumps = presenter.Jumps;
        SequenceNumber missed = _at;
        if (presenter.Checkpoints.Find(SequenceNumber.None, log.Before) is not var (at, roster))
        {
            (at, roster) = (presenter.Presented, null);
        }
        (_at, _roster) = (at, roster);
        if (viewer.IsNone || _maySee || roster?.Find(viewer) is not null)
        {
            _maySee = true;
            WriteGap(missed, at.Next);
        }
    }

    private void Write(in LogSlice slice)
    {
        ReadOnlySpan<byte> rest = slice.Memory.Span;
        for (SequenceNumber sequence = slice.First; sequence <= slice.Last; sequence = sequence.Next)
        {
            rest = Take(rest, out Entry entry);
            _maySee |= entry.Type == EntryType.Joined && entry.Subject == viewer;
            if (_maySee)
            {
                WriteEntry(sequence, entry);
            }
            _roster!.Apply(entry);
        }
        _at = slice.Last;
    }

    private void WriteEntry(SequenceNumber sequence, in Entry entry)
    {
        if (isLines)
        {
            _json.Write(_output, _roster!, sequence, entry);
            _output.Write("\n"u8);
            return;
        }
        SseForm.Write(_output, _json, _roster!, sequence, entry);
    }

    private void WriteGap(SequenceNumber last, SequenceNumber before)
    {
        if (!isLines)
        {
            SseForm.Begin(_output);
        }
        JsonEventWriter.WriteGap(_output, last, before, JsonEventWriter.Word(GapReason.Slow));
        if (isLines)
        {
            _output.Write("\n"u8);
        }
        else
        {
            SseForm.End(_output);
        }
    }

    private static ReadOnlySpan<byte> Take(ReadOnlySpan<byte> rest, out Entry entry)
    {
        Entry.TryReadLength(rest, out int length);
        entry = new Entry(rest[..length]);
        return rest[length..];
    }
}

/// <summary>One step of a replay, on the loop.</summary>
internal sealed class ReplayInput(Replay replay) : NodeInput
{
    private readonly TaskCompletionSource<bool> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Whether the step was made; the node is no member any more if not.</summary>
    public Task<bool> Done => _done.Task;

    public override void Apply(NodeLoop loop)
    {
        replay.Step(loop.Presenter, loop.Core);
        if (replay.Live is null && replay.Output.IsEmpty && loop.Presenter.IsWriting)
        {
            // Prevents: whoever waits for the end of a large run asks for it again and again, and keeps the loop from its work.
            loop.Presenter.ApplyWhenWritten(this);
            return;
        }
        _done.SetResult(true);
    }

    public override void Abandon() => _done.TrySetResult(false);
}
