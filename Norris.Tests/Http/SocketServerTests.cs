using Norris.Http;
using Norris.Transport;

namespace Norris.Tests.Http;

public sealed class SocketServerTests
{
    private const string Get = "GET / HTTP/1.1\r\nHost: h\r\n\r\n";

    [Fact]
    public async Task Answers_a_hundred_pipelined_requests_in_their_order()
    {
        await using LoopbackServer server = new(static async exchange => await exchange.RespondAsync(200, "text/plain"u8, exchange.Path.ToArray()));
        await using RawClient client = await server.ConnectAsync();
        await client.SendAsync(string.Concat(Enumerable.Range(0, 100).Select(each => $"GET /{each} HTTP/1.1\r\nHost: h\r\n\r\n")));
        for (int each = 0; each < 100; each++)
        {
            Assert.EndsWith($"\r\n\r\n/{each}", await client.ReadResponseAsync());
        }
    }

    [Fact]
    public async Task Lends_large_content_to_the_kernel()
    {
        byte[] content = new byte[8_000_000];
        new Random(1).NextBytes(content);
        await using LoopbackServer server = new(async exchange => await exchange.RespondAsync(200, "application/octet-stream"u8, content));
        await using HttpOrigin origin = new(server.EndPoint, new Dialer(ConnectionLimits.Default, TimeProvider.System), HttpLimits.Default, TimeProvider.System);
        HttpReply reply = await origin.SendAsync(new HttpRequest(RequestMethod.Get, "/"), TimeSpan.FromMinutes(1), content.Length);
        Assert.Equal(RequestOutcome.Answered, reply.Outcome);
        Assert.True(reply.Content.Span.SequenceEqual(content));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Tells_a_silent_stream_that_its_peer_has_gone(bool resets)
    {
        TaskCompletionSource aborted = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await using LoopbackServer server = new(async exchange =>
        {
            ContentWriter stream = exchange.StartStream(200, "text/plain"u8);
            await stream.FlushAsync();
            await exchange.Aborted.WhenCancelledAsync();
            aborted.SetResult();
        });
        await using RawClient client = await server.ConnectAsync();
        await client.SendAsync(Get);
        await client.ReadUntilAsync("\r\n\r\n");
        Task closing = Task.CompletedTask;
        if (resets)
        {
            client.Connection.Abort();
        }
        else
        {
            closing = client.Connection.CloseAsync(TimeSpan.FromMinutes(1)).AsTask();
        }

        await aborted.Task;
        await closing;
    }

    [Fact]
    public async Task Survives_a_reset_within_content()
    {
        TaskCompletionSource<RejectionReason> seen = new(TaskCreationOptions.RunContinuationsAsynchronously);
        TaskCompletionSource reading = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await using LoopbackServer server = new(async exchange =>
        {
            if (exchange.Method == RequestMethod.Get)
            {
                await exchange.RespondAsync(204);
                return;
            }

            ValueTask<ContentRead> read = exchange.Content.ReadAllAsync(100);
            reading.SetResult();
            seen.SetResult((await read).Rejection);
        });
        await using (RawClient client = await server.ConnectAsync())
        {
            await client.SendAsync("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 10\r\n\r\nhello");
            await reading.Task;
            client.Connection.Abort();
            Assert.Equal(RejectionReason.MessageTruncated, await seen.Task);
        }

        await using RawClient next = await server.ConnectAsync();
        await next.SendAsync(Get);
        Assert.StartsWith("HTTP/1.1 204 ", await next.ReadUntilAsync("\r\n\r\n"));
        Assert.Empty(server.Failures);
    }

    [Theory]
    [InlineData("Content-Length: 5\r\n\r\nhello")]
    [InlineData("Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n")]
    public async Task Closes_in_good_order_after_content_that_the_handler_still_held(string content)
    {
        await using LoopbackServer server = new(static async exchange =>
        {
            ContentRead all = await exchange.Content.ReadAllAsync(100);
            await exchange.RespondAsync(200, "text/plain"u8, System.Buffers.BuffersExtensions.ToArray(all.Buffer));
        });
        await using RawClient client = await server.ConnectAsync();
        await client.SendAsync("POST / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n" + content);
        Assert.EndsWith("hello", await client.ReadToEndAsync());
        Assert.Equal(ConnectionEnd.Finished, client.Connection.InputEnd);
        Assert.Empty(server.Failures);
    }

    [Fact]
    public async Task Keeps_the_number_of_connections_within_its_limit()
    {
        await using LoopbackServer server = new(
            static async exchange => await exchange.RespondAsync(204), transport: new ConnectionLimits { ConnectionsMax = 1 });
        await using RawClient second = await FirstThenSecondAsync(server);
        Assert.StartsWith("HTTP/1.1 204 ", await second.ReadUntilAsync("\r\n\r\n"));
        Assert.Equal(1, server.Server.ConnectionCount);
    }

    [Fact]
    public async Task Client_sends_again_when_the_server_has_closed_the_kept_connection()
    {
        int connections = 0;
        await using LoopbackServer server = new(async exchange =>
        {
            connections++;
            await exchange.RespondAsync(200, "text/plain"u8, "x"u8.ToArray());
        });
        await using HttpOrigin origin = new(server.EndPoint, new Dialer(ConnectionLimits.Default, TimeProvider.System), HttpLimits.Default, TimeProvider.System);
        HttpRequest request = new(RequestMethod.Get, "/");
        for (int round = 0; round < 20; round++)
        {
            Assert.Equal(RequestOutcome.Answered, (await origin.SendAsync(request, TimeSpan.FromMinutes(1))).Outcome);
        }

        Assert.Equal(20, connections);
    }

    private static async Task<RawClient> FirstThenSecondAsync(LoopbackServer server)
    {
        await using RawClient first = await server.ConnectAsync();
        await first.SendAsync(Get);
        await first.ReadUntilAsync("\r\n\r\n");
        RawClient second = await server.ConnectAsync(); // the kernel takes it; the server does not, yet
        await second.SendAsync(Get);
        Assert.Equal(1, server.Server.ConnectionCount);
        Assert.False(second.Connection.Input.TryRead(out _));
        return second;
    }
}
