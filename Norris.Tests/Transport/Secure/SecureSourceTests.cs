using System.Buffers;
using System.IO.Pipelines;
using System.Text;
using System.Threading.Channels;
using Microsoft.Extensions.Time.Testing;
using Norris.Transport;
using Norris.Transport.Secure;

namespace Norris.Tests.Transport.Secure;

/// <summary>Who does not belong gets no further than the door, and keeps nobody from it.</summary>
public sealed class SecureSourceTests : IDisposable
{
    private readonly MemberCredentials _one = Secrets.Of(Secrets.One);
    private readonly MemberCredentials _two = Secrets.Of(Secrets.Two);
    private readonly FakeTimeProvider _clock = new();
    private readonly MemoryListener _listener;
    private readonly Channel<HandshakeOutcome> _turnedAway = Channel.CreateUnbounded<HandshakeOutcome>();
    private readonly CancellationTokenSource _stop = new();

    public SecureSourceTests() => _listener = new MemoryListener(ConnectionLimits.Default, _clock);

    public void Dispose()
    {
        _one.Dispose();
        _two.Dispose();
        _stop.Dispose();
    }

    [Fact]
    public async Task A_member_is_handed_over_and_others_are_not()
    {
        SecureSource source = Source();
        ValueTask<Connection?> accepting = source.AcceptAsync(_stop.Token);
        Assert.Equal(HandshakeOutcome.OtherSecret, (await TlsConnection.ConnectAsync(_listener.Connect(), "", _two, ConnectionLimits.Default, Handshakes.Patience)).Outcome);
        Assert.Equal(HandshakeOutcome.OtherSecret, await TurnedAwayAsync());
        Assert.False(accepting.IsCompleted);

        TlsHandshake member = await TlsConnection.ConnectAsync(_listener.Connect(), "", _one, ConnectionLimits.Default, Handshakes.Patience);
        Connection accepted = (await accepting)!;
        Assert.Equal(_one.Key, accepted.PeerKey);
        Assert.Equal([("let_in", 1), ("other_secret", 1)], source.Counts.All.Where(static each => each.Count > 0));
        await member.Connection!.DisposeAsync();
        await accepted.DisposeAsync();
    }

    [Fact]
    public async Task Who_speaks_without_TLS_is_told_and_the_connection_is_closed()
    {
        SecureSource source = Source();
        _ = source.AcceptAsync(_stop.Token).AsTask();
        MemoryConnection plain = _listener.Connect();
        plain.Output.Write("GET / HTTP/1.1\r\nHost: a\r\n\r\n"u8);
        await plain.Output.FlushAsync();
        Assert.Equal("not here", await ReadToEndAsync(plain));
        await plain.DisposeAsync();
        Assert.Equal(HandshakeOutcome.NotTls, await TurnedAwayAsync());
        await StopAsync(source);
    }

    [Fact]
    public async Task Who_says_nothing_is_waited_for_no_longer_than_the_limit()
    {
        SecureSource source = Source();
        _ = source.AcceptAsync(_stop.Token).AsTask();
        MemoryConnection silent = _listener.Connect();
        await UntilAsync(() => source.UnfinishedCount == 1);
        _clock.Advance(ConnectionLimits.Default.HandshakeTimeout);
        Assert.Equal("", await ReadToEndAsync(silent));
        Assert.Equal(HandshakeOutcome.TimedOut, await TurnedAwayAsync());
        await silent.DisposeAsync();
        await StopAsync(source);
    }

    /// <summary>The oldest of many that do not finish gives way: a member finishes in the time of a few packets, and a crowd that waits only makes room.</summary>
    [Fact]
    public async Task A_crowd_that_says_nothing_keeps_no_member_out()
    {
        SecureSource source = Source(ConnectionLimits.Default with { HandshakesMax = 3 });
        ValueTask<Connection?> accepting = source.AcceptAsync(_stop.Token);
        MemoryConnection[] crowd = [.. Enumerable.Range(0, 10).Select(_ => _listener.Connect())];
        TlsHandshake member = await TlsConnection.ConnectAsync(_listener.Connect(), "", _one, ConnectionLimits.Default, Handshakes.Patience);
        Assert.True(member.IsDone);
        Connection accepted = (await accepting)!;
        foreach (MemoryConnection given in crowd[..8])
        {
            Assert.Equal("", await ReadToEndAsync(given)); // these were the oldest
            Assert.Equal(HandshakeOutcome.GaveWay, await TurnedAwayAsync());
        }
        await member.Connection!.DisposeAsync();
        await accepted.DisposeAsync();
        await StopAsync(source);
    }

    [Fact]
    public async Task Stopping_lets_go_of_all_that_stand_at_the_door()
    {
        SecureSource source = Source();
        Task<Connection?> accepting = source.AcceptAsync(_stop.Token).AsTask();
        MemoryConnection silent = _listener.Connect();
        await UntilAsync(() => source.UnfinishedCount == 1);
        await _stop.CancelAsync();
        Assert.Null(await accepting.WaitAsync(Handshakes.Patience));
        Assert.Equal("", await ReadToEndAsync(silent));
        Assert.Equal(0, source.UnfinishedCount);
        await silent.DisposeAsync();
    }

    private SecureSource Source(ConnectionLimits? limits = null) => new(_listener, _one, limits ?? ConnectionLimits.Default, _clock)
    {
        PlainAnswer = Encoding.ASCII.GetBytes("not here"),
        TurnedAway = (outcome, _) => _turnedAway.Writer.TryWrite(outcome),
    };

    private async Task StopAsync(SecureSource source)
    {
        await _stop.CancelAsync();
        Assert.Null(await source.AcceptAsync(_stop.Token));
    }

    private ValueTask<HandshakeOutcome> TurnedAwayAsync() => _turnedAway.Reader.ReadAsync(Handshakes.Patience);

    private static async Task UntilAsync(Func<bool> holds)
    {
        CancellationToken patience = Handshakes.Patience;
        while (!holds())
        {
            await Task.Yield();
            patience.ThrowIfCancellationRequested();
        }
    }

    private static async Task<string> ReadToEndAsync(MemoryConnection connection)
    {
        var got = new MemoryStream();
        while (true)
        {
            ReadResult read = await connection.Input.ReadAsync(Handshakes.Patience);
            got.Write(read.Buffer.ToArray());
            connection.Input.AdvanceTo(read.Buffer.End);
            if (read.IsCompleted)
            {
                return Encoding.ASCII.GetString(got.ToArray());
            }
        }
    }
}
