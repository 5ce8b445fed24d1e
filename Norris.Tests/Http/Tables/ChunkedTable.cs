namespace Norris.Tests.Http.Tables;

/// <summary>The chunked transfer coding (RFC 9112 section 7.1).</summary>
public static class ChunkedTable
{
    public static IEnumerable<object[]> Rows() =>
    [
        .. Table.Rows("POST / HTTP/1.1~Host: h~Transfer-Encoding: chunked~~{0}", """
            # RFC 9112 7.1: chunk-size CRLF chunk-data CRLF, and a last chunk
            0~~ => POST / ""
            3~abc~0~~ => POST / "abc"
            3~abc~2~de~0~~ => POST / "abcde"
            1~a~1~b~1~c~0~~ => POST / "abc"
            a~0123456789~0~~ => POST / "0123456789"
            A~0123456789~0~~ => POST / "0123456789"
            00003~abc~0~~ => POST / "abc"
            0000000000000003~abc~0~~ => POST / "abc"
            3~abc~0000~~ => POST / "abc"
            3~a~~0~~ => POST / "a~"
            2~~~0~~ => POST / "~"
            6~0~0~~0~~ => POST / "0~0~"
            3~abc~0~~GET /b HTTP/1.1~Host: h~~ => POST / "abc" ; GET /b
            # unfinished
             => POST / ; ...
            3 => POST / ; ...
            3\r => POST / ; ...
            3~ => POST / ; ...
            3~ab => POST / ; ...
            3~abc => POST / ; ...
            3~abc\r => POST / ; ...
            3~abc~ => POST / ; ...
            3~abc~0 => POST / ; ...
            3~abc~0~ => POST / ; ...
            3~abc~0~\r => POST / ; ...
            # chunk-size = 1*HEXDIG
            ~abc => POST / ; !ChunkSizeMalformed
            g~~ => POST / ; !ChunkSizeMalformed
            0x3~abc~0~~ => POST / ; !ChunkSizeMalformed
            x3~abc~0~~ => POST / ; !ChunkSizeMalformed
            +3~abc~0~~ => POST / ; !ChunkSizeMalformed
            -3~abc~0~~ => POST / ; !ChunkSizeMalformed
            -0~~ => POST / ; !ChunkSizeMalformed
            3h~abc~0~~ => POST / ; !ChunkSizeMalformed
            3.0~abc~0~~ => POST / ; !ChunkSizeMalformed
            3,~abc~0~~ => POST / ; !ChunkSizeMalformed
            1_0~abc~0~~ => POST / ; !ChunkSizeMalformed
            \s3~abc~0~~ => POST / ; !ChunkSizeMalformed
            \t3~abc~0~~ => POST / ; !ChunkSizeMalformed
            3\s~abc~0~~ => POST / ; !ChunkSizeMalformed
            3\t~abc~0~~ => POST / ; !ChunkSizeMalformed
            3 3~abc~0~~ => POST / ; !ChunkSizeMalformed
            3\0~abc~0~~ => POST / ; !ChunkSizeMalformed
            3\x0b~abc~0~~ => POST / ; !ChunkSizeMalformed
            \xef\xbc\x93~abc~0~~ => POST / ; !ChunkSizeMalformed
            "3"~abc~0~~ => POST / ; !ChunkSizeMalformed
            # overflow
            41~ => POST / ; !ContentTooLarge
            ffffffff~ => POST / ; !ContentTooLarge
            100000003~abc~0~~ => POST / ; !ContentTooLarge
            7fffffffffffffff~ => POST / ; !ContentTooLarge
            8000000000000000~ => POST / ; !ChunkSizeMalformed
            ffffffffffffffff~ => POST / ; !ChunkSizeMalformed
            fffffffffffffffd~abc~0~~ => POST / ; !ChunkSizeMalformed
            10000000000000003~abc~0~~ => POST / ; !ChunkSizeMalformed
            00000000000000003~abc~0~~ => POST / ; !ChunkSizeMalformed
            3~abc~7ffffffffffffffe~ => POST / ; !ContentTooLarge
            20~01234567890123456789012345678901~21~ => POST / ; !ContentTooLarge
            # lines end with CRLF
            3\nabc~0~~ => POST / ; !BareLineFeed
            3~abc\n0~~ => POST / ; !ChunkDataMalformed
            3~abc~0\n~ => POST / ; !BareLineFeed
            3~abc~0~\n => POST / ; !BareLineFeed
            3\rabc~0~~ => POST / ; !BareCarriageReturn
            3\r\r\nabc~0~~ => POST / ; !BareCarriageReturn
            3~abc\r\r\n0~~ => POST / ; !ChunkDataMalformed
            3~abc\rX0~~ => POST / ; !ChunkDataMalformed
            # data as long as the size says
            3~abcd~0~~ => POST / ; !ChunkDataMalformed
            3~abc0~~ => POST / ; !ChunkDataMalformed
            3~ab~0~~ => POST / ; !ChunkDataMalformed
            3~a~b~0~~ => POST / ; !ChunkDataMalformed
            3~abc~~0~~ => POST / ; !ChunkSizeMalformed
            # 7.1.1: extensions are ignored
            3;a~abc~0~~ => POST / "abc"
            3;a=b~abc~0~~ => POST / "abc"
            3;a="b c"~abc~0~~ => POST / "abc"
            3;a;b=c~abc~0;z~~ => POST / "abc"
            3 ; a = b~abc~0~~ => POST / "abc"
            3\t;a~abc~0~~ => POST / "abc"
            3;~abc~0~~ => POST / "abc"
            3;\xff~abc~0~~ => POST / "abc"
            3;a\nb~abc~0~~ => POST / ; !BareLineFeed
            3;\nabc~0~~ => POST / ; !BareLineFeed
            3;a="\n"~abc~0~~ => POST / ; !BareLineFeed
            3;a\rb~abc~0~~ => POST / ; !BareCarriageReturn
            3;a="\r"~abc~0~~ => POST / ; !BareCarriageReturn
            3;a\0~abc~0~~ => POST / ; !ChunkExtensionMalformed
            3;\x0b~abc~0~~ => POST / ; !ChunkExtensionMalformed
            3;a\x7f~abc~0~~ => POST / ; !ChunkExtensionMalformed
            3 a~abc~0~~ => POST / ; !ChunkSizeMalformed
            3=a~abc~0~~ => POST / ; !ChunkSizeMalformed
            3;01234567890123456789012~abc~0~~ => POST / "abc"
            3;0123456789012345678901234~abc~0~~ => POST / ; !ChunkExtensionMalformed
            3;0123456789012345678901234567890123456789012345 => POST / ; !ChunkExtensionMalformed
            1;0123456789012~a~1;0123456789012~b~1;0123456789~c~0~~ => POST / "abc"
            1;0123456789012~a~1;0123456789012~b~1;0123456789012~c~0~~ => POST / ; !ChunkExtensionMalformed
            # 7.1.2: trailers; those that would frame or route mean nothing
            0~A: b~~ => POST / "" {a=b}
            3~abc~0~A: b~C: d~~ => POST / "abc" {a=b, c=d}
            3~abc~0~A:~~ => POST / "abc" {a=}
            0~Content-Length: 5~~GET /b HTTP/1.1~Host: h~~ => POST / "" ; GET /b
            0~Transfer-Encoding: gzip~Host: x~~GET /b HTTP/1.1~Host: h~~ => POST / "" ; GET /b
            0~A: b => POST / ; ...
            0~A: b~ => POST / ; ...
            0~A~~ => POST / ; !FieldNameMalformed
            0~A : b~~ => POST / ; !FieldNameMalformed
            0~: b~~ => POST / ; !FieldNameMalformed
            0~ A: b~~ => POST / ; !LineFolded
            0~A: b~ c~~ => POST / ; !LineFolded
            0~A: \0~~ => POST / ; !FieldValueMalformed
            0~A: b\n~ => POST / ; !BareLineFeed
            0~A: b\rc~~ => POST / ; !BareCarriageReturn
            0~A: b~GET /b HTTP/1.1~~ => POST / ; !FieldNameMalformed
            0~A:1~A:2~A:3~A:4~A:5~A:6~A:7~A:8~~ => POST / "" {a=1, a=2, a=3, a=4, a=5, a=6, a=7, a=8}
            0~A:1~A:2~A:3~A:4~A:5~A:6~A:7~A:8~A:9~~ => POST / ; !FieldLinesTooMany
            0~A: xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx~~ => POST / "" {a=xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx}
            0~A: xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx~~ => POST / ; !FieldSectionTooLarge
            """),
    ];
}
