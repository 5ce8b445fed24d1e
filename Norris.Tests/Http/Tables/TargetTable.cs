namespace Norris.Tests.Http.Tables;

/// <summary>Request-targets (RFC 9112 section 3.2).</summary>
public static class TargetTable
{
    public static IEnumerable<object[]> Rows() =>
    [
        .. Table.Rows("{0} HTTP/1.1~Host: h~~", """
            # RFC 9112 3.2.1: origin-form = absolute-path [ "?" query ]
            GET / => GET /
            GET /a/b/c => GET /a/b/c
            GET // => GET //
            GET //h/a => GET //h/a
            GET /a/ => GET /a/
            GET /. => GET /.
            GET /../a => GET /../a
            GET /a? => GET /a
            GET /? => GET /
            GET /?a=b&c=d => GET /?a=b&c=d
            GET /?a?b/c => GET /?a?b/c
            GET /a:b@c => GET /a:b@c
            GET /-._\x7e => GET /-._\x7e
            GET /!$&'()*+,;= => GET /!$&'()*+,;=
            GET /%41%7e%2F => GET /%41%7e%2F
            GET /%00 => GET /%00
            GET /%ff%FE => GET /%ff%FE
            GET /?%20 => GET /?%20
            # what RFC 3986 does not allow
            GET /a#b => !TargetMalformed
            GET /# => !TargetMalformed
            GET /?a#b => !TargetMalformed
            GET /a|b => !TargetMalformed
            GET /a\x5cb => !TargetMalformed
            GET /a^b => !TargetMalformed
            GET /a`b => !TargetMalformed
            GET /{id} => !TargetMalformed
            GET /a[1] => !TargetMalformed
            GET /<a> => !TargetMalformed
            GET /"a" => !TargetMalformed
            GET /?a[]=1 => !TargetMalformed
            GET /?a|b => !TargetMalformed
            GET /?"a" => !TargetMalformed
            GET /a b => !TargetMalformed
            GET /\x01 => !TargetMalformed
            GET /\0 => !TargetMalformed
            GET /\t => !TargetMalformed
            GET /\x7f => !TargetMalformed
            GET /\xc3\xa9 => !TargetMalformed
            GET /?\xc3\xa9 => !TargetMalformed
            GET /\x80 => !TargetMalformed
            # pct-encoded = "%" HEXDIG HEXDIG
            GET /% => !PercentEncodingMalformed
            GET /%4 => !PercentEncodingMalformed
            GET /%4g => !PercentEncodingMalformed
            GET /%g4 => !PercentEncodingMalformed
            GET /%%41 => !PercentEncodingMalformed
            GET /a%/b => !PercentEncodingMalformed
            GET /%u0041 => !PercentEncodingMalformed
            GET /%-1 => !PercentEncodingMalformed
            GET /?% => !PercentEncodingMalformed
            GET /?a=%zz => !PercentEncodingMalformed
            GET /%41% => !PercentEncodingMalformed
            # 3.2.2: absolute-form; its authority goes before Host
            GET http://x/ => GET / @x
            GET http://x => GET / @x
            GET http://x/a?b => GET /a?b @x
            GET http://x?b => GET /?b @x
            GET http://x:8080/a => GET /a @x:8080
            GET http://[::1]/a => GET /a @[::1]
            GET http://[::1]:80/a => GET /a @[::1]:80
            GET https://x/a => GET /a @x
            GET HTTP://x/a => GET /a @x
            GET http://h/a => GET /a
            GET http:///a => !TargetMalformed
            GET http:// => !TargetMalformed
            GET http://?a => !TargetMalformed
            GET http:/a => !TargetMalformed
            GET http:a => !TargetMalformed
            GET http://u@x/ => !TargetMalformed
            GET http://u:p@x/ => !TargetMalformed
            GET http://x:y/ => !TargetMalformed
            GET http://x:99999/ => !TargetMalformed
            GET http://:80/ => !TargetMalformed
            GET http://[::1/ => !TargetMalformed
            GET http://[g::]/ => !TargetMalformed
            GET http://a b/ => !TargetMalformed
            GET http://x/a#b => !TargetMalformed
            GET http://x#b => !TargetMalformed
            GET http://x/% => !PercentEncodingMalformed
            GET http://%/ => !TargetMalformed
            GET ftp://x/a => !TargetMalformed
            GET ws://x/a => !TargetMalformed
            GET file:///etc/passwd => !TargetMalformed
            GET urn:a:b => !TargetMalformed
            GET x => !TargetMalformed
            GET a/b => !TargetMalformed
            GET ?a => !TargetMalformed
            GET .. => !TargetMalformed
            GET %2Fa => !TargetMalformed
            GET \x5ca => !TargetMalformed
            # 3.2.3: authority-form is for CONNECT
            GET h:80 => !TargetMalformed
            OPTIONS h:80 => !TargetMalformed
            # 3.2.4: asterisk-form is for OPTIONS
            OPTIONS * => OPTIONS *
            OPTIONS http://x => OPTIONS * @x
            OPTIONS http://x/ => OPTIONS / @x
            OPTIONS http://x?a => OPTIONS /?a @x
            OPTIONS /* => OPTIONS /*
            OPTIONS ** => !TargetMalformed
            OPTIONS *?a => !TargetMalformed
            OPTIONS */ => !TargetMalformed
            GET * => !TargetMalformed
            POST * => !TargetMalformed
            HEAD * => !TargetMalformed
            options * => !TargetMalformed
            """),
    ];
}
