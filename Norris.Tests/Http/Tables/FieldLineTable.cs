namespace Norris.Tests.Http.Tables;

/// <summary>Field lines (RFC 9112 section 5, RFC 9110 section 5).</summary>
public static class FieldLineTable
{
    public static IEnumerable<object[]> Rows() =>
    [
        .. Table.Rows("GET / HTTP/1.1~Host: h~{0}~~", """
            # RFC 9112 5: field-name ":" OWS field-value OWS
            X: y => GET / (x=y)
            X:y => GET / (x=y)
            X:  y => GET / (x=y)
            X:\ty => GET / (x=y)
            X: \t y \t\s => GET / (x=y)
            X: => GET / (x=)
            X:\s\t => GET / (x=)
            X: a b => GET / (x=a b)
            X: a\tb => GET / (x=a	b)
            X: a:b => GET / (x=a:b)
            X:: => GET / (x=:)
            X: "a, b" => GET / (x="a, b")
            X: a~X: b => GET / (x=a, x=b)
            x-A-1: y => GET / (x-a-1=y)
            !#$%&'*+-.^_`|\x7e: y => GET / (!#$%&'*+-.^_`|\x7e=y)
            # obs-text is opaque
            X: \xc3\xa9 => GET / (x=Ã©)
            X: \x80\xff => GET / (x=ÿ)
            # 5.1: no white space between name and colon
            X : y => !FieldNameMalformed
            X\t: y => !FieldNameMalformed
            X y: z => !FieldNameMalformed
            X => !FieldNameMalformed
            : y => !FieldNameMalformed
            : => !FieldNameMalformed
            X\0: y => !FieldNameMalformed
            X\x0b: y => !FieldNameMalformed
            X\x7f: y => !FieldNameMalformed
            X\xc3\xa9: y => !FieldNameMalformed
            X/Y: z => !FieldNameMalformed
            X(Y): z => !FieldNameMalformed
            X,Y: z => !FieldNameMalformed
            X;Y: z => !FieldNameMalformed
            X=Y: z => !FieldNameMalformed
            X?Y: z => !FieldNameMalformed
            X@Y: z => !FieldNameMalformed
            X[Y]: z => !FieldNameMalformed
            X{Y}: z => !FieldNameMalformed
            X<Y>: z => !FieldNameMalformed
            X"Y": z => !FieldNameMalformed
            X\x5cY: z => !FieldNameMalformed
            GET / HTTP/1.1 => !FieldNameMalformed
            # 5.2: obs-fold
            X: a~ b => !LineFolded
            X: a~\tb => !LineFolded
            X: a~ b: c => !LineFolded
            X: a~\s => !LineFolded
            X: a~\t => !LineFolded
            X:~ a => !LineFolded
            # 5: no CR, LF or NUL; RFC 9110 5.5: nor other control characters
            X: a\0b => !FieldValueMalformed
            X: a\x01b => !FieldValueMalformed
            X: a\x02b => !FieldValueMalformed
            X: a\x03b => !FieldValueMalformed
            X: a\x04b => !FieldValueMalformed
            X: a\x05b => !FieldValueMalformed
            X: a\x06b => !FieldValueMalformed
            X: a\x07b => !FieldValueMalformed
            X: a\x08b => !FieldValueMalformed
            X: a\x0bb => !FieldValueMalformed
            X: a\x0cb => !FieldValueMalformed
            X: a\x0eb => !FieldValueMalformed
            X: a\x1bb => !FieldValueMalformed
            X: a\x1fb => !FieldValueMalformed
            X: a\x7fb => !FieldValueMalformed
            X: \0 => !FieldValueMalformed
            X: a\rb => !BareCarriageReturn
            X: a\r => !BareCarriageReturn
            X: \ra => !BareCarriageReturn
            X\r: a => !BareCarriageReturn
            X: a\nb => !BareLineFeed
            X: a\n => !BareLineFeed
            X: a\nY: b => !BareLineFeed
            X: a\n b => !BareLineFeed
            X: a\r\r\nY: b => !BareCarriageReturn
            X: a\n\r\nY: b => !BareLineFeed
            \nX: a => !BareLineFeed
            \rX: a => !BareCarriageReturn
            """),
        .. Table.Rows("{0}", """
            # 2.2: white space before the first field line
            GET / HTTP/1.1~ Host: h~~ => !LineFolded
            GET / HTTP/1.1~\tHost: h~~ => !LineFolded
            GET / HTTP/1.1~ ~Host: h~~ => !LineFolded
            GET / HTTP/1.1~Host: h~ ~ => !LineFolded
            GET / HTTP/1.1~Host: h~\t~~ => !LineFolded
            """),
    ];
}
