using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using Norris.Transport;

namespace Norris.Http;

/// <summary>
/// Reads the content of a message in the manner of a pipe: take what is there, say how much of it was consumed and examined.
/// The chunked coding is taken off without copying; only what a caller leaves unconsumed at the end of a chunk is copied, to
/// stand in front of the next one.
/// </summary>
/// <remarks>One reader at a time. What a peer does wrong or too slowly is a <see cref="ContentRead.Rejection"/>.</remarks>
internal sealed class ContentReader(Connection connection, HttpLimits limits, TimeProvider clock, Deadline? deadline)
{
    private readonly PipeReader _input = connection.Input;
    private readonly CarryBuffer _carry = new();
    private MessageFraming _framing;
    private ChunkedDecoder _chunks;
    private RejectionReason _failure;
    private ReadOnlySequence<byte> _shown;
    private long _leftBytes;
    private long _announcedBytes;
    private long _arrivedBytes;
    private TimeSpan _waited;
    private Shown _showing;
    private bool _wantsMore;
    private bool _hasStarted;
    private bool _hasEnded;

    private enum Shown
    {
        Nothing,
        Input,
        Carry,
        End,
    }

    /// <summary>How the end is found.</summary>
    public MessageFraming Framing => _framing;

    /// <summary>The trailers; complete once the content is (RFC 9112 section 7.1.2). Fields that frame or route a message have no meaning here.</summary>
    public FieldSection Trailers { get; } = new();

    /// <summary>Whether the message has been read to its end.</summary>
    public bool HasEnded => _hasEnded;

    /// <summary>Whether anybody has tried to read it.</summary>
    public bool HasStarted => _hasStarted;

    /// <summary>Why the content cannot be read any further.</summary>
    public RejectionReason Failure => _failure;

    /// <summary>Largest content that is read; to be set before the first read. Beyond: <see cref="RejectionReason.ContentTooLarge"/>.</summary>
    public long BytesMax { get; set; }

    /// <summary>Slowest rate at which content may arrive; 0 for none, as for a stream that says something only now and then.</summary>
    public int RateMinBytesPerSecond { get; set; }

    /// <summary>Called before the first read: 100-continue.</summary>
    internal Func<ValueTask>? BeforeFirstRead { get; set; }

    /// <summary>Makes ready for the content of the next message.</summary>
    public void Begin(MessageFraming framing, long bytesMax, int rateMinBytesPerSecond)
    {
        _framing = framing;
        _chunks = default;
        _failure = RejectionReason.None;
        _carry.Clear();
        _leftBytes = framing.Kind == FramingKind.Length ? framing.LengthBytes : framing.Kind == FramingKind.UntilClose ? long.MaxValue : 0;
        _announcedBytes = framing.LengthBytes;
        _arrivedBytes = 0;
        _waited = TimeSpan.Zero;
        _showing = Shown.Nothing;
        _wantsMore = _hasStarted = false;
        _hasEnded = framing.Kind == FramingKind.None || framing is { Kind: FramingKind.Length, LengthBytes: 0 };
        BytesMax = bytesMax;
        RateMinBytesPerSecond = rateMinBytesPerSecond;
        Trailers.Clear();
    }

    /// <summary>Reads what has arrived, or waits for something.</summary>
    /// <exception cref="OperationCanceledException">The caller cancelled; the content can still be read.</exception>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<ContentRead> ReadAsync(CancellationToken cancellationToken = default)
    {
        if (_showing is Shown.Input or Shown.Carry)
        {
            throw new InvalidOperationException("Advance past the last read before reading again.");
        }

        if (!_hasStarted)
        {
            _hasStarted = true;
            if (_announcedBytes > BytesMax)
            {
                return Fail(RejectionReason.ContentTooLarge);
            }

            if (BeforeFirstRead is { } before && !_hasEnded)
            {
                await before();
            }
        }

        while (true)
        {
            if (_failure != RejectionReason.None)
            {
                return Fail(_failure);
            }

            if (!_carry.IsEmpty && (!_wantsMore || _hasEnded))
            {
                return Show(Shown.Carry, _carry.Sequence, isCompleted: _hasEnded);
            }

            if (_hasEnded)
            {
                return Show(Shown.End, default, isCompleted: true);
            }

            ReadResult read = await ReadInputAsync(cancellationToken);
            if (read.IsCanceled && deadline is { HasExpired: true })
            {
                _input.AdvanceTo(read.Buffer.Start);
                return Fail(RejectionReason.ContentTimeout);
            }

            if (TryShow(read) is { } content)
            {
                return content;
            }
        }
    }

