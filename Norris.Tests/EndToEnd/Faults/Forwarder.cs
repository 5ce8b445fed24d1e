using System.Net;
using System.Net.Sockets;
using System.Threading.Channels;

namespace Norris.Tests.EndToEnd.Faults;

/// <summary>
/// A way to a node on loopback that can be bad: it passes bytes on in both directions, after a delay if it is told so, resets what is
/// open, and refuses.
/// </summary>
internal sealed class Forwarder : IAsyncDisposable
{
    private const int BufferBytes = 64 * 1024;

    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly Lock _gate = new();
    private readonly List<Socket> _open = [];
    private readonly TimeSpan _delay;
    private readonly Task _accepting;
    private EndPoint? _target;

    /// <summary>Begins to listen, on a port of the system's choosing.</summary>
    /// <param name="delay">How much later bytes arrive, each way.</param>
    public Forwarder(TimeSpan delay = default)
    {
        _delay = delay;
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _listener.Listen();
        Address = _listener.LocalEndPoint!.ToString()!;
        _accepting = AcceptAsync();
    }

    /// <summary>Where it listens.</summary>
    public string Address { get; }

    /// <summary>Says where it leads to.</summary>
    public void ForwardTo(string address) => _target = IPEndPoint.Parse(address);

    /// <summary>Resets every connection that is open, and says how many ends that were. New ones work.</summary>
    public int ResetAll()
    {
        lock (_gate)
        {
            foreach (Socket socket in _open)
            {
                socket.LingerState = new LingerOption(true, 0);
                socket.Dispose();
            }
            int count = _open.Count;
            _open.Clear();
            return count;
        }
    }

    /// <summary>Refuses from now on, and resets what is open.</summary>
    public void Refuse()
    {
        _listener.Dispose();
        ResetAll();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        Refuse();
        await _accepting;
    }

    private async Task AcceptAsync()
    {
        var connections = new List<Task>();
        try
        {
            while (true)
            {
                connections.Add(ServeAsync(await _listener.AcceptAsync()));
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            await Task.WhenAll(connections);
        }
    }

    private async Task ServeAsync(Socket caller)
    {
        var called = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        caller.NoDelay = called.NoDelay = true;
        try
        {
            await called.ConnectAsync(_target!);
            lock (_gate)
            {
                _open.AddRange([caller, called]);
            }
            await Task.WhenAll(PassAsync(caller, called), PassAsync(called, caller));
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // One end is gone, and so the other is to be.
        }
        finally
        {
            lock (_gate)
            {
                _open.Remove(caller);
                _open.Remove(called);
                caller.Dispose();
                called.Dispose();
            }
        }
    }

    private async Task PassAsync(Socket from, Socket to)
    {
        var late = Channel.CreateUnbounded<(byte[] Bytes, long Due)>();
        Task writing = WriteAsync(late.Reader, to);
        byte[] buffer = new byte[BufferBytes];
        try
        {
            for (int read = await from.ReceiveAsync(buffer); read > 0; read = await from.ReceiveAsync(buffer))
            {
                late.Writer.TryWrite((buffer[..read], TimeProvider.System.GetTimestamp()));
            }
        }
        catch (SocketException)
        {
            // Reset is passed on as the end.
        }
        late.Writer.Complete();
        await writing;
        to.Shutdown(SocketShutdown.Send);
    }

    private async Task WriteAsync(ChannelReader<(byte[] Bytes, long Read)> late, Socket to)
    {
        await foreach ((byte[] bytes, long read) in late.ReadAllAsync())
        {
            TimeSpan rest = _delay - TimeProvider.System.GetElapsedTime(read);
            if (rest > TimeSpan.Zero)
            {
                await Task.Delay(rest);
            }
            await to.SendAsync(bytes);
        }
    }
}
