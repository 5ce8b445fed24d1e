using System.Buffers.Binary;
using System.Text;

namespace Norris.Load.Compare.Peers;

/// <summary>
/// Writes frames of AMQP 0-9-1 (www.rabbitmq.com/protocol.html), as far as one that publishes to a fan-out exchange, or consumes from a queue
/// bound to it, needs them. All is on channel 1, but for what is about the connection.
/// <code>
/// frame  = type:8 channel:16 size:32 payload 0xCE            ; big-endian, as all numbers
/// method = class:16 method:16 *argument                      ; type 1
/// header = class:16 weight:16 size:64 properties:16          ; type 2, then the text in a frame of type 3
/// short  = size:8 *byte
/// long   = size:32 *byte                                     ; a table is one, too
/// </code>
/// </summary>
/// <param name="output">Where to; it must be long enough.</param>
internal ref struct AmqpWriter(Span<byte> output)
{
    /// <summary>What a frame needs besides its payload.</summary>
    public const int FrameBytes = 8;

    /// <summary>What a message needs besides its text: its method, its header, and three frames.</summary>
    public const int MessageBytes = 64;

    /// <summary>The last byte of each frame.</summary>
    public const byte FrameEnd = 0xCE;

    private const string Exchange = "amq.fanout";

    private readonly Span<byte> _output = output;
    private int _frame;

    /// <summary>How much was written.</summary>
    public int Count { get; private set; }

    /// <summary>What a client says before anything else.</summary>
    public void Protocol() => Bytes("AMQP\0\0\x09\x01"u8);

    /// <summary>Who it is: the user that a fresh server lets in from its own machine.</summary>
    public void StartOk()
    {
        BeginMethod(0, AmqpMethod.StartOk);
        UInt32(0);
        Short("PLAIN");
        UInt32(12);
        Bytes("\0guest\0guest"u8);
        Short("en_US");
        End();
    }

    /// <summary>Takes the server's limits, without signs of life; opens the connection and its channel.</summary>
    /// <param name="tune">The arguments of the server's <see cref="AmqpMethod.Tune"/>: channels:16 frame:32 heartbeat:16.</param>
    public void OpenAll(ReadOnlySpan<byte> tune)
    {
        BeginMethod(0, AmqpMethod.TuneOk);
        Bytes(tune[..6]);
        UInt16(0);
        End();
        BeginMethod(0, AmqpMethod.Open);
        Short("/");
        Short("");
        Byte(0);
        End();
        BeginMethod(1, AmqpMethod.ChannelOpen);
        Short("");
        End();
    }

    /// <summary>Makes a queue of this connection's own, binds it to the exchange, and has it sent here without acknowledgements.</summary>
    public void Consume()
    {
        BeginMethod(1, AmqpMethod.QueueDeclare);
        UInt16(0);
        Short("");
        Byte(0b0_1100); // exclusive, deleted with its last consumer
        UInt32(0);
        End();
        BeginMethod(1, AmqpMethod.QueueBind);
        UInt16(0);
        Short(""); // the one declared last
        Short(Exchange);
        Short("");
        Byte(0);
        UInt32(0);
        End();
        BeginMethod(1, AmqpMethod.BasicConsume);
        UInt16(0);
        Short("");
        Short("");
        Byte(0b0010); // no acknowledgements
        UInt32(0);
        End();
    }

    /// <summary>A message, all but its text; it is written to the span that this returns.</summary>
    public Span<byte> Publish(int textBytes)
    {
        BeginMethod(1, AmqpMethod.BasicPublish);
        UInt16(0);
        Short(Exchange);
        Short("");
        Byte(0);
        End();
        Begin(AmqpFrameKind.Header, 1);
        UInt16((ushort)((uint)AmqpMethod.BasicPublish >> 16));
        UInt16(0);
        UInt32(0);
        UInt32((uint)textBytes);
        UInt16(0);
        End();
        Begin(AmqpFrameKind.Body, 1);
        Span<byte> text = _output.Slice(Count, textBytes);
        Count += textBytes;
        End();
        return text;
    }

    private void BeginMethod(ushort channel, AmqpMethod method)
    {
        Begin(AmqpFrameKind.Method, channel);
        UInt32((uint)method);
    }

    private void Begin(AmqpFrameKind kind, ushort channel)
    {
        _frame = Count;
        Byte((byte)kind);
        UInt16(channel);
        UInt32(0);
    }

    private void End()
    {
        BinaryPrimitives.WriteUInt32BigEndian(_output[(_frame + 3)..], (uint)(Count - _frame - FrameBytes + 1));
        Byte(FrameEnd);
    }

    private void Short(string text)
    {
        Byte((byte)text.Length);
        Count += Encoding.ASCII.GetBytes(text, _output[Count..]);
    }

    private void Byte(byte value) => _output[Count++] = value;

    private void UInt16(ushort value)
    {
        BinaryPrimitives.WriteUInt16BigEndian(_output[Count..], value);
        Count += sizeof(ushort);
    }

    private void UInt32(uint value)
    {
        BinaryPrimitives.WriteUInt32BigEndian(_output[Count..], value);
        Count += sizeof(uint);
    }

    private void Bytes(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(_output[Count..]);
        Count += bytes.Length;
    }
}
