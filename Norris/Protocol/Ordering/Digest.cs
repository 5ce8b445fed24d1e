using System.Globalization;
using System.IO.Hashing;

namespace Norris.Protocol.Ordering;

/// <summary>
/// Stands for all that the log holds up to some entry (P10): the digest after an entry is the XXH3-64 of the entry's bytes
/// with the digest before it as the seed. Two equal digests at one sequence number are the same history but for a chance
/// of 2^-64. It finds accidents; it is no signature, whoever wants to can make two histories collide.
/// Source: XXH3 as specified in https://github.com/Cyan4973/xxHash/blob/dev/doc/xxhash_spec.md.
/// </summary>
internal readonly record struct Digest(ulong Value)
{
    /// <summary>The digest of the empty log.</summary>
    public static Digest Empty => default;

    /// <summary>The digest after <paramref name="entry"/>.</summary>
    public Digest After(ReadOnlySpan<byte> entry) => new(XxHash3.HashToUInt64(entry, unchecked((long)Value)));

    /// <summary>Sixteen hexadecimal digits.</summary>
    public override string ToString() => Value.ToString("x16", CultureInfo.InvariantCulture);
}
