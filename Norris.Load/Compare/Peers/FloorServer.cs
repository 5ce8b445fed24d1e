using System.Net;
using System.Net.Sockets;
using Norris.Load.Sockets;

namespace Norris.Load.Compare.Peers;

/// <summary>
/// The floor's server: one thread, one ring. What a sender's socket holds is read to the ring's end, and each receiver is written what
/// came since its last write, from the ring. Senders wait while the slowest receiver is a whole ring behind.
/// <para>Each connection first says which it is, in one byte, and gets that byte back.</para>
/// </summary>
internal sealed class FloorServer : IDisposable
{
    /// <summary>What a sender says first.</summary>
    public const byte Sends = (byte)'s';

    /// <summary>What a receiver says first.</summary>
    public const byte Receives = (byte)'r';

    private const int PartBytes = 64 * 1024;

    private readonly EventLoop _loop = new();
    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly int _textBytes;
    private readonly byte[] _ring;
    private readonly List<Connection> _receivers = [];
    private readonly List<Connection> _waiting = [];
    private long _end;

    /// <summary>Listens on the loopback device.</summary>
    /// <param name="port">Where; 0 for any port.</param>
    /// <param name="textBytes">How long each text is.</param>
    /// <param name="ringBytes">How far a receiver may be behind.</param>
    public FloorServer(int port, int textBytes, int ringBytes = 4 * 1024 * 1024)
    {
        _textBytes = textBytes;
        _ring = new byte[Math.Max(PartBytes + textBytes, ringBytes) / textBytes * textBytes];
        _listener.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, port));
        _listener.Listen(1024);
        _loop.Add(_listener, new Acceptor(this, _listener), write: false);
    }

    /// <summary>Where it listens.</summary>
    public int Port => ((IPEndPoint)_listener.LocalEndPoint!).Port;

    /// <summary>Serves until <paramref name="isOver"/>, which is asked after each round, at least ten times a second.</summary>
    public void Run(Func<bool> isOver) => _loop.RunUntil(isOver);

    /// <inheritdoc/>
    public void Dispose()
    {
        _listener.Dispose();
        _loop.Dispose();
    }

    private long Slowest()
    {
        long slowest = _end;
        foreach (Connection receiver in _receivers)
        {
            slowest = Math.Min(slowest, receiver.Sent);
        }
        return slowest;
    }

    private sealed class Acceptor(FloorServer server, Socket listener) : IReady
    {
        public void Read()
        {
            Socket socket = listener.Accept();
            socket.NoDelay = true;
            _ = new Connection(server, socket);
        }

        public void Write()
        {
        }
    }

    // Who waited for room in the ring reads on.
    private void Resume()
    {
        Connection[] waiting = [.. _waiting];
        _waiting.Clear();
        foreach (Connection sender in waiting)
        {
            sender.Resume();
        }
    }

    private void Put(ReadOnlySpan<byte> texts)
    {
        int at = (int)(_end % _ring.Length);
        int first = Math.Min(texts.Length, _ring.Length - at);
        texts[..first].CopyTo(_ring.AsSpan(at));
        texts[first..].CopyTo(_ring);
        _end += texts.Length;
        for (int i = _receivers.Count - 1; i >= 0; i--)
        {
            _receivers[i].Flush();
        }
    }

    private sealed class Connection : IReady
    {
        private readonly FloorServer _server;
        private readonly Socket _socket;
        private readonly int _handle;
        private readonly byte[] _part = new byte[PartBytes];
        private int _partBytes;
        private byte _kind;
        private bool _isFull;

        public Connection(FloorServer server, Socket socket)
        {
            (_server, _socket) = (server, socket);
            _handle = server._loop.Add(socket, this, write: false);
        }

        public long Sent { get; private set; }

        public void Read()
        {
            if (_kind == Sends && _server._ring.Length - (_server._end - _server.Slowest()) < PartBytes)
            {
                _server._waiting.Add(this);
                _server._loop.Change(_handle, read: false, write: false);
                return;
            }
            int count = _socket.Receive(_part.AsSpan(_partBytes), SocketFlags.None, out SocketError error);
            if (error == SocketError.WouldBlock)
            {
                return;
            }
            if (error != SocketError.Success || count == 0)
            {
                End();
                return;
            }
            if (_kind == 0)
            {
                Begin(_part[0]);
                _part.AsSpan(1, --count).CopyTo(_part);
            }
            // Whole texts go into the ring; the start of one waits for its rest.
            _partBytes += count;
            int whole = _partBytes / _server._textBytes * _server._textBytes;
            _server.Put(_part.AsSpan(0, whole));
            _part.AsSpan(whole, _partBytes - whole).CopyTo(_part);
            _partBytes -= whole;
        }

        public void Resume() => _server._loop.Change(_handle, read: true, write: false);

        public void Write()
        {
            _isFull = false;
            Flush();
            if (!_isFull)
            {
                _server._loop.Change(_handle, read: true, write: false);
            }
            _server.Resume();
        }

        public void Flush()
        {
            byte[] ring = _server._ring;
            while (Sent < _server._end && !_isFull)
            {
                int at = (int)(Sent % ring.Length);
                int count = (int)Math.Min(_server._end - Sent, ring.Length - at);
                int written = _socket.Send(ring.AsSpan(at, count), SocketFlags.None, out SocketError error);
                if (error == SocketError.WouldBlock)
                {
                    _isFull = true;
                    _server._loop.Change(_handle, read: true, write: true);
                }
                else if (error == SocketError.Success)
                {
                    Sent += written;
                }
                else
                {
                    End();
                    return;
                }
            }
        }

        private void Begin(byte kind)
        {
            _kind = kind;
            _socket.Send([kind]);
            if (kind == Receives)
            {
                Sent = _server._end;
                _server._receivers.Add(this);
            }
        }

        private void End()
        {
            _server._loop.Remove(_handle);
            _server._receivers.Remove(this);
            _socket.Dispose();
            _server.Resume();
        }
    }
}
