using Norris.Http;
using Norris.Transport;

namespace Norris.Tests.Http;

public sealed class PatienceTests
{
    private const string Get = "GET / HTTP/1.1\r\nHost: h\r\n\r\n";
    private static readonly TimeSpan _forever = TimeSpan.FromDays(30);

    [Fact]
    public async Task Ends_with_a_head_that_does_not_come()
    {
        await using TestServer server = new(AnswerAsync, HttpLimits.Default with { KeepAliveIdleTimeout = _forever });
        await using RawClient client = server.Connect();
        await client.SendAsync(Get);
        await client.ReadResponseAsync();
        await client.SendAsync("GET / HT");
        Task<string> heard = client.ReadToEndAsync();
        TimeSpan waited = await server.Clock.AdvanceUntilAsync(heard);
        Assert.StartsWith("HTTP/1.1 408 Request Timeout\r\n", await heard);
        Assert.InRange(waited, HttpLimits.Default.HeadTimeout, _forever);
    }

    [Fact]
    public async Task Ends_with_a_connection_that_rests_too_long()
    {
        await using TestServer server = new(AnswerAsync);
        await using RawClient client = server.Connect();
        await client.SendAsync(Get);
        await client.ReadResponseAsync();
        Task<string> heard = client.ReadToEndAsync();
        TimeSpan waited = await server.Clock.AdvanceUntilAsync(heard);
        Assert.Equal("", await heard);
        Assert.InRange(waited, HttpLimits.Default.KeepAliveIdleTimeout - TimeSpan.FromSeconds(1), _forever);
    }

    [Fact]
    public async Task Ends_with_content_that_does_not_come()
    {
        TaskCompletionSource reading = new(TaskCreationOptions.RunContinuationsAsynchronously);
        RejectionReason seen = default;
        await using TestServer server = new(async exchange =>
        {
            ValueTask<ContentRead> read = exchange.Content.ReadAllAsync(1000);
            reading.SetResult();
            seen = (await read).Rejection;
        });
        await using RawClient client = server.Connect();
        await client.SendAsync("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nhel");
        await reading.Task;
        Task<string> heard = client.ReadToEndAsync();
        TimeSpan waited = await server.Clock.AdvanceUntilAsync(heard);
        Assert.StartsWith("HTTP/1.1 408 Request Timeout\r\n", await heard);
        Assert.Equal(RejectionReason.ContentTimeout, seen);
        Assert.InRange(waited, HttpLimits.Default.ContentRateGrace, _forever);
    }

    [Fact]
    public async Task Waits_for_content_without_end_when_the_handler_says_so()
    {
        TaskCompletionSource reading = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await using TestServer server = new(async exchange =>
        {
            exchange.Content.RateMinBytesPerSecond = 0;
            ValueTask<ContentRead> read = exchange.Content.ReadAllAsync(1000);
            reading.SetResult();
            Assert.True((await read).IsOk);
            await exchange.RespondAsync(204);
        });
        await using RawClient client = server.Connect();
        await client.SendAsync("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nhel");
        await reading.Task;
        server.Clock.Advance(_forever);
        await client.SendAsync("lo");
        Assert.StartsWith("HTTP/1.1 204 ", await client.ReadResponseAsync());
    }

    [Fact]
    public async Task Aborts_a_peer_that_does_not_read()
    {
        TaskCompletionSource stalled = new(TaskCreationOptions.RunContinuationsAsynchronously);
        TaskCompletionSource<bool> flushed = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await using TestServer server = new(
            async exchange =>
            {
                ContentWriter stream = exchange.StartStream(200, "text/plain"u8);
                stream.WriteBorrowed(new byte[4000]);
                ValueTask<bool> flush = stream.FlushAsync();
                stalled.SetResult();
                flushed.SetResult(await flush);
            },
            transport: new ConnectionLimits { InputPauseBytes = 1000, InputResumeBytes = 500 });
        await using RawClient client = server.Connect();
        await client.SendAsync(Get);
        await stalled.Task;
        TimeSpan waited = await server.Clock.AdvanceUntilAsync(flushed.Task);
        Assert.False(await flushed.Task);
        Assert.InRange(waited, HttpLimits.Default.WriteStallTimeout, _forever);
        await client.ReadToEndAsync();
        Assert.Equal(ConnectionEnd.Reset, client.Connection.InputEnd);
    }

    [Fact]
    public async Task Stops_in_good_order()
    {
        TaskCompletionSource entered = new(TaskCreationOptions.RunContinuationsAsynchronously);
        TaskCompletionSource mayAnswer = new(TaskCreationOptions.RunContinuationsAsynchronously);
        CancellationToken stopping = default;
        await using TestServer server = new(async exchange =>
        {
            if (exchange.Path.SequenceEqual("/slow"u8))
            {
                stopping = exchange.Stopping;
                entered.SetResult();
                await mayAnswer.Task;
            }

            await AnswerAsync(exchange);
        });
        await using RawClient resting = server.Connect();
        await using RawClient busy = server.Connect();
        await resting.SendAsync(Get);
        await resting.ReadResponseAsync();
        await busy.SendAsync("GET /slow HTTP/1.1\r\nHost: h\r\n\r\n");
        await entered.Task;

        Task stopped = server.Server.StopAsync(_forever);
        Assert.Equal("", await resting.ReadToEndAsync());
        Assert.True(stopping.IsCancellationRequested);
        Assert.False(stopped.IsCompleted);
        mayAnswer.SetResult();
        string heard = await busy.ReadToEndAsync();
        Assert.StartsWith("HTTP/1.1 200 OK\r\n", heard);
        Assert.Contains("Connection: close\r\n", heard);
        busy.Finish();
        resting.Finish();
        await stopped;
        Assert.Equal(0, server.Server.ConnectionCount);
    }

    [Fact]
    public async Task Stops_at_the_deadline()
    {
        TaskCompletionSource entered = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await using TestServer server = new(async exchange =>
        {
            entered.SetResult();
            await exchange.Aborted.WhenCancelledAsync();
        });
        await using RawClient client = server.Connect();
        await client.SendAsync(Get);
        await entered.Task;
        Task stopped = server.Server.StopAsync(TimeSpan.FromSeconds(10));
        TimeSpan waited = await server.Clock.AdvanceUntilAsync(stopped);
        Assert.InRange(waited, TimeSpan.FromSeconds(10), _forever);
        Assert.Equal("", await client.ReadToEndAsync());
    }

    private static async ValueTask AnswerAsync(HttpExchange exchange) => await exchange.RespondAsync(200, "text/plain"u8, "ok"u8.ToArray());
}
