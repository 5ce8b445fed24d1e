using Norris.Transport.Secure;

namespace Norris.Tests.Transport.Secure;

/// <summary>
/// Who talked to somebody before goes on with that session (RFC 8446 section 2.2): no certificate is shown and none is checked anew, and each side is judged as if it had been.
/// </summary>
public sealed class ResumptionTests : IDisposable
{
    /// <summary>What two certificates with their signatures have at least; a handshake without them is shorter by that.</summary>
    private const int CertificatesBytes = 800;

    private readonly MemberCredentials _client = Secrets.Of(Secrets.One);
    private readonly MemberCredentials _server = Secrets.Of(Secrets.One);

    public void Dispose()
    {
        _client.Dispose();
        _server.Dispose();
    }

    [Fact]
    public async Task Who_was_here_before_shows_no_certificate_and_is_known_again()
    {
        int whole = await BytesOfOneAsync("n1");
        for (int i = 0; i < 5; i++)
        {
            Assert.InRange(await BytesOfOneAsync("n1"), 1, whole - CertificatesBytes);
        }
    }

    [Theory]
    [InlineData("n1", "n2")]
    [InlineData("", "")]
    [InlineData("127.0.0.1", "127.0.0.1")] // .NET keeps no session under an address
    public async Task Who_is_not_known_by_the_name_shows_it(string first, string then)
    {
        int whole = await BytesOfOneAsync(first);
        Assert.InRange(await BytesOfOneAsync(then), whole - (CertificatesBytes / 2), whole + (CertificatesBytes / 2));
    }

    /// <summary>A node that was started anew has another key, and takes no session that it did not begin.</summary>
    [Fact]
    public async Task Another_process_at_the_same_place_is_not_taken_for_the_first()
    {
        await BytesOfOneAsync("n1");
        using MemberCredentials anew = Secrets.Of(Secrets.One);
        (TlsHandshake client, TlsHandshake server) = await Handshakes.BetweenAsync(_client, anew, "n1");
        Assert.Equal((anew.Key, _client.Key), (client.Connection!.PeerKey, server.Connection!.PeerKey));
        await Handshakes.DisposeAsync(client, server);
    }

    [Fact]
    public async Task Another_network_at_the_same_place_is_no_friend()
    {
        await BytesOfOneAsync("n1");
        using MemberCredentials stranger = Secrets.Of(Secrets.Two);
        (TlsHandshake client, TlsHandshake server) = await Handshakes.BetweenAsync(_client, stranger, "n1");
        Assert.Equal((HandshakeOutcome.OtherSecret, HandshakeOutcome.OtherSecret), (client.Outcome, server.Outcome));
    }

    /// <summary>A server sends its tickets before it has judged: they get nobody in.</summary>
    [Fact]
    public async Task Who_was_not_let_in_is_not_let_in_again()
    {
        using MemberCredentials stranger = Secrets.Of(Secrets.Two);
        using MemberCredentials both = Secrets.Of(Secrets.Two, Secrets.One); // takes the server, which does not take it
        for (int i = 0; i < 4; i++)
        {
            foreach (MemberCredentials other in (MemberCredentials[])[stranger, both])
            {
                (TlsHandshake client, TlsHandshake server) = await Handshakes.BetweenAsync(other, _server, "n1");
                if (client.IsDone)
                {
                    // A client is done before the server has judged it, and then hears the end of it; tickets that came before are kept.
                    Assert.True((await client.Connection.Input.ReadAsync(Handshakes.Patience)).Buffer.IsEmpty);
                }
                Assert.Equal(HandshakeOutcome.OtherSecret, server.Outcome);
                await Handshakes.DisposeAsync(client);
            }
        }
    }

    private async Task<int> BytesOfOneAsync(string peer)
    {
        // A ticket comes before the first byte.
        (TlsHandshake client, TlsHandshake server, byte[] seen) = await Handshakes.OverheardAsync(
            _client, _server, static async (client, server) =>
            {
                await Handshakes.SendAsync(server, new byte[1]);
                await Handshakes.ReadAsync(client, 1);
            }, peer);
        Assert.Equal((_server.Key, _client.Key), (client.Connection!.PeerKey, server.Connection!.PeerKey));
        await Handshakes.DisposeAsync(client, server);
        return seen.Length;
    }
}
