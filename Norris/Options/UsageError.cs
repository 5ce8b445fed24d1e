using System.Globalization;
using System.Text;

namespace Norris.Options;

/// <summary>The words in which a bad value is reported: the option, what was given, and what is accepted, on one line.</summary>
internal static class UsageError
{
    private const int ShownCharactersMax = 80;

    /// <summary><c>--option value: accepted</c>.</summary>
    public static string For(string option, string value, string accepted) => $"{option} {Shown(value)}: {accepted}";

    /// <summary>A value as an error line shows it: on one line, without what would move a terminal's cursor, and not endless.</summary>
    public static string Shown(string value)
    {
        var shown = new StringBuilder();
        foreach (Rune rune in value.EnumerateRunes())
        {
            if (shown.Length >= ShownCharactersMax)
            {
                shown.Append('…');
                break;
            }
            bool isUnsafe = Rune.GetUnicodeCategory(rune) is UnicodeCategory.Control or UnicodeCategory.Format
                or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator;
            _ = isUnsafe ? shown.Append(CultureInfo.InvariantCulture, $"\\u{rune.Value:X4}") : shown.Append(rune.ToString());
        }
        return shown.Length == 0 ? "\"\"" : shown.ToString();
    }
}
