using System.Buffers;
using System.Text;
using System.Text.Unicode;

namespace Norris.Node.Delivery;

/// <summary>
/// Writes UTF-8 text as a JSON string (RFC 8259, section 7):
/// <code>
/// string = %x22 *char %x22
/// char   = unescaped / "\" ( %x22 / "\" / "b" / "f" / "n" / "r" / "t" / "u" 4HEXDIG )
/// </code>
/// Escaped are what JSON asks for and, beyond it, DEL, the C1 controls and <see cref="DirectionControls"/>: a terminal that
/// shows the line must not obey it. What is not UTF-8 becomes U+FFFD, one for each maximal part that could have begun a character.
/// </summary>
internal static class JsonText
{
    // Bytes at which the copying stops for a look: what is always escaped, and the lead bytes of the characters that may be
    // (C2 80-9F: C1 controls; D8 9C: U+061C; E2 80/81: the direction controls).
    private static readonly SearchValues<byte> LookAt = SearchValues.Create(
    [
        0x00, 0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07, 0x08, 0x09, 0x0A, 0x0B, 0x0C, 0x0D, 0x0E, 0x0F,
        0x10, 0x11, 0x12, 0x13, 0x14, 0x15, 0x16, 0x17, 0x18, 0x19, 0x1A, 0x1B, 0x1C, 0x1D, 0x1E, 0x1F,
        (byte)'"', (byte)'\\', 0x7F, 0xC2, 0xD8, 0xE2,
    ]);

    /// <summary>The text as a JSON string, quotes included.</summary>
    public static byte[] Quote(ReadOnlySpan<byte> utf8)
    {
        var output = new ArrayBufferWriter<byte>(utf8.Length + 2);
        var sink = new Utf8Sink(output);
        AppendQuoted(ref sink, utf8);
        sink.Flush();
        return output.WrittenSpan.ToArray();
    }

    /// <summary>Appends the text as a JSON string, quotes included.</summary>
    public static void AppendQuoted(ref Utf8Sink sink, ReadOnlySpan<byte> utf8)
    {
        sink.Append((byte)'"');
        if (Utf8.IsValid(utf8))
        {
            AppendValid(ref sink, utf8);
        }
        else
        {
            AppendRepaired(ref sink, utf8);
        }
        sink.Append((byte)'"');
    }

    private static void AppendValid(ref Utf8Sink sink, ReadOnlySpan<byte> text)
    {
        int copied = 0;
        int at = 0;
        while (true)
        {
            int next = text[at..].IndexOfAny(LookAt);
            if (next < 0)
            {
                sink.Append(text[copied..]);
                return;
            }
            at += next;
            _ = Rune.DecodeFromUtf8(text[at..], out Rune rune, out int length);
            if (IsEscaped(rune))
            {
                sink.Append(text[copied..at]);
                AppendEscape(ref sink, rune);
                copied = at + length;
            }
            at += length;
        }
    }

    private static void AppendRepaired(ref Utf8Sink sink, ReadOnlySpan<byte> text)
    {
        Span<byte> encoded = stackalloc byte[4];
        while (!text.IsEmpty)
        {
            // On invalid bytes the rune is U+FFFD already.
            _ = Rune.DecodeFromUtf8(text, out Rune rune, out int length);
            if (IsEscaped(rune))
            {
                AppendEscape(ref sink, rune);
            }
            else
            {
                sink.Append(encoded[..rune.EncodeToUtf8(encoded)]);
            }
            text = text[length..];
        }
    }

    private static bool IsEscaped(Rune rune) =>
        rune.Value is < 0x20 or '"' or '\\' or (>= 0x7F and <= 0x9F) || DirectionControls.Contains(rune.Value);

    private static void AppendEscape(ref Utf8Sink sink, Rune rune)
    {
        switch (rune.Value)
        {
            case '"':
                sink.Append("\\\""u8);
                break;
            case '\\':
                sink.Append("\\\\"u8);
                break;
            case '\b':
                sink.Append("\\b"u8);
                break;
            case '\f':
                sink.Append("\\f"u8);
                break;
            case '\n':
                sink.Append("\\n"u8);
                break;
            case '\r':
                sink.Append("\\r"u8);
                break;
            case '\t':
                sink.Append("\\t"u8);
                break;
            default:
                AppendCodePoint(ref sink, rune.Value);
                break;
        }
    }

    /// <summary>Appends <c>\uXXXX</c> for a character of the basic plane.</summary>
    public static void AppendCodePoint(ref Utf8Sink sink, int scalar)
    {
        ReadOnlySpan<byte> digits = "0123456789ABCDEF"u8;
        sink.Append([(byte)'\\', (byte)'u', digits[scalar >> 12], digits[(scalar >> 8) & 15], digits[(scalar >> 4) & 15], digits[scalar & 15]]);
    }
}
