using System.Net;
using System.Net.Sockets;

namespace Norris.Transport;

/// <summary>
/// Accepts TCP connections. It outlives what single peers and a machine short of descriptors or memory do to it: it rests
/// a moment and goes on. Past <see cref="ConnectionLimits.ConnectionsMax"/> it accepts nobody until somebody leaves.
/// </summary>
internal sealed class Listener : IConnectionSource, IDisposable
{
    private readonly Func<CancellationToken, ValueTask<Socket>> _accept;
    private readonly Socket? _socket;
    private readonly ConnectionLimits _limits;
    private readonly TimeProvider _clock;
    private readonly SemaphoreSlim _room;

    private Listener(Socket socket, ConnectionLimits limits, TimeProvider clock)
        : this(socket.AcceptAsync, (IPEndPoint)socket.LocalEndPoint!, limits, clock) => _socket = socket;

    /// <summary>For tests of hard times: accepts from a function instead of a socket.</summary>
    internal Listener(
        Func<CancellationToken, ValueTask<Socket>> accept, IPEndPoint localEndPoint, ConnectionLimits limits, TimeProvider clock)
    {
        _accept = accept;
        _limits = limits;
        _clock = clock;
        _room = new SemaphoreSlim(limits.ConnectionsMax, limits.ConnectionsMax);
        LocalEndPoint = localEndPoint;
    }

    /// <summary>Where it listens, with the real port when 0 was asked.</summary>
    public IPEndPoint LocalEndPoint { get; }

    /// <summary>Bytes on the connections that were accepted here.</summary>
    public Traffic Traffic { get; } = new();

    /// <summary>Told why nobody is accepted for the moment, again and again while that lasts.</summary>
    public Action<AcceptTrouble>? Troubled { get; set; }

    /// <summary>Binds and listens. An address in TIME_WAIT may be bound again (SO_REUSEADDR), one with a living listener may not.</summary>
    /// <exception cref="SocketException">The address is in use, is not ours, or needs rights which the process lacks.</exception>
    public static Listener Bind(IPEndPoint endPoint, ConnectionLimits limits, TimeProvider clock)
    {
        Socket socket = new(endPoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            // On Unix .NET itself sets SO_REUSEADDR on a listening socket; its own ReuseAddress option would also set
            // SO_REUSEPORT, with which two nodes could take the same port unnoticed.
            socket.Bind(endPoint);
            socket.Listen(limits.Backlog);
            return new Listener(socket, limits, clock);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public async ValueTask<Connection?> AcceptAsync(CancellationToken cancellationToken)
    {
        try
        {
            if (!await _room.WaitAsync(TimeSpan.Zero, cancellationToken))
            {
                Troubled?.Invoke(AcceptTrouble.Full);
                await _room.WaitAsync(cancellationToken);
            }
        }
        catch (OperationCanceledException)
        {
            return null;
        }

        Connection? connection = await AcceptSocketAsync(cancellationToken);
        if (connection is null)
        {
            _room.Release();
            return null;
        }

        connection.Released = () => _room.Release();
        return connection;
    }

    /// <summary>Stops listening; peers that connect from now on are refused.</summary>
    public void Dispose() => _socket?.Dispose();

    private async ValueTask<Connection?> AcceptSocketAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                Socket socket = await _accept(cancellationToken);
                if (TryStart(socket) is { } connection)
                {
                    return connection;
                }
            }
            catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException ||
                                      e is SocketException { SocketErrorCode: SocketError.OperationAborted })
            {
                return null;
            }
            catch (SocketException e) when (IsAboutOnePeer(e.SocketErrorCode))
            {
                // It left before it was accepted. The next one may be well.
            }
            catch (SocketException e)
            {
                // No descriptors (EMFILE, ENFILE) or no memory: they come back when others leave.
                Troubled?.Invoke(e.SocketErrorCode == SocketError.TooManyOpenSockets ? AcceptTrouble.NoDescriptors : AcceptTrouble.NoMemory);
                await Task.Delay(_limits.AcceptPause, _clock, cancellationToken)
                    .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private SocketConnection? TryStart(Socket socket)
    {
        try
        {
            return SocketConnection.Start(socket, _limits, _clock, Traffic);
        }
        catch (SocketException)
        {
            socket.Dispose(); // gone between the accept and now
            return null;
        }
    }

    private static bool IsAboutOnePeer(SocketError error) => error is
        SocketError.ConnectionAborted or SocketError.ConnectionReset or SocketError.TimedOut or
        SocketError.NetworkDown or SocketError.NetworkUnreachable or SocketError.HostUnreachable or SocketError.HostDown;
}
