namespace Norris.Tests.Http.Tables;

/// <summary>Request lines, and what stands between requests.</summary>
public static class RequestLineTable
{
    public static IEnumerable<object[]> Rows() =>
    [
        .. Table.Rows("{0}~Host: h~~", """
            # RFC 9112 3: method SP request-target SP HTTP-version
            GET / HTTP/1.1 => GET /
            HEAD / HTTP/1.1 => HEAD /
            POST / HTTP/1.1 => POST /
            PUT / HTTP/1.1 => PUT /
            DELETE / HTTP/1.1 => DELETE /
            PATCH / HTTP/1.1 => PATCH /
            OPTIONS / HTTP/1.1 => OPTIONS /
            TRACE / HTTP/1.1 => TRACE /
            # RFC 9110 9.1: methods are case-sensitive tokens
            get / HTTP/1.1 => get /
            BREW / HTTP/1.1 => BREW /
            M-SEARCH / HTTP/1.1 => M-SEARCH /
            !#$%&'*+-.^_`|9 / HTTP/1.1 => !#$%&'*+-.^_`|9 /
            G{T / HTTP/1.1 => !MethodMalformed
            G(T / HTTP/1.1 => !MethodMalformed
            G/T / HTTP/1.1 => !MethodMalformed
            G@T / HTTP/1.1 => !MethodMalformed
            "GET" / HTTP/1.1 => !MethodMalformed
            GET\t/ HTTP/1.1 => !RequestLineMalformed
            GE\tT / HTTP/1.1 => !MethodMalformed
            G\0T / HTTP/1.1 => !MethodMalformed
            G\x7fT / HTTP/1.1 => !MethodMalformed
            G\xc3\x89T / HTTP/1.1 => !MethodMalformed
            \xef\xbb\xbfGET / HTTP/1.1 => !MethodMalformed
            \x16\x03\x01 / HTTP/1.1 => !TlsNotSpoken
            GET: / HTTP/1.1 => !MethodMalformed
            G,T / HTTP/1.1 => !MethodMalformed
            # one space each, and nothing else
            \sGET / HTTP/1.1 => !RequestLineMalformed
            \tGET / HTTP/1.1 => !MethodMalformed
            GET  / HTTP/1.1 => !TargetMalformed
            GET /  HTTP/1.1 => !TargetMalformed
            GET / HTTP/1.1\s => !VersionMalformed
            GET /\tHTTP/1.1 => !RequestLineMalformed
            GET /\x0bHTTP/1.1 => !RequestLineMalformed
            GET /\x0cHTTP/1.1 => !RequestLineMalformed
            GET / x HTTP/1.1 => !TargetMalformed
            GET HTTP/1.1 => !RequestLineMalformed
            GET / => !RequestLineMalformed
            GET => !RequestLineMalformed
            / HTTP/1.1 => !RequestLineMalformed
            HTTP/1.1 => !RequestLineMalformed
            HTTP/1.1 200 OK => !MethodMalformed
            \s => !RequestLineMalformed
            \s\s => !RequestLineMalformed
            \s\s\s => !RequestLineMalformed
            GET\s\s => !RequestLineMalformed
            # RFC 9112 2.3: HTTP-version = "HTTP/" DIGIT "." DIGIT
            GET / HTTP/1.0 => GET / 1.0
            GET / HTTP/1.2 => GET /
            GET / HTTP/1.9 => GET /
            GET / HTTP/0.9 => !VersionUnsupported
            GET / HTTP/2.0 => !VersionUnsupported
            GET / HTTP/3.0 => !VersionUnsupported
            GET / HTTP/9.9 => !VersionUnsupported
            PRI * HTTP/2.0 => !VersionUnsupported
            GET / HTTP/2 => !VersionMalformed
            GET / HTTP/1 => !VersionMalformed
            GET / HTTP/1. => !VersionMalformed
            GET / HTTP/.1 => !VersionMalformed
            GET / HTTP/1.10 => !VersionMalformed
            GET / HTTP/01.1 => !VersionMalformed
            GET / HTTP/11.1 => !VersionMalformed
            GET / http/1.1 => !VersionMalformed
            GET / Http/1.1 => !VersionMalformed
            GET / HTTP 1.1 => !VersionMalformed
            GET / HTTP/1,1 => !VersionMalformed
            GET / HTTP/a.b => !VersionMalformed
            GET / HTTP/1.x => !VersionMalformed
            GET / HTTP/-1.1 => !VersionMalformed
            GET / HTTP/1.1x => !VersionMalformed
            GET / xHTTP/1.1 => !VersionMalformed
            GET / HTTPS/1.1 => !VersionMalformed
            GET / ICAP/1.0 => !VersionMalformed
            GET / RTSP/1.0 => !VersionMalformed
            GET / HTTP\x2f1.1\0 => !VersionMalformed
            GET / HTTP/\xb2.1 => !VersionMalformed
            GET / \x00HTTP/1.1 => !VersionMalformed
            # RFC 9110 9.3.6: CONNECT is for proxies
            CONNECT h:80 HTTP/1.1 => !TunnelUnsupported
            CONNECT h HTTP/1.1 => !TunnelUnsupported
            CONNECT / HTTP/1.1 => !TunnelUnsupported
            CONNECT h:80 HTTP/2.0 => !VersionUnsupported
            connect h:80 HTTP/1.1 => !TargetMalformed
            # bare CR (RFC 9112 2.2) anywhere in it
            GET /\r HTTP/1.1 => !BareCarriageReturn
            GET\r / HTTP/1.1 => !BareCarriageReturn
            \rGET / HTTP/1.1 => !BareCarriageReturn
            GET / HTTP/1.1\r => !BareCarriageReturn
            # bare LF anywhere in it
            GET /\n HTTP/1.1 => !BareLineFeed
            \nGET / HTTP/1.1 => !BareLineFeed
            GET / HTTP/1.1\nX: y => !BareLineFeed
            GET / HTTP/1.1\n => !BareLineFeed
            """),
        .. Table.Rows("{0}", """
            # RFC 9112 2.2: one empty line before a request line is passed over
            ~GET / HTTP/1.1~Host: h~~ => GET /
            ~~GET / HTTP/1.1~Host: h~~ => !RequestLineMalformed
            ~ => ...
             =>
            \n => !BareLineFeed
            \n\n => !BareLineFeed
            \r\r\n => !BareCarriageReturn
            # bare LF ends no line
            GET / HTTP/1.1\nHost: h\n\n => !BareLineFeed
            GET / HTTP/1.1~Host: h\n~ => !BareLineFeed
            GET / HTTP/1.1~Host: h~\n => !BareLineFeed
            GET / HTTP/1.1\n\r\n => !BareLineFeed
            GET / HTTP/1.1~Host: h\r~~ => !BareCarriageReturn
            GET / HTTP/1.1~Host: h~\r~ => !BareCarriageReturn
            # HTTP/0.9 is over
            GET /~ => !RequestLineMalformed
            GET /\n => !BareLineFeed
            # unfinished
            G => ...
            GET / HTTP/1.1 => ...
            GET / HTTP/1.1\r => ...
            GET / HTTP/1.1~ => ...
            GET / HTTP/1.1~Host: h => ...
            GET / HTTP/1.1~Host: h\r => ...
            GET / HTTP/1.1~Host: h~ => ...
            GET / HTTP/1.1~Host: h~\r => ...
            # pipelining
            GET /a HTTP/1.1~Host: h~~GET /b HTTP/1.1~Host: h~~ => GET /a ; GET /b
            GET /a HTTP/1.1~Host: h~~~GET /b HTTP/1.1~Host: h~~ => GET /a ; GET /b
            GET /a HTTP/1.1~Host: h~~~~GET /b HTTP/1.1~Host: h~~ => GET /a ; !RequestLineMalformed
            GET /a HTTP/1.1~Host: h~~GET /b HTTP/1.1~Host: h~~GET /c => GET /a ; GET /b ; ...
            POST /a HTTP/1.1~Host: h~Content-Length: 3~~abcGET /b HTTP/1.1~Host: h~~ => POST /a "abc" ; GET /b
            POST /a HTTP/1.1~Host: h~Content-Length: 3~~abc~GET /b HTTP/1.1~Host: h~~ => POST /a "abc" ; GET /b
            POST /a HTTP/1.1~Host: h~Content-Length: 3~~abcd => POST /a "abc" ; ...
            POST /a HTTP/1.1~Host: h~Transfer-Encoding: chunked~~1~x~0~~GET /b HTTP/1.1~Host: h~~ => POST /a "x" ; GET /b
            GET /a HTTP/1.1~Host: h~~garbage~ => GET /a ; !RequestLineMalformed
            """),
    ];
}
