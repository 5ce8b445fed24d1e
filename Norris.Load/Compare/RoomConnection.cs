using System.Net;
using System.Net.Sockets;
using Norris.Load.Sockets;

namespace Norris.Load.Compare;

/// <summary>
/// One connection to a peer: reads as much as there is into the loop's one buffer and has it parsed in place, and writes as much as there is room
/// for at once. What the bytes mean is for the classes under it. Of what came only the piece that is not whole yet is kept: buffers of two hundred
/// connections would be in nobody's cache.
/// </summary>
internal abstract class RoomConnection : IReady
{
    private const int BufferBytes = EventLoop.BufferBytes;

    private readonly EventLoop _loop;
    private readonly Socket _socket;
    private readonly byte[] _out = new byte[BufferBytes];
    private readonly int _handle;
    private byte[] _rest = [];
    private int _restBytes;
    private int _outStart;
    private int _outEnd;
    private int _lastBytes;
    private bool _waitsToWrite;
    private bool _isServing;

    /// <summary>Watches the socket from now on.</summary>
    protected RoomConnection(EventLoop loop, Socket socket)
    {
        (_loop, _socket) = (loop, socket);
        _handle = loop.Add(socket, this, write: false);
    }

    /// <summary>Why the connection is of no use any more; null while it is.</summary>
    public string? Failure { get; protected set; }

    /// <summary>Whether what comes next may be said and heard.</summary>
    public bool IsReady { get; protected set; }

    /// <summary>Connects to a peer on this machine.</summary>
    public static Socket Connect(int port)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        socket.Connect(IPAddress.Loopback, port);
        return socket;
    }

    /// <inheritdoc/>
    public void Read()
    {
        if (Failure is not null)
        {
            return;
        }
        byte[] buffer = _loop.Buffer;
        _rest.AsSpan(0, _restBytes).CopyTo(buffer);
        int count = _socket.Receive(buffer.AsSpan(_restBytes), SocketFlags.None, out SocketError error);
        if (error == SocketError.WouldBlock)
        {
            return;
        }
        if (error != SocketError.Success || count == 0)
        {
            Fail(count == 0 ? "the other side closed the connection" : $"the connection broke: {error}");
            return;
        }
        _isServing = true;
        int taken = Parse(buffer.AsSpan(0, _restBytes + count));
        _isServing = false;
        Keep(buffer.AsSpan(taken, _restBytes + count - taken));
        if (_restBytes == buffer.Length)
        {
            Fail("the other side sent something longer than any message");
        }
        else
        {
            Wake();
        }
    }

    /// <inheritdoc/>
    public void Write()
    {
        while (Failure is null)
        {
            if (_outStart == _outEnd)
            {
                _outStart = 0;
                _outEnd = Refill(_out);
                _lastBytes = _outEnd > 0 ? _outEnd : _lastBytes;
                if (_outEnd == 0)
                {
                    Wait(toWrite: false);
                    return;
                }
            }
            int count = _socket.Send(_out.AsSpan(_outStart, _outEnd - _outStart), SocketFlags.None, out SocketError error);
            if (error == SocketError.WouldBlock)
            {
                Wait(toWrite: true);
                return;
            }
            if (error != SocketError.Success)
            {
                Fail($"the connection broke: {error}");
                return;
            }
            _outStart += count;
        }
    }

    /// <summary>There may be something to say.</summary>
    public void Wake()
    {
        if (!_waitsToWrite && !_isServing)
        {
            Write();
        }
    }

    /// <summary>Ends the connection.</summary>
    public void Close()
    {
        if (Failure is null)
        {
            Fail("ended");
        }
    }

    /// <summary>Takes what is whole at the start of what has come; returns how many bytes that was.</summary>
    protected abstract int Parse(ReadOnlySpan<byte> received);

    /// <summary>Writes what is to be said next; returns how many bytes that is, 0 for nothing.</summary>
    protected abstract int Refill(Span<byte> output);

    /// <summary>What was said last.</summary>
    protected Span<byte> Last => _out.AsSpan(0, _lastBytes);

    /// <summary>Says <see cref="Last"/> once more.</summary>
    protected void SayAgain()
    {
        (_outStart, _outEnd) = (0, _lastBytes);
        Wake();
    }

    /// <summary>Gives the connection up.</summary>
    protected void Fail(string reason)
    {
        Failure = reason;
        _loop.Remove(_handle);
        _socket.Dispose();
    }

    private void Keep(ReadOnlySpan<byte> rest)
    {
        if (_rest.Length < rest.Length)
        {
            _rest = new byte[Math.Max(rest.Length, 1024)];
        }
        rest.CopyTo(_rest);
        _restBytes = rest.Length;
    }

    private void Wait(bool toWrite)
    {
        if (_waitsToWrite != toWrite)
        {
            _waitsToWrite = toWrite;
            _loop.Change(_handle, read: true, toWrite);
        }
    }
}
