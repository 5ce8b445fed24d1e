using System.Buffers;
using System.IO.Pipelines;
using System.Text;
using Norris.Transport;
using Norris.Transport.Secure;

namespace Norris.Tests.Transport.Secure;

/// <summary>A connection below another one: the same bytes, the same ends, and only for those who know a secret.</summary>
public sealed class TlsConnectionTests : IDisposable
{
    private readonly MemberCredentials _one = Secrets.Of(Secrets.One);
    private readonly MemberCredentials _alsoOne = Secrets.Of(Secrets.One);
    private readonly MemberCredentials _two = Secrets.Of(Secrets.Two);

    public void Dispose()
    {
        _one.Dispose();
        _alsoOne.Dispose();
        _two.Dispose();
    }

    [Fact]
    public async Task Who_knows_the_secret_is_let_in_and_each_side_knows_the_others_key()
    {
        (TlsHandshake client, TlsHandshake server) = await Handshakes.BetweenAsync(_one, _alsoOne);
        Assert.Equal(_alsoOne.Key, client.Connection!.PeerKey);
        Assert.Equal(_one.Key, server.Connection!.PeerKey);
        Assert.NotEqual(_one.Key, _alsoOne.Key);
        await client.Connection.DisposeAsync();
        await server.Connection.DisposeAsync();
    }

    [Fact]
    public async Task Two_secrets_are_two_networks_and_both_sides_know_why()
    {
        (TlsHandshake client, TlsHandshake server) = await Handshakes.BetweenAsync(_one, _two);
        Assert.Equal((HandshakeOutcome.OtherSecret, HandshakeOutcome.OtherSecret), (client.Outcome, server.Outcome));
    }

