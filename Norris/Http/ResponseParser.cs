using System.Buffers;

namespace Norris.Http;

/// <summary>Reads response heads as strictly as <see cref="RequestParser"/> reads requests. Interim responses (1xx) are heads of their own.</summary>
internal sealed class ResponseParser(HttpLimits limits)
{
    private LineScanner _scanner;
    private FieldSectionReader _fields;
    private bool _hasLine;

    /// <summary>What has been read.</summary>
    public ResponseHead Head { get; } = new();

    /// <summary>How the content ends; known once the head is complete.</summary>
    public MessageFraming Framing { get; private set; }

    /// <summary>Makes ready for the next response.</summary>
    public void Reset()
    {
        _scanner = default;
        _fields = default;
        _hasLine = false;
        Framing = default;
        Head.Fields.Clear();
    }

    /// <summary>Reads on from the start of the buffer, and moves the start behind what it has taken.</summary>
    public ParseStatus Parse(ref ReadOnlySequence<byte> buffer, RequestMethod requestMethod, out RejectionReason reason)
    {
        if (!_hasLine)
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

        reason = MessageFraming.OfResponse(Head, requestMethod, out MessageFraming framing);
        Framing = framing;
        if (Head.Status == 101)
        {
            reason = RejectionReason.UpgradeUnexpected; // RFC 9110 section 15.2.2: only after our own Upgrade, which we never send
        }

        return reason == RejectionReason.None ? ParseStatus.Complete : ParseStatus.Rejected;
    }

    private ParseStatus ParseLine(ref ReadOnlySequence<byte> buffer, out RejectionReason reason)
    {
        LineStatus status = _scanner.Read(buffer, limits.StartLineBytesMax, out ReadOnlySequence<byte> line, out SequencePosition next);
        reason = status.ToRejection(tooLong: RejectionReason.StatusLineMalformed);
        if (status != LineStatus.Complete)
        {
            return status == LineStatus.Incomplete ? ParseStatus.Incomplete : ParseStatus.Rejected;
        }

        buffer = buffer.Slice(next);
        reason = line.IsSingleSegment ? ParseStatusLine(line.FirstSpan) : ParseStatusLine(line.ToArray());
        _hasLine = true;
        return reason == RejectionReason.None ? ParseStatus.Complete : ParseStatus.Rejected;
    }

    /// <summary>status-line = HTTP-version SP status-code SP [ reason-phrase ] (RFC 9112 section 4).</summary>
    private RejectionReason ParseStatusLine(ReadOnlySpan<byte> line)
    {
        // "HTTP/1.1 200 " is 13 bytes.
        if (line.Length < 13 || line[8] != ' ' || line[12] != ' ' || !Grammar.IsDigits(line[9..12]) || !Grammar.IsFieldValue(line[13..]))
        {
            return RejectionReason.StatusLineMalformed;
        }

        RejectionReason reason = RequestLine.ParseVersion(line[..8], out int minorVersion);
        Head.MinorVersion = minorVersion;
        Head.Status = ((line[9] - '0') * 100) + ((line[10] - '0') * 10) + (line[11] - '0');
        return reason != RejectionReason.None ? reason
            : Head.Status is < 100 or > 599 ? RejectionReason.StatusLineMalformed
            : RejectionReason.None;
    }
}