    /// <summary>Everything up to here is done with; the next read gives what follows at once.</summary>
    public void AdvanceTo(SequencePosition consumed) => AdvanceTo(consumed, consumed);

    /// <summary>Everything up to <paramref name="consumed"/> is done with; if everything was examined, the next read waits for more.</summary>
    public void AdvanceTo(SequencePosition consumed, SequencePosition examined)
    {
        Shown showing = _showing;
        _showing = Shown.Nothing;
        if (showing is not (Shown.Input or Shown.Carry))
        {
            return;
        }

        long consumedBytes = _shown.Slice(0, consumed).Length;
        long keptBytes = _shown.Length - consumedBytes;
        _wantsMore = _shown.Slice(examined).IsEmpty;
        if (showing == Shown.Carry)
        {
            _carry.Consume((int)consumedBytes);
        }
        else if (keptBytes == 0)
        {
            TakeInput(consumedBytes, _shown.End);
        }
        else if (!_wantsMore || _framing.Kind != FramingKind.Chunked)
        {
            TakeInput(consumedBytes, consumed, IsWhole(keptBytes, consumedBytes) ? consumed : examined);
        }
        else if (IsWhole(keptBytes, consumedBytes))
        {
            _carry.Append(_shown.Slice(consumed));
            TakeInput(_shown.Length, _shown.End);
        }
        else
        {
            TakeInput(consumedBytes, consumed, _shown.End);
        }

        _shown = default;
    }

    /// <summary>
    /// Reads the whole content. The buffer stays valid until the reader begins the next message; do not advance past it
    /// unless you read on.
    /// </summary>
    /// <param name="bytesMax">Beyond it: <see cref="RejectionReason.ContentTooLarge"/>.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    public async ValueTask<ContentRead> ReadAllAsync(long bytesMax, CancellationToken cancellationToken = default)
    {
        BytesMax = Math.Min(BytesMax, bytesMax);
        while (true)
        {
            ContentRead read = await ReadAsync(cancellationToken);
            if (!read.IsOk || read.IsCompleted)
            {
                return read;
            }

            AdvanceTo(read.Buffer.Start, read.Buffer.End);
        }
    }

    /// <summary>Reads and forgets the rest, up to a limit. True when the message's end was reached.</summary>
    public async ValueTask<bool> DrainAsync(long bytesMax)
    {
        LetGo();
        while (!_hasEnded && bytesMax >= 0)
        {
            ContentRead read = await ReadAsync();
            if (!read.IsOk)
            {
                return false;
            }

            bytesMax -= read.Buffer.Length;
            AdvanceTo(read.Buffer.End);
        }

        return _hasEnded;
    }

    /// <summary>Consumes what was shown last, if its reader has left it: the input can be read by others again.</summary>
    public void LetGo()
    {
        if (_showing is Shown.Input or Shown.Carry)
        {
            AdvanceTo(_shown.End);
        }
    }

