using System.Buffers;
using System.Buffers.Binary;
using System.Text;
using Norris.Protocol;
using Norris.Protocol.Membership;
using Norris.Protocol.Ordering;

namespace Norris.Wire;

/// <summary>Puts little-endian numbers and sized texts: the twin of <see cref="ByteReader"/>.</summary>
internal readonly ref struct ByteWriter(IBufferWriter<byte> output)
{
    private readonly IBufferWriter<byte> _output = output;

    public void Byte(byte value)
    {
        _output.GetSpan(1)[0] = value;
        _output.Advance(1);
    }

    public void UInt32(uint value)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(_output.GetSpan(4), value);
        _output.Advance(4);
    }

    public void UInt64(ulong value)
    {
        BinaryPrimitives.WriteUInt64LittleEndian(_output.GetSpan(8), value);
        _output.Advance(8);
    }

    public void MemberId(MemberId value) => UInt64(value.Value);

    public void MemberToken(MemberToken value)
    {
        UInt64(value.Low);
        UInt64(value.High);
    }

    public void Position(Position value)
    {
        UInt64(value.Epoch.Value);
        UInt64(value.Sequence.Value);
        UInt64(value.Digest.Value);
    }

    public void Timestamp(Timestamp value) => UInt64((ulong)value.Microseconds);

    /// <summary>A text of at most 255 bytes, with its size before it.</summary>
    public void Text(string value)
    {
        int length = Encoding.UTF8.GetByteCount(value);
        Invariant.Holds(length <= byte.MaxValue, "a text on the wire has at most 255 bytes");
        Byte((byte)length);
        Encoding.UTF8.GetBytes(value, _output.GetSpan(length));
        _output.Advance(length);
    }
}
