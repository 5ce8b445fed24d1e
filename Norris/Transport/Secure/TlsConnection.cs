using System.IO.Pipelines;
using System.Net;
using System.Net.Security;
using System.Security.Authentication;

namespace Norris.Transport.Secure;

/// <summary>
/// A connection on which both sides have proved that they know the network's secret: TLS 1.3 (RFC 8446) by <see cref="SslStream"/>, over the connection below. Whoever
/// holds one of these talks to a member.
/// </summary>
internal sealed class TlsConnection : Connection
{
    /// <summary>Room for the content of one record.</summary>
    private const int ReadBytes = 16 * 1024;

    private readonly Connection _inner;
    private readonly ConnectionStream _wire;
    private readonly SslStream _tls;
    private readonly Pipe _pipe;
    private readonly TlsOutput _output;
    private readonly CancellationTokenSource _stop = new();
    private Task _receiving = Task.CompletedTask;
    private int _isClosing;

    private TlsConnection(Connection inner, ConnectionStream wire, SslStream tls, PeerKey key, ConnectionLimits limits)
    {
        _inner = inner;
        _wire = wire;
        _tls = tls;
        PeerKey = key;
        _pipe = limits.NewInputPipe();
        _output = new TlsOutput(this, tls, wire, limits.BlockBytes);
    }

    /// <inheritdoc/>
    public override PipeReader Input => _pipe.Reader;

    /// <inheritdoc/>
    public override ConnectionOutput Output => _output;

    /// <inheritdoc/>
    public override EndPoint? RemoteEndPoint => _inner.RemoteEndPoint;

    /// <inheritdoc/>
    public override EndPoint? LocalEndPoint => _inner.LocalEndPoint;

    /// <inheritdoc/>
    public override PeerKey PeerKey { get; }

