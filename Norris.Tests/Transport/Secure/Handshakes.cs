using System.Buffers;
using System.IO.Pipelines;
using Norris.Transport;
using Norris.Transport.Secure;

namespace Norris.Tests.Transport.Secure;

/// <summary>Handshakes between two sides in memory, and what goes over the connections that come of them.</summary>
internal static class Handshakes
{
    /// <summary>Gives up after a time that no test takes.</summary>
    public static CancellationToken Patience => new CancellationTokenSource(TimeSpan.FromSeconds(60)).Token;

    /// <summary>One between two processes, which nobody hears.</summary>
    public static async Task<(TlsHandshake Client, TlsHandshake Server)> BetweenAsync(MemberCredentials client, MemberCredentials server, string peer = "")
    {
        (MemoryConnection below, MemoryConnection other) = MemoryConnection.CreatePair(ConnectionLimits.Default, TimeProvider.System);
        Task<TlsHandshake> accepting = TlsConnection.AcceptAsync(other, server, ConnectionLimits.Default, Patience).AsTask();
        TlsHandshake connected = await TlsConnection.ConnectAsync(below, peer, client, ConnectionLimits.Default, Patience);
        return (connected, await accepting);
    }

    /// <summary>One that both sides are to be content with; carries the bytes between the two ends by hand, and keeps them.</summary>
    public static async Task<(TlsHandshake Client, TlsHandshake Server, byte[] Seen)> OverheardAsync(
        MemberCredentials client, MemberCredentials server, Func<TlsConnection, TlsConnection, Task> talk, string peer = "")
    {
        (MemoryConnection near, MemoryConnection tapOfClient) = MemoryConnection.CreatePair(ConnectionLimits.Default, TimeProvider.System);
        (MemoryConnection far, MemoryConnection tapOfServer) = MemoryConnection.CreatePair(ConnectionLimits.Default, TimeProvider.System);
        var seen = new MemoryStream();
        using var stop = new CancellationTokenSource();
        Task there = CarryAsync(tapOfClient, tapOfServer, seen, stop.Token);
        Task back = CarryAsync(tapOfServer, tapOfClient, seen, stop.Token);
        Task<TlsHandshake> accepting = TlsConnection.AcceptAsync(far, server, ConnectionLimits.Default, Patience).AsTask();
        TlsHandshake connected = await TlsConnection.ConnectAsync(near, peer, client, ConnectionLimits.Default, Patience);
        TlsHandshake accepted = await accepting;
        await talk(connected.Connection!, accepted.Connection!);
        await stop.CancelAsync();
        await Task.WhenAll(there, back);
        return (connected, accepted, seen.ToArray());
    }

    /// <summary>Sends so many bytes.</summary>
    public static async Task SendAsync(Connection connection, ReadOnlyMemory<byte> bytes)
    {
        connection.Output.WriteBorrowed(bytes);
        Assert.Equal(FlushOutcome.Flushed, await connection.Output.FlushAsync());
    }

    /// <summary>Reads so many bytes.</summary>
    public static async Task<byte[]> ReadAsync(Connection connection, int bytes)
    {
        var got = new MemoryStream();
        while (got.Length < bytes)
        {
            ReadResult read = await connection.Input.ReadAsync(Patience);
            got.Write(read.Buffer.ToArray());
            connection.Input.AdvanceTo(read.Buffer.End);
            Assert.False(read.IsCompleted && got.Length < bytes);
        }
        return got.ToArray();
    }

    /// <summary>Lets go of the connections, where there are any.</summary>
    public static async Task DisposeAsync(params TlsHandshake[] handshakes)
    {
        foreach (TlsHandshake handshake in handshakes)
        {
            if (handshake.IsDone)
            {
                await handshake.Connection.DisposeAsync();
            }
        }
    }

    private static async Task CarryAsync(Connection from, Connection to, MemoryStream seen, CancellationToken stop)
    {
        try
        {
            while (true)
            {
                ReadResult read = await from.Input.ReadAsync(stop);
                foreach (ReadOnlyMemory<byte> piece in read.Buffer)
                {
                    lock (seen)
                    {
                        seen.Write(piece.Span);
                    }
                    to.Output.Write(piece.Span);
                }
                from.Input.AdvanceTo(read.Buffer.End);
                await to.Output.FlushAsync(CancellationToken.None);
                if (read.IsCompleted)
                {
                    return;
                }
            }
        }
        catch (OperationCanceledException)
        {
            // Enough was heard.
        }
    }
}
