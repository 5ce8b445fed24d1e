using System.Buffers.Text;
using System.Net.Sockets;
using System.Text;
using Norris.Load.Sockets;

namespace Norris.Load.Compare.Peers;

/// <summary>
/// NATS core, in its own protocol (docs.nats.io, "Client Protocol"): everybody publishes to, or is subscribed to, one subject.
/// </summary>
internal sealed class NatsPeer() : ServerPeer("NATS core", "nats-server")
{
    /// <inheritdoc/>
    protected override string[] Arguments(int port, string folder) => ["-a", "127.0.0.1", "-p", port.ToString(Invariant)];

    /// <inheritdoc/>
    protected override RoomConnection Send(EventLoop loop, Speaker speaker) => new Sender(loop, RoomConnection.Connect(Port), speaker);

    /// <inheritdoc/>
    protected override RoomConnection Receive(EventLoop loop, Receipt receipt) => new Receiver(loop, RoomConnection.Connect(Port), receipt);

    // INFO {...}, PING and PONG, each on a line of its own.
    private abstract class Client(EventLoop loop, Socket socket, string greeting) : RoomConnection(loop, socket)
    {
        private string _toSay = greeting;

        protected override int Refill(Span<byte> output)
        {
            int count = Encoding.ASCII.GetBytes(_toSay, output);
            _toSay = "";
            return count;
        }

        protected override int Parse(ReadOnlySpan<byte> received)
        {
            int taken = 0;
            while (received[taken..].IndexOf("\r\n"u8) is var end and >= 0)
            {
                ReadOnlySpan<byte> line = received.Slice(taken, end);
                if (line.StartsWith("MSG "u8))
                {
                    // MSG subject sid bytes
                    if (!Utf8Parser.TryParse(line[(line.LastIndexOf((byte)' ') + 1)..], out int bytes, out _)
                        || received.Length < taken + end + 2 + bytes + 2)
                    {
                        break;
                    }
                    Take(received.Slice(taken + end + 2, bytes));
                    taken += bytes + 2;
                }
                else if (line.StartsWith("PING"u8))
                {
                    _toSay += "PONG\r\n";
                }
                else if (line.StartsWith("PONG"u8))
                {
                    IsReady = true;
                }
                else if (line.StartsWith("-ERR"u8))
                {
                    Fail(Encoding.UTF8.GetString(line));
                }
                taken += end + 2;
            }
            return taken;
        }

        protected virtual void Take(ReadOnlySpan<byte> text)
        {
        }
    }

    private sealed class Sender(EventLoop loop, Socket socket, Speaker speaker)
        : Client(loop, socket, "CONNECT {\"verbose\":false}\r\nPING\r\n")
    {
        protected override int Refill(Span<byte> output)
        {
            int count = base.Refill(output);
            while (IsReady && speaker.HasMore && output.Length - count > speaker.TextBytes + 32)
            {
                "PUB room "u8.CopyTo(output[count..]);
                count += 9;
                Utf8Formatter.TryFormat(speaker.TextBytes, output[count..], out int digits);
                count += digits;
                "\r\n"u8.CopyTo(output[count..]);
                speaker.Say(output[(count + 2)..]);
                count += 2 + speaker.TextBytes;
                "\r\n"u8.CopyTo(output[count..]);
                count += 2;
            }
            return count;
        }
    }

    private sealed class Receiver(EventLoop loop, Socket socket, Receipt receipt)
        : Client(loop, socket, "CONNECT {\"verbose\":false}\r\nSUB room 1\r\nPING\r\n")
    {
        protected override void Take(ReadOnlySpan<byte> text) => receipt.Take(text);
    }
}
