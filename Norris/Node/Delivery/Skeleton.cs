using System.Globalization;
using System.Text;

namespace Norris.Node.Delivery;

/// <summary>
/// What a name looks like: names with the same skeleton may be taken for each other (Unicode Technical Standard 39, section 4). Marks, what is
/// not seen, and case are left out, blanks of any kind are one blank, and what looks like an ASCII letter or digit is that: see
/// <see cref="LookAlikeTable"/>. Of other scripts only that much is known, so two names in one of them look alike when they are the same letters.
/// </summary>
internal static class Skeleton
{
    private const int LooksMax = 2;
    private const int OnStackMax = 256;

    /// <summary>The skeleton of a name, which is the name itself where nothing changes; empty when nothing of it is to be seen.</summary>
    public static string Of(string name)
    {
        int most = name.Length * LooksMax;
        Span<char> skeleton = most <= OnStackMax ? stackalloc char[OnStackMax] : new char[most];
        int length = 0;
        foreach (Rune rune in name.EnumerateRunes())
        {
            if (Rune.IsWhiteSpace(rune))
            {
                if (length > 0 && skeleton[length - 1] != ' ')
                {
                    skeleton[length++] = ' ';
                }
            }
            else if (!IsUnseen(rune))
            {
                length += Write(skeleton[length..], rune);
            }
        }
        ReadOnlySpan<char> seen = skeleton[..length].TrimEnd(' ');
        return seen.SequenceEqual(name) ? name : seen.ToString();
    }

    private static int Write(Span<char> skeleton, Rune rune)
    {
        if ((rune.IsAscii ? LooksOfAscii(rune.Value) : LookAlikeRanges.Find(rune.Value)) is { } looks)
        {
            looks.CopyTo(skeleton);
            return looks.Length;
        }
        return Rune.ToLowerInvariant(rune).EncodeToUtf16(skeleton);
    }

    /// <summary>What the table says of ASCII: most names need no more of it, and a node that meets no other never reads it.</summary>
    private static string? LooksOfAscii(int character) => character switch
    {
        '0' => "o",
        '1' or 'I' or '|' => "l",
        'm' or 'M' => "rn",
        _ => null,
    };

    /// <summary>Marks on others, and letters and signs that are drawn as nothing (Unicode's Default_Ignorable_Code_Point, and the empty Braille pattern).</summary>
    private static bool IsUnseen(Rune rune) =>
        Rune.GetUnicodeCategory(rune) is UnicodeCategory.NonSpacingMark or UnicodeCategory.EnclosingMark or UnicodeCategory.Format or UnicodeCategory.Control
        || rune.Value is 0x115F or 0x1160 or 0x17B4 or 0x17B5 or 0x2800 or 0x3164 or 0xFFA0;
}
