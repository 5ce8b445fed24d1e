using System.Globalization;

namespace Norris.Node.Delivery;

/// <summary>Whether somebody's name is said in a text: as words of their own, in whatever case.</summary>
internal static class Mention
{
    /// <summary>Looks for <paramref name="name"/> in <paramref name="text"/>.</summary>
    public static bool IsIn(string text, string name)
    {
        for (int from = 0; from < text.Length;)
        {
            int at = text.IndexOf(name, from, StringComparison.OrdinalIgnoreCase);
            if (at < 0 || name.Length == 0)
            {
                return false;
            }
            int end = at + name.Length;
            if (!IsWord(text, at - 1) && !IsWord(text, end))
            {
                return true;
            }
            from = at + 1;
        }
        return false;
    }

    // Scripts that put no blanks between words have no word borders to look for: there, a name in a text is a name said.
    private static bool IsWord(string text, int index)
    {
        if (index < 0 || index >= text.Length)
        {
            return false;
        }
        char c = text[index];
        return c == '_' || (char.IsLetterOrDigit(c) && char.GetUnicodeCategory(c) != UnicodeCategory.OtherLetter);
    }
}
