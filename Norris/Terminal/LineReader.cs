using System.Buffers;
using System.IO.Pipelines;
using System.Text;
using System.Text.Unicode;
using Norris.Protocol.Ordering;

namespace Norris.Terminal;

/// <summary>
/// Reads lines from a stream that nobody edits: a pipe, a file, a terminal without drawing. A line ends with LF or CR LF, the
/// last one also with the end. Empty lines are skipped; what is not UTF-8 is replaced; a line that no message can hold is
/// reported and skipped. The next line is read when the sink has taken the one before, and a line costs no allocation.
/// </summary>
/// <param name="input">Where the bytes come from.</param>
/// <param name="report">Takes one line, without its end, about what was not sent.</param>
internal sealed class LineReader(Stream input, Action<string> report)
{
    private const int ReadBytes = 64 << 10;

    private readonly ArrayBufferWriter<byte> _whole = new(256);
    private ulong _lineNumber;
    private bool _isSkipping;

    /// <summary>Gives each line to <paramref name="sink"/>, until the end, a refusal (false) or the cancellation.</summary>
    /// <param name="sink">Takes a line without its end: 1 to <see cref="Entry.TextBytesMax"/> bytes of valid UTF-8, its own only until it returns.</param>
    /// <param name="cancellation">Ends the reading, even while the stream blocks.</param>
    public async Task<InputEnd> RunAsync(Func<ReadOnlyMemory<byte>, CancellationToken, ValueTask<bool>> sink, CancellationToken cancellation)
    {
        PipeReader reader = PipeReader.Create(input, new StreamPipeReaderOptions(bufferSize: ReadBytes, minimumReadSize: 4096, leaveOpen: true));
        try
        {
            while (true)
            {
                ReadResult read = await ReadAsync(reader, cancellation);
                ReadOnlySequence<byte> rest = read.Buffer;
                while (TryTakeLine(ref rest, read.IsCompleted, out ReadOnlySequence<byte> line))
                {
                    if (TryPrepare(line, out ReadOnlyMemory<byte> text) && !await sink(text, cancellation))
                    {
                        return InputEnd.Stopped;
                    }
                }
                if (read.IsCompleted)
                {
                    return InputEnd.EndOfInput;
                }
                reader.AdvanceTo(rest.Start, read.Buffer.End);
            }
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            return InputEnd.Stopped;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            report($"norris: cannot read standard input: {e.Message}");
            return InputEnd.Failed;
        }
    }

    // A read of a pipe or a terminal cannot be interrupted: it is left behind with its buffer, and the process ends without
    // it. That is why the pipe reader is never completed: the buffer would go back to the pool while it may still be filled.
    private static ValueTask<ReadResult> ReadAsync(PipeReader reader, CancellationToken cancellation)
    {
        ValueTask<ReadResult> read = reader.ReadAsync(CancellationToken.None);
        return read.IsCompletedSuccessfully ? read : new ValueTask<ReadResult>(read.AsTask().WaitAsync(cancellation));
    }

    private bool TryTakeLine(ref ReadOnlySequence<byte> rest, bool isLast, out ReadOnlySequence<byte> line)
    {
        line = default;
        if (rest.PositionOf((byte)'\n') is { } end)
        {
            line = rest.Slice(0, end);
            rest = rest.Slice(rest.GetPosition(1, end));
        }
        else if (isLast && (!rest.IsEmpty || _isSkipping))
        {
            line = rest;
            rest = rest.Slice(rest.End);
        }
        else
        {
            // One byte more than a message holds, for a CR; beyond it nothing needs to be kept.
            if (_isSkipping || rest.Length > Entry.TextBytesMax + 1)
            {
                _isSkipping = true;
                rest = rest.Slice(rest.End);
            }
            return false;
        }
        _lineNumber++;
        return true;
    }

    private bool TryPrepare(ReadOnlySequence<byte> line, out ReadOnlyMemory<byte> text)
    {
        text = default;
        if (!_isSkipping && line.Length <= Entry.TextBytesMax + 1)
        {
            text = WithoutCarriageReturn(Whole(line));
            if (!Utf8.IsValid(text.Span))
            {
                // Rare, so it may allocate; each invalid part becomes three bytes, which may make the line too long.
                text = Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(text.Span));
            }
            if (text.Length <= Entry.TextBytesMax)
            {
                return !text.IsEmpty;
            }
        }
        _isSkipping = false;
        report($"norris: line {_lineNumber} of standard input was not sent: it is longer than {Entry.TextBytesMax} bytes");
        return false;
    }

    private ReadOnlyMemory<byte> Whole(ReadOnlySequence<byte> line)
    {
        if (line.IsSingleSegment)
        {
            return line.First;
        }
        _whole.ResetWrittenCount();
        foreach (ReadOnlyMemory<byte> segment in line)
        {
            _whole.Write(segment.Span);
        }
        return _whole.WrittenMemory;
    }

    private static ReadOnlyMemory<byte> WithoutCarriageReturn(ReadOnlyMemory<byte> line) =>
        line.Span.EndsWith("\r"u8) ? line[..^1] : line;
}

/// <summary>Why no more lines come.</summary>
internal enum InputEnd
{
    /// <summary>All were read, or the person at the terminal wants to leave.</summary>
    EndOfInput,

    /// <summary>Whoever took the lines, or the token, said so.</summary>
    Stopped,

    /// <summary>Reading failed; it was reported.</summary>
    Failed,
}
