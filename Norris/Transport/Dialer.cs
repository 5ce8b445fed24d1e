using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Norris.Transport;

/// <summary>Connects to a TCP peer within a time-out; a failure is a value that says what is known about the peer.</summary>
/// <param name="limits">For the connections.</param>
/// <param name="clock">For time-outs.</param>
/// <param name="credentials">When they are there, every connection is to a member that has proved it; the handshake is part of connecting.</param>
internal sealed class Dialer(ConnectionLimits limits, TimeProvider clock, Secure.MemberCredentials? credentials = null)
{
    /// <summary>Bytes on the connections that were made here.</summary>
    public Traffic Traffic { get; } = new();

    /// <summary>
    /// Connects to an address, or to each address of a name in the resolver's order, sharing the time left evenly among
    /// those not yet tried, so that one dead address cannot use up the time of the others.
    /// </summary>
    /// <param name="endPoint">An <see cref="IPEndPoint"/> or a <see cref="DnsEndPoint"/>.</param>
    /// <param name="timeout">For all of it; none left is <see cref="DialOutcome.TimedOut"/>.</param>
    /// <param name="cancellationToken">Ends the attempt with <see cref="DialOutcome.Canceled"/>.</param>
    public async ValueTask<DialResult> DialAsync(EndPoint endPoint, TimeSpan timeout, CancellationToken cancellationToken = default)
    {
        if (timeout <= TimeSpan.Zero)
        {
            return new(DialOutcome.TimedOut, null);
        }

        long start = clock.GetTimestamp();
        (DialOutcome resolved, IPEndPoint[] addresses) = await ResolveAsync(endPoint, timeout, cancellationToken);
        DialResult last = new(resolved, null);
        for (int index = 0; index < addresses.Length && last.Outcome is not DialOutcome.Canceled; index++)
        {
            TimeSpan left = timeout - clock.GetElapsedTime(start);
            if (left <= TimeSpan.Zero)
            {
                return new(DialOutcome.TimedOut, null);
            }

            last = await DialAddressAsync(addresses[index], left / (addresses.Length - index), cancellationToken);
            if (last.IsConnected)
            {
                break;
            }
        }

        return last;
    }

    private async ValueTask<(DialOutcome Outcome, IPEndPoint[] Addresses)> ResolveAsync(
        EndPoint endPoint, TimeSpan timeout, CancellationToken cancellationToken)
    {
        if (endPoint is IPEndPoint address)
        {
            return (DialOutcome.Other, [address]);
        }

        DnsEndPoint name = (DnsEndPoint)endPoint;
        using CancellationTokenSource deadline = new(timeout, clock);
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        try
        {
            IPAddress[] found = await Dns.GetHostAddressesAsync(name.Host, name.AddressFamily, either.Token);
            return (DialOutcome.NameUnknown, [.. found.Select(each => new IPEndPoint(each, name.Port))]);
        }
        catch (OperationCanceledException)
        {
            return (cancellationToken.IsCancellationRequested ? DialOutcome.Canceled : DialOutcome.TimedOut, []);
        }
        catch (Exception e) when (e is SocketException or ArgumentException)
        {
            return (DialOutcome.NameUnknown, []);
        }
    }

    private async ValueTask<DialResult> DialAddressAsync(IPEndPoint address, TimeSpan timeout, CancellationToken cancellationToken)
    {
        using CancellationTokenSource deadline = new(timeout, clock);
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        Socket? socket = null;
        try
        {
            socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            await socket.ConnectAsync(address, either.Token);
            SocketConnection connection = SocketConnection.Start(socket, limits, clock, Traffic);
            socket = null;
            return credentials is null ? new(DialOutcome.Connected, connection) : await ShakeHandsAsync(connection, address, credentials, either.Token, cancellationToken);
        }
        catch (OperationCanceledException)
        {
            return new(cancellationToken.IsCancellationRequested ? DialOutcome.Canceled : DialOutcome.TimedOut, null);
        }
        catch (SocketException e)
        {
            return new(Classify(e.SocketErrorCode), null);
        }
        finally
        {
            socket?.Dispose();
        }
    }

    private async ValueTask<DialResult> ShakeHandsAsync(
        SocketConnection connection, IPEndPoint address, Secure.MemberCredentials shown, CancellationToken either, CancellationToken canceled)
    {
        Secure.TlsHandshake handshake = await Secure.TlsConnection.ConnectAsync(connection, NameOf(address), shown, limits, either);
        DialOutcome outcome = handshake.Outcome switch
        {
            Secure.HandshakeOutcome.Done => DialOutcome.Connected,
            Secure.HandshakeOutcome.OtherSecret => DialOutcome.OtherSecret,
            Secure.HandshakeOutcome.NotTls => DialOutcome.NotTls,
            Secure.HandshakeOutcome.TimedOut => canceled.IsCancellationRequested ? DialOutcome.Canceled : DialOutcome.TimedOut,
            _ => DialOutcome.Reset,
        };
        return new(outcome, handshake.Connection);
    }

    /// <summary>A name for sessions with a node, which is said in the open: it tells nothing, and is another one in each process.</summary>
    private static string NameOf(IPEndPoint address) =>
        string.Create(CultureInfo.InvariantCulture, $"n{address.ToString().GetHashCode(StringComparison.Ordinal):x8}");

    private static DialOutcome Classify(SocketError error) => error switch
    {
        SocketError.ConnectionRefused => DialOutcome.Refused,
        SocketError.TimedOut => DialOutcome.TimedOut,
        SocketError.HostUnreachable or SocketError.NetworkUnreachable or SocketError.HostDown or SocketError.NetworkDown
            => DialOutcome.Unreachable,
        SocketError.HostNotFound or SocketError.NoData or SocketError.TryAgain => DialOutcome.NameUnknown,
        SocketError.ConnectionReset or SocketError.ConnectionAborted or SocketError.NotConnected => DialOutcome.Reset,
        _ => DialOutcome.Other,
    };
}
