using System.Net;
using System.Net.Sockets;
using Norris.Load.Compare;
using Norris.Load.Compare.Peers;

namespace Norris.Tests.Load;

/// <summary>The floor copies everything to everybody, over real sockets, all on the test's own thread.</summary>
public sealed class FloorServerTests : IDisposable
{
    private const int TextBytes = 40;

    // Each round waits for a tenth of a second at most, so whatever does not come fails the test instead of hanging it.
    private const int RoundsMax = 600;

    private readonly List<Socket> _sockets = [];

    public void Dispose() => _sockets.ForEach(static socket => socket.Dispose());

    [Fact]
    public void Who_it_is_comes_back()
    {
        using var server = new FloorServer(0, TextBytes);
        Connect(server, FloorServer.Sends);
        Connect(server, FloorServer.Receives);
    }

    [Fact]
    public void Every_receiver_gets_every_text_in_one_order()
    {
        using var server = new FloorServer(0, TextBytes);
        Socket[] receivers = [.. Enumerable.Range(0, 3).Select(_ => Connect(server, FloorServer.Receives))];
        Socket[] senders = [.. Enumerable.Range(0, 2).Select(_ => Connect(server, FloorServer.Sends))];
        for (int number = 1; number <= 50; number++)
        {
            // A text comes in two parts, with the other sender's between them.
            senders[0].Send(Text(0, number)[..7]);
            senders[1].Send(Text(1, number));
            Serve(server, () => receivers[0].Available >= (((2 * number) - 1) * TextBytes));
            senders[0].Send(Text(0, number)[7..]);
            Serve(server, () => receivers.All(each => each.Available >= 2 * number * TextBytes));
        }

        List<Receipt> receipts = [.. receivers.Select(each => Take(each, 2))];
        Assert.All(receipts, static receipt => Assert.Equal((100, null), (receipt.Count, receipt.Violation)));
        Assert.Single(receipts.DistinctBy(static receipt => receipt.Fingerprint));
    }

    [Fact]
    public void Who_comes_later_gets_what_is_said_from_then_on()
    {
        using var server = new FloorServer(0, TextBytes);
        Socket sender = Connect(server, FloorServer.Sends);
        Socket early = Connect(server, FloorServer.Receives);
        sender.Send(Text(0, 1));
        Serve(server, () => early.Available >= TextBytes);
        Socket late = Connect(server, FloorServer.Receives);
        sender.Send(Text(0, 2));
        Serve(server, () => late.Available >= TextBytes);

        byte[] text = new byte[TextBytes];
        Assert.Equal(TextBytes, late.Receive(text));
        Assert.Equal(2, RoomText.Number(text));
    }

    [Fact]
    public void A_receiver_that_goes_keeps_nobody_waiting()
    {
        using var server = new FloorServer(0, TextBytes);
        Socket sender = Connect(server, FloorServer.Sends);
        Socket gone = Connect(server, FloorServer.Receives);
        Socket stays = Connect(server, FloorServer.Receives);
        gone.Dispose();
        sender.Send(Text(0, 1));
        Serve(server, () => stays.Available >= TextBytes);
        sender.Send(Text(0, 2));
        Serve(server, () => stays.Available >= 2 * TextBytes);
    }

    [Fact]
    public void Nothing_is_overwritten_that_a_slow_receiver_lacks()
    {
        // Far more than the ring and the sockets hold together.
        const int Texts = 400_000;
        using var server = new FloorServer(0, TextBytes, ringBytes: 1);
        Socket sender = Connect(server, FloorServer.Sends);
        Socket receiver = Connect(server, FloorServer.Receives);
        (sender.Blocking, receiver.Blocking, sender.SendBufferSize) = (false, false, 64 * 1024);
        byte[] texts = new byte[TextBytes * 1000];
        byte[] received = new byte[256 * 1024];
        var receipt = new Receipt(1, null);
        (int said, int start, int kept) = (0, texts.Length, 0);
        bool isBehind = false;
        for (int stillRounds = 0; receipt.Count < Texts && stillRounds < RoundsMax; stillRounds++)
        {
            if (start == texts.Length && said < Texts)
            {
                for (start = 0; start < texts.Length; start += TextBytes)
                {
                    RoomText.Write(texts.AsSpan(start, TextBytes), 0, ++said, 0);
                }
                start = 0;
            }
            int sent = sender.Send(texts.AsSpan(start), SocketFlags.None, out SocketError error);
            start += sent;
            // It reads nothing until the sender has to wait.
            isBehind |= error == SocketError.WouldBlock || said == Texts;
            bool hasMoved = sent > 0;
            while (isBehind && receiver.Receive(received.AsSpan(kept), SocketFlags.None, out _) is var count and > 0)
            {
                int whole = (kept + count) / TextBytes * TextBytes;
                for (int at = 0; at < whole; at += TextBytes)
                {
                    receipt.Take(received.AsSpan(at, TextBytes));
                }
                kept = kept + count - whole;
                received.AsSpan(whole, kept).CopyTo(received);
                hasMoved = true;
            }
            stillRounds = hasMoved ? 0 : stillRounds;
            bool isOver = true;
            server.Run(() => isOver = !isOver);
        }

        Assert.Equal((Texts, null), (receipt.Count, receipt.Violation));
    }

    private static byte[] Text(int sender, int number)
    {
        byte[] text = new byte[TextBytes];
        RoomText.Write(text, sender, number, 0);
        return text;
    }

    private static Receipt Take(Socket receiver, int senders)
    {
        byte[] all = new byte[receiver.Available];
        Assert.Equal(all.Length, receiver.Receive(all));
        var receipt = new Receipt(senders, null);
        for (int at = 0; at < all.Length; at += TextBytes)
        {
            receipt.Take(all.AsSpan(at, TextBytes));
        }
        return receipt;
    }

    private static void Serve(FloorServer server, Func<bool> isDone)
    {
        int rounds = 0;
        server.Run(() => isDone() || ++rounds == RoundsMax);
        Assert.InRange(rounds, 0, RoundsMax - 1);
    }

    private Socket Connect(FloorServer server, byte kind)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        _sockets.Add(socket);
        socket.Connect(IPAddress.Loopback, server.Port);
        socket.Send([kind]);
        Serve(server, () => socket.Available > 0);
        byte[] answer = new byte[1];
        Assert.Equal(1, socket.Receive(answer));
        Assert.Equal(kind, answer[0]);
        return socket;
    }
}
