namespace Norris.Tests.Http.Tables;

/// <summary>Messages about whose end two readers might disagree: none may pass.</summary>
public static class SmugglingTable
{
    public static IEnumerable<object[]> Rows() =>
    [
        .. Table.Rows("POST / HTTP/1.1~Host: h~{0}", """
            # CL.TE and TE.CL: both fields (RFC 9112 6.3, 3)
            Content-Length: 6~Transfer-Encoding: chunked~~0~~G => !LengthAndTransferCoding
            Transfer-Encoding: chunked~Content-Length: 3~~8~SMUGGLED~0~~ => !LengthAndTransferCoding
            Transfer-Encoding: chunked~Content-Length: 0~~0~~ => !LengthAndTransferCoding
            Content-Length: 5~Transfer-Encoding: identity~~hello => !LengthAndTransferCoding
            Content-Length: 5~Transfer-Encoding:~~hello => !LengthAndTransferCoding
            Content-Length: a~Transfer-Encoding: chunked~~0~~ => !LengthAndTransferCoding
            Content-Length: 5~Content-Length: 5~Transfer-Encoding: chunked~~0~~ => !LengthAndTransferCoding
            # TE.TE: a second reader might not see this one
            Transfer-Encoding : chunked~~0~~ => !FieldNameMalformed
            Transfer-Encoding\t: chunked~~0~~ => !FieldNameMalformed
            \sTransfer-Encoding: chunked~~0~~ => !LineFolded
            X: y~ Transfer-Encoding: chunked~~0~~ => !LineFolded
            X: y\nTransfer-Encoding: chunked~~0~~ => !BareLineFeed
            X: y\rTransfer-Encoding: chunked~~0~~ => !BareCarriageReturn
            Transfer-Encoding: \x0bchunked~~0~~ => !FieldValueMalformed
            Transfer-Encoding:\x0bchunked~~0~~ => !FieldValueMalformed
            Transfer-Encoding: \x0cchunked~~0~~ => !FieldValueMalformed
            Transfer-Encoding: chunked\x0b~~0~~ => !FieldValueMalformed
            Transfer-Encoding: \0chunked~~0~~ => !FieldValueMalformed
            Transfer-Encoding: chunked\0~~0~~ => !FieldValueMalformed
            Transfer-Encoding: ch\0unked~~0~~ => !FieldValueMalformed
            Transfer-Encoding: \x01chunked~~0~~ => !FieldValueMalformed
            Transfer-Encoding: \x7fchunked~~0~~ => !FieldValueMalformed
            Transfer-Encoding: \xa0chunked~~0~~ => !TransferCodingMalformed
            Transfer-Encoding: chunked\xa0~~0~~ => !TransferCodingMalformed
            Transfer-Encoding: \x85chunked~~0~~ => !TransferCodingMalformed
            Transfer-Encoding: \xffchunked~~0~~ => !TransferCodingMalformed
            Transfer-Encoding:\r chunked~~0~~ => !BareCarriageReturn
            Transfer-Encoding:\n chunked~~0~~ => !BareLineFeed
            Transfer-Encoding:~ chunked~~0~~ => !LineFolded
            Transfer-Encoding: chunked~ , identity~~0~~ => !LineFolded
            Transfer\x00-Encoding: chunked~~0~~ => !FieldNameMalformed
            Transfer-Encoding\x00: chunked~~0~~ => !FieldNameMalformed
            Transfer-Encoding\xa0: chunked~~0~~ => !FieldNameMalformed
            Transfer-Encoding\x0b: chunked~~0~~ => !FieldNameMalformed
            "Transfer-Encoding": chunked~~0~~ => !FieldNameMalformed
            Transfer-Encoding: cow~Transfer-Encoding: chunked~~0~~ => !TransferCodingMalformed
            Transfer-Encoding: chunked~Transfer-Encoding: cow~~0~~ => !TransferCodingMalformed
            Transfer-Encoding: chunked~transfer-encoding: x~~0~~ => !TransferCodingMalformed
            Transfer-Encoding: chunk~Transfer-Encoding: ed~~0~~ => !TransferCodingMalformed
            Transfer-Encoding: chun\tked~~0~~ => !TransferCodingMalformed
            Transfer-Encoding: chunked\tchunked~~0~~ => !TransferCodingMalformed
            # what looks alike is another field: no content, and the rest is the next request
            Transfer_Encoding: chunked~~0~~ => POST / (transfer_encoding=chunked) ; !RequestLineMalformed
            Transfer-Encoding-: chunked~~0~~ => POST / (transfer-encoding-=chunked) ; !RequestLineMalformed
            Content_Length: 3~~abc~~ => POST / (content_length=3) ; !RequestLineMalformed
            # CL.CL
            Content-Length: 5~Content-Length: 6~~hello! => !LengthRepeated
            Content-Length : 5~~hello => !FieldNameMalformed
            Content-Length\t: 5~~hello => !FieldNameMalformed
            \sContent-Length: 5~~hello => !LineFolded
            Content-Length: 5\r5~~hello => !BareCarriageReturn
            Content-Length: 5\n~~hello => !BareLineFeed
            Content-Length: \x0b5~~hello => !FieldValueMalformed
            Content-Length: 5\x0c~~hello => !FieldValueMalformed
            Content-Length: \xa05~~hello => !LengthMalformed
            Content-Length: 5\xa0~~hello => !LengthMalformed
            # a request within the content stays content
            Content-Length: 30~~GET /b HTTP/1.1~Host: h~~.. => POST / "GET /b HTTP/1.1~Host: h~~.."
            Transfer-Encoding: chunked~~1e~GET /b HTTP/1.1~Host: h~~..~0~~ => POST / "GET /b HTTP/1.1~Host: h~~.."
            # chunked tricks (TERM.EXT, EXT.TERM, TERM.SPILL, SPILL.TERM, ZERO.TERM)
            Transfer-Encoding: chunked~~2;\nxx~1~y~0~~ => POST / ; !BareLineFeed
            Transfer-Encoding: chunked~~2;\rxx~1~y~0~~ => POST / ; !BareCarriageReturn
            Transfer-Encoding: chunked~~2\nxx~0~~ => POST / ; !BareLineFeed
            Transfer-Encoding: chunked~~5~AAAAAXX2~0~~ => POST / ; !ChunkDataMalformed
            Transfer-Encoding: chunked~~5~AAAAA\n2~xx~0~~ => POST / ; !ChunkDataMalformed
            Transfer-Encoding: chunked~~5~AAAAA\r2~xx~0~~ => POST / ; !ChunkDataMalformed
            Transfer-Encoding: chunked~~0\r\rGET / HTTP/1.1~~ => POST / ; !BareCarriageReturn
            Transfer-Encoding: chunked~~0~X~~ => POST / ; !FieldNameMalformed
            Transfer-Encoding: chunked~~0~GET /b HTTP/1.1~Host: h~~ => POST / ; !FieldNameMalformed
            """),
    ];
}
