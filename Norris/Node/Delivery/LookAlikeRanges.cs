using System.Globalization;

namespace Norris.Node.Delivery;

/// <summary>
/// <see cref="LookAlikeTable"/> as it is searched: ranges of code points in their order. Read when it is first asked, in place: a node is to hold
/// little memory, and most never need it.
/// </summary>
internal static class LookAlikeRanges
{
    private static readonly (int First, int Last, string Looks)[] Ranges = Read();

    /// <summary>What a code point looks like; null for one that looks like nothing but itself.</summary>
    public static string? Find(int codePoint)
    {
        int low = 0;
        int high = Ranges.Length - 1;
        while (low <= high)
        {
            int middle = (low + high) / 2;
            (int first, int last, string looks) = Ranges[middle];
            if (codePoint >= first && codePoint <= last)
            {
                return looks;
            }
            (low, high) = codePoint < first ? (low, middle - 1) : (middle + 1, high);
        }
        return null;
    }

    private static (int First, int Last, string Looks)[] Read()
    {
        var ranges = new List<(int First, int Last, string Looks)>(capacity: 2048);
        string looks = "";
        ReadOnlySpan<char> text = LookAlikeTable.Text;
        foreach (Range place in text.SplitAny(' ', '\n'))
        {
            ReadOnlySpan<char> word = text[place];
            if (word.IsEmpty)
            {
                continue;
            }
            if (word[^1] == ':')
            {
                looks = word[..^1].ToString();
                continue;
            }
            int dash = word.IndexOf('-');
            ranges.Add((Parse(dash < 0 ? word : word[..dash]), Parse(word[(dash + 1)..]), looks));
        }
        ranges.Sort(static (left, right) => left.First.CompareTo(right.First));
        return [.. ranges];
    }

    private static int Parse(ReadOnlySpan<char> hex) => int.Parse(hex, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
}
