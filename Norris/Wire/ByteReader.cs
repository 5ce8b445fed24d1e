using System.Buffers.Binary;
using System.Text;
using System.Text.Unicode;
using Norris.Protocol.Membership;
using Norris.Protocol.Ordering;

namespace Norris.Wire;

/// <summary>
/// Takes little-endian numbers and sized texts off bytes from another node. Once something is missing, everything after is zero and
/// <see cref="IsWhole"/> is false: check it once, at the end.
/// </summary>
internal ref struct ByteReader(ReadOnlySpan<byte> bytes)
{
    private ReadOnlySpan<byte> _rest = bytes;

    /// <summary>False when bytes were missing.</summary>
    public bool IsWhole { get; private set; } = true;

    /// <summary>True when all bytes were taken and none was missing.</summary>
    public readonly bool IsAtEnd => IsWhole && _rest.IsEmpty;

    /// <summary>What has not been taken.</summary>
    public readonly ReadOnlySpan<byte> Rest => _rest;

    public byte Byte() => Take(1) is { IsEmpty: false } span ? span[0] : (byte)0;

    public uint UInt32() => Take(4) is { IsEmpty: false } span ? BinaryPrimitives.ReadUInt32LittleEndian(span) : 0;

    public ulong UInt64() => Take(8) is { IsEmpty: false } span ? BinaryPrimitives.ReadUInt64LittleEndian(span) : 0;

    public MemberId MemberId() => new(UInt64());

    public MemberToken MemberToken() => new(UInt64(), UInt64());

    public Position Position() => new(new Epoch(UInt64()), new SequenceNumber(UInt64()), new Digest(UInt64()));

    public Timestamp Timestamp() => new((long)UInt64());

    /// <summary>A text of at most 255 bytes, with its size before it. What is not UTF-8 is as good as missing, so that nothing is mended.</summary>
    public string Text()
    {
        ReadOnlySpan<byte> text = Take(Byte());
        IsWhole &= Utf8.IsValid(text);
        return IsWhole ? Encoding.UTF8.GetString(text) : "";
    }

    private ReadOnlySpan<byte> Take(int count)
    {
        if (_rest.Length < count)
        {
            IsWhole = false;
            _rest = default;
            return default;
        }
        ReadOnlySpan<byte> taken = _rest[..count];
        _rest = _rest[count..];
        return taken;
    }
}
