using System.Net.Sockets;
using Norris.Load.Sockets;

namespace Norris.Load.Compare.Peers;

/// <summary>
/// The floor: what it costs to copy the same bytes from every sender to every receiver, in texts of a size that both sides know. No names,
/// no order that anybody promised, nothing parsed.
/// </summary>
internal sealed class FloorPeer(int textBytes) : ServerPeer("floor", "norris-load")
{
    /// <inheritdoc/>
    protected override string? Path => Environment.ProcessPath;

    /// <inheritdoc/>
    protected override string[] Arguments(int port, string folder) => ["floor", "--port", port.ToString(Invariant), "--text-bytes", textBytes.ToString(Invariant)];

    /// <inheritdoc/>
    protected override RoomConnection Send(EventLoop loop, Speaker speaker) => new Sender(loop, RoomConnection.Connect(Port), speaker);

    /// <inheritdoc/>
    protected override RoomConnection Receive(EventLoop loop, Receipt receipt) => new Receiver(loop, RoomConnection.Connect(Port), receipt, textBytes);

    private sealed class Sender : RoomConnection
    {
        private readonly Speaker _speaker;
        private bool _hasSaidWho;

        public Sender(EventLoop loop, Socket socket, Speaker speaker)
            : base(loop, socket) => _speaker = speaker;

        protected override int Parse(ReadOnlySpan<byte> received)
        {
            IsReady = true;
            return received.Length;
        }

        protected override int Refill(Span<byte> output)
        {
            int count = 0;
            if (!_hasSaidWho)
            {
                _hasSaidWho = true;
                output[count++] = FloorServer.Sends;
            }
            while (_speaker.HasMore && output.Length - count >= _speaker.TextBytes)
            {
                _speaker.Say(output[count..]);
                count += _speaker.TextBytes;
            }
            return count;
        }
    }

    private sealed class Receiver(EventLoop loop, Socket socket, Receipt receipt, int textBytes) : RoomConnection(loop, socket)
    {
        private bool _hasSaidWho;

        protected override int Parse(ReadOnlySpan<byte> received)
        {
            int taken = 0;
            if (!IsReady)
            {
                IsReady = true;
                taken++;
            }
            for (; received.Length - taken >= textBytes; taken += textBytes)
            {
                receipt.Take(received.Slice(taken, textBytes));
            }
            return taken;
        }

        protected override int Refill(Span<byte> output)
        {
            if (_hasSaidWho)
            {
                return 0;
            }
            _hasSaidWho = true;
            output[0] = FloorServer.Receives;
            return 1;
        }
    }
}
