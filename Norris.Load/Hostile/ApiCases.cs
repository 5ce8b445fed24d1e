using System.Text;

namespace Norris.Load.Hostile;

/// <summary>What people's programs and other sites' pages may not do.</summary>
internal static class ApiCases
{
    /// <summary>All of them.</summary>
    public static IEnumerable<HostileCase> All() =>
    [
        .. Contents("/v1/messages", "text/plain", """
             => 400
            \xff => 400
            \xc3\x28 => 400
            \xed\xa0\x80 => 400
            \xc0\xaf => 400
            \xf5\x80\x80\x80 => 400
            \xe2\x82 => 400
            ok\x80 => 400
            """),
        .. Contents("/v1/messages", "text/plain; charset=utf-16", "\\xff\\xfeh\\0 => 400"),
        .. Contents("/v1/messages", "application/json", """
             => 400
            { => 400
            [] => 400
            null => 400
            "text" => 400
            {} => 400
            {"text":1} => 400
            {"text":null} => 400
            {"text":""} => 400
            {"text":["x"]} => 400
            {"text":{"text":"x"}} => 400
            {"text":"\ud83d"} => 400
            {"text":"\xff"} => 400
            {"text":"x"}} => 400
            {"text":"x"}{"text":"y"} => 400
            {"text":"x","number":0} => 400
            {"text":"x","number":-1} => 400
            {"text":"x","number":1.5} => 400
            {"text":"x","number":"1"} => 400
            {"text":"x","number":18446744073709551616} => 400
            {"text":"x","number":1e400} => 400
            {"text":"x","number":1} => 400
            {'text':'x'} => 400
            {"text":"x",} => 400
            // {"text":"x"} => 400
            \xef\xbb\xbf{} => 400
            """),
        .. Contents("/v1/messages", "application/x-ndjson", """
             => 400
            \n\n\n => 400
            {"text":"x"}\n{ => 400
            {"text":"x"}\n{"text":""}\n => 400
            {"text":"x"}\n\xff\n => 400
            """),
        .. Contents("/v1/messages", "multipart/form-data; boundary=x", "--x\\r\\n\\r\\nx\\r\\n--x-- => 415"),
        .. Contents("/v1/messages", "application/octet-stream", "x => 415"),
        .. Contents("/v1/messages", "application/vnd.norris.2", "x => 415"),
        .. Contents("/v1/messages", "a/b/c", "x => 415"),
        .. Contents("/v1/guests", "application/json", """
             => 400
            {"name":""} => 400
            {"name":" x"} => 400
            {"name":"x "} => 400
            {"name":"a\nb"} => 400
            {"name":"a\u0000b"} => 400
            {"name":"a\u001b[31mb"} => 400
            {"name":"a\u0007"} => 400
            {"name":"a\u009bb"} => 400
            {"name":"a\u202eb"} => 400
            {"name":"a\u2066b"} => 400
            {"name":"a\u200bb"} => 400
            {"name":"a\u200db"} => 400
            {"name":"a\ufeffb"} => 400
            {"name":"a\u2028b"} => 400
            {"name":"a\u00adb"} => 400
            {"name":"\ud800"} => 400
            {"name":"\xff"} => 400
            {"name":7} => 400
            {"name":null} => 400
            {"nome":"x"} => 400
            ["name"] => 400
            {"name":"x","token":"y"} => 400
            {"name":"x","token":5} => 400
            {"name":"x","token":"00000000000000000000000000000000"} => 400
            """),
        .. HostileCase.Table("events", "GET /v1/events{0} HTTP/1.1~Host: h~~", """
            ?after=x => 400
            ?after=-1 => 400
            ?after=99999999999999999999 => 400
            ?after=1.2.3 => 400
            ?types=x => 400
            ?types=message, => 400
            ?access_token=x => 401
            ?access_token=00000000000000000000000000000000 => 401
            ?access_token=0123456789abcdef0123456789abcdef => 401
            """),
        .. HostileCase.Table("tokens", "DELETE /v1/guests/{0} HTTP/1.1~Host: h~~", """
            00000001 => 401
            %00 => 401
            x => 401
            """),
        .. HostileCase.Table("tokens", "POST /v1/messages HTTP/1.1~Host: h~Authorization: {0}~Content-Length: 1~~x", """
            Bearer x => 401
            Bearer 0123456789abcdef0123456789abcdef => 401
            Bearer 00000000000000000000000000000000 => 401
            Bearer => 401
            Basic YWxpY2U6cGFzcw== => 401
            bearer  0123456789abcdef0123456789abcdef => 401
            \xff => 401
            """),
        .. HostileCase.Table("the log", "GET /v1/log{0} HTTP/1.1~Host: h~Authorization: Bearer 0123456789abcdef0123456789abcdef~~", """
             => 401
            ?from=1 => 401
            ?from=0&member=00000001&network=0&epoch=1&digest=0&promised=0 => 401
            ?from=1&member=00000001&network=0&epoch=1&digest=0&promised=0 => 417
            ?from=18446744073709551615&member=00000001&network=ffffffffffffffff&epoch=18446744073709551615&digest=ffffffffffffffff&promised=18446744073709551615 => 400
            ?from=-1&member=00000001&network=0&epoch=1&digest=0&promised=0 => 401
            ?from=1&member=x&network=0&epoch=1&digest=0&promised=0 => 401
            ?from=1&member=00000001&network=g&epoch=1&digest=0&promised=0 => 401
            ?from=1&member=00000001&network=0&epoch=1&digest=0&promised=0&relay=x => 401
            """),
        .. HostileCase.Table("pages", "{0}", """
            POST /v1/messages HTTP/1.1~Host: h~Origin: http://evil.example~Content-Type: text/plain~Content-Length: 1~~x => 403
            POST /v1/messages HTTP/1.1~Host: h~Origin: null~Content-Length: 1~~x => 403
            POST /v1/messages HTTP/1.1~Host: h~Origin: http://h:81~Content-Length: 1~~x => 403
            POST /v1/messages HTTP/1.1~Host: h~Sec-Fetch-Site: cross-site~Content-Length: 1~~x => 403
            POST /v1/messages HTTP/1.1~Host: h~Sec-Fetch-Site: same-site~Content-Length: 1~~x => 403
            POST /v1/messages HTTP/1.1~Host: evil.example~Origin: http://evil.example~Content-Length: 1~~x => 421
            POST /v1/guests HTTP/1.1~Host: evil.example~Accept-Encoding: gzip~Content-Length: 12~~{"name":"x"} => 421
            GET /v1/events HTTP/1.1~Host: evil.example~Accept-Encoding: gzip~~ => 421
            GET http://evil.example/v1/members HTTP/1.1~Host: 127.0.0.1~Accept-Encoding: gzip~~ => 421
            GET /v1/members HTTP/1.1~Host: h~Origin: http://evil.example~~ => 403
            GET /metrics HTTP/1.1~Host: h~Sec-Fetch-Site: cross-site~Sec-Fetch-Mode: no-cors~~ => 403
            OPTIONS /v1/messages HTTP/1.1~Host: h~Origin: http://evil.example~Access-Control-Request-Method: POST~~ => 403
            OPTIONS * HTTP/1.1~Host: h~Origin: http://evil.example~~ => 403
            POST /v1/members HTTP/1.1~Host: h~Origin: http://evil.example~Content-Type: application/vnd.norris.1~Content-Length: 1~~x => 403
            GET /v1/events HTTP/1.1~Host: h~Origin: http://evil.example~Upgrade: websocket~Connection: Upgrade~~ => 403
            """),
    ];

    private static IEnumerable<HostileCase> Contents(string target, string mediaType, string rows)
    {
        foreach (HostileCase row in HostileCase.Table($"{target}, {mediaType}", "{0}", rows))
        {
            yield return row with { Bytes = [.. Encoding.ASCII.GetBytes($"POST {target} HTTP/1.1\r\nHost: h\r\nContent-Type: {mediaType}\r\nContent-Length: {row.Bytes.Length}\r\n\r\n"), .. row.Bytes] };
        }
    }
}
