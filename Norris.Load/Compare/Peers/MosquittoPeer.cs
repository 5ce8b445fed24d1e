using System.Buffers.Binary;
using System.Net.Sockets;
using System.Text;
using Norris.Load.Sockets;

namespace Norris.Load.Compare.Peers;

/// <summary>Mosquitto, in MQTT 3.1.1 at quality of service 0: one topic.</summary>
internal sealed class MosquittoPeer() : ServerPeer("Mosquitto QoS 0", "mosquitto")
{
    private const byte Connecting = 0x10;
    private const byte ConnectAcknowledged = 0x20;
    private const byte Publish = 0x30;
    private const byte Subscribe = 0x82;
    private const byte SubscribeAcknowledged = 0x90;

    /// <inheritdoc/>
    protected override string[] Arguments(int port, string folder)
    {
        // Nothing is to be dropped: what is compared is the work, not how much of it is left out.
        string settings = System.IO.Path.Combine(folder, "mosquitto.conf");
        File.WriteAllText(settings, $"listener {port.ToString(Invariant)} 127.0.0.1\nallow_anonymous true\nmax_queued_messages 0\nmax_inflight_messages 0\n");
        return ["-c", settings];
    }

    /// <inheritdoc/>
    protected override RoomConnection Send(EventLoop loop, Speaker speaker) => new Client(loop, RoomConnection.Connect(Port), speaker, null);

    /// <inheritdoc/>
    protected override RoomConnection Receive(EventLoop loop, Receipt receipt) => new Client(loop, RoomConnection.Connect(Port), null, receipt);

    private sealed class Client(EventLoop loop, Socket socket, Speaker? speaker, Receipt? receipt) : RoomConnection(loop, socket)
    {
        private readonly string _id = Guid.NewGuid().ToString("N")[..20];
        private bool _hasConnected;
        private bool _isConnected;
        private bool _hasSubscribed;

        // packet = type:8 remaining:variable rest
        protected override int Parse(ReadOnlySpan<byte> received)
        {
            int taken = 0;
            while (TryLength(received[taken..], out int head, out int length) && received.Length - taken >= head + length)
            {
                ReadOnlySpan<byte> packet = received.Slice(taken + head, length);
                switch (received[taken] & 0xF0)
                {
                    case Publish:
                        receipt?.Take(packet[(2 + BinaryPrimitives.ReadUInt16BigEndian(packet))..]);
                        break;
                    case ConnectAcknowledged:
                        _isConnected = true;
                        IsReady = receipt is null;
                        break;
                    case SubscribeAcknowledged:
                        IsReady = true;
                        break;
                }
                taken += head + length;
            }
            return taken;
        }

        protected override int Refill(Span<byte> output)
        {
            if (!_hasConnected)
            {
                _hasConnected = true;
                ReadOnlySpan<byte> fixedPart = [Connecting, 32, 0, 4, (byte)'M', (byte)'Q', (byte)'T', (byte)'T', 4, 2, 0, 0, 0, 20];
                fixedPart.CopyTo(output);
                return fixedPart.Length + Encoding.ASCII.GetBytes(_id, output[fixedPart.Length..]);
            }
            if (receipt is not null && _isConnected && !_hasSubscribed)
            {
                _hasSubscribed = true;
                ReadOnlySpan<byte> subscribe = [Subscribe, 9, 0, 1, 0, 4, (byte)'r', (byte)'o', (byte)'o', (byte)'m', 0];
                subscribe.CopyTo(output);
                return subscribe.Length;
            }
            int count = 0;
            while (IsReady && speaker is { HasMore: true } && output.Length - count > speaker.TextBytes + 16)
            {
                output[count++] = Publish;
                for (int rest = 6 + speaker.TextBytes; ; rest >>= 7)
                {
                    output[count++] = (byte)(rest > 127 ? (rest & 127) | 128 : rest);
                    if (rest <= 127)
                    {
                        break;
                    }
                }
                ReadOnlySpan<byte> topic = [0, 4, (byte)'r', (byte)'o', (byte)'o', (byte)'m'];
                topic.CopyTo(output[count..]);
                count += topic.Length;
                speaker.Say(output[count..]);
                count += speaker.TextBytes;
            }
            return count;
        }

        private static bool TryLength(ReadOnlySpan<byte> packet, out int head, out int length)
        {
            length = 0;
            for (head = 1; head < packet.Length && head <= 4; head++)
            {
                length |= (packet[head] & 127) << (7 * (head - 1));
                if (packet[head] < 128)
                {
                    head++;
                    return true;
                }
            }
            return false;
        }
    }
}
