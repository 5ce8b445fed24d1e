using System.Buffers;
using System.Text;
using System.Text.Unicode;

namespace Norris.Node.Delivery;

/// <summary>
/// Makes text from others fit for a terminal: nothing in it moves the cursor, changes a colour, sets a title or turns the
/// direction of what stands around it. What is taken out is shown: C0 controls and DEL as their pictures (␛, ␇, ␡), C1
/// controls and <see cref="DirectionControls"/> as <c>\u202E</c>. A line break begins an indented line, a tab is four
/// blanks, what is not UTF-8 is U+FFFD.
/// </summary>
internal static class SafeText
{
    // What to stop and look at; see JsonText for the lead bytes.
    private static readonly SearchValues<byte> LookAt = SearchValues.Create(
    [
        0x00, 0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07, 0x08, 0x09, 0x0A, 0x0B, 0x0C, 0x0D, 0x0E, 0x0F,
        0x10, 0x11, 0x12, 0x13, 0x14, 0x15, 0x16, 0x17, 0x18, 0x19, 0x1A, 0x1B, 0x1C, 0x1D, 0x1E, 0x1F,
        0x7F, 0xC2, 0xD8, 0xE2,
    ]);

    /// <summary>The text on one line: its line breaks become pictures too.</summary>
    public static byte[] OneLine(ReadOnlySpan<byte> utf8)
    {
        var output = new ArrayBufferWriter<byte>(Math.Max(1, utf8.Length));
        var sink = new Utf8Sink(output);
        Append(ref sink, utf8, lineBreak: "␊"u8);
        sink.Flush();
        return output.WrittenSpan.ToArray();
    }

    /// <summary>Appends the text; <paramref name="lineBreak"/> stands for each line break (LF, CR LF) in it.</summary>
    public static void Append(ref Utf8Sink sink, ReadOnlySpan<byte> utf8, ReadOnlySpan<byte> lineBreak)
    {
        bool isValid = Utf8.IsValid(utf8);
        Span<byte> encoded = stackalloc byte[4];
        while (!utf8.IsEmpty)
        {
            int plain = isValid ? utf8.IndexOfAny(LookAt) : 0;
            if (plain < 0)
            {
                sink.Append(utf8);
                return;
            }
            sink.Append(utf8[..plain]);
            utf8 = utf8[plain..];
            _ = Rune.DecodeFromUtf8(utf8, out Rune rune, out int length);
            if (utf8.StartsWith("\r\n"u8))
            {
                length = 2;
                rune = new Rune('\n');
            }
            AppendOne(ref sink, rune, lineBreak, encoded);
            utf8 = utf8[length..];
        }
    }

    private static void AppendOne(ref Utf8Sink sink, Rune rune, scoped ReadOnlySpan<byte> lineBreak, scoped Span<byte> encoded)
    {
        switch (rune.Value)
        {
            case '\n':
                sink.Append(lineBreak);
                break;
            case '\t':
                sink.Append("    "u8);
                break;
            case < 0x20:
                // U+2400 and what follows are the pictures of the C0 controls, in their order.
                sink.Append(encoded[..new Rune(0x2400 + rune.Value).EncodeToUtf8(encoded)]);
                break;
            case 0x7F:
                sink.Append("␡"u8);
                break;
            case >= 0x80 and <= 0x9F:
                JsonText.AppendCodePoint(ref sink, rune.Value);
                break;
            default:
                if (DirectionControls.Contains(rune.Value))
                {
                    JsonText.AppendCodePoint(ref sink, rune.Value);
                    break;
                }
                sink.Append(encoded[..rune.EncodeToUtf8(encoded)]);
                break;
        }
    }
}
