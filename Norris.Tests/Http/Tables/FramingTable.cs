namespace Norris.Tests.Http.Tables;

/// <summary>How content ends (RFC 9112 section 6.3).</summary>
public static class FramingTable
{
    public static IEnumerable<object[]> Rows() =>
    [
        .. Table.Rows("POST / HTTP/1.1~Host: h~{0}", """
            # RFC 9112 6.3, 7: neither field, no content
            X: y~~ => POST / (x=y)
            X: y~~abc => POST / (x=y) ; ...
            # 6.3, 6: Content-Length = 1*DIGIT
            Content-Length: 0~~ => POST / ""
            Content-Length: 3~~abc => POST / "abc"
            content-length:3~~abc => POST / "abc"
            CONTENT-LENGTH: \t3 \t~~abc => POST / "abc"
            Content-Length: 003~~abc => POST / "abc"
            Content-Length: 00000000000000000003~~abc => POST / "abc"
            Content-Length: 3~~ab => POST / ; ...
            Content-Length: 3~~ => POST / ; ...
            Content-Length: 2~~\r\n => POST / "~"
            Content-Length: 4~~\0\xff~ => POST / "\0\xff~"
            Content-Length:~~ => !LengthMalformed
            Content-Length: \t~~ => !LengthMalformed
            Content-Length: +3~~abc => !LengthMalformed
            Content-Length: -3~~abc => !LengthMalformed
            Content-Length: -0~~ => !LengthMalformed
            Content-Length: 3.0~~abc => !LengthMalformed
            Content-Length: 3,~~abc => !LengthMalformed
            Content-Length: ,3~~abc => !LengthMalformed
            Content-Length: 3,3~~abc => !LengthMalformed
            Content-Length: 3, 3~~abc => !LengthMalformed
            Content-Length: 3, 4~~abc => !LengthMalformed
            Content-Length: 3 3~~abc => !LengthMalformed
            Content-Length: 0 3~~abc => !LengthMalformed
            Content-Length: 3;~~abc => !LengthMalformed
            Content-Length: 3;q=1~~abc => !LengthMalformed
            Content-Length: "3"~~abc => !LengthMalformed
            Content-Length: '3'~~abc => !LengthMalformed
            Content-Length: 0x3~~abc => !LengthMalformed
            Content-Length: 0b11~~abc => !LengthMalformed
            Content-Length: 3e0~~abc => !LengthMalformed
            Content-Length: 1_0~~abc => !LengthMalformed
            Content-Length: a~~abc => !LengthMalformed
            Content-Length: 3a~~abc => !LengthMalformed
            Content-Length: \xb3~~abc => !LengthMalformed
            Content-Length: \xd9\xa3~~abc => !LengthMalformed
            Content-Length: 3\x0b~~abc => !FieldValueMalformed
            Content-Length: 3\0~~abc => !FieldValueMalformed
            Content-Length: \r3~~abc => !BareCarriageReturn
            Content-Length: 9223372036854775807~~ => POST / ; !ContentTooLarge
            Content-Length: 9223372036854775808~~ => !LengthMalformed
            Content-Length: 18446744073709551616~~ => !LengthMalformed
            Content-Length: 18446744073709551619~~abc => !LengthMalformed
            Content-Length: 99999999999999999999999999~~ => !LengthMalformed
            Content-Length: 4294967299~~abc => POST / ; !ContentTooLarge
            Content-Length: 65~~ => POST / ; !ContentTooLarge
            # 6.3, 5: more than one
            Content-Length: 3~Content-Length: 3~~abc => !LengthRepeated
            Content-Length: 3~Content-Length: 4~~abc => !LengthRepeated
            Content-Length: 3~content-length: 3~~abc => !LengthRepeated
            Content-Length: 3~X: y~Content-Length: 3~~abc => !LengthRepeated
            Content-Length: 0~Content-Length: 3~~abc => !LengthRepeated
            # 6.3, 4: Transfer-Encoding
            Transfer-Encoding: chunked~~0~~ => POST / ""
            transfer-encoding:chunked~~0~~ => POST / ""
            Transfer-Encoding: CHUNKED~~0~~ => POST / ""
            Transfer-Encoding: Chunked~~3~abc~0~~ => POST / "abc"
            Transfer-Encoding:\tchunked \t~~0~~ => POST / ""
            Transfer-Encoding:~~ => !TransferCodingMalformed
            Transfer-Encoding: identity~~ => !TransferCodingMalformed
            Transfer-Encoding: gzip~~ => !TransferCodingMalformed
            Transfer-Encoding: xchunked~~0~~ => !TransferCodingMalformed
            Transfer-Encoding: chunkedx~~0~~ => !TransferCodingMalformed
            Transfer-Encoding: chunke~~0~~ => !TransferCodingMalformed
            Transfer-Encoding: chunked, identity~~0~~ => !TransferCodingMalformed
            Transfer-Encoding: chunked, gzip~~0~~ => !TransferCodingMalformed
            Transfer-Encoding: chunked, chunked~~0~~ => !TransferCodingMalformed
            Transfer-Encoding: chunked,~~0~~ => !TransferCodingMalformed
            Transfer-Encoding: ,chunked~~0~~ => !TransferCodingMalformed
            Transfer-Encoding: ,~~0~~ => !TransferCodingMalformed
            Transfer-Encoding: chunked;q=1~~0~~ => !TransferCodingMalformed
            Transfer-Encoding: chunked;~~0~~ => !TransferCodingMalformed
            Transfer-Encoding: chunked chunked~~0~~ => !TransferCodingMalformed
            Transfer-Encoding: "chunked"~~0~~ => !TransferCodingMalformed
            Transfer-Encoding: 'chunked'~~0~~ => !TransferCodingMalformed
            Transfer-Encoding: [chunked]~~0~~ => !TransferCodingMalformed
            Transfer-Encoding: chunked\x80~~0~~ => !TransferCodingMalformed
            Transfer-Encoding: chunked~Transfer-Encoding: chunked~~0~~ => !TransferCodingMalformed
            Transfer-Encoding: gzip~Transfer-Encoding: chunked~~0~~ => !TransferCodingMalformed
            Transfer-Encoding: chunked~Transfer-Encoding: identity~~0~~ => !TransferCodingMalformed
            Transfer-Encoding: gzip, chunked~~0~~ => !TransferCodingUnsupported
            Transfer-Encoding: gzip , chunked~~0~~ => !TransferCodingUnsupported
            Transfer-Encoding: identity, chunked~~0~~ => !TransferCodingUnsupported
            Transfer-Encoding: deflate, gzip, chunked~~0~~ => !TransferCodingUnsupported
            Transfer-Encoding: x;a=b, chunked~~0~~ => !TransferCodingUnsupported
            """),
        .. Table.Rows("POST / HTTP/1.0~Host: h~{0}", """
            # 6.1: HTTP/1.0 knows no transfer codings
            Transfer-Encoding: chunked~~0~~ => !TransferCodingInHttp10
            Transfer-Encoding: identity~~ => !TransferCodingInHttp10
            Content-Length: 3~~abc => POST / 1.0 "abc"
            Content-Length: 3~Transfer-Encoding: chunked~~abc => !LengthAndTransferCoding
            X: y~~ => POST / 1.0 (x=y)
            """),
    ];
}
