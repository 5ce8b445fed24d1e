using System.Buffers.Text;
using System.Text;

namespace Norris.Http;

/// <summary>How the end of a message's content is found.</summary>
internal enum FramingKind
{
    /// <summary>There is no content.</summary>
    None,

    /// <summary>Content-Length says.</summary>
    Length,

    /// <summary>The chunked coding says.</summary>
    Chunked,

    /// <summary>The connection's end says; for responses only.</summary>
    UntilClose,
}

/// <summary>
/// The length of a message's content, decided as RFC 9112 section 6.3 lists it, and where the section leaves a choice, in the
/// way that no two readers of one message can disagree about.
/// </summary>
/// <param name="Kind">How the end is found.</param>
/// <param name="LengthBytes">For <see cref="FramingKind.Length"/>.</param>
internal readonly record struct MessageFraming(FramingKind Kind, long LengthBytes)
{
    /// <summary>Decides for a request.</summary>
    public static RejectionReason OfRequest(RequestHead head, out MessageFraming framing)
    {
        RejectionReason reason = OfFields(head.Fields, head.MinorVersion, out framing);

        // 6.3, 7: a request with neither field has no content.
        return reason;
    }

    /// <summary>Decides for a response.</summary>
    /// <param name="head">The response.</param>
    /// <param name="requestMethod">What it answers.</param>
    /// <param name="framing">The answer.</param>
    public static RejectionReason OfResponse(ResponseHead head, RequestMethod requestMethod, out MessageFraming framing)
    {
        // 6.3, 1: no content after HEAD, 1xx, 204 and 304, whatever the fields say; but the fields must be sane.
        RejectionReason reason = OfFields(head.Fields, head.MinorVersion, out framing);
        if (reason != RejectionReason.None)
        {
            return reason;
        }

        if (requestMethod == RequestMethod.Head || head.Status is < 200 or 204 or 304)
        {
            framing = default;
        }
        else if (framing.Kind == FramingKind.None)
        {
            // 6.3, 8: a response without a length ends with the connection.
            framing = new(FramingKind.UntilClose, 0);
        }

        return RejectionReason.None;
    }

    private static RejectionReason OfFields(FieldSection fields, int minorVersion, out MessageFraming framing)
    {
        framing = default;
        int length = fields.IndexOf("content-length"u8);
        int coding = fields.IndexOf("transfer-encoding"u8);
        if (coding >= 0)
        {
            // 6.3, 3: both fields "might indicate an attempt to perform request smuggling and ought to be handled as an error".
            if (length >= 0)
            {
                return RejectionReason.LengthAndTransferCoding;
            }

            // 6.1: in HTTP/1.0 the framing is faulty, even when a length is there.
            if (minorVersion == 0)
            {
                return RejectionReason.TransferCodingInHttp10;
            }

            // 6.3, 4: chunked must be last, and 7.1: applied once. Several lines are one list, which nobody needs.
            framing = new(FramingKind.Chunked, 0);
            return fields.IndexOf("transfer-encoding"u8, coding + 1) >= 0
                ? RejectionReason.TransferCodingMalformed
                : CheckCodings(fields.ValueAt(coding));
        }

        if (length < 0)
        {
            return RejectionReason.None;
        }

        // 6.3, 5: several equal lengths may be taken for one; we take them for a mistake.
        if (fields.IndexOf("content-length"u8, length + 1) >= 0)
        {
            return RejectionReason.LengthRepeated;
        }

        // 6.3, 6: Content-Length = 1*DIGIT, and an overflow is no length.
        ReadOnlySpan<byte> digits = fields.ValueAt(length);
        if (!Grammar.IsDigits(digits) || !Utf8Parser.TryParse(digits, out long bytes, out int used) || used != digits.Length)
        {
            return RejectionReason.LengthMalformed;
        }

        framing = new(FramingKind.Length, bytes);
        return RejectionReason.None;
    }

    /// <summary>Transfer-Encoding = #transfer-coding (RFC 9112 section 6.1), of which only <c>chunked</c> is for us.</summary>
    private static RejectionReason CheckCodings(ReadOnlySpan<byte> codings)
    {
        bool isUnknown = false;
        bool isChunkedLast = false;
        foreach (Range range in codings.Split((byte)','))
        {
            ReadOnlySpan<byte> coding = Grammar.TrimWhitespace(codings[range]);
            int parameters = coding.IndexOf((byte)';');
            ReadOnlySpan<byte> name = Grammar.TrimWhitespace(parameters < 0 ? coding : coding[..parameters]);
            if (!Grammar.IsToken(name) || isChunkedLast)
            {
                return RejectionReason.TransferCodingMalformed;
            }

            bool isChunked = Ascii.EqualsIgnoreCase(name, "chunked"u8);
            if (isChunked && parameters >= 0)
            {
                return RejectionReason.TransferCodingMalformed;
            }

            isChunkedLast = isChunked;
            isUnknown |= !isChunked;
        }

        return !isChunkedLast ? RejectionReason.TransferCodingMalformed
            : isUnknown ? RejectionReason.TransferCodingUnsupported
            : RejectionReason.None;
    }
}