    /// <summary>How a secret is changed: first everybody takes the new one as well, then everybody shows it, then nobody takes the old one.</summary>
    [Theory]
    [InlineData("1", "12", true)]
    [InlineData("12", "21", true)]
    [InlineData("21", "2", true)]
    [InlineData("1", "21", false)]
    [InlineData("12", "2", false)]
    public async Task A_node_takes_two_secrets_and_shows_the_first(string client, string server, bool areFriends)
    {
        foreach ((string one, string other) in ((string, string)[])[(client, server), (server, client)])
        {
            using MemberCredentials dials = Named(one);
            using MemberCredentials listens = Named(other);
            (TlsHandshake dialled, TlsHandshake accepted) = await Handshakes.BetweenAsync(dials, listens);
            Assert.Equal(areFriends, dialled.IsDone && accepted.IsDone);
            await Handshakes.DisposeAsync(dialled, accepted);
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(16 * 1024)]
    [InlineData((16 * 1024) + 1)]
    [InlineData(3_000_000)]
    public async Task What_is_sent_arrives(int bytes)
    {
        (TlsHandshake client, TlsHandshake server) = await Handshakes.BetweenAsync(_one, _alsoOne);
        byte[] sent = new byte[bytes];
        new Random(bytes).NextBytes(sent);
        Task sending = Handshakes.SendAsync(client.Connection!, sent);
        Assert.Equal(sent, await Handshakes.ReadAsync(server.Connection!, bytes));
        await sending;
        await Handshakes.DisposeAsync(client, server);
    }

    /// <summary>Pieces that are queued share records, and none is lost or turned round at the edge of one.</summary>
    [Fact]
    public async Task Pieces_of_all_sizes_arrive_in_order_both_ways_at_once()
    {
        (TlsHandshake client, TlsHandshake server) = await Handshakes.BetweenAsync(_one, _alsoOne);
        byte[] sent = new byte[400_000];
        new Random(7).NextBytes(sent);
        await Task.WhenAll(
            SendInPiecesAsync(client.Connection!, sent), SendInPiecesAsync(server.Connection!, sent),
            AssertReadsAsync(server.Connection!, sent), AssertReadsAsync(client.Connection!, sent)).WaitAsync(Handshakes.Patience);
        await Handshakes.DisposeAsync(client, server);
    }

    [Fact]
    public async Task Nothing_of_it_is_to_be_read_on_the_way()
    {
        (TlsHandshake client, TlsHandshake server, byte[] seen) = await Handshakes.OverheardAsync(_alsoOne, _one, async (client, server) =>
        {
            byte[] words = Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat("nobody else is to read this; ", 100)));
            await Handshakes.SendAsync(client, words);
            await Handshakes.ReadAsync(server, words.Length);
        });
        Assert.True(seen.Length > 2900);
        Assert.Equal(-1, seen.AsSpan().IndexOf("nobody else"u8));
        Assert.Equal(-1, seen.AsSpan().IndexOf("norris"u8));
        await Handshakes.DisposeAsync(client, server);
    }

    [Fact]
    public async Task A_side_that_closes_is_seen_to_finish_by_the_other()
    {
        (TlsHandshake client, TlsHandshake server) = await Handshakes.BetweenAsync(_one, _alsoOne);
        Task closing = client.Connection!.CloseAsync(TimeSpan.FromSeconds(30)).AsTask();
        ReadResult end = await server.Connection!.Input.ReadAsync(Handshakes.Patience);
        Assert.True(end.IsCompleted);
        Assert.Equal(ConnectionEnd.Finished, server.Connection.InputEnd);
        await server.Connection.DisposeAsync();
        await closing.WaitAsync(Handshakes.Patience);
        await client.Connection.DisposeAsync();
    }

    /// <summary>Somebody in between can cut a connection, and must not make it look as if the peer had said all that it wanted to.</summary>
    [Fact]
    public async Task An_end_that_TLS_does_not_announce_is_a_break()
    {
        (MemoryConnection below, MemoryConnection other) = MemoryConnection.CreatePair(ConnectionLimits.Default, TimeProvider.System);
        Task<TlsHandshake> accepting = TlsConnection.AcceptAsync(other, _one, ConnectionLimits.Default, Handshakes.Patience).AsTask();
        TlsHandshake client = await TlsConnection.ConnectAsync(below, "", _alsoOne, ConnectionLimits.Default, Handshakes.Patience);
        TlsHandshake server = await accepting;
        below.FinishSending();
        ReadResult end = await server.Connection!.Input.ReadAsync(Handshakes.Patience);
        Assert.True(end.IsCompleted);
        Assert.Equal(ConnectionEnd.Reset, server.Connection.InputEnd);
        await Handshakes.DisposeAsync(client, server);
    }

    [Fact]
    public async Task An_abort_is_seen_by_both()
    {
        (TlsHandshake client, TlsHandshake server) = await Handshakes.BetweenAsync(_one, _alsoOne);
        client.Connection!.Abort();
        Assert.True((await server.Connection!.Input.ReadAsync(Handshakes.Patience)).IsCompleted);
        Assert.True((await client.Connection.Input.ReadAsync(Handshakes.Patience)).IsCompleted);
        Assert.Equal((ConnectionEnd.Aborted, ConnectionEnd.Reset), (client.Connection.InputEnd, server.Connection.InputEnd));
        client.Connection.Output.Write("x"u8);
        Assert.Equal(FlushOutcome.Closed, await client.Connection.Output.FlushAsync());
        await Handshakes.DisposeAsync(client, server);
    }

    /// <summary>A changed byte is found: what comes is what was sent, or nothing.</summary>
    [Fact]
    public async Task A_byte_that_was_changed_on_the_way_ends_the_connection()
    {
        (MemoryConnection below, MemoryConnection other) = MemoryConnection.CreatePair(ConnectionLimits.Default, TimeProvider.System);
        Task<TlsHandshake> accepting = TlsConnection.AcceptAsync(other, _one, ConnectionLimits.Default, Handshakes.Patience).AsTask();
        TlsHandshake client = await TlsConnection.ConnectAsync(below, "", _alsoOne, ConnectionLimits.Default, Handshakes.Patience);
        TlsHandshake server = await accepting;
        // An application_data record that nobody with the key made (RFC 8446 section 5.1).
        below.Output.Write((ReadOnlySpan<byte>)[0x17, 3, 3, 0, 32, .. new byte[32]]);
        await below.Output.FlushAsync();
        ReadResult end = await server.Connection!.Input.ReadAsync(Handshakes.Patience);
        Assert.True(end is { IsCompleted: true, Buffer.IsEmpty: true });
        Assert.Equal(ConnectionEnd.Reset, server.Connection.InputEnd);
        await Handshakes.DisposeAsync(client, server);
    }

    [Fact]
    public async Task A_peer_that_does_not_read_is_waited_for()
    {
        (TlsHandshake client, TlsHandshake server) = await Handshakes.BetweenAsync(_one, _alsoOne);
        byte[] much = new byte[4_000_000];
        Task sending = Handshakes.SendAsync(client.Connection!, much);
        Assert.False(sending.IsCompleted); // more than all limits on the way together
        await Handshakes.ReadAsync(server.Connection!, much.Length);
        await sending.WaitAsync(Handshakes.Patience);
        await Handshakes.DisposeAsync(client, server);
    }

    private static MemberCredentials Named(string digits) => Secrets.Of([.. digits.Select(digit => digit == '1' ? Secrets.One : Secrets.Two)]);

    private static async Task SendInPiecesAsync(Connection connection, ReadOnlyMemory<byte> bytes)
    {
        var sizes = new Random(11);
        while (!bytes.IsEmpty)
        {
            for (int i = 0; i < 5 && !bytes.IsEmpty; i++)
            {
                int size = Math.Min(bytes.Length, sizes.Next(1, 20_000));
                if (i % 2 == 0)
                {
                    connection.Output.Write(bytes.Span[..size]);
                }
                else
                {
                    connection.Output.WriteBorrowed(bytes[..size]);
                }
                bytes = bytes[size..];
            }
            Assert.Equal(FlushOutcome.Flushed, await connection.Output.FlushAsync());
        }
    }

    private static async Task AssertReadsAsync(Connection connection, byte[] expected) => Assert.Equal(expected, await Handshakes.ReadAsync(connection, expected.Length));
}
