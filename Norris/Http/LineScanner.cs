using System.Buffers;

namespace Norris.Http;

/// <summary>What a scanner found.</summary>
internal enum LineStatus
{
    /// <summary>A line and its CRLF.</summary>
    Complete,

    /// <summary>More bytes are needed.</summary>
    Incomplete,

    /// <summary>No line ends within the limit.</summary>
    TooLong,

    /// <summary>LF without CR.</summary>
    BareLineFeed,

    /// <summary>CR without LF.</summary>
    BareCarriageReturn,
}

/// <summary>What a scanner's findings mean to those who read lines.</summary>
internal static class LineStatuses
{
    /// <summary>Why a message with such a line is rejected; <see cref="RejectionReason.None"/> when it is not, or not yet.</summary>
    /// <param name="status">What was found.</param>
    /// <param name="tooLong">What a line past its limit means there.</param>
    public static RejectionReason ToRejection(this LineStatus status, RejectionReason tooLong) => status switch
    {
        LineStatus.TooLong => tooLong,
        LineStatus.BareLineFeed => RejectionReason.BareLineFeed,
        LineStatus.BareCarriageReturn => RejectionReason.BareCarriageReturn,
        _ => RejectionReason.None,
    };
}

/// <summary>
/// Finds lines that end with CRLF and contain neither CR nor LF (RFC 9112 section 2.2; we do not take the licence to accept a
/// bare LF). It remembers how much of an unfinished line it has searched, so that a line which comes byte by byte costs no more.
/// </summary>
internal struct LineScanner
{
    private long _searched;

    /// <summary>Looks for a line at the start of the buffer.</summary>
    /// <param name="buffer">Begins where the last line ended; unfinished lines come again, with more behind them.</param>
    /// <param name="bytesMax">Longest line, with its CRLF.</param>
    /// <param name="line">The line without CRLF.</param>
    /// <param name="next">Where the next line begins.</param>
    public LineStatus Read(in ReadOnlySequence<byte> buffer, long bytesMax, out ReadOnlySequence<byte> line, out SequencePosition next)
    {
        line = default;
        next = buffer.Start;
        if (!TryFindLineFeed(buffer, out SequencePosition lineFeed, out long lineFeedAt))
        {
            _searched = buffer.Length;
            return _searched >= bytesMax ? LineStatus.TooLong : LineStatus.Incomplete;
        }

        _searched = 0;
        if (lineFeedAt >= bytesMax)
        {
            return LineStatus.TooLong;
        }

        next = buffer.GetPosition(1, lineFeed);
        if (lineFeedAt == 0)
        {
            return LineStatus.BareLineFeed;
        }

        line = buffer.Slice(0, lineFeedAt - 1);
        if (line.PositionOf((byte)'\r') is not null)
        {
            return LineStatus.BareCarriageReturn;
        }

        return buffer.Slice(lineFeedAt - 1).FirstSpan[0] == '\r' ? LineStatus.Complete : LineStatus.BareLineFeed;
    }

    private readonly bool TryFindLineFeed(in ReadOnlySequence<byte> buffer, out SequencePosition lineFeed, out long at)
    {
        if (_searched == 0 && buffer.FirstSpan.IndexOf((byte)'\n') is >= 0 and int early)
        {
            at = early;
            lineFeed = buffer.GetPosition(early);
            return true;
        }

        ReadOnlySequence<byte> fresh = buffer.Slice(_searched);
        if (fresh.PositionOf((byte)'\n') is { } found)
        {
            at = _searched + fresh.Slice(0, found).Length;
            lineFeed = found;
            return true;
        }

        at = 0;
        lineFeed = default;
        return false;
    }
}
