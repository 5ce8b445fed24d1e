using System.Diagnostics;
using System.Net.Sockets;
using Norris.Http;
using Xunit.Abstractions;

namespace Norris.Tests.Http;

/// <summary>Alone, as others allocate too.</summary>
[CollectionDefinition("Alone", DisableParallelization = true)]
public sealed class Alone;

[Collection("Alone")]
public sealed class AllocationTests(ITestOutputHelper output)
{
#if DEBUG
    private const int BytesMax = 2048; // without optimisation each call of an async method allocates
#else
    private const int BytesMax = 64;
#endif

    private static readonly byte[] _answer = "hello"u8.ToArray();

    [Fact]
    public async Task A_request_on_a_kept_connection_allocates_next_to_nothing()
    {
        Router router = new Router()
            .Map(RequestMethod.Get, "/v1/members/{id}", static async exchange => await exchange.RespondAsync(200, "text/plain"u8, _answer));
        await using LoopbackServer server = new(router.HandleAsync);
        byte[] request = "GET /v1/members/a?b=c HTTP/1.1\r\nHost: h\r\nAccept: */*\r\nUser-Agent: test\r\n\r\n"u8.ToArray();
        double bytes = Measure(server, request, requests: 1, rounds: 20_000);
        Assert.InRange(bytes, 0, BytesMax);
    }

    [Fact]
    public async Task A_flush_of_a_stream_allocates_next_to_nothing()
    {
        await using LoopbackServer server = new(static async exchange =>
        {
            ContentWriter stream = exchange.StartStream(200, "text/plain"u8);
            await stream.FlushAsync();
            long before = GC.GetTotalAllocatedBytes(precise: true);
            for (int round = 0; round < 20_000; round++)
            {
                stream.WriteBorrowed(_answer);
                await stream.FlushAsync();
            }

            long after = GC.GetTotalAllocatedBytes(precise: true);
            stream.AddTrailer("Bytes"u8, System.Text.Encoding.ASCII.GetBytes($"{(after - before) / 20_000}"));
        });
        await using RawClient client = await server.ConnectAsync();
        await client.SendAsync("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
        await client.ReadUntilAsync("\r\n\r\n");
        string heard = "";
        while (!heard.EndsWith("\r\n\r\n", StringComparison.Ordinal))
        {
            System.IO.Pipelines.ReadResult read = await client.Connection.Input.ReadAsync();
            System.Buffers.ReadOnlySequence<byte> tail = read.Buffer.Slice(Math.Max(0, read.Buffer.Length - 64));
            heard = System.Text.Encoding.ASCII.GetString(System.Buffers.BuffersExtensions.ToArray(tail));
            client.Connection.Input.AdvanceTo(read.Buffer.End);
        }

        int bytes = int.Parse(heard[(heard.IndexOf("Bytes: ", StringComparison.Ordinal) + 7)..].Trim());
        output.WriteLine($"{bytes} bytes a flush");
        Assert.InRange(bytes, 0, BytesMax * 4); // the reader beside it allocates too
    }

    /// <summary>Bytes allocated per request, by a client that allocates nothing.</summary>
    private double Measure(LoopbackServer server, byte[] request, int requests, int rounds)
    {
        using Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.NoDelay = true;
        socket.Connect(server.EndPoint);
        byte[] answer = new byte[64 * 1024];
        long before = 0;
        long start = 0;
        int answerLength = 0;
        for (int round = -1000; round < rounds; round++)
        {
            if (round == 0)
            {
                before = GC.GetTotalAllocatedBytes(precise: true);
                start = Stopwatch.GetTimestamp();
            }

            socket.Send(request);
            int received = 0;
            do
            {
                received += socket.Receive(answer, received, answer.Length - received, SocketFlags.None);
            }
            while (received < answerLength || answer[received - 1] != 'o');
            answerLength = received;
        }

        double perRequest = (GC.GetTotalAllocatedBytes(precise: true) - before) / (double)(rounds * requests);
        double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        output.WriteLine($"{perRequest:F1} bytes and {seconds / rounds * 1e6:F1} µs a request");
        return perRequest;
    }
}
