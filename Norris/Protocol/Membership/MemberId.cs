namespace Norris.Protocol.Membership;

/// <summary>
/// Names one member for as long as the network lives: 40 bits, given by the host, written as eight characters
/// (<c>0</c>-<c>9</c> and <c>a</c>-<c>z</c> without <c>i</c>, <c>l</c>, <c>o</c>, <c>u</c>). Zero is nobody: the network itself.
/// </summary>
internal readonly record struct MemberId(ulong Value) : IComparable<MemberId>
{
    /// <summary>Characters of the written form.</summary>
    public const int TextLength = 8;

    /// <summary>How many of the 64 bits are in use.</summary>
    public const int Bits = 40;

    private const string Alphabet = "0123456789abcdefghjkmnpqrstvwxyz";

    /// <summary>Nobody: the author of what the network itself says.</summary>
    public static MemberId None => default;

    /// <summary>True for <see cref="None"/>.</summary>
    public bool IsNone => Value == 0;

    /// <summary>Reads the written form.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out MemberId id)
    {
        id = default;
        if (text.Length != TextLength)
        {
            return false;
        }
        ulong value = 0;
        foreach (char c in text)
        {
            int digit = Alphabet.IndexOf(c, StringComparison.Ordinal);
            if (digit < 0)
            {
                return false;
            }
            value = (value << 5) | (uint)digit;
        }
        id = new MemberId(value);
        return value != 0;
    }

    /// <summary>Writes the text form as ASCII; <paramref name="destination"/> takes at least <see cref="TextLength"/> bytes.</summary>
    public void Format(Span<byte> destination)
    {
        for (int i = 0; i < TextLength; i++)
        {
            destination[i] = (byte)Alphabet[(int)(Value >> (35 - (5 * i))) & 31];
        }
    }

    /// <summary>The written form.</summary>
    public override string ToString() => string.Create(TextLength, Value, static (span, value) =>
    {
        for (int i = 0; i < TextLength; i++)
        {
            span[i] = Alphabet[(int)(value >> (35 - (5 * i))) & 31];
        }
    });

    /// <inheritdoc/>
    public int CompareTo(MemberId other) => Value.CompareTo(other.Value);

    /// <summary>Orders by value.</summary>
    public static bool operator <(MemberId left, MemberId right) => left.Value < right.Value;

    /// <summary>Orders by value.</summary>
    public static bool operator >(MemberId left, MemberId right) => left.Value > right.Value;

    /// <summary>Orders by value.</summary>
    public static bool operator <=(MemberId left, MemberId right) => left.Value <= right.Value;

    /// <summary>Orders by value.</summary>
    public static bool operator >=(MemberId left, MemberId right) => left.Value >= right.Value;
}
