using System.Buffers;
using System.Text;
using Microsoft.Extensions.Time.Testing;
using Norris.Http;
using Norris.Transport;

namespace Norris.Tests.Http;

public sealed class HttpClientConnectionTests
{
    private static readonly HttpRequest _get = new(RequestMethod.Get, "/a?b");

    [Fact]
    public async Task Says_what_it_was_told_to_say()
    {
        await using Talk talk = new();
        HttpRequest request = new HttpRequest(RequestMethod.Post, "/v1/messages") { Content = "hi"u8.ToArray(), MediaType = "text/plain" }
            .AddHeader("X-A", "b");
        Assert.True(await talk.Client.SendAsync(request));
        Assert.Equal(
            "POST /v1/messages HTTP/1.1\r\nHost: h:80\r\nContent-Type: text/plain\r\nX-A: b\r\nContent-Length: 2\r\n\r\nhi",
            await talk.Server.ReadUntilAsync("hi"));
    }

    [Fact]
    public async Task Passes_over_interim_responses_and_keeps_the_connection()
    {
        await using Talk talk = new();
        for (int round = 0; round < 3; round++)
        {
            await talk.Client.SendAsync(_get);
            await talk.Server.SendAsync(
                "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
            Assert.Equal(RequestOutcome.Answered, await talk.Client.ReadHeadAsync());
            Assert.False(talk.Client.Headers.TryGet("link"u8, out _));
            Assert.Equal("ok", Encoding.ASCII.GetString((await talk.Client.ReadAllContentAsync(10)).Buffer));
            Assert.True(await talk.Client.SkipContentAsync(0));
        }
    }

    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok")]
    [InlineData("HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok")]
    [InlineData("HTTP/1.1 200 OK\r\n\r\nok")]
    public async Task Sends_no_more_on_a_connection_that_ends(string response)
    {
        await using Talk talk = new();
        await talk.Client.SendAsync(_get);
        await talk.Server.SendAsync(response);
        talk.Server.Finish();
        Assert.Equal(RequestOutcome.Answered, await talk.Client.ReadHeadAsync());
        Assert.Equal("ok", Encoding.ASCII.GetString((await talk.Client.ReadAllContentAsync(10)).Buffer));
        Assert.False(await talk.Client.SkipContentAsync(0));
        await Assert.ThrowsAsync<InvalidOperationException>(async () => await talk.Client.SendAsync(_get));
    }

    [Fact]
    public async Task Hears_a_server_that_answers_and_closes_before_it_was_asked()
    {
        await using Talk talk = new();
        var closed = new TaskCompletionSource();
        using CancellationTokenRegistration told = talk.Client.Closed.Register(closed.SetResult);
        await talk.Server.SendAsync("HTTP/1.1 429 Too Many Requests\r\nConnection: close\r\nContent-Length: 0\r\n\r\n");
        talk.Server.Finish();
        await closed.Task;
        await talk.Client.SendAsync(_get);
        Assert.Equal(RequestOutcome.Answered, await talk.Client.ReadHeadAsync());
        Assert.Equal(429, talk.Client.Status);
    }

    [Theory]
    [InlineData("")]
    [InlineData("HTTP/1.1 200 OK\r\n")]
    [InlineData("HTTP/1.1 100 Continue\r\n\r\n")]
    public async Task Says_that_the_server_left_without_an_answer(string heard)
    {
        await using Talk talk = new();
        await talk.Client.SendAsync(_get);
        await talk.Server.SendAsync(heard);
        talk.Server.Finish();
        Assert.Equal(RequestOutcome.Reset, await talk.Client.ReadHeadAsync());
        Assert.False(talk.Client.CanSend);
    }

    [Fact]
    public async Task Says_why_a_response_is_malformed()
    {
        await using Talk talk = new();
        await talk.Client.SendAsync(_get);
        await talk.Server.SendAsync("HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n");
        Assert.Equal(RequestOutcome.MalformedResponse, await talk.Client.ReadHeadAsync());
        Assert.Equal(RejectionReason.LengthRepeated, talk.Client.Rejection);
    }

    [Fact]
    public async Task Does_not_take_a_broken_connection_for_the_end_of_the_content()
    {
        await using Talk talk = new();
        await talk.Client.SendAsync(_get);
        await talk.Server.SendAsync("HTTP/1.1 200 OK\r\n\r\nhalf");
        Assert.Equal(RequestOutcome.Answered, await talk.Client.ReadHeadAsync());
        talk.Server.Connection.Abort();
        Assert.Equal(RejectionReason.MessageTruncated, (await talk.Client.ReadAllContentAsync(10)).Rejection);
    }

    [Fact]
    public async Task Can_be_cancelled_and_read_on()
    {
        await using Talk talk = new();
        await talk.Client.SendAsync(_get);
        await talk.Server.SendAsync("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
        Assert.Equal(RequestOutcome.Answered, await talk.Client.ReadHeadAsync());
        using CancellationTokenSource cancel = new();
        Task<ContentRead> reading = talk.Client.ReadContentAsync(cancel.Token).AsTask();
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => reading);
        await talk.Server.SendAsync("2\r\nok\r\n0\r\n\r\n");
        Assert.Equal("ok", Encoding.ASCII.GetString((await talk.Client.ReadAllContentAsync(10)).Buffer));
    }

    [Theory]
    [InlineData("a")]
    [InlineData("")]
    [InlineData("/a b")]
    [InlineData("/a\r\nX: y")]
    [InlineData("/%")]
    [InlineData("http://h/")]
    public void Refuses_targets_that_would_break_the_request(string target) =>
        Assert.Throws<ArgumentException>(() => new HttpRequest(RequestMethod.Get, target));

    [Theory]
    [InlineData("X", "a\r\nY: b")]
    [InlineData("X", "a\nb")]
    [InlineData("X:", "a")]
    [InlineData("", "a")]
    [InlineData("Content-Length", "1")]
    [InlineData("Transfer-Encoding", "chunked")]
    public void Refuses_fields_that_would_break_the_request(string name, string value) =>
        Assert.Throws<ArgumentException>(() => new HttpRequest(RequestMethod.Get, "/").AddHeader(name, value));

    [Fact]
    public void Problems_are_escaped()
    {
        ArrayBufferWriter<byte> output = new();
        ProblemDetails.Write(output, 400, "say \"hi\"\n<\u202e>");
        using System.Text.Json.JsonDocument json = System.Text.Json.JsonDocument.Parse(output.WrittenMemory);
        Assert.Equal("say \"hi\"\n<\u202e>", json.RootElement.GetProperty("detail").GetString());
        Assert.Equal(("about:blank", "Bad Request", 400), (
            json.RootElement.GetProperty("type").GetString(),
            json.RootElement.GetProperty("title").GetString(),
            json.RootElement.GetProperty("status").GetInt32()));
    }

    private sealed class Talk : IAsyncDisposable
    {
        public Talk()
        {
            FakeTimeProvider clock = new();
            (MemoryConnection client, MemoryConnection server) = MemoryConnection.CreatePair(ConnectionLimits.Default, clock);
            Client = new HttpClientConnection(client, "h:80", HttpLimits.Default, clock);
            Server = new RawClient(server);
        }

        public HttpClientConnection Client { get; }

        public RawClient Server { get; }

        public async ValueTask DisposeAsync()
        {
            await Client.DisposeAsync();
            await Server.DisposeAsync();
        }
    }
}
