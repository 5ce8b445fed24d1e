namespace Norris.Http;

/// <summary>What each <see cref="RejectionReason"/> is answered with: a status (RFC 9110 section 15) and words on what to do.</summary>
internal static class Rejections
{
    /// <summary>The status of a reason.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The reason is <see cref="RejectionReason.None"/>.</exception>
    public static int Status(this RejectionReason reason) => reason switch
    {
        RejectionReason.None => throw new ArgumentOutOfRangeException(nameof(reason)),
        RejectionReason.NotFound => 404,
        RejectionReason.MethodNotAllowed => 405,
        RejectionReason.HeadTimeout or RejectionReason.ContentTimeout => 408,
        RejectionReason.LengthRequired => 411,
        RejectionReason.ContentTooLarge => 413,
        RejectionReason.RequestLineTooLong => 414,
        RejectionReason.MediaTypeUnsupported or RejectionReason.ContentCodingUnsupported => 415,
        RejectionReason.ExpectationUnknown => 417,
        RejectionReason.ConnectionsTooMany => 429,
        RejectionReason.FieldSectionTooLarge or RejectionReason.FieldLinesTooMany => 431,
        RejectionReason.HandlerFailed => 500,
        RejectionReason.MethodUnknown or RejectionReason.TunnelUnsupported or RejectionReason.TransferCodingUnsupported => 501,
        RejectionReason.VersionUnsupported => 505,
        _ => 400,
    };

    /// <summary>What to do about it, in a sentence.</summary>
    public static string Detail(this RejectionReason reason) => reason switch
    {
        RejectionReason.RequestLineMalformed => "Send a request line of method, one space, request-target, one space, HTTP/1.1.",
        RejectionReason.RequestLineTooLong => "Shorten the request-target; put long input into the content.",
        RejectionReason.TlsNotSpoken => "This port speaks HTTP without TLS; a node of an open network is joined without a secret.",
        RejectionReason.MethodMalformed => "Use a method that is a token, such as GET.",
        RejectionReason.MethodUnknown => "Use one of the methods that OPTIONS lists for the path.",
        RejectionReason.TunnelUnsupported => "This is no proxy; do not use CONNECT.",
        RejectionReason.TargetMalformed => "Send a path that begins with a slash, percent-encode what RFC 3986 does not allow in it, and use * with OPTIONS only.",
        RejectionReason.PercentEncodingMalformed => "Write two hexadecimal digits after each percent sign, and a percent sign as %25.",
        RejectionReason.VersionMalformed => "End the request line with HTTP/1.1.",
        RejectionReason.VersionUnsupported => "Use HTTP/1.1.",
        RejectionReason.HostMissing => "Send exactly one Host field.",
        RejectionReason.HostRepeated => "Send exactly one Host field.",
        RejectionReason.HostMalformed => "Send a Host field with a name or an address and, where needed, a colon and a port.",
        RejectionReason.BareLineFeed => "End each line with CR and LF.",
        RejectionReason.BareCarriageReturn => "End each line with CR and LF, and use CR nowhere else.",
        RejectionReason.LineFolded => "Write each field on one line that does not begin with white space.",
        RejectionReason.FieldNameMalformed => "Write each field as a token, a colon right behind it, and a value.",
        RejectionReason.FieldValueMalformed => "Leave control characters out of field values.",
        RejectionReason.FieldSectionTooLarge => "Send fewer or shorter fields.",
        RejectionReason.FieldLinesTooMany => "Send fewer fields.",
        RejectionReason.LengthMalformed => "Send Content-Length as one decimal number.",
        RejectionReason.LengthRepeated => "Send Content-Length once.",
        RejectionReason.LengthAndTransferCoding => "Send either Content-Length or Transfer-Encoding, never both.",
        RejectionReason.TransferCodingMalformed => "Send one Transfer-Encoding field with the value chunked.",
        RejectionReason.TransferCodingUnsupported => "Use no transfer coding but chunked.",
        RejectionReason.TransferCodingInHttp10 => "Use HTTP/1.1 for a transfer coding, or send Content-Length.",
        RejectionReason.ChunkSizeMalformed => "Send each chunk size as hexadecimal digits that end with CR and LF.",
        RejectionReason.ChunkExtensionMalformed => "Leave the chunk extensions out.",
        RejectionReason.ChunkDataMalformed => "Send as much chunk data as the chunk size says, then CR and LF.",
        RejectionReason.MessageTruncated => "Send the whole message before closing the connection.",
        RejectionReason.ContentTooLarge => "Send less content, or split it over several requests.",
        RejectionReason.ContentTimeout => "Send the content faster, or in smaller requests.",
        RejectionReason.HeadTimeout => "Send the whole request head at once.",
        RejectionReason.LengthRequired => "Send a Content-Length, or use Transfer-Encoding: chunked.",
        RejectionReason.ExpectationUnknown => "Expect nothing but 100-continue.",
        RejectionReason.NotFound => "Nothing is at this path; check it.",
        RejectionReason.MethodNotAllowed => "Use one of the methods in the Allow field.",
        RejectionReason.MediaTypeUnsupported => "Send the media type that this path takes.",
        RejectionReason.ContentCodingUnsupported => "Send the content as it is, without Content-Encoding.",
        RejectionReason.ConnectionsTooMany => "Use one connection for many requests, and close those that are not needed: your address has as many here as it may.",
        RejectionReason.HandlerFailed => "This is our mistake; trying again may help.",
        _ => "Send a message that follows RFC 9112.",
    };
}
