using System.Globalization;
using Norris.Protocol.Ordering;

namespace Norris.Protocol.Membership;

/// <summary>
/// What a member proves itself with to the others: 128 bits that it chose at random when it started; or, where there is a secret, the key that every
/// connection proves, by which anybody may know it. It is also the key that makes joining exactly once: the same token joins as the same member.
/// </summary>
internal readonly record struct MemberToken(ulong Low, ulong High)
{
    /// <summary>Characters of the written form.</summary>
    public const int TextLength = 32;

    /// <summary>So often at most may a process become another member for its token to be known as its own.</summary>
    private const int AnothersMax = 64;

    /// <summary>No token.</summary>
    public static MemberToken None => default;

    /// <summary>Reads the written form: 32 hexadecimal digits.</summary>
    public static bool TryParse(ReadOnlySpan<byte> text, out MemberToken token)
    {
        token = default;
        if (text.Length != TextLength
            || !ulong.TryParse(text[..16], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out ulong high)
            || !ulong.TryParse(text[16..], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out ulong low))
        {
            return false;
        }
        token = new MemberToken(low, high);
        return token != None;
    }

    /// <summary>The token of who had this one, and asks as another member from now on.</summary>
    public MemberToken Another() => new(
        new Digest(Low).After(BitConverter.GetBytes(High)).Value, new Digest(High).After(BitConverter.GetBytes(Low)).Value | 1);

    /// <summary>Whether this is <paramref name="first"/>, or what became of it by <see cref="Another"/>.</summary>
    public bool ComesFrom(MemberToken first)
    {
        for (int i = 0; i <= AnothersMax; i++)
        {
            if (first == this)
            {
                return true;
            }
            first = first.Another();
        }
        return false;
    }

    /// <summary>32 hexadecimal digits.</summary>
    public override string ToString() => High.ToString("x16", CultureInfo.InvariantCulture) + Low.ToString("x16", CultureInfo.InvariantCulture);
}
