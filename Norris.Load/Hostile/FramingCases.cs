namespace Norris.Load.Hostile;

/// <summary>Where one message ends and the next begins: what two readers might disagree about is refused, and the connection ends with it.</summary>
internal static class FramingCases
{
    /// <summary>All of them.</summary>
    public static IEnumerable<HostileCase> All() =>
    [
        .. HostileCase.Table("request line", "{0}~Host: h~~", """
            GET /nowhere HTTP/1.1 => 404
            G{T / HTTP/1.1 => 400
            "GET" / HTTP/1.1 => 400
            GET\t/ HTTP/1.1 => 400
            G\0T / HTTP/1.1 => 400
            \xef\xbb\xbfGET / HTTP/1.1 => 400
            \x16\x03\x01\x02\x00\x01 => 400
            \sGET / HTTP/1.1 => 400
            GET  / HTTP/1.1 => 400
            GET /  HTTP/1.1 => 400
            GET / HTTP/1.1\s => 400
            GET / x HTTP/1.1 => 400
            GET HTTP/1.1 => 400
            GET / => 400
            GET => 400
            HTTP/1.1 200 OK => 400
            GET / HTTP/2.0 => 505
            GET / HTTP/0.9 => 505
            PRI * HTTP/2.0 => 505
            GET / HTTP/1 => 400
            GET / HTTP/1.10 => 400
            GET / http/1.1 => 400
            GET / HTTP/1.1x => 400
            CONNECT h:80 HTTP/1.1 => 501
            BREW / HTTP/1.1 => 501
            get /nowhere HTTP/1.1 => 501
            TRACE /v1/members HTTP/1.1 => 405
            PUT /v1/messages HTTP/1.1 => 405
            GET /\r HTTP/1.1 => 400
            GET / HTTP/1.1\nX: y => 400
            GET * HTTP/1.1 => 400
            GET nowhere HTTP/1.1 => 400
            GET http:// HTTP/1.1 => 400
            GET http://h:99999999/ HTTP/1.1 => 400
            GET ftp://h/ HTTP/1.1 => 400
            GET http://user@h/ HTTP/1.1 => 400
            GET /% HTTP/1.1 => 400
            GET /%2 HTTP/1.1 => 400
            GET /%zz HTTP/1.1 => 400
            GET /%00 HTTP/1.1 => 404
            GET /..%2f..%2fetc%2fpasswd HTTP/1.1 => 404
            GET /../../etc/passwd HTTP/1.1 => 404
            GET //v1/members HTTP/1.1 => 404
            GET /v1//members HTTP/1.1 => 404
            GET /v1/members/ HTTP/1.1 => 404
            GET /v1/members; HTTP/1.1 => 404
            GET /V1/members HTTP/1.1 => 404
            GET /\xff HTTP/1.1 => 400
            GET /a#b HTTP/1.1 => 400
            GET /a\\b HTTP/1.1 => 400
            """),
        .. HostileCase.Table("host", "GET /nowhere HTTP/1.1~{0}~", """
             => 400
            Host: a~Host: a~ => 400
            Host: a~Host: b~ => 400
            Host: a b~ => 400
            Host: a/b~ => 400
            Host: a@b~ => 400
            Host: a:b~ => 400
            Host: [::1~ => 400
            Host: [::1]x~ => 400
            Host: a,b~ => 404
            Host: \xff~ => 400
            Host: a\0~ => 400
            Host : a~ => 400
            """),
        .. HostileCase.Table("fields", "GET /nowhere HTTP/1.1~Host: h~{0}~", """
            X: y~ => 404
            X~ => 400
            X : y~ => 400
            : y~ => 400
            X: y~ z~ => 400
            \sX: y~ => 400
            X: \0~ => 400
            X: \x01~ => 400
            X: \x7f~ => 400
            X: y\rz~ => 400
            X: y\nZ: w~ => 400
            X\0: y~ => 400
            X\xa0: y~ => 400
            "X": y~ => 400
            X(: y~ => 400
            X: \xff\xfe~ => 404
            Expect: 200-ok~ => 417
            Expect: 100-continue, x~ => 417
            """),
        .. HostileCase.Table("smuggling", "POST /nowhere HTTP/1.1~Host: h~{0}", """
            Content-Length: 6~Transfer-Encoding: chunked~~0~~G => 400
            Transfer-Encoding: chunked~Content-Length: 3~~8~SMUGGLED~0~~ => 400
            Transfer-Encoding: chunked~Content-Length: 0~~0~~GET / HTTP/1.1~Host: h~~ => 400
            Content-Length: 5~Transfer-Encoding: identity~~hello => 400
            Content-Length: 5~Transfer-Encoding:~~hello => 400
            Content-Length: 5~Content-Length: 5~~hello => 400
            Content-Length: 5~Content-Length: 6~~hello! => 400
            Content-Length: 5, 5~~hello => 400
            Content-Length: 5,6~~hello! => 400
            Content-Length: +5~~hello => 400
            Content-Length: -5~~hello => 400
            Content-Length: 0x5~~hello => 400
            Content-Length: 5 5~~hello => 400
            Content-Length: 5.0~~hello => 400
            Content-Length: 5e0~~hello => 400
            Content-Length: ~~hello => 400
            Content-Length: a~~hello => 400
            Content-Length: \xb2~~hello => 400
            Content-Length: 9223372036854775808~~hello => 400
            Content-Length: 99999999999999999999999999~~hello => 400
            Content-Length : 5~~hello => 400
            Content-Length\t: 5~~hello => 400
            \sContent-Length: 5~~hello => 400
            Content-Length: 5\n~~hello => 400
            Content-Length: 5\r5~~hello => 400
            Content-Length: \x0b5~~hello => 400
            Content-Length: 5\xa0~~hello => 400
            Transfer-Encoding : chunked~~0~~ => 400
            Transfer-Encoding\t: chunked~~0~~ => 400
            \sTransfer-Encoding: chunked~~0~~ => 400
            X: y~ Transfer-Encoding: chunked~~0~~ => 400
            X: y\nTransfer-Encoding: chunked~~0~~ => 400
            X: y\rTransfer-Encoding: chunked~~0~~ => 400
            Transfer-Encoding: \x0bchunked~~0~~ => 400
            Transfer-Encoding: \0chunked~~0~~ => 400
            Transfer-Encoding: ch\0unked~~0~~ => 400
            Transfer-Encoding: \xa0chunked~~0~~ => 400
            Transfer-Encoding: chunked\xff~~0~~ => 400
            Transfer-Encoding:~ chunked~~0~~ => 400
            Transfer-Encoding: chunked~Transfer-Encoding: chunked~~0~~ => 400
            Transfer-Encoding: chunked, chunked~~0~~ => 400
            Transfer-Encoding: chunked, identity~~0~~ => 400
            Transfer-Encoding: identity~~0~~ => 400
            Transfer-Encoding: x~~0~~ => 400
            Transfer-Encoding: "chunked"~~0~~ => 400
            Transfer-Encoding: chunked;q=1~~0~~ => 400
            Transfer-Encoding: cow~Transfer-Encoding: chunked~~0~~ => 400
            Transfer-Encoding: gzip, chunked~~0~~ => 501
            Transfer-Encoding: deflate, chunked~~0~~ => 501
            Transfer_Encoding: chunked~~0~~ => 404 400
            Content_Length: 3~~abc~~ => 404 400
            Content-Length: 30~~GET /b HTTP/1.1~Host: h~~.. => 404
            Content-Length: 29~~GET /b HTTP/1.1~Host: h~~..GET /c HTTP/1.1~Host: h~~ => 404 501
            Content-Encoding: gzip~Content-Length: 4~~\x1f\x8b\x08\x00 => 415
            Content-Encoding: br~Content-Length: 1~~x => 415
            Content-Encoding: identity~Content-Length: 1~~x => 404
            """),
        .. HostileCase.Table("smuggling in HTTP/1.0", "POST /nowhere HTTP/1.0~Host: h~{0}", """
            Transfer-Encoding: chunked~~0~~ => 400
            Content-Length: 5~Transfer-Encoding: chunked~~0~~ => 400
            Content-Length: 5~Content-Length: 5~~hello => 400
            """),
        .. HostileCase.Table("chunks", "POST /v1/guests HTTP/1.1~Host: h~Transfer-Encoding: chunked~~{0}", """
            0~~ => 400
            ~abc => 400
            g~~ => 400
            0x3~abc~0~~ => 400
            +3~abc~0~~ => 400
            -3~abc~0~~ => 400
            3.0~abc~0~~ => 400
            \s3~abc~0~~ => 400
            3\s~abc~0~~ => 400
            3\0~abc~0~~ => 400
            "3"~abc~0~~ => 400
            ffffffff~ => 413
            7fffffffffffffff~ => 413
            8000000000000000~ => 400
            ffffffffffffffff~ => 400
            10000000000000003~abc~0~~ => 400
            1001~ => 413
            3\nabc~0~~ => 400
            3~abc\n0~~ => 400
            3~abc~0\n~ => 400
            3~abcd~0~~ => 400
            3~ab~0~~ => 400
            3~abc0~~ => 400
            3;a\nb~abc~0~~ => 400
            3;a\0~abc~0~~ => 400
            3;\x0b~abc~0~~ => 400
            3 a~abc~0~~ => 400
            0~A~~ => 400
            0~A : b~~ => 400
            0~ A: b~~ => 400
            0~A: \0~~ => 400
            0~A: b~GET /b HTTP/1.1~~ => 400
            3~abc => 400
            3~abc~0~ => 400
            2;\nxx~1~y~0~~ => 400
            5~AAAAAXX2~0~~ => 400
            0\r\rGET / HTTP/1.1~~ => 400
            """),
        .. HostileCase.Table("pipelines", "{0}", """
            GET /nowhere HTTP/1.1~Host: h~~GET /nowhere HTTP/1.1~Host: h~~ => 404 404
            GET /nowhere HTTP/1.1~Host: h~~\0 => 404 400
            GET /nowhere HTTP/1.1~Host: h~~GARBAGE~~GET /nowhere HTTP/1.1~Host: h~~ => 404 400
            GET /nowhere HTTP/1.1~Host: h~Connection: close~~GET /nowhere HTTP/1.1~Host: h~~ => 404
            ~GET /nowhere HTTP/1.1~Host: h~~ => 404
            ~~GET /nowhere HTTP/1.1~Host: h~~ => 400
            GET / HTTP/1.1 => 400
            GET / HTTP/1.1~Host: h~ => 400
            \n => 400
             =>
            """),
    ];
}
