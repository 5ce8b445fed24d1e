using System.Buffers;
using System.Text;
using Norris.Http;
using Norris.Transport;

namespace Norris.Tests.Http;

public sealed class StreamingTests
{
    private const string Get = "GET / HTTP/1.1\r\nHost: h\r\n\r\n";

    [Fact]
    public async Task Makes_one_chunk_of_each_flush()
    {
        await using TestServer server = new(async exchange =>
        {
            ContentWriter stream = exchange.StartStream(200, "text/plain"u8);
            Assert.True(await stream.FlushAsync()); // the head alone: a stream with nothing to say yet
            stream.Write("ab"u8);
            stream.WriteBorrowed("cd"u8.ToArray());
            stream.Write("ef"u8);
            stream.GetSpan(10);
            stream.Advance(0);
            Assert.True(await stream.FlushAsync());
            stream.WriteBorrowed(new byte[0x12345]);
            stream.AddTrailer("Digest"u8, "x"u8);
        });
        await using RawClient client = server.Connect();
        await client.SendAsync(Get);
        Assert.EndsWith("Transfer-Encoding: chunked\r\n\r\n", await client.ReadUntilAsync("\r\n\r\n"));
        Assert.Equal("00000006\r\nabcdef\r\n", await client.ReadUntilAsync("f\r\n"));
        Assert.Equal($"00012345\r\n{new string('\0', 0x12345)}\r\n0\r\nDigest: x\r\n\r\n", await client.ReadUntilAsync("x\r\n\r\n"));
        Assert.Empty(server.Failures);
    }

    [Fact]
    public async Task Is_written_by_a_loop_outside_the_handler()
    {
        TaskCompletionSource<ContentWriter> opened = new(TaskCreationOptions.RunContinuationsAsynchronously);
        TaskCompletionSource closed = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await using TestServer server = new(async exchange =>
        {
            opened.SetResult(exchange.StartStream(200, "text/plain"u8));
            await closed.Task;
        });
        await using RawClient client = server.Connect();
        await client.SendAsync(Get);
        ContentWriter stream = await opened.Task;
        await client.SendAsync("GET /next HTTP/1.1\r\nHost: h\r\n\r\n");
        for (int round = 0; round < 100; round++)
        {
            stream.Write("tick"u8);
            Assert.True(await stream.FlushAsync());
        }

        closed.SetResult();
        string heard = await client.ReadUntilAsync("\r\n0\r\n\r\n");
        Assert.Equal(100, heard.Split("00000004\r\ntick\r\n").Length - 1);
        Assert.Throws<ObjectDisposedException>(() => stream.GetSpan());
    }

    [Fact]
    public async Task Gives_head_the_head_only_and_stops_the_writer()
    {
        await using TestServer server = new(static async exchange =>
        {
            ContentWriter stream = exchange.StartStream(200, "text/plain"u8);
            do
            {
                stream.Write("endless"u8);
            }
            while (await stream.FlushAsync());
        });
        await using RawClient client = server.Connect();
        await client.SendAsync("HEAD / HTTP/1.1\r\nHost: h\r\n\r\nHEAD / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
        string heard = await client.ReadToEndAsync();
        Assert.DoesNotContain("endless", heard);
        Assert.Equal(2, heard.Split("Transfer-Encoding: chunked\r\n").Length - 1);
    }

    [Fact]
    public async Task Breaks_off_visibly_when_the_handler_fails()
    {
        await using TestServer server = new(static async exchange =>
        {
            ContentWriter stream = exchange.StartStream(200, "text/plain"u8);
            stream.Write("half"u8);
            await stream.FlushAsync();
            throw new InvalidOperationException("a mistake");
        });
        await using RawClient client = server.Connect();
        await client.SendAsync(Get);
        string heard = await client.ReadToEndAsync();
        Assert.DoesNotContain("0\r\n\r\n", heard.Replace("00000004\r\nhalf\r\n", ""));
        Assert.Equal(ConnectionEnd.Reset, client.Connection.InputEnd);
    }

    [Fact]
    public async Task Reads_while_it_writes()
    {
        await using TestServer server = new(RealPeers.TestSite.Create().HandleAsync);
        await using RawClient client = server.Connect();
        await client.SendAsync("POST /echo HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n");
        for (char each = 'a'; each <= 'z'; each++)
        {
            await client.SendAsync($"1\r\n{each}\r\n");
            Assert.EndsWith($"\r\n00000001\r\n{each}\r\n", "\r\n" + await client.ReadUntilAsync($"\r\n{each}\r\n"));
        }

        await client.SendAsync("0\r\n\r\n");
        Assert.Equal("0\r\n\r\n", await client.ReadUntilAsync("0\r\n\r\n"));
    }

    [Fact]
    public async Task Carries_what_is_left_unconsumed_over_the_end_of_a_chunk()
    {
        List<string> seen = [];
        await using TestServer server = new(async exchange =>
        {
            // Takes lines, wherever the chunks end.
            while (true)
            {
                ContentRead read = await exchange.Content.ReadAsync();
                ReadOnlySequence<byte> buffer = read.Buffer;
                while (buffer.PositionOf((byte)'\n') is { } end)
                {
                    seen.Add(Encoding.UTF8.GetString(buffer.Slice(0, end)));
                    buffer = buffer.Slice(buffer.GetPosition(1, end));
                }

                exchange.Content.AdvanceTo(buffer.Start, read.Buffer.End);
                if (read.IsCompleted)
                {
                    await exchange.RespondAsync(204);
                    return;
                }
            }
        });
        await using RawClient client = server.Connect();
        await client.SendAsync("POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n");
        await client.SendAsync("4\r\none\n\r\n1\r\nt\r\n1\r\nw\r\n");
        await client.SendAsync("6\r\no\nthre\r\n7\r\ne\nfour\n\r\n0\r\n\r\n");
        Assert.StartsWith("HTTP/1.1 204 No Content\r\n", await client.ReadUntilAsync("\r\n\r\n"));
        Assert.Equal(["one", "two", "three", "four"], seen);
    }
}
