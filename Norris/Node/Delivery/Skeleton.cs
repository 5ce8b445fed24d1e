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
    private static readonly (int First, int Last, string Looks)[] Table = Read();

    /// <summary>The skeleton of a name; empty when nothing of it is to be seen.</summary>
    public static string Of(ReadOnlySpan<char> name)
    {
        var skeleton = new StringBuilder(name.Length);
        foreach (Rune rune in name.EnumerateRunes())
        {
            if (Rune.IsWhiteSpace(rune))
            {
                if (skeleton.Length > 0 && skeleton[^1] != ' ')
                {
                    skeleton.Append(' ');
                }
            }
            else if (!IsUnseen(rune))
            {
                Append(skeleton, rune);
            }
        }
        return skeleton.ToString().TrimEnd();
    }

    private static void Append(StringBuilder skeleton, Rune rune)
    {
        int low = 0;
        int high = Table.Length - 1;
        while (low <= high)
        {
            int middle = (low + high) / 2;
            (int first, int last, string looks) = Table[middle];
            if (rune.Value >= first && rune.Value <= last)
            {
                skeleton.Append(looks);
                return;
            }
            (low, high) = rune.Value < first ? (low, middle - 1) : (middle + 1, high);
        }
        Span<char> letters = stackalloc char[2];
        skeleton.Append(letters[..Rune.ToLowerInvariant(rune).EncodeToUtf16(letters)]);
    }

    /// <summary>Marks on others, and letters and signs that are drawn as nothing (Unicode's Default_Ignorable_Code_Point, and the empty Braille pattern).</summary>
    private static bool IsUnseen(Rune rune) =>
        Rune.GetUnicodeCategory(rune) is UnicodeCategory.NonSpacingMark or UnicodeCategory.EnclosingMark or UnicodeCategory.Format or UnicodeCategory.Control
        || rune.Value is 0x115F or 0x1160 or 0x17B4 or 0x17B5 or 0x2800 or 0x3164 or 0xFFA0;

    private static (int First, int Last, string Looks)[] Read()
    {
        var table = new List<(int First, int Last, string Looks)>();
        string looks = "";
        foreach (string word in LookAlikeTable.Text.Split([' ', '\n'], StringSplitOptions.RemoveEmptyEntries))
        {
            if (word[^1] == ':')
            {
                looks = word[..^1];
                continue;
            }
            string[] ends = word.Split('-');
            table.Add((Parse(ends[0]), Parse(ends[^1]), looks));
        }
        return [.. table.OrderBy(static range => range.First)];
    }

    private static int Parse(string hex) => int.Parse(hex, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
}
