using System.Buffers.Text;
using System.Net.Sockets;
using System.Text;
using Norris.Load.Sockets;

namespace Norris.Load.Compare.Peers;

/// <summary>Redis pub/sub, in its own protocol (RESP2): one channel.</summary>
internal sealed class RedisPeer() : ServerPeer("Redis pub/sub", "redis-server")
{
    /// <inheritdoc/>
    protected override string[] Arguments(int port, string folder) =>
    [
        "--bind", "127.0.0.1", "--port", port.ToString(Invariant), "--save", "", "--appendonly", "no", "--dir", folder,
        "--client-output-buffer-limit", "pubsub 0 0 0",
    ];

    /// <inheritdoc/>
    protected override RoomConnection Send(EventLoop loop, Speaker speaker) => new Sender(loop, RoomConnection.Connect(Port), speaker);

    /// <inheritdoc/>
    protected override RoomConnection Receive(EventLoop loop, Receipt receipt) => new Receiver(loop, RoomConnection.Connect(Port), receipt);

    private sealed class Sender : RoomConnection
    {
        private readonly Speaker _speaker;

        public Sender(EventLoop loop, Socket socket, Speaker speaker)
            : base(loop, socket) => (_speaker, IsReady) = (speaker, true);

        // Each PUBLISH is answered with how many got it.
        protected override int Parse(ReadOnlySpan<byte> received)
        {
            if (received[0] == (byte)'-')
            {
                Fail(Encoding.UTF8.GetString(received));
            }
            return received.Length;
        }

        protected override int Refill(Span<byte> output)
        {
            int count = 0;
            while (_speaker.HasMore && output.Length - count > _speaker.TextBytes + 64)
            {
                "*3\r\n$7\r\nPUBLISH\r\n$4\r\nroom\r\n$"u8.CopyTo(output[count..]);
                count += 28;
                Utf8Formatter.TryFormat(_speaker.TextBytes, output[count..], out int digits);
                count += digits;
                "\r\n"u8.CopyTo(output[count..]);
                _speaker.Say(output[(count + 2)..]);
                count += 2 + _speaker.TextBytes;
                "\r\n"u8.CopyTo(output[count..]);
                count += 2;
            }
            return count;
        }
    }

    private sealed class Receiver(EventLoop loop, Socket socket, Receipt receipt) : RoomConnection(loop, socket)
    {
        private bool _hasAsked;

        // *3 $7 message $4 room $N text; first *3 $9 subscribe $4 room :1
        protected override int Parse(ReadOnlySpan<byte> received)
        {
            ReadOnlySpan<byte> start = "*3\r\n$7\r\nmessage\r\n$4\r\nroom\r\n$"u8;
            int taken = 0;
            if (!IsReady)
            {
                int end = received.IndexOf(":1\r\n"u8);
                if (end < 0)
                {
                    return 0;
                }
                IsReady = true;
                taken = end + 4;
            }
            while (received.Length - taken > start.Length)
            {
                ReadOnlySpan<byte> rest = received[(taken + start.Length)..];
                int end = rest.IndexOf((byte)'\n');
                if (end < 0 || !Utf8Parser.TryParse(rest[..end], out int bytes, out _) || rest.Length < end + 1 + bytes + 2)
                {
                    break;
                }
                receipt.Take(rest.Slice(end + 1, bytes));
                taken += start.Length + end + 1 + bytes + 2;
            }
            return taken;
        }

        protected override int Refill(Span<byte> output)
        {
            if (_hasAsked)
            {
                return 0;
            }
            _hasAsked = true;
            "*2\r\n$9\r\nSUBSCRIBE\r\n$4\r\nroom\r\n"u8.CopyTo(output);
            return 29;
        }
    }
}