    /// <summary>Shakes hands as the one that was connected to. The connection below is this method's: it is disposed with the one above, or when there is none.</summary>
    /// <param name="inner">The connection below.</param>
    /// <param name="credentials">What to show and whom to believe.</param>
    /// <param name="limits">For the connection.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public static ValueTask<TlsHandshake> AcceptAsync(
        Connection inner, MemberCredentials credentials, ConnectionLimits limits, CancellationToken cancellationToken) =>
        ShakeHandsAsync(inner, limits, (tls, judgement) => tls.AuthenticateAsServerAsync(credentials.ForServer(judgement), cancellationToken), cancellationToken);

    /// <summary>Shakes hands as the one that connected; otherwise as <see cref="AcceptAsync"/>.</summary>
    /// <param name="inner">The connection below.</param>
    /// <param name="peer">A name for who is there, by which an earlier session with it is resumed; see <see cref="MemberCredentials.ForClient"/>.</param>
    /// <param name="credentials">What to show and whom to believe.</param>
    /// <param name="limits">For the connection.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public static ValueTask<TlsHandshake> ConnectAsync(
        Connection inner, string peer, MemberCredentials credentials, ConnectionLimits limits, CancellationToken cancellationToken) =>
        ShakeHandsAsync(inner, limits, (tls, judgement) => tls.AuthenticateAsClientAsync(credentials.ForClient(judgement, peer), cancellationToken), cancellationToken);

    /// <inheritdoc/>
    public override void Abort()
    {
        EndInput(ConnectionEnd.Aborted);
        _inner.Abort();
        _pipe.Writer.CancelPendingFlush();
    }

    /// <inheritdoc/>
    public override async ValueTask CloseAsync(TimeSpan lingerTimeout)
    {
        if (Interlocked.Exchange(ref _isClosing, 1) != 0)
        {
            return;
        }
        try
        {
            await _tls.ShutdownAsync(); // close_notify (RFC 8446 section 6.1)
            if (await _wire.SendAsync(CancellationToken.None) == FlushOutcome.Closed)
            {
                return;
            }
        }
        catch (Exception e) when (IsAboutThePeer(e))
        {
            Abort();
            return;
        }
        // What still comes is of no interest, decrypted or not.
        await _stop.CancelAsync();
        _pipe.Writer.CancelPendingFlush();
        await _receiving;
        await _inner.CloseAsync(lingerTimeout);
    }

    /// <summary>Whether an exception says what a peer did, which is no mistake of ours.</summary>
    internal static bool IsAboutThePeer(Exception e) =>
        e is IOException or AuthenticationException or OperationCanceledException or ObjectDisposedException or InvalidOperationException
            or System.ComponentModel.Win32Exception;

    /// <inheritdoc/>
    protected override async ValueTask ReleaseAsync()
    {
        _pipe.Reader.Complete();
        await _receiving;
        await _tls.DisposeAsync();
        _output.Release();
        await _inner.DisposeAsync();
        _stop.Dispose();
    }

    private static async ValueTask<TlsHandshake> ShakeHandsAsync(
        Connection inner, ConnectionLimits limits, Func<SslStream, PeerJudgement, Task> authenticate, CancellationToken cancellationToken)
    {
        var wire = new ConnectionStream(inner);
        var tls = new SslStream(wire, leaveInnerStreamOpen: true);
        var judgement = new PeerJudgement();
        try
        {
            await authenticate(tls, judgement);
            // Whether we showed a certificate ourselves a client is not told reliably of a session that is resumed (dotnet/runtime#123238); that servers ask is theirs to see to.
            if (judgement.Verdict == PeerVerdict.Belongs && tls.SslProtocol == SslProtocols.Tls13 && (tls.IsMutuallyAuthenticated || !tls.IsServer))
            {
                wire.Collect();
                var connection = new TlsConnection(inner, wire, tls, judgement.Key, limits);
                connection._receiving = connection.ReceiveAsync();
                return new(HandshakeOutcome.Done, connection);
            }
        }
        catch (Exception e) when (IsAboutThePeer(e))
        {
            // The outcome says it.
        }
        HandshakeOutcome outcome = cancellationToken.IsCancellationRequested ? HandshakeOutcome.TimedOut : judgement.Verdict switch
        {
            PeerVerdict.OtherSecret => HandshakeOutcome.OtherSecret,
            PeerVerdict.ShowedNothing => HandshakeOutcome.NoCertificate,
            _ when wire.FirstByte is >= 0 and not TlsRecord.Handshake and not TlsRecord.Alert => HandshakeOutcome.NotTls,
            _ => HandshakeOutcome.Broken,
        };
        await tls.DisposeAsync();
        if (outcome == HandshakeOutcome.OtherSecret)
        {
            // In good order, so that what we showed is there to be read, and the other side can say why it is not let in.
            await inner.CloseAsync(limits.RefusalLinger);
        }
        await inner.DisposeAsync();
        return new(outcome, null);
    }

    private async Task ReceiveAsync()
    {
        ConnectionEnd end = await PumpAsync();
        EndInput(end);
        await _pipe.Writer.CompleteAsync();
        SignalClosed();
    }

    private async Task<ConnectionEnd> PumpAsync()
    {
        try
        {
            while (true)
            {
                int count = await _tls.ReadAsync(_pipe.Writer.GetMemory(ReadBytes), _stop.Token);
                if (count == 0)
                {
                    // An end that TLS does not announce may be anybody's work (RFC 8446 section 6.1).
                    return _wire.HasEnded ? ConnectionEnd.Reset : ConnectionEnd.Finished;
                }
                _pipe.Writer.Advance(count);
                FlushResult flush = await _pipe.Writer.FlushAsync();
                if (flush.IsCompleted || flush.IsCanceled)
                {
                    return ConnectionEnd.Aborted;
                }
            }
        }
        catch (Exception e) when (IsAboutThePeer(e))
        {
            return _inner.InputEnd == ConnectionEnd.Aborted ? ConnectionEnd.Aborted : ConnectionEnd.Reset;
        }
    }
}

/// <summary>The first byte of a TLS record (RFC 8446 section 5.1).</summary>
internal static class TlsRecord
{
    /// <summary>Of one that belongs to a handshake, as what a client says first does.</summary>
    public const int Handshake = 0x16;

    /// <summary>Of one that says what is wrong.</summary>
    public const int Alert = 0x15;
}
