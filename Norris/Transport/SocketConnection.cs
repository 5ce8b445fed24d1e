using System.IO.Pipelines;
using System.Net;
using System.Net.Sockets;

namespace Norris.Transport;

/// <summary>A TCP connection. Small writes go out at once (TCP_NODELAY): batching is the writer's business, it flushes when it means it.</summary>
internal sealed class SocketConnection : Connection
{
    private const int Open = 0;
    private const int SendEnded = 1;
    private const int Dead = 2;

    private readonly Socket _socket;
    private readonly Pipe _pipe;
    private readonly SocketOutput _output;
    private readonly TimeProvider _clock;
    private Task _receiving = Task.CompletedTask;
    private int _state = Open;

    private SocketConnection(Socket socket, ConnectionLimits limits, TimeProvider clock, Traffic? traffic)
    {
        _socket = socket;
        _clock = clock;
        RemoteEndPoint = socket.RemoteEndPoint;
        LocalEndPoint = socket.LocalEndPoint;
        _pipe = limits.NewInputPipe();
        _output = new SocketOutput(this, socket, limits.BlockBytes, traffic);
    }

    /// <inheritdoc/>
    public override PipeReader Input => _pipe.Reader;

    /// <inheritdoc/>
    public override ConnectionOutput Output => _output;

    /// <inheritdoc/>
    public override EndPoint? RemoteEndPoint { get; }

    /// <inheritdoc/>
    public override EndPoint? LocalEndPoint { get; }

    /// <summary>Whether our side is open still, as far as we know.</summary>
    internal bool IsSendable => Volatile.Read(ref _state) == Open;

    /// <summary>Takes over a connected socket and starts to receive.</summary>
    /// <exception cref="SocketException">The peer was gone before its address could be read.</exception>
    public static SocketConnection Start(Socket socket, ConnectionLimits limits, TimeProvider clock, Traffic? traffic = null)
    {
        socket.NoDelay = true;

        // A peer whose machine vanished sends nothing: without probes a silent stream would wait for it forever.
        socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveTime, limits.KeepAliveProbeSeconds);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveInterval, limits.KeepAliveProbeSeconds);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveRetryCount, 3);
        SocketConnection connection = new(socket, limits, clock, traffic);
        connection._receiving = new SocketReceiver(socket, connection._pipe.Writer, traffic).RunAsync(connection.OnInputEnded);
        return connection;
    }

    /// <inheritdoc/>
    public override void Abort()
    {
        if (Interlocked.Exchange(ref _state, Dead) == Dead)
        {
            return;
        }

        EndInput(ConnectionEnd.Aborted);
        try
        {
            _socket.LingerState = new LingerOption(enable: true, seconds: 0);
        }
        catch (SocketException)
        {
            // Already reset by the peer: there is nobody left to send a reset to.
        }

        _socket.Dispose();
        _pipe.Writer.CancelPendingFlush(); // a receiver that waits for room would not notice
    }

    /// <inheritdoc/>
    public override async ValueTask CloseAsync(TimeSpan lingerTimeout)
    {
        if (Interlocked.CompareExchange(ref _state, SendEnded, Open) != Open)
        {
            return;
        }

        try
        {
            _socket.Shutdown(SocketShutdown.Send);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            Abort();
            return;
        }

        await DrainAsync(lingerTimeout, _clock);
        if (Interlocked.Exchange(ref _state, Dead) != Dead)
        {
            _socket.Dispose();
        }
    }

    /// <inheritdoc/>
    protected override async ValueTask ReleaseAsync()
    {
        _pipe.Reader.Complete(); // wakes a receiver that waits for room
        await _receiving;
        _output.Release();
        _output.Dispose();
    }

    private void OnInputEnded(ConnectionEnd end)
    {
        EndInput(end);
        _pipe.Writer.Complete();
        SignalClosed();
    }
}