    /// <summary>Shows the data that the input holds; null when there is none yet.</summary>
    private ContentRead? TryShow(in ReadResult read)
    {
        ReadOnlySequence<byte> buffer = read.Buffer;
        if (_leftBytes == 0 && ReadFraming(ref buffer) is { } failure)
        {
            _input.AdvanceTo(buffer.Start);
            return Fail(failure);
        }

        long shownBytes = Math.Min(buffer.Length, _leftBytes);
        if (shownBytes == 0)
        {
            _input.AdvanceTo(buffer.Start, _hasEnded ? buffer.Start : buffer.End);
            return _hasEnded || !read.IsCompleted ? null
                : _framing.Kind == FramingKind.UntilClose ? EndWithConnection()
                : Fail(RejectionReason.MessageTruncated);
        }

        // The caller waits for more than it has seen, and the peer has left: the message ends in its middle.
        bool isTruncated = read.IsCompleted && _wantsMore && shownBytes < _leftBytes && !IsLast(shownBytes, read.IsCompleted);
        if (isTruncated || (_framing.Kind == FramingKind.UntilClose && _arrivedBytes + shownBytes > BytesMax))
        {
            _input.AdvanceTo(buffer.Start, buffer.End);
            return Fail(isTruncated ? RejectionReason.MessageTruncated : RejectionReason.ContentTooLarge);
        }

        ReadOnlySequence<byte> data = buffer.Slice(0, shownBytes);
        if (_carry.IsEmpty)
        {
            return Show(Shown.Input, data, IsLast(shownBytes, read.IsCompleted));
        }

        _carry.Append(data);
        TakeInput(shownBytes, data.End);
        return Show(Shown.Carry, _carry.Sequence, isCompleted: false);
    }

    /// <summary>Reads chunk framing up to the next data or the end. The answer is null unless it is malformed.</summary>
    private RejectionReason? ReadFraming(ref ReadOnlySequence<byte> buffer)
    {
        if (_framing.Kind != FramingKind.Chunked)
        {
            return null;
        }

        ParseStatus status = _chunks.Read(ref buffer, Trailers, limits, out long dataBytes, out RejectionReason reason);
        if (status == ParseStatus.Rejected)
        {
            return reason;
        }

        _hasEnded = status == ParseStatus.Complete && dataBytes == 0;
        _leftBytes = dataBytes;
        if (dataBytes > BytesMax - _announcedBytes)
        {
            return RejectionReason.ContentTooLarge;
        }

        _announcedBytes += dataBytes;
        return null;
    }

    /// <summary>The connection's end is the content's, if it ended in good order.</summary>
    private ContentRead? EndWithConnection()
    {
        if (connection.InputEnd != ConnectionEnd.Finished)
        {
            return Fail(RejectionReason.MessageTruncated);
        }

        _hasEnded = true;
        return null;
    }

    private ContentRead Fail(RejectionReason reason)
    {
        _failure = reason;
        _showing = Shown.End;
        return new(default, IsCompleted: true, reason);
    }

    private ContentRead Show(Shown showing, ReadOnlySequence<byte> content, bool isCompleted)
    {
        _showing = showing;
        _shown = content;
        return new(content, isCompleted, RejectionReason.None);
    }

    private bool IsLast(long shownBytes, bool inputHasEnded) => _framing.Kind switch
    {
        FramingKind.Length => shownBytes == _leftBytes,
        FramingKind.UntilClose => inputHasEnded && connection.InputEnd == ConnectionEnd.Finished,
        _ => false,
    };

    private bool IsWhole(long keptBytes, long consumedBytes) => keptBytes == _leftBytes - consumedBytes;

    private void TakeInput(long bytes, SequencePosition consumed) => TakeInput(bytes, consumed, consumed);

    private void TakeInput(long bytes, SequencePosition consumed, SequencePosition examined)
    {
        _input.AdvanceTo(consumed, examined);
        _arrivedBytes += bytes;
        if (_framing.Kind != FramingKind.UntilClose)
        {
            _leftBytes -= bytes;
            _hasEnded |= _framing.Kind == FramingKind.Length && _leftBytes == 0;
        }
    }

    /// <summary>Waits for input no longer than the slowest rate allows: grace + arrived bytes / rate, over all waits together.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<ReadResult> ReadInputAsync(CancellationToken cancellationToken)
    {
        if (deadline is null || RateMinBytesPerSecond == 0)
        {
            return await _input.ReadAsync(cancellationToken);
        }

        ValueTask<ReadResult> read = _input.ReadAsync(cancellationToken);
        if (read.IsCompleted)
        {
            return await read;
        }

        long start = clock.GetTimestamp();
        deadline.Set(limits.ContentRateGrace + TimeSpan.FromSeconds((double)_arrivedBytes / RateMinBytesPerSecond) - _waited);
        try
        {
            return await read;
        }
        finally
        {
            deadline.Clear();
            _waited += clock.GetElapsedTime(start);
        }
    }
}
