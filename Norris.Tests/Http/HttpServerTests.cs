using System.Text;
using Norris.Http;

namespace Norris.Tests.Http;

public sealed class HttpServerTests
{
    private const string Get = "GET / HTTP/1.1\r\nHost: h\r\n\r\n";

    [Fact]
    public async Task Keeps_the_connection()
    {
        await using TestServer server = new(EchoPathAsync);
        await using RawClient client = server.Connect();
        await client.SendAsync("GET /a HTTP/1.1\r\nHost: h\r\n\r\n");
        Assert.Equal(
            "HTTP/1.1 200 OK\r\nDate: Tue, 24 Nov 2026 05:22:01 GMT\r\nX-Content-Type-Options: nosniff\r\nContent-Type: text/plain\r\nContent-Length: 2\r\n\r\n/a",
            await client.ReadResponseAsync());
        await client.SendAsync("GET /b HTTP/1.1\r\nHost: h\r\n\r\n");
        Assert.EndsWith("/b", await client.ReadResponseAsync());
    }

    [Fact]
    public async Task Answers_a_hundred_pipelined_requests_in_their_order()
    {
        await using TestServer server = new(EchoPathAsync);
        await using RawClient client = server.Connect();
        await client.SendAsync(string.Concat(Enumerable.Range(0, 100).Select(each => $"GET /{each} HTTP/1.1\r\nHost: h\r\n\r\n")));
        for (int each = 0; each < 100; each++)
        {
            Assert.EndsWith($"\r\n\r\n/{each}", await client.ReadResponseAsync());
        }
    }

    [Fact]
    public async Task Closes_when_asked()
    {
        await using TestServer server = new(EchoPathAsync);
        await using RawClient client = server.Connect();
        await client.SendAsync("GET / HTTP/1.1\r\nHost: h\r\nConnection: keep-alive, Close\r\n\r\n" + Get);
        string heard = await client.ReadToEndAsync();
        Assert.Contains("\r\nConnection: close\r\n", heard);
        Assert.Single(heard.Split("HTTP/1.1 200"), part => part.Length > 0);
    }

