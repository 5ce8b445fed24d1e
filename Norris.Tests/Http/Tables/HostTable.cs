namespace Norris.Tests.Http.Tables;

/// <summary>Host (RFC 9110 section 7.2, RFC 9112 section 3.2).</summary>
public static class HostTable
{
    public static IEnumerable<object[]> Rows() =>
    [
        .. Table.Rows("GET / HTTP/1.1~{0}~", """
            # RFC 9112 3.2: exactly one, and valid
            Host: h~ => GET /
            host: h~ => GET /
            HOST: h~ => GET /
            hOsT:h~ => GET /
            Host:\t h \t~ => GET /
             => !HostMissing
            X: y~ => !HostMissing
            Hosts: h~ => !HostMissing
            Host: h~Host: h~ => !HostRepeated
            Host: h~Host: x~ => !HostRepeated
            Host: h~X: y~host: h~ => !HostRepeated
            Host: h~HOST: ~ => !HostRepeated
            # uri-host [ ":" port ]
            Host: example.org~ => GET / @example.org
            Host: EXAMPLE.org~ => GET / @EXAMPLE.org
            Host: example.org.~ => GET / @example.org.
            Host: example.org:80~ => GET / @example.org:80
            Host: example.org:~ => GET / @example.org:
            Host: example.org:0~ => GET / @example.org:0
            Host: example.org:65535~ => GET / @example.org:65535
            Host: example.org:00080~ => GET / @example.org:00080
            Host: 127.0.0.1~ => GET / @127.0.0.1
            Host: 127.0.0.1:7000~ => GET / @127.0.0.1:7000
            Host: a_b~ => GET / @a_b
            Host: a%41~ => GET / @a%41
            Host: xn--bcher-kva.example~ => GET / @xn--bcher-kva.example
            Host: [::1]~ => GET / @[::1]
            Host: [::1]:7000~ => GET / @[::1]:7000
            Host: [2001:db8::A]~ => GET / @[2001:db8::A]
            Host: [::ffff:127.0.0.1]~ => GET / @[::ffff:127.0.0.1]
            # an empty Host is what a client sends whose target has no authority
            Host:~ => GET / @
            Host: \t~ => GET / @
            Host: :80~ => !HostMalformed
            Host: :~ => !HostMalformed
            Host: h:65536~ => !HostMalformed
            Host: h:000080~ => !HostMalformed
            Host: h:8o~ => !HostMalformed
            Host: h:-1~ => !HostMalformed
            Host: h:+80~ => !HostMalformed
            Host: h:80:80~ => !HostMalformed
            Host: h: 80~ => !HostMalformed
            Host: h :80~ => !HostMalformed
            Host: h,x~ => GET / @h,x
            Host: h x~ => !HostMalformed
            Host: h\tx~ => !HostMalformed
            Host: h/~ => !HostMalformed
            Host: h/a~ => !HostMalformed
            Host: h?a~ => !HostMalformed
            Host: h#a~ => !HostMalformed
            Host: h\x5c~ => !HostMalformed
            Host: u@h~ => !HostMalformed
            Host: http://h~ => !HostMalformed
            Host: //h~ => !HostMalformed
            Host: <h>~ => !HostMalformed
            Host: "h"~ => !HostMalformed
            Host: h|x~ => !HostMalformed
            Host: h%~ => !HostMalformed
            Host: h%4~ => !HostMalformed
            Host: h%zz~ => !HostMalformed
            Host: h\xc3\xa9~ => !HostMalformed
            Host: h\x80~ => !HostMalformed
            Host: ::1~ => !HostMalformed
            Host: [::1~ => !HostMalformed
            Host: ::1]~ => !HostMalformed
            Host: []~ => !HostMalformed
            Host: [h]~ => !HostMalformed
            Host: [127.0.0.1]~ => !HostMalformed
            Host: [::g]~ => !HostMalformed
            Host: [::1]x~ => !HostMalformed
            Host: [::1]80~ => !HostMalformed
            Host: [fe80::1%25eth0]~ => !HostMalformed
            Host: [v1.a]~ => !HostMalformed
            Host: [1:2:3:4:5:6:7:8:9]~ => !HostMalformed
            Host: x[::1]~ => !HostMalformed
            """),
        .. Table.Rows("GET / HTTP/1.0~{0}~", """
            # HTTP/1.0 may leave it out, but not get it wrong
             => GET / @ 1.0
            Host: h~ => GET / 1.0
            Host: h~Host: h~ => !HostRepeated
            Host: h/~ => !HostMalformed
            """),
    ];
}
