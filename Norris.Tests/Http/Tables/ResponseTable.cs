namespace Norris.Tests.Http.Tables;

/// <summary>Responses, as a client reads them (RFC 9112 sections 4 and 6.3).</summary>
public static class ResponseTable
{
    public static IEnumerable<object[]> Rows() =>
    [
        .. Table.Rows("{0}", """
            # RFC 9112 4: HTTP-version SP status-code SP [ reason-phrase ]
            HTTP/1.1 200 OK~Content-Length: 0~~ => 200 ""
            HTTP/1.1 200\s~Content-Length: 0~~ => 200 ""
            HTTP/1.1 200 Very well, thanks~Content-Length: 0~~ => 200 ""
            HTTP/1.1 200 \xc3\xa9\t~Content-Length: 0~~ => 200 ""
            HTTP/1.0 200 OK~Content-Length: 0~~ => 200 1.0 ""
            HTTP/1.1 599 X~Content-Length: 0~~ => 599 ""
            HTTP/1.1 200~Content-Length: 0~~ => !StatusLineMalformed
            HTTP/1.1 20 OK~Content-Length: 0~~ => !StatusLineMalformed
            HTTP/1.1 2000 OK~Content-Length: 0~~ => !StatusLineMalformed
            HTTP/1.1 099 OK~Content-Length: 0~~ => !StatusLineMalformed
            HTTP/1.1 600 OK~Content-Length: 0~~ => !StatusLineMalformed
            HTTP/1.1 999 OK~Content-Length: 0~~ => !StatusLineMalformed
            HTTP/1.1 -20 OK~Content-Length: 0~~ => !StatusLineMalformed
            HTTP/1.1 +20 OK~Content-Length: 0~~ => !StatusLineMalformed
            HTTP/1.1 2x0 OK~Content-Length: 0~~ => !StatusLineMalformed
            HTTP/1.1  200 OK~Content-Length: 0~~ => !StatusLineMalformed
            HTTP/1.1\t200 OK~Content-Length: 0~~ => !StatusLineMalformed
            HTTP/1.1 200\tOK~Content-Length: 0~~ => !StatusLineMalformed
            HTTP/1.1 200 O\0K~Content-Length: 0~~ => !StatusLineMalformed
            HTTP/1.1 200 O\x1bK~Content-Length: 0~~ => !StatusLineMalformed
            HTTP/2.0 200 OK~Content-Length: 0~~ => !VersionUnsupported
            HTTP/0.9 200 OK~Content-Length: 0~~ => !VersionUnsupported
            HTTP/1.x 200 OK~Content-Length: 0~~ => !VersionMalformed
            http/1.1 200 OK~Content-Length: 0~~ => !VersionMalformed
            ICY/1.1 200 OK~Content-Length: 0~~ => !StatusLineMalformed
            XTTP/1.1 200 OK~Content-Length: 0~~ => !VersionMalformed
            ~HTTP/1.1 200 OK~Content-Length: 0~~ => !StatusLineMalformed
            \sHTTP/1.1 200 OK~Content-Length: 0~~ => !StatusLineMalformed
            GET / HTTP/1.1~Host: h~~ => !StatusLineMalformed
            <html>hello, world</html>~~ => !StatusLineMalformed
            HTTP/1.1 200 OK\nContent-Length: 0\n\n => !BareLineFeed
            HTTP/1.1 200 O\rK~Content-Length: 0~~ => !BareCarriageReturn
            # field lines are as strict as in requests
            HTTP/1.1 200 OK~Content-Length: 0~X: y~~ => 200 (x=y) ""
            HTTP/1.1 200 OK~Content-Length: 0~X : y~~ => !FieldNameMalformed
            HTTP/1.1 200 OK~Content-Length: 0~X: y~ z~~ => !LineFolded
            HTTP/1.1 200 OK~ X: y~~ => !LineFolded
            HTTP/1.1 200 OK~X: y\nSet-Cookie: a~~ => !BareLineFeed
            HTTP/1.1 200 OK~X: y\rSet-Cookie: a~~ => !BareCarriageReturn
            HTTP/1.1 200 OK~X: a\0b~~ => !FieldValueMalformed
            HTTP/1.1 200 OK~X~~ => !FieldNameMalformed
            # 6.3: length, chunks, or the end of the connection
            HTTP/1.1 200 OK~Content-Length: 3~~abc => 200 "abc"
            HTTP/1.1 200 OK~Content-Length: 3~~ab => 200 ; ...
            HTTP/1.1 200 OK~Content-Length: 3~~abcHTTP/1.1 404 No~Content-Length: 0~~ => 200 "abc" ; 404 ""
            HTTP/1.1 200 OK~Content-Length: 3~~abcd => 200 "abc" ; ...
            HTTP/1.1 200 OK~Transfer-Encoding: chunked~~3~abc~0~~ => 200 "abc"
            HTTP/1.1 200 OK~Transfer-Encoding: chunked~~3~abc~0~A: b~~ => 200 "abc" {a=b}
            HTTP/1.1 200 OK~Transfer-Encoding: chunked~~3~abc~ => 200 ; ...
            HTTP/1.1 200 OK~Transfer-Encoding: chunked~~3~abc => 200 ; ...
            HTTP/1.1 200 OK~Transfer-Encoding: chunked~~x~ => 200 ; !ChunkSizeMalformed
            HTTP/1.1 200 OK~Transfer-Encoding: chunked~~3~abcd~0~~ => 200 ; !ChunkDataMalformed
            HTTP/1.1 200 OK~Transfer-Encoding: chunked~~0~~HTTP/1.1 204 No~~ => 200 "" ; 204
            HTTP/1.1 200 OK~X: y~~abc => 200 (x=y) "abc"
            HTTP/1.1 200 OK~~ => 200 ""
            HTTP/1.1 200 OK~~abc~~ => 200 "abc~~"
            HTTP/1.0 200 OK~~abc => 200 1.0 "abc"
            HTTP/1.1 500 No~~ => 500 ""
            HTTP/1.1 200 OK~Content-Length: 3~Transfer-Encoding: chunked~~3~abc~0~~ => !LengthAndTransferCoding
            HTTP/1.1 200 OK~Content-Length: 3~Content-Length: 3~~abc => !LengthRepeated
            HTTP/1.1 200 OK~Content-Length: 3~Content-Length: 4~~abc => !LengthRepeated
            HTTP/1.1 200 OK~Content-Length: 3, 3~~abc => !LengthMalformed
            HTTP/1.1 200 OK~Content-Length: -3~~abc => !LengthMalformed
            HTTP/1.1 200 OK~Content-Length: +3~~abc => !LengthMalformed
            HTTP/1.1 200 OK~Content-Length: 0x3~~abc => !LengthMalformed
            HTTP/1.1 200 OK~Content-Length:~~abc => !LengthMalformed
            HTTP/1.1 200 OK~Content-Length: 9223372036854775808~~ => !LengthMalformed
            HTTP/1.1 200 OK~Transfer-Encoding: gzip~~abc => !TransferCodingMalformed
            HTTP/1.1 200 OK~Transfer-Encoding: gzip, chunked~~0~~ => !TransferCodingUnsupported
            HTTP/1.1 200 OK~Transfer-Encoding: chunked, chunked~~0~~ => !TransferCodingMalformed
            HTTP/1.0 200 OK~Transfer-Encoding: chunked~~0~~ => !TransferCodingInHttp10
            # 6.3, 1: no content with 1xx, 204 and 304
            HTTP/1.1 204 No Content~~ => 204
            HTTP/1.1 204 No Content~Content-Length: 5~~ => 204
            HTTP/1.1 204 No Content~~HTTP/1.1 200 OK~Content-Length: 1~~a => 204 ; 200 "a"
            HTTP/1.1 304 Not Modified~Content-Length: 5~~ => 304
            HTTP/1.1 304 Not Modified~Transfer-Encoding: chunked~~ => 304
            HTTP/1.1 100 Continue~~HTTP/1.1 200 OK~Content-Length: 1~~a => 100 ; 200 "a"
            HTTP/1.1 103 Early Hints~Link: x~~HTTP/1.1 200 OK~Content-Length: 1~~a => 103 (link=x) ; 200 "a"
            HTTP/1.1 204 No Content~Content-Length: x~~ => !LengthMalformed
            HTTP/1.1 101 Switching Protocols~Upgrade: x~~ => !UpgradeUnexpected
            # unfinished
            H => ...
            HTTP/1.1 200 OK~ => ...
            HTTP/1.1 200 OK~X: y~ => ...
            # limits: start line 80, section 160, 6 lines, content 64
            HTTP/1.1 200 aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa~Content-Length: 0~~ => 200 ""
            HTTP/1.1 200 aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa~Content-Length: 0~~ => !StatusLineMalformed
            HTTP/1.1 200 OK~X: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa~~ => 200 (x=aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa) ""
            HTTP/1.1 200 OK~X: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa~~ => !FieldSectionTooLarge
            HTTP/1.1 204 No~X: y~X: y~X: y~X: y~X: y~X: y~~ => 204 (x=y, x=y, x=y, x=y, x=y, x=y)
            HTTP/1.1 204 No~X: y~X: y~X: y~X: y~X: y~X: y~X: y~~ => !FieldLinesTooMany
            HTTP/1.1 200 OK~~aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa => 200 "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
            HTTP/1.1 200 OK~~aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa => 200 ; !ContentTooLarge
            """),
    ];

    public static IEnumerable<object[]> HeadRows() => Table.Rows("{0}", """
        # 6.3, 1: the answer to HEAD has fields, but no content
        HTTP/1.1 200 OK~Content-Length: 5~~ => 200
        HTTP/1.1 200 OK~Transfer-Encoding: chunked~~ => 200
        HTTP/1.1 200 OK~~ => 200
        HTTP/1.1 200 OK~Content-Length: 5~~HTTP/1.1 404 No~Content-Length: 9~~ => 200 ; 404
        HTTP/1.1 200 OK~Content-Length: 5~~hello => 200 ; ...
        HTTP/1.1 200 OK~Content-Length: 5~Transfer-Encoding: chunked~~ => !LengthAndTransferCoding
        """);
}
