using Norris.Http;

namespace Norris.Tests.Http.Tables;

public sealed class RequestTableTests
{
    /// <summary>Small, so that rows about limits are short.</summary>
    private static readonly HttpLimits _limits = new()
    {
        StartLineBytesMax = 120,
        FieldSectionBytesMax = 200,
        FieldLinesMax = 8,
        ContentBytesMax = 64,
        ChunkExtensionBytesMax = 24,
        ChunkExtensionBytesTotalMax = 40,
    };

    [Theory]
    [MemberData(nameof(RequestLineTable.Rows), MemberType = typeof(RequestLineTable))]
    public void Request_line(string bytes, string expected) => Check(bytes, expected);

    [Theory]
    [MemberData(nameof(TargetTable.Rows), MemberType = typeof(TargetTable))]
    public void Request_target(string bytes, string expected) => Check(bytes, expected);

    [Theory]
    [MemberData(nameof(HostTable.Rows), MemberType = typeof(HostTable))]
    public void Host(string bytes, string expected) => Check(bytes, expected);

    [Theory]
    [MemberData(nameof(FieldLineTable.Rows), MemberType = typeof(FieldLineTable))]
    public void Field_line(string bytes, string expected) => Check(bytes, expected);

    [Theory]
    [MemberData(nameof(FramingTable.Rows), MemberType = typeof(FramingTable))]
    public void Framing(string bytes, string expected) => Check(bytes, expected);

    [Theory]
    [MemberData(nameof(ChunkedTable.Rows), MemberType = typeof(ChunkedTable))]
    public void Chunked(string bytes, string expected) => Check(bytes, expected);

    [Theory]
    [MemberData(nameof(SmugglingTable.Rows), MemberType = typeof(SmugglingTable))]
    public void Smuggling(string bytes, string expected) => Check(bytes, expected);

    [Theory]
    [MemberData(nameof(LimitTable.Rows), MemberType = typeof(LimitTable))]
    public void Limit(string bytes, string expected) => Check(bytes, expected);

    /// <summary>Whole, byte by byte, and in two parts cut at every place: always the same.</summary>
    private static void Check(string written, string expected)
    {
        byte[] bytes = Table.Bytes(written);
        Assert.Equal(expected, Transcript.OfRequests(bytes, _limits));
        Assert.Equal(expected, Transcript.OfRequests(bytes, _limits, [.. Enumerable.Range(1, bytes.Length)]));
        for (int cut = 1; cut < bytes.Length; cut++)
        {
            string actual = Transcript.OfRequests(bytes, _limits, cut);
            Assert.True(expected == actual, $"Cut at {cut}: {actual}");
        }
    }
}
