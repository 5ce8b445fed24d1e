using System.Buffers;

namespace Norris.Http;

/// <summary>
/// Reads request heads, however the bytes are cut: the same bytes give the same head or the same rejection. One parser a
/// connection; <see cref="Reset"/> between requests.
/// </summary>
internal sealed class RequestParser(HttpLimits limits)
{
    private LineScanner _scanner;
    private FieldSectionReader _fields;
    private bool _hasLine;
    private bool _skippedEmptyLine;

    /// <summary>What has been read.</summary>
    public RequestHead Head { get; } = new();

    /// <summary>How the content ends; known once the head is complete.</summary>
    public MessageFraming Framing { get; private set; }

    /// <summary>Makes ready for the next request.</summary>
    public void Reset()
    {
        _scanner = default;
        _fields = default;
        _hasLine = _skippedEmptyLine = false;
        Framing = default;
        Head.Clear();
    }

    /// <summary>Reads on from the start of the buffer, and moves the start behind what it has taken.</summary>
    public ParseStatus Parse(ref ReadOnlySequence<byte> buffer, out RejectionReason reason)
    {
        reason = RejectionReason.None;
        while (!_hasLine)
        {
            ParseStatus line = ParseLine(ref buffer, out reason);
            if (line != ParseStatus.Complete)
            {
                return line;
            }
        }

        ParseStatus status = _fields.Read(ref buffer, Head.Fields, limits, out reason);
        if (status != ParseStatus.Complete)
        {
            return status;
        }

        reason = CheckHost();
        if (reason == RejectionReason.None)
        {
            reason = MessageFraming.OfRequest(Head, out MessageFraming framing);
            Framing = framing;
        }

        return reason == RejectionReason.None ? ParseStatus.Complete : ParseStatus.Rejected;
    }

    /// <summary>The first byte of a TLS handshake: no request begins with it, and no line need follow.</summary>
    private const byte TlsHandshake = 0x16;

    private ParseStatus ParseLine(ref ReadOnlySequence<byte> buffer, out RejectionReason reason)
    {
        if (!buffer.IsEmpty && buffer.FirstSpan[0] == TlsHandshake)
        {
            reason = RejectionReason.TlsNotSpoken;
            return ParseStatus.Rejected;
        }

        LineStatus status = _scanner.Read(buffer, limits.StartLineBytesMax, out ReadOnlySequence<byte> line, out SequencePosition next);
        reason = status.ToRejection(tooLong: RejectionReason.RequestLineTooLong);
        if (status != LineStatus.Complete)
        {
            return status == LineStatus.Incomplete ? ParseStatus.Incomplete : ParseStatus.Rejected;
        }

        buffer = buffer.Slice(next);
        if (line.IsEmpty && !_skippedEmptyLine)
        {
            _skippedEmptyLine = true; // RFC 9112 section 2.2: ignore an empty line before the request line
            return ParseStatus.Complete;
        }

        Span<byte> bytes = Head.LineBuffer((int)line.Length);
        line.CopyTo(bytes);
        reason = RequestLine.Parse(bytes, Head);
        _hasLine = true;
        return reason == RejectionReason.None ? ParseStatus.Complete : ParseStatus.Rejected;
    }

    /// <summary>HTTP/1.1 needs exactly one Host; what is sent must be valid in any version (RFC 9112 section 3.2).</summary>
    private RejectionReason CheckHost()
    {
        int host = Head.Fields.IndexOf("host"u8);
        if (host < 0)
        {
            return Head.MinorVersion == 0 ? RejectionReason.None : RejectionReason.HostMissing;
        }

        if (Head.Fields.IndexOf("host"u8, host + 1) >= 0)
        {
            return RejectionReason.HostRepeated;
        }

        return Grammar.IsHost(Head.Fields.ValueAt(host)) ? RejectionReason.None : RejectionReason.HostMalformed;
    }
}
