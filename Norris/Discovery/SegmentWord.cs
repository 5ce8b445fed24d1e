using System.Buffers.Binary;

namespace Norris.Discovery;

/// <summary>
/// What one node says to all others on its segment: that it looks for a network, or that it is here, and where it listens. It names no host: who
/// sent the datagram is who is meant, so that nobody can send others anywhere else. Nothing in it is secret, and nothing in it is believed: what
/// comes of it is an address to try.
/// <code>
/// datagram = "NORRIS" version:8 kind:8 tag:64 instance:64 port:16        ; 26 bytes; numbers little-endian; version 1
/// </code>
/// </summary>
/// <param name="Kind">What is said.</param>
/// <param name="Tag">Whose networks are meant: 0 where anybody may come in, else something that those who share a secret have in common.</param>
/// <param name="Instance">Who says it, drawn at random by each process. Of those that only look, the lowest begins a network.</param>
/// <param name="Port">Where it listens, at the address that the datagram came from; never 0.</param>
internal readonly record struct SegmentWord(SegmentWordKind Kind, ulong Tag, ulong Instance, ushort Port)
{
    /// <summary>Bytes of every datagram.</summary>
    public const int Length = 26;

    private const byte Version = 1;

    private static ReadOnlySpan<byte> Magic => "NORRIS"u8;

    /// <summary>Whether who says it is in a network, and not only looking for one.</summary>
    public bool IsOfMember => Kind is SegmentWordKind.MemberAsks or SegmentWordKind.MemberIsHere;

    /// <summary>Whether an answer is wanted.</summary>
    public bool IsQuestion => Kind is SegmentWordKind.NewcomerAsks or SegmentWordKind.MemberAsks;

    /// <summary>Writes the datagram.</summary>
    public byte[] ToBytes()
    {
        byte[] bytes = new byte[Length];
        Magic.CopyTo(bytes);
        (bytes[6], bytes[7]) = (Version, (byte)Kind);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(8), Tag);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(16), Instance);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(24), Port);
        return bytes;
    }

    /// <summary>Reads one; false when the bytes are none of this version.</summary>
    public static bool TryRead(ReadOnlySpan<byte> bytes, out SegmentWord word)
    {
        word = default;
        if (bytes.Length != Length || !bytes.StartsWith(Magic) || bytes[6] != Version
            || bytes[7] is < (byte)SegmentWordKind.NewcomerAsks or > (byte)SegmentWordKind.MemberIsHere)
        {
            return false;
        }
        ushort port = BinaryPrimitives.ReadUInt16LittleEndian(bytes[24..]);
        word = new SegmentWord(
            (SegmentWordKind)bytes[7], BinaryPrimitives.ReadUInt64LittleEndian(bytes[8..]), BinaryPrimitives.ReadUInt64LittleEndian(bytes[16..]), port);
        return port != 0;
    }
}

/// <summary>What a node says on its segment. The numbers are on the wire.</summary>
internal enum SegmentWordKind : byte
{
    /// <summary>It is in no network: who is?</summary>
    NewcomerAsks = 1,

    /// <summary>It started a network because nobody answered, and looks on: who is in another one?</summary>
    MemberAsks = 2,

    /// <summary>It is in no network either.</summary>
    NewcomerIsHere = 3,

    /// <summary>It is in a network: join through it.</summary>
    MemberIsHere = 4,
}
