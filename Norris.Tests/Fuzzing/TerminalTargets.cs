using System.Buffers;
using System.Text;
using System.Text.Json;
using Norris.Node.Delivery;
using Norris.Protocol.Membership;
using Norris.Protocol.Ordering;
using Norris.Terminal;
using Norris.Terminal.Drawing;
using Norris.Terminal.Editing;
using Norris.Terminal.Keys;

namespace Norris.Tests.Fuzzing;

/// <summary>Text from others, on its way to a terminal and into JSON: nothing in it is obeyed, and JSON keeps every character.</summary>
internal sealed class TextTarget : FuzzTarget
{
    public override string What => "text from others, for terminals and in JSON";

    public override void Run(byte[] input)
    {
        string shown = Encoding.UTF8.GetString(SafeText.OneLine(input));
        HoldsHarmless(shown);
        Holds(!shown.Contains('\n', StringComparison.Ordinal), "one line stays one");
        Holds(SafeText.OneLine(Encoding.UTF8.GetBytes(shown)).AsSpan().SequenceEqual(Encoding.UTF8.GetBytes(shown)), "what is safe stays as it is");

        byte[] quoted = JsonText.Quote(input);
        HoldsHarmless(Encoding.UTF8.GetString(quoted));
        using var document = JsonDocument.Parse(quoted);
        Holds(document.RootElement.GetString() == Encoding.UTF8.GetString(input), "JSON keeps the text");

        if (DisplayName.IsValid(input))
        {
            string name = Encoding.UTF8.GetString(input);
            HoldsHarmless(name);
            string next = DisplayName.MakeUnique(name, taken => taken == name);
            Holds(next != name && DisplayName.IsValid(next), "a name that is taken becomes another one");
        }
    }

    public override IEnumerable<byte[]> Seeds() => new[]
    {
        "hello\r\nzoë\t漢字😀", "\e[31mred\e]0;title\a", "\u202Egnp.exe\u2066x\u2069\u200F\u061C\u2028", "\u009B2J\u007F\0",
        "\"quoted\\\"", "n\u0430me", "a\u200Bb\u00AD",
    }.Select(Encoding.UTF8.GetBytes).Append([0xC3, 0x28, 0xE2, 0x80, 0xED, 0xA0, 0x80, 0xF5]);

    private static void HoldsHarmless(string shown)
    {
        foreach (Rune rune in shown.EnumerateRunes())
        {
            Holds(!Rune.IsControl(rune) && !DirectionControls.Contains(rune.Value), $"U+{rune.Value:X4} is shown as it is");
        }
    }
}

/// <summary>What a terminal sends, and what is drawn for it: the same however the bytes come, and nothing but what we draw with.</summary>
internal sealed class KeysTarget : FuzzTarget
{
    public override string What => "keys from a terminal, and the row that is drawn";

    public override void Run(byte[] input)
    {
        HoldsHoweverCut(input, cuts => Keys(input, cuts));
        HoldsHoweverCut(input, cuts => Session(input, cuts));
    }

    public override IEnumerable<byte[]> Seeds() => new[]
    {
        "hello\r\u0012lo\u0012\u0007\u0019", "é漢😀\u007F\u0001x\u0005\u0017\r", "\e[A\e[1;5D\e[200~a\nb\e[201~\r", "\e[38;5;1mX\eOM\e\e[", "👩\u200D👧\e[D\u0008", "a\u0302\u0302\u202E\t\u001A\u000C",
    }.Select(Encoding.UTF8.GetBytes);

    private static string Keys(byte[] input, int[] cuts)
    {
        var decoder = new KeyDecoder();
        List<Key> keys = [];
        Feed(input, cuts, part => decoder.Decode(part, keys));
        decoder.Flush(keys);
        Holds(!decoder.IsWithinSequence, "nothing is held after a pause");
        return string.Join(' ', keys.Select(key => key.Kind == KeyKind.Character ? key.Rune.ToString() : key.Kind.ToString()));
    }

    private static string Session(byte[] input, int[] cuts)
    {
        var output = new ArrayBufferWriter<byte>();
        var wishes = new List<Wish>();
        var line = new RowView(new TerminalSize(12, 24), new LineEditor(), marksPastes: true);
        Feed(input, cuts, part => line.Take(part, followAtOnce: false, output, wishes));
        line.Flush(output, wishes);
        HoldsDrawn(output.WrittenSpan);
        output.ResetWrittenCount();
        // How often the row was drawn depends on the cuts, and with it how far it scrolled; what stands in it, and what was wanted, do not.
        // Nor is the text only as long as what was typed: what was cut can be put in again and again.
        line.Resize(new TerminalSize(2 * Entry.TextBytesMax, 24), output);
        HoldsDrawn(output.WrittenSpan);
        return $"{string.Join('|', wishes)} {Encoding.UTF8.GetString(output.WrittenSpan)}";
    }

    private static void Feed(byte[] input, int[] cuts, Action<ReadOnlySpan<byte>> take)
    {
        int start = 0;
        foreach (int end in cuts.Append(input.Length))
        {
            take(input.AsSpan(start..end));
            start = end;
        }
    }

    /// <summary>Row ends, erasing, moving right, clearing, and a bell: nothing else moves the terminal.</summary>
    private static void HoldsDrawn(ReadOnlySpan<byte> drawn)
    {
        string rest = Encoding.UTF8.GetString(drawn);
        foreach (string ours in new[] { "\r\e[K", "\e[H\e[2J" })
        {
            rest = rest.Replace(ours, "", StringComparison.Ordinal);
        }
        for (int i = 0; i < rest.Length; i++)
        {
            if (rest[i] == '\a')
            {
                continue;
            }
            if (rest.AsSpan(i).StartsWith("\r\e["))
            {
                int end = i + 3;
                while (end < rest.Length && char.IsAsciiDigit(rest[end]))
                {
                    end++;
                }
                Holds(end > i + 3 && end < rest.Length && rest[end] == 'C', "the cursor moves right");
                i = end;
                continue;
            }
            Holds(!char.IsControl(rest[i]), $"U+{(int)rest[i]:X4} is drawn");
        }
    }
}
