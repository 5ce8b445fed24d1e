using System.Buffers.Binary;
using System.Text;

namespace Norris.Load.Compare.Peers;

/// <summary>A frame of AMQP 0-9-1 that has come; its grammar is at <see cref="AmqpWriter"/>.</summary>
internal readonly ref struct AmqpFrame
{
    private const int HeadBytes = AmqpWriter.FrameBytes - 1;

    private AmqpFrame(AmqpFrameKind kind, ReadOnlySpan<byte> payload)
    {
        Kind = kind;
        Payload = payload;
    }

    /// <summary>What it is.</summary>
    public AmqpFrameKind Kind { get; }

    /// <summary>What is in it.</summary>
    public ReadOnlySpan<byte> Payload { get; }

    /// <summary>Its bytes.</summary>
    public int Length => Payload.Length + AmqpWriter.FrameBytes;

    /// <summary>Which method it calls; only of <see cref="AmqpFrameKind.Method"/>.</summary>
    public AmqpMethod Method => Payload.Length < 4 ? default : (AmqpMethod)BinaryPrimitives.ReadUInt32BigEndian(Payload);

    /// <summary>The method's arguments.</summary>
    public ReadOnlySpan<byte> Arguments => Payload[4..];

    /// <summary>Why the server closes the connection or the channel: <c>code:16 short</c>.</summary>
    public string Reason => Arguments.Length < 3 || Arguments.Length < 3 + Arguments[2]
        ? "it does not say why"
        : $"{BinaryPrimitives.ReadUInt16BigEndian(Arguments)} {Encoding.UTF8.GetString(Arguments.Slice(3, Arguments[2]))}";

    /// <summary>How many bytes the message has whose frames follow; only of <see cref="AmqpFrameKind.Header"/>.</summary>
    public ulong TextBytes => Payload.Length < 12 ? 0 : BinaryPrimitives.ReadUInt64BigEndian(Payload[4..]);

    /// <summary>Reads the frame at the start of what has come.</summary>
    /// <returns>Whether it is there; it is of no kind when the bytes are no frame.</returns>
    public static bool TryRead(ReadOnlySpan<byte> received, out AmqpFrame frame)
    {
        frame = default;
        if (received.Length < HeadBytes)
        {
            return false;
        }
        uint size = BinaryPrimitives.ReadUInt32BigEndian(received[3..]);
        if (size > int.MaxValue / 2)
        {
            return true;
        }
        if (received.Length < (int)size + AmqpWriter.FrameBytes)
        {
            return false;
        }
        if (received[HeadBytes + (int)size] == AmqpWriter.FrameEnd)
        {
            frame = new AmqpFrame((AmqpFrameKind)received[0], received.Slice(HeadBytes, (int)size));
        }
        return true;
    }
}

/// <summary>The kinds of frames. The numbers are on the wire.</summary>
internal enum AmqpFrameKind : byte
{
    /// <summary>No frame.</summary>
    None = 0,

    /// <summary>A method.</summary>
    Method = 1,

    /// <summary>How long a message is.</summary>
    Header = 2,

    /// <summary>A message's text.</summary>
    Body = 3,

    /// <summary>A sign of life.</summary>
    Heartbeat = 8,
}

/// <summary>Methods: the class in the upper half, the method in the lower. The numbers are on the wire.</summary>
internal enum AmqpMethod : uint
{
    /// <summary>None.</summary>
    None = 0,

    /// <summary>The server says what it can.</summary>
    Start = (10 << 16) | 10,

    /// <summary>The client says who it is.</summary>
    StartOk = (10 << 16) | 11,

    /// <summary>The server says its limits.</summary>
    Tune = (10 << 16) | 30,

    /// <summary>The client takes them.</summary>
    TuneOk = (10 << 16) | 31,

    /// <summary>The client opens the connection.</summary>
    Open = (10 << 16) | 40,

    /// <summary>The server ends the connection.</summary>
    Close = (10 << 16) | 50,

    /// <summary>The client opens a channel.</summary>
    ChannelOpen = (20 << 16) | 10,

    /// <summary>The channel is open.</summary>
    ChannelOpenOk = (20 << 16) | 11,

    /// <summary>The server ends the channel.</summary>
    ChannelClose = (20 << 16) | 40,

    /// <summary>A queue is made.</summary>
    QueueDeclare = (50 << 16) | 10,

    /// <summary>A queue gets what comes to an exchange.</summary>
    QueueBind = (50 << 16) | 20,

    /// <summary>The client gets what comes to a queue.</summary>
    BasicConsume = (60 << 16) | 20,

    /// <summary>From now on it does.</summary>
    BasicConsumeOk = (60 << 16) | 21,

    /// <summary>The client sends a message.</summary>
    BasicPublish = (60 << 16) | 40,

    /// <summary>The client gets a message.</summary>
    BasicDeliver = (60 << 16) | 60,
}
