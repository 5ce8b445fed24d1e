using System.Buffers;
using System.IO.Pipelines;
using System.Net;
using Norris.Transport;

namespace Norris.Tests.Transport;

/// <summary>What holds for every connection, in memory and on sockets.</summary>
public sealed class ConnectionTests
{
    public static TheoryData<bool> Kinds => [false, true];

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Sends_copied_and_borrowed_bytes_in_their_order(bool sockets)
    {
        await using Pair pair = await Pair.CreateAsync(sockets);
        byte[] expected = new byte[600_000];
        new Random(1).NextBytes(expected);
        Task<byte[]> received = ReadAsync(pair.Server, expected.Length);
        Random sizes = new(2);
        for (int at = 0; at < expected.Length;)
        {
            int queued = 0;
            for (int part = 0; part < 20 && at < expected.Length; part++)
            {
                int count = Math.Min(sizes.Next(1, 3000), expected.Length - at);
                ReadOnlyMemory<byte> bytes = expected.AsMemory(at, count);
                if (sizes.Next(2) == 0)
                {
                    pair.Client.Output.WriteBorrowed(bytes);
                }
                else
                {
                    pair.Client.Output.Write(bytes.Span);
                }

                at += count;
                queued += count;
            }

            Assert.Equal(queued, pair.Client.Output.QueuedBytes);
            Assert.Equal(FlushOutcome.Flushed, await pair.Client.Output.FlushAsync());
            Assert.Equal(0, pair.Client.Output.QueuedBytes);
        }

        Assert.Equal(expected, await received);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Sends_more_segments_than_one_system_call_takes(bool sockets)
    {
        await using Pair pair = await Pair.CreateAsync(sockets);
        byte[] one = [42];
        for (int each = 0; each < 5000; each++)
        {
            pair.Client.Output.WriteBorrowed(one);
        }

        Task<byte[]> received = ReadAsync(pair.Server, 5000);
        Assert.Equal(FlushOutcome.Flushed, await pair.Client.Output.FlushAsync());
        Assert.All(await received, each => Assert.Equal(42, each));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Ends_in_good_order(bool sockets)
    {
        await using Pair pair = await Pair.CreateAsync(sockets);
        pair.Client.Output.Write("bye"u8);
        await pair.Client.Output.FlushAsync();
        Task closing = pair.Client.CloseAsync(TimeSpan.FromMinutes(5)).AsTask();
        Assert.Equal("bye"u8.ToArray(), await ReadAsync(pair.Server, 3));
        await ReadToEndAsync(pair.Server);
        Assert.Equal(ConnectionEnd.Finished, pair.Server.InputEnd);
        Assert.False(closing.IsCompleted);
        await pair.Server.CloseAsync(TimeSpan.FromMinutes(5));
        await closing;
        Assert.Equal(ConnectionEnd.Finished, pair.Client.InputEnd);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Aborts(bool sockets)
    {
        await using Pair pair = await Pair.CreateAsync(sockets);
        Task reading = ReadToEndAsync(pair.Client);
        pair.Client.Abort();
        pair.Client.Abort();
        await reading;
        await ReadToEndAsync(pair.Server);
        Assert.Equal((ConnectionEnd.Aborted, ConnectionEnd.Reset), (pair.Client.InputEnd, pair.Server.InputEnd));
        pair.Client.Output.Write("x"u8);
        Assert.Equal(FlushOutcome.Closed, await pair.Client.Output.FlushAsync());
        pair.Server.Output.Write("x"u8);
        Assert.Equal(FlushOutcome.Closed, await pair.Server.Output.FlushAsync());
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Wakes_a_flush_that_waits_for_the_peer_when_it_is_aborted(bool sockets)
    {
        await using Pair pair = await Pair.CreateAsync(sockets);
        byte[] block = new byte[1_000_000];
        ValueTask<FlushOutcome> flush;
        do
        {
            pair.Client.Output.WriteBorrowed(block);
            flush = pair.Client.Output.FlushAsync();
        }
        while (flush.IsCompleted);

        await Assert.ThrowsAsync<InvalidOperationException>(async () => await pair.Client.Output.FlushAsync());
        pair.Client.Abort();
        Assert.Equal(FlushOutcome.Closed, await flush);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Aborts_when_a_flush_is_cancelled(bool sockets)
    {
        await using Pair pair = await Pair.CreateAsync(sockets);
        using CancellationTokenSource cancel = new();
        ValueTask<FlushOutcome> flush;
        do
        {
            pair.Client.Output.WriteBorrowed(new byte[1_000_000]);
            flush = pair.Client.Output.FlushAsync(cancel.Token);
        }
        while (flush.IsCompleted);

        await cancel.CancelAsync();
        Assert.Equal(FlushOutcome.Closed, await flush);
        await ReadToEndAsync(pair.Server);
        Assert.Equal(ConnectionEnd.Reset, pair.Server.InputEnd);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Says_that_it_is_closed_while_nobody_reads(bool sockets)
    {
        await using Pair pair = await Pair.CreateAsync(sockets);
        TaskCompletionSource closed = new(TaskCreationOptions.RunContinuationsAsynchronously);
        pair.Server.Closed.Register(closed.SetResult);
        pair.Client.Abort();
        await closed.Task;
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Can_be_aborted_while_its_input_is_full(bool sockets)
    {
        await using Pair pair = await Pair.CreateAsync(sockets);
        ValueTask<FlushOutcome> flush;
        do
        {
            pair.Client.Output.WriteBorrowed(new byte[1_000_000]);
            flush = pair.Client.Output.FlushAsync();
        }
        while (flush.IsCompleted);

        TaskCompletionSource closed = new(TaskCreationOptions.RunContinuationsAsynchronously);
        pair.Server.Closed.Register(closed.SetResult);
        pair.Server.Abort();
        await closed.Task;
        Assert.Equal(FlushOutcome.Closed, await flush);
    }

    private static async Task<byte[]> ReadAsync(Connection connection, int count)
    {
        ReadResult read = await connection.Input.ReadAtLeastAsync(count);
        byte[] bytes = read.Buffer.Slice(0, count).ToArray();
        connection.Input.AdvanceTo(read.Buffer.GetPosition(count));
        return bytes;
    }

    private static async Task ReadToEndAsync(Connection connection)
    {
        ReadResult read;
        do
        {
            read = await connection.Input.ReadAsync();
            connection.Input.AdvanceTo(read.Buffer.End);
        }
        while (!read.IsCompleted);
    }

    private sealed record Pair(Connection Client, Connection Server, Listener? Listener) : IAsyncDisposable
    {
        public static async Task<Pair> CreateAsync(bool sockets)
        {
            if (!sockets)
            {
                (MemoryConnection client, MemoryConnection server) = MemoryConnection.CreatePair(ConnectionLimits.Default, TimeProvider.System);
                return new Pair(client, server, null);
            }

            Listener listener = Listener.Bind(new IPEndPoint(IPAddress.Loopback, 0), ConnectionLimits.Default, TimeProvider.System);
            DialResult dialled = await new Dialer(ConnectionLimits.Default, TimeProvider.System).DialAsync(listener.LocalEndPoint, TimeSpan.FromMinutes(1));
            Connection accepted = (await listener.AcceptAsync(default))!;
            Assert.Equal(accepted.RemoteEndPoint, dialled.Connection!.LocalEndPoint);
            return new Pair(dialled.Connection!, accepted, listener);
        }

        public async ValueTask DisposeAsync()
        {
            await Client.DisposeAsync();
            await Server.DisposeAsync();
            Listener?.Dispose();
        }
    }
}
