using System.Globalization;

namespace Norris.Protocol.Membership;

/// <summary>
/// What a member proves itself with to the others: 128 bits that it chose at random when it started. It is also the key that
/// makes joining exactly once: the same token joins as the same member.
/// </summary>
internal readonly record struct MemberToken(ulong Low, ulong High)
{
    /// <summary>Characters of the written form.</summary>
    public const int TextLength = 32;

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

    /// <summary>32 hexadecimal digits.</summary>
    public override string ToString() => High.ToString("x16", CultureInfo.InvariantCulture) + Low.ToString("x16", CultureInfo.InvariantCulture);
}
