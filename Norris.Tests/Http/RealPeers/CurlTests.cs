namespace Norris.Tests.Http.RealPeers;

public sealed class CurlTests
{
    [ToolFact("curl")]
    public async Task Gets_content_and_keeps_the_connection()
    {
        await using LoopbackServer server = new(TestSite.Create().HandleAsync);
        string output = await CurlAsync("-v", server.Url + "/hello", server.Url + "/hello");
        Assert.Contains("hellohello", output);
        Assert.Matches("Re-using existing (http: )?connection", output);
    }

    [ToolFact("curl")]
    public async Task Heads()
    {
        await using LoopbackServer server = new(TestSite.Create().HandleAsync);
        string output = await CurlAsync("-I", server.Url + "/hello");
        Assert.Contains("Content-Length: 5", output);
        Assert.DoesNotContain("hello", output);
    }

    [ToolFact("curl")]
    public async Task Posts_with_a_length()
    {
        await using LoopbackServer server = new(TestSite.Create().HandleAsync);
        Assert.EndsWith("hi there", await CurlAsync("-d", "hi there", server.Url + "/collect"));
    }

    [ToolFact("curl")]
    public async Task Posts_in_chunks()
    {
        await using LoopbackServer server = new(TestSite.Create().HandleAsync);
        Assert.EndsWith("hi", await CurlAsync("-H", "Transfer-Encoding: chunked", "-d", "hi", server.Url + "/collect"));
    }

    [ToolFact("curl")]
    public async Task Uploads_a_stream_of_unknown_length_and_hears_it_back()
    {
        await using LoopbackServer server = new(TestSite.Create().HandleAsync);
        string input = string.Concat(Enumerable.Range(0, 100_000).Select(each => $"{each}\n"));
        (int status, string output, string errors) = await Tool.RunAsync("curl", input, "-sS", "-T", "-", server.Url + "/echo");
        Assert.Equal((0, ""), (status, errors));
        Assert.Equal(input, output);
        Assert.Empty(server.Failures);
    }

    [ToolFact("curl")]
    public async Task Waits_for_100_continue()
    {
        await using LoopbackServer server = new(TestSite.Create().HandleAsync);
        string output = await CurlAsync("-v", "--expect100-timeout", "30", "-H", "Expect: 100-continue", "-d", "patience", server.Url + "/collect");
        Assert.Contains("100 Continue", output);
        Assert.Contains("patience", output);
    }

    [ToolFact("curl")]
    public async Task Speaks_http_1_0()
    {
        await using LoopbackServer server = new(TestSite.Create().HandleAsync);
        string output = await CurlAsync("--http1.0", "-v", server.Url + "/stream");
        Assert.Contains("Connection: close", output);
        Assert.DoesNotContain("chunked", output);
        Assert.Contains(string.Concat(Enumerable.Repeat("line\n", 10)), output);
    }

    [ToolFact("curl")]
    public async Task Streams_with_a_trailer()
    {
        await using LoopbackServer server = new(TestSite.Create().HandleAsync);
        string output = await CurlAsync("-i", server.Url + "/stream");
        Assert.Contains("Transfer-Encoding: chunked", output);
        Assert.Contains("X-Lines: 10", output);
    }

    [ToolFact("curl")]
    public async Task Is_told_what_to_do()
    {
        await using LoopbackServer server = new(TestSite.Create().HandleAsync);
        Assert.Contains("\"status\":404", await CurlAsync(server.Url + "/nothing"));
        Assert.Contains("Allow: GET, HEAD, OPTIONS", await CurlAsync("-i", "-X", "DELETE", server.Url + "/hello"));
        Assert.Contains("Allow: ", await CurlAsync("-i", "-X", "OPTIONS", "--request-target", "*", server.Url));
        Assert.Contains("a/b", await CurlAsync(server.Url + "/items/a%2Fb"));
        Assert.Contains("hello", await CurlAsync("-x", server.Url, "http://example.org/hello"));
    }

    private static async Task<string> CurlAsync(params string[] arguments)
    {
        (int status, string output, string errors) = await Tool.RunAsync("curl", "", ["-sS", .. arguments]);
        Assert.True(status == 0, $"curl {status}: {errors}");
        return errors + output;
    }
}
