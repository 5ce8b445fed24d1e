namespace Norris.Http;

/// <summary>
/// Why a message is not accepted: one name for each rule that it may break. <see cref="Rejections"/> maps each to a status
/// and to words that say what to do.
/// </summary>
internal enum RejectionReason
{
    /// <summary>It is accepted.</summary>
    None,

    /// <summary>Not <c>method SP request-target SP HTTP-version</c> (RFC 9112 section 3).</summary>
    RequestLineMalformed,

    /// <summary>Longer than <see cref="HttpLimits.StartLineBytesMax"/>.</summary>
    RequestLineTooLong,

    /// <summary>The bytes begin a TLS handshake (RFC 8446 section 5.1), and this server speaks without TLS.</summary>
    TlsNotSpoken,

    /// <summary>The method is not a token.</summary>
    MethodMalformed,

    /// <summary>A method that nothing here implements.</summary>
    MethodUnknown,

    /// <summary>CONNECT asks for a tunnel; this is no proxy.</summary>
    TunnelUnsupported,

    /// <summary>The request-target is none of the four forms for its method (RFC 9112 section 3.2), or has characters that RFC 3986 forbids.</summary>
    TargetMalformed,

    /// <summary>A percent sign without two hexadecimal digits behind it.</summary>
    PercentEncodingMalformed,

    /// <summary>Not <c>HTTP/DIGIT.DIGIT</c>.</summary>
    VersionMalformed,

    /// <summary>A major version other than 1.</summary>
    VersionUnsupported,

    /// <summary>Not <c>HTTP-version SP status-code SP [reason-phrase]</c> (RFC 9112 section 4).</summary>
    StatusLineMalformed,

    /// <summary>101 though nobody asked for another protocol.</summary>
    UpgradeUnexpected,

    /// <summary>HTTP/1.1 without Host (RFC 9112 section 3.2).</summary>
    HostMissing,

    /// <summary>More than one Host.</summary>
    HostRepeated,

    /// <summary>Not <c>uri-host [ ":" port ]</c>.</summary>
    HostMalformed,

    /// <summary>LF without CR before it.</summary>
    BareLineFeed,

    /// <summary>CR without LF behind it.</summary>
    BareCarriageReturn,

    /// <summary>A line that begins with white space (obs-fold, RFC 9112 section 5.2).</summary>
    LineFolded,

    /// <summary>The field name is not a token right before its colon (RFC 9112 section 5.1).</summary>
    FieldNameMalformed,

    /// <summary>Control characters in a field value (RFC 9110 section 5.5).</summary>
    FieldValueMalformed,

    /// <summary>Beyond <see cref="HttpLimits.FieldSectionBytesMax"/>.</summary>
    FieldSectionTooLarge,

    /// <summary>Beyond <see cref="HttpLimits.FieldLinesMax"/>.</summary>
    FieldLinesTooMany,

    /// <summary>Content-Length is not a plain number that fits (RFC 9110 section 8.6).</summary>
    LengthMalformed,

    /// <summary>Content-Length more than once, even with the same number.</summary>
    LengthRepeated,

    /// <summary>Both Content-Length and Transfer-Encoding: request smuggling (RFC 9112 section 6.3).</summary>
    LengthAndTransferCoding,

    /// <summary>Transfer-Encoding is malformed, repeated, or chunked is not last: the length cannot be known.</summary>
    TransferCodingMalformed,

    /// <summary>A transfer coding other than chunked.</summary>
    TransferCodingUnsupported,

    /// <summary>Transfer-Encoding in HTTP/1.0.</summary>
    TransferCodingInHttp10,

    /// <summary>The chunk size is not hexadecimal, or does not fit.</summary>
    ChunkSizeMalformed,

    /// <summary>Chunk extensions are malformed or beyond their limits.</summary>
    ChunkExtensionMalformed,

    /// <summary>Chunk data is longer or shorter than its size said.</summary>
    ChunkDataMalformed,

    /// <summary>The peer left in the middle of a message.</summary>
    MessageTruncated,

    /// <summary>The content is larger than this route accepts.</summary>
    ContentTooLarge,

    /// <summary>The content came too slowly.</summary>
    ContentTimeout,

    /// <summary>The head of the message came too slowly.</summary>
    HeadTimeout,

    /// <summary>Content without a length where one is needed.</summary>
    LengthRequired,

    /// <summary>An expectation other than 100-continue.</summary>
    ExpectationUnknown,

    /// <summary>Nothing is at this path.</summary>
    NotFound,

    /// <summary>The path exists; the method is not for it.</summary>
    MethodNotAllowed,

    /// <summary>The route does not take this media type.</summary>
    MediaTypeUnsupported,

    /// <summary>A content coding: a little that unpacks to a lot is not for us (RFC 9110 section 8.4).</summary>
    ContentCodingUnsupported,

    /// <summary>Beyond <see cref="HttpLimits.ConnectionsPerAddressMax"/>, or <see cref="HttpLimits.ConnectionsFromMachineMax"/>.</summary>
    ConnectionsTooMany,

    /// <summary>The handler failed.</summary>
    HandlerFailed,
}
