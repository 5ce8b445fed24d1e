using System.Buffers;

namespace Norris.Http;

/// <summary>
/// The framing between the data of the chunked transfer coding (RFC 9112 section 7.1). It never sees the data: it says how
/// many bytes of it come next, and is asked again behind them.
/// </summary>
/// <remarks>
/// <code>
/// chunked-body   = *chunk last-chunk trailer-section CRLF
/// chunk          = chunk-size [ chunk-ext ] CRLF chunk-data CRLF
/// chunk-size     = 1*HEXDIG
/// last-chunk     = 1*("0") [ chunk-ext ] CRLF
/// chunk-ext      = *( BWS ";" BWS chunk-ext-name [ BWS "=" BWS chunk-ext-val ] )
/// </code>
/// </remarks>
internal struct ChunkedDecoder
{
    private LineScanner _scanner;
    private FieldSectionReader _trailers;
    private long _extensionBytes;
    private bool _isBehindData;
    private bool _isInTrailers;

    /// <summary>Reads framing from the start of the buffer, and moves the start behind it.</summary>
    /// <param name="buffer">Begins where the last chunk's data ended.</param>
    /// <param name="trailers">Takes the trailer section.</param>
    /// <param name="limits">For sizes, extensions and trailers.</param>
    /// <param name="dataBytes">When complete: how many bytes of data come next; 0 at the end of the content.</param>
    /// <param name="reason">When rejected: why.</param>
    public ParseStatus Read(
        ref ReadOnlySequence<byte> buffer, FieldSection trailers, HttpLimits limits, out long dataBytes, out RejectionReason reason)
    {
        dataBytes = 0;
        reason = RejectionReason.None;
        if (_isBehindData)
        {
            ParseStatus end = ReadDataEnd(ref buffer, out reason);
            if (end != ParseStatus.Complete)
            {
                return end;
            }
        }

        if (!_isInTrailers)
        {
            ParseStatus size = ReadSizeLine(ref buffer, limits, out dataBytes, out reason);
            if (size != ParseStatus.Complete || dataBytes > 0)
            {
                return size;
            }
        }

        return _trailers.Read(ref buffer, trailers, limits, out reason);
    }

    private ParseStatus ReadDataEnd(ref ReadOnlySequence<byte> buffer, out RejectionReason reason)
    {
        SequenceReader<byte> reader = new(buffer);
        bool isWrong = (reader.TryRead(out byte first) && first != '\r') || (reader.TryRead(out byte second) && second != '\n');
        reason = isWrong ? RejectionReason.ChunkDataMalformed : RejectionReason.None;
        if (isWrong || reader.Consumed < 2)
        {
            return isWrong ? ParseStatus.Rejected : ParseStatus.Incomplete;
        }

        buffer = buffer.Slice(reader.Position);
        _isBehindData = false;
        return ParseStatus.Complete;
    }

    private ParseStatus ReadSizeLine(ref ReadOnlySequence<byte> buffer, HttpLimits limits, out long dataBytes, out RejectionReason reason)
    {
        dataBytes = 0;
        int lineBytesMax = limits.ChunkSizeDigitsMax + limits.ChunkExtensionBytesMax + 2;
        LineStatus status = _scanner.Read(buffer, lineBytesMax, out ReadOnlySequence<byte> line, out SequencePosition next);
        reason = status switch
        {
            LineStatus.TooLong => RejectionReason.ChunkExtensionMalformed,
            LineStatus.BareLineFeed => RejectionReason.BareLineFeed,
            LineStatus.BareCarriageReturn => RejectionReason.BareCarriageReturn,
            _ => RejectionReason.None,
        };
        if (status != LineStatus.Complete)
        {
            return status == LineStatus.Incomplete ? ParseStatus.Incomplete : ParseStatus.Rejected;
        }

        int length = (int)line.Length;
        Span<byte> bytes = length <= 512 ? stackalloc byte[length] : new byte[length];
        line.CopyTo(bytes);
        reason = ParseSize(bytes, limits, out dataBytes);
        if (reason != RejectionReason.None)
        {
            return ParseStatus.Rejected;
        }

        buffer = buffer.Slice(next);
        _isBehindData = dataBytes > 0;
        _isInTrailers = dataBytes == 0;
        return ParseStatus.Complete;
    }

    private RejectionReason ParseSize(ReadOnlySpan<byte> line, HttpLimits limits, out long size)
    {
        size = 0;
        int digits = 0;
        while (digits < line.Length && char.IsAsciiHexDigit((char)line[digits]))
        {
            if (digits == limits.ChunkSizeDigitsMax || size > long.MaxValue >> 4)
            {
                return RejectionReason.ChunkSizeMalformed;
            }

            size = (size << 4) + PercentCoding.HexValue(line[digits]);
            digits++;
        }

        ReadOnlySpan<byte> extensions = line[digits..];
        if (digits == 0 || (!extensions.IsEmpty && Grammar.TrimWhitespace(extensions) is not [(byte)';', ..]))
        {
            return RejectionReason.ChunkSizeMalformed;
        }

        _extensionBytes += extensions.Length;
        bool isWithinLimits = extensions.Length <= limits.ChunkExtensionBytesMax && _extensionBytes <= limits.ChunkExtensionBytesTotalMax;
        return isWithinLimits && Grammar.IsFieldValue(extensions) ? RejectionReason.None : RejectionReason.ChunkExtensionMalformed;
    }
}