    [Fact]
    public async Task Answers_http_1_0_and_closes()
    {
        await using TestServer server = new(EchoPathAsync);
        await using RawClient client = server.Connect();
        await client.SendAsync("GET /a HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
        string heard = await client.ReadToEndAsync();
        Assert.Contains("HTTP/1.1 200 OK", heard);
        Assert.Contains("Connection: close", heard);
        Assert.EndsWith("/a", heard);
    }

    [Theory]
    [InlineData("GET / HTTP/1.1\r\n\r\n", 400)]
    [InlineData("GET / HTTP/2.0\r\n", 505)]
    [InlineData("CONNECT h:80 HTTP/1.1\r\nHost: h\r\n\r\n", 501)]
    [InlineData("GET / HTTP/1.1\r\nHost: h\r\nExpect: tea\r\n\r\n", 417)]
    [InlineData("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n", 400)]
    [InlineData("POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: gzip, chunked\r\n\r\n", 501)]
    [InlineData("GET / HTTP/1.1\r\nHost: h\r\nX: ", 400)]
    public async Task Rejects_with_a_problem_and_closes(string request, int status)
    {
        await using TestServer server = new(EchoPathAsync);
        await using RawClient client = server.Connect();
        await client.SendAsync(request);
        client.Finish();
        string heard = await client.ReadToEndAsync();
        Assert.StartsWith($"HTTP/1.1 {status} ", heard);
        Assert.Contains("Content-Type: application/problem+json\r\n", heard);
        Assert.Contains("Connection: close\r\n", heard);
        Assert.Contains($"\"status\":{status},\"detail\":\"", heard);
    }

    [Theory]
    [InlineData("Content-Length: 5\r\n\r\nhello")]
    [InlineData("Transfer-Encoding: chunked\r\n\r\n3\r\nhel\r\n2\r\nlo\r\n0\r\nX: y\r\n\r\n")]
    public async Task Forgets_content_that_the_handler_left_unread(string content)
    {
        await using TestServer server = new(EchoPathAsync);
        await using RawClient client = server.Connect();
        await client.SendAsync("POST /a HTTP/1.1\r\nHost: h\r\n" + content + "GET /b HTTP/1.1\r\nHost: h\r\n\r\n");
        Assert.EndsWith("/a", await client.ReadResponseAsync());
        Assert.EndsWith("/b", await client.ReadResponseAsync());
    }

    [Fact]
    public async Task Closes_rather_than_read_much_content_that_nobody_wants()
    {
        await using TestServer server = new(EchoPathAsync, HttpLimits.Default with { DrainBytesMax = 10 });
        await using RawClient client = server.Connect();
        await client.SendAsync("POST /a HTTP/1.1\r\nHost: h\r\nContent-Length: 11\r\n\r\n");
        Assert.Contains("Connection: close\r\n", await client.ReadUntilAsync("/a"));
        await client.SendAsync("hello world");
        client.Finish();
        Assert.Equal("", await client.ReadToEndAsync());
    }

    [Fact]
    public async Task Sends_100_continue_when_the_handler_reads_and_not_before()
    {
        TaskCompletionSource mayRead = new(TaskCreationOptions.RunContinuationsAsynchronously);
        TaskCompletionSource entered = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await using TestServer server = new(async exchange =>
        {
            entered.SetResult();
            await mayRead.Task;
            await CollectAsync(exchange);
        });
        await using RawClient client = server.Connect();
        await client.SendAsync("POST / HTTP/1.1\r\nHost: h\r\nExpect: 100-Continue\r\nContent-Length: 5\r\n\r\n");
        await entered.Task;
        Assert.False(client.Connection.Input.TryRead(out _));
        mayRead.SetResult();
        Assert.Equal("HTTP/1.1 100 Continue\r\n\r\n", await client.ReadUntilAsync("\r\n\r\n"));
        await client.SendAsync("hello");
        Assert.EndsWith("hello{}", await client.ReadResponseAsync());
    }

    [Fact]
    public async Task Closes_when_it_answers_instead_of_100_continue()
    {
        await using TestServer server = new(EchoPathAsync);
        await using RawClient client = server.Connect();
        await client.SendAsync("POST /a HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n");
        string heard = await client.ReadUntilAsync("/a");
        Assert.DoesNotContain("100 Continue", heard);
        Assert.Contains("Connection: close\r\n", heard);
    }

    [Theory]
    [InlineData("Content-Length: 0\r\n\r\n")]
    [InlineData("X: y\r\n\r\n")]
    public async Task Expects_nothing_without_content(string fields)
    {
        await using TestServer server = new(CollectAsync);
        await using RawClient client = server.Connect();
        await client.SendAsync("POST / HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\n" + fields);
        Assert.StartsWith("HTTP/1.1 200 OK", await client.ReadResponseAsync());
    }

    [Fact]
    public async Task Hands_over_content_and_trailers()
    {
        await using TestServer server = new(CollectAsync);
        await using RawClient client = server.Connect();
        await client.SendAsync("POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n");
        await client.SendAsync("3;x=y\r\ncde\r\n0\r\nDigest: abc\r\n\r\n");
        Assert.EndsWith("abcde{digest=abc}", await client.ReadResponseAsync());
    }

    [Fact]
    public async Task Says_that_content_is_too_large()
    {
        await using TestServer server = new(CollectAsync, HttpLimits.Default with { ContentBytesMax = 4 });
        await using RawClient client = server.Connect();
        await client.SendAsync("POST / HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n");
        client.Finish();
        Assert.StartsWith("HTTP/1.1 413 Content Too Large\r\n", await client.ReadToEndAsync());
        Assert.Empty(server.Failures);
    }

    [Fact]
    public async Task Says_that_content_is_malformed()
    {
        await using TestServer server = new(CollectAsync);
        await using RawClient client = server.Connect();
        await client.SendAsync("POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n0x5\r\nhello\r\n0\r\n\r\n" + Get);
        client.Finish();
        string heard = await client.ReadToEndAsync();
        Assert.StartsWith("HTTP/1.1 400 Bad Request\r\n", heard);
        Assert.DoesNotContain("200", heard);
    }

    [Fact]
    public async Task Answers_for_a_handler_that_fails()
    {
        await using TestServer server = new(static exchange => exchange.Path.SequenceEqual("/throw"u8)
            ? throw new InvalidOperationException("a mistake")
            : ValueTask.CompletedTask);
        await using RawClient client = server.Connect();
        await client.SendAsync("GET /throw HTTP/1.1\r\nHost: h\r\n\r\nGET /silent HTTP/1.1\r\nHost: h\r\n\r\n");
        Assert.StartsWith("HTTP/1.1 500 ", await client.ReadResponseAsync());
        Assert.StartsWith("HTTP/1.1 500 ", await client.ReadResponseAsync());
        Assert.Equal(["a mistake", "A handler returned without a response."], server.Failures.Select(each => each.Message));
    }

    [Fact]
    public async Task Refuses_fields_that_would_split_the_response()
    {
        await using TestServer server = new(static exchange =>
        {
            exchange.SetHeader("X"u8, "a\r\nSet-Cookie: b"u8);
            return ValueTask.CompletedTask;
        });
        await using RawClient client = server.Connect();
        await client.SendAsync(Get);
        string heard = await client.ReadResponseAsync();
        Assert.StartsWith("HTTP/1.1 500 ", heard);
        Assert.DoesNotContain("Set-Cookie", heard);
    }

    [Fact]
    public async Task Tells_a_handler_that_its_peer_has_gone()
    {
        TaskCompletionSource entered = new(TaskCreationOptions.RunContinuationsAsynchronously);
        TaskCompletionSource aborted = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await using TestServer server = new(async exchange =>
        {
            ContentWriter stream = exchange.StartStream(200, "text/plain"u8);
            await stream.FlushAsync();
            entered.SetResult();
            await exchange.Aborted.WhenCancelledAsync();
            aborted.SetResult();
        });
        await using RawClient client = server.Connect();
        await client.SendAsync(Get);
        await entered.Task;
        client.Connection.Abort();
        await aborted.Task;
    }

    private static async ValueTask EchoPathAsync(HttpExchange exchange) =>
        await exchange.RespondAsync(200, "text/plain"u8, exchange.Path.ToArray());

    private static async ValueTask CollectAsync(HttpExchange exchange)
    {
        ContentRead all = await exchange.Content.ReadAllAsync(1000);
        if (all.IsOk)
        {
            StringBuilder answer = new(Encoding.Latin1.GetString(System.Buffers.BuffersExtensions.ToArray(all.Buffer)));
            answer.Append('{');
            for (int index = 0; index < exchange.Trailers.Count; index++)
            {
                answer.Append($"{Encoding.Latin1.GetString(exchange.Trailers.NameAt(index))}={Encoding.Latin1.GetString(exchange.Trailers.ValueAt(index))}");
            }

            await exchange.RespondAsync(200, "text/plain"u8, Encoding.Latin1.GetBytes(answer.Append('}').ToString()));
        }
    }
}
