namespace Norris.Options;

/// <summary>
/// Finds what somebody meant who mistyped one of a few known words, by edit distance: the number of characters to insert,
/// delete, replace or swap with their neighbour (the optimal string alignment distance).
/// </summary>
internal static class NearestWord
{
    /// <summary>Words longer than this are no typing mistake; it bounds the work on a hostile argument.</summary>
    private const int CharactersMax = 64;

    /// <summary>The known word nearest to <paramref name="typed"/>, the first of equals; null when none is near enough.</summary>
    public static string? Find(string typed, IEnumerable<string> known)
    {
        if (typed.Length > CharactersMax)
        {
            return null;
        }
        string? nearest = null;
        int least = int.MaxValue;
        foreach (string word in known)
        {
            // The beginning of one word is that word, however much of it is missing.
            int distance = typed.Length >= 4 && word.StartsWith(typed, StringComparison.OrdinalIgnoreCase)
                ? 1
                : Distance(typed.ToLowerInvariant(), word);
            if (distance < least)
            {
                least = distance;
                nearest = word;
            }
        }
        int tolerated = Math.Max(1, typed.TrimStart('-', '/').Length / 3);
        return least <= tolerated ? nearest : null;
    }

    /// <summary>The edit distance between two words.</summary>
    public static int Distance(string a, string b)
    {
        int[] beforeLast = new int[b.Length + 1];
        int[] last = new int[b.Length + 1];
        int[] current = new int[b.Length + 1];
        for (int j = 0; j <= b.Length; j++)
        {
            last[j] = j;
        }
        for (int i = 1; i <= a.Length; i++)
        {
            current[0] = i;
            for (int j = 1; j <= b.Length; j++)
            {
                int replace = last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
                current[j] = Math.Min(replace, Math.Min(last[j], current[j - 1]) + 1);
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                {
                    current[j] = Math.Min(current[j], beforeLast[j - 2] + 1);
                }
            }
            (beforeLast, last, current) = (last, current, beforeLast);
        }
        return last[b.Length];
    }
}
