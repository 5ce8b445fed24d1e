using System.Buffers;
using System.Buffers.Text;
using Norris.Protocol.Membership;

namespace Norris.Node.Delivery;

/// <summary>
/// Appends to an <see cref="IBufferWriter{T}"/> through one span at a time, so that a line costs two calls of the interface
/// and not two for each of its parts. What was appended counts once <see cref="Flush"/> was called.
/// </summary>
internal ref struct Utf8Sink(IBufferWriter<byte> output)
{
    private const int SpanBytesMin = 256;
    private const int UInt64DigitsMax = 20;
    private const int UInt64HexDigits = 16;

    private Span<byte> _span = output.GetSpan(SpanBytesMin);
    private int _used;

    /// <summary>Appends bytes as they are.</summary>
    public void Append(scoped ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(Reserve(bytes.Length));
        _used += bytes.Length;
    }

    /// <summary>Appends one byte.</summary>
    public void Append(byte value)
    {
        Reserve(1)[0] = value;
        _used++;
    }

    /// <summary>Appends a number in decimal.</summary>
    public void Append(ulong number)
    {
        _ = Utf8Formatter.TryFormat(number, Reserve(UInt64DigitsMax), out int written);
        _used += written;
    }

    /// <summary>Appends a number as 16 hexadecimal digits.</summary>
    public void AppendHex(ulong number)
    {
        _ = Utf8Formatter.TryFormat(number, Reserve(UInt64HexDigits), out int written, new StandardFormat('x', UInt64HexDigits));
        _used += written;
    }

    /// <summary>Appends the written form of an id.</summary>
    public void Append(MemberId id)
    {
        id.Format(Reserve(MemberId.TextLength));
        _used += MemberId.TextLength;
    }

    /// <summary>Hands what was appended to the buffer writer.</summary>
    public void Flush()
    {
        output.Advance(_used);
        _span = default;
        _used = 0;
    }

    private Span<byte> Reserve(int bytes)
    {
        if (_span.Length - _used < bytes)
        {
            output.Advance(_used);
            _used = 0;
            _span = output.GetSpan(Math.Max(bytes, SpanBytesMin));
        }
        return _span[_used..];
    }
}
