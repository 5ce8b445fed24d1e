using System.Globalization;
using Wcwidth;

namespace Norris.Terminal.Drawing;

/// <summary>
/// How many columns of a terminal what people see as one character (Unicode Annex 29) takes: 1 or 2, or 0 for what is not drawn at all. The Wcwidth
/// library knows the widths of Unicode's characters and of emoji sequences; terminals that do not draw a sequence as one picture may differ.
/// </summary>
internal static class CharacterWidth
{
    private const int FirstCombining = 0x300;

    /// <summary>Columns of one character. A control character, which is never drawn as it is, counts as the sign that stands for it.</summary>
    public static int Of(ReadOnlySpan<char> element)
    {
        if (element.Length == 1 && element[0] < FirstCombining)
        {
            return 1;
        }
        // A mark by itself, at the begin of a text, is drawn on a blank by some terminals and over what stands before it by others.
        return Math.Clamp(UnicodeCalculator.GetWidth(element.ToString()), 0, 2);
    }

    /// <summary>Columns of a text without line breaks.</summary>
    public static int OfText(ReadOnlySpan<char> text)
    {
        int width = 0;
        while (!text.IsEmpty)
        {
            int length = StringInfo.GetNextTextElementLength(text);
            width += Of(text[..length]);
            text = text[length..];
        }
        return width;
    }

    /// <summary>As much of a text, from its begin, as fits into some columns.</summary>
    public static string Fit(string text, int columns)
    {
        int length = 0;
        for (int used = 0; length < text.Length;)
        {
            int next = StringInfo.GetNextTextElementLength(text.AsSpan(length));
            used += Of(text.AsSpan(length, next));
            if (used > columns)
            {
                break;
            }
            length += next;
        }
        return text[..length];
    }
}
