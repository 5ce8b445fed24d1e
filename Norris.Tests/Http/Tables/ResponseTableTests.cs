using Norris.Http;

namespace Norris.Tests.Http.Tables;

public sealed class ResponseTableTests
{
    private static readonly HttpLimits _limits = new() { StartLineBytesMax = 80, FieldSectionBytesMax = 160, FieldLinesMax = 6, ContentBytesMax = 64 };

    [Theory]
    [MemberData(nameof(ResponseTable.Rows), MemberType = typeof(ResponseTable))]
    public void Response(string bytes, string expected) => Check(bytes, expected, RequestMethod.Get);

    [Theory]
    [MemberData(nameof(ResponseTable.HeadRows), MemberType = typeof(ResponseTable))]
    public void Response_to_head(string bytes, string expected) => Check(bytes, expected, RequestMethod.Head);

    private static void Check(string written, string expected, RequestMethod method)
    {
        byte[] bytes = Table.Bytes(written);
        Assert.Equal(expected, Transcript.OfResponses(bytes, _limits, method));
        Assert.Equal(expected, Transcript.OfResponses(bytes, _limits, method, [.. Enumerable.Range(1, bytes.Length)]));
        for (int cut = 1; cut < bytes.Length; cut++)
        {
            string actual = Transcript.OfResponses(bytes, _limits, method, cut);
            Assert.True(expected == actual, $"Cut at {cut}: {actual}");
        }
    }
}
