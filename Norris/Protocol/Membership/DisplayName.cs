using System.Globalization;
using System.Text;

namespace Norris.Protocol.Membership;

/// <summary>
/// The rules for what a member may be called: 1 to 64 bytes of UTF-8, no control, format, surrogate or line-separator
/// characters, no blank at either end. Names are unique in a view: the host appends -2, -3, … to one that is taken.
/// </summary>
internal static class DisplayName
{
    /// <summary>The longest name, in bytes of UTF-8.</summary>
    public const int NameBytesMax = 64;

    /// <summary>What <see cref="IsValid(ReadOnlySpan{byte})"/> accepts, for error messages.</summary>
    public const string Accepted = "1 to 64 bytes of UTF-8 without control or direction characters and without blanks at the ends";

    /// <summary>Whether <paramref name="name"/> keeps the rules.</summary>
    public static bool IsValid(ReadOnlySpan<byte> name)
    {
        if (name.Length is 0 or > NameBytesMax)
        {
            return false;
        }
        bool first = true;
        bool lastWasBlank = false;
        while (!name.IsEmpty)
        {
            if (Rune.DecodeFromUtf8(name, out Rune rune, out int consumed) != System.Buffers.OperationStatus.Done)
            {
                return false;
            }
            name = name[consumed..];
            lastWasBlank = Rune.IsWhiteSpace(rune);
            if ((first && lastWasBlank) || !IsAllowed(rune))
            {
                return false;
            }
            first = false;
        }
        return !lastWasBlank;
    }

    /// <summary>Whether <paramref name="name"/> keeps the rules.</summary>
    public static bool IsValid(string name) => name.Length <= NameBytesMax && IsValid(Encoding.UTF8.GetBytes(name));

    /// <summary>
    /// The name that a member gets who asks for <paramref name="wanted"/>: that one, or the first of wanted-2, wanted-3, … that is free.
    /// </summary>
    public static string MakeUnique(string wanted, Func<string, bool> isTaken)
    {
        if (!isTaken(wanted))
        {
            return wanted;
        }
        for (int i = 2; ; i++)
        {
            string suffix = string.Create(CultureInfo.InvariantCulture, $"-{i}");
            string candidate = TruncateToBytes(wanted, NameBytesMax - suffix.Length) + suffix;
            if (!isTaken(candidate))
            {
                return candidate;
            }
        }
    }

    private static string TruncateToBytes(string text, int bytesMax)
    {
        while (Encoding.UTF8.GetByteCount(text) > bytesMax)
        {
            text = text[..^(char.IsLowSurrogate(text[^1]) ? 2 : 1)];
        }
        return text.TrimEnd();
    }

    private static bool IsAllowed(Rune rune) => Rune.GetUnicodeCategory(rune) is not (
        UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.Surrogate
        or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator or UnicodeCategory.OtherNotAssigned);
}
