using System.Buffers.Text;
using System.IO.Hashing;

namespace Norris.Load.Verification;

/// <summary>
/// Reads what <c>--output json</c> prints. It knows the fixed order of the fields instead of parsing JSON: the reader shares its
/// processor with the nodes that it measures.
/// </summary>
internal static class PrintedLine
{
    /// <summary>Whether the line is an event of this type.</summary>
    public static bool IsType(ReadOnlySpan<byte> line, ReadOnlySpan<byte> type) =>
        line.StartsWith("{\"type\":\""u8) && line[9..].StartsWith(type) && line[(9 + type.Length)..].StartsWith("\""u8);

    /// <summary>Reads an entry; false for what has no place in the log of its own.</summary>
    public static bool TryReadEntry(ReadOnlySpan<byte> line, out Delivery delivery)
    {
        delivery = default;
        if (!TryReadTime(After(line, ",\"time\":\""u8), out long time)
            || !Utf8Parser.TryParse(After(line, ",\"seq\":"u8), out ulong sequence, out _))
        {
            return false;
        }
        if (!IsType(line, "message"u8) || !StormText.TryRead(After(line, ",\"text\":\""u8), out int sender, out int number) || sender < 0)
        {
            (sender, number) = (Delivery.Stranger, 0);
        }
        delivery = new Delivery(sequence, time, sender, number, XxHash3.HashToUInt64(line));
        return true;
    }

    /// <summary>Reads a text field that has no escapes in it; null where it is not.</summary>
    public static string? ReadText(ReadOnlySpan<byte> line, ReadOnlySpan<byte> begin)
    {
        ReadOnlySpan<byte> rest = After(line, begin);
        int end = rest.IndexOf((byte)'"');
        return end < 0 ? null : System.Text.Encoding.UTF8.GetString(rest[..end]);
    }

    /// <summary>Reads a field that is a number.</summary>
    public static bool TryReadNumber(ReadOnlySpan<byte> line, ReadOnlySpan<byte> begin, out ulong number) =>
        Utf8Parser.TryParse(After(line, begin), out number, out _);

    private static ReadOnlySpan<byte> After(ReadOnlySpan<byte> line, ReadOnlySpan<byte> begin)
    {
        int at = line.IndexOf(begin);
        return at < 0 ? default : line[(at + begin.Length)..];
    }

    // 2026-11-24T05:22:01.123456Z, always with six digits after the point.
    private static bool TryReadTime(ReadOnlySpan<byte> text, out long ticks)
    {
        ticks = 0;
        if (text.Length < 27 || text[10] != (byte)'T' || text[26] != (byte)'Z'
            || !TryReadNumber(text[..4], out int year) || !TryReadNumber(text[5..7], out int month) || !TryReadNumber(text[8..10], out int day)
            || !TryReadNumber(text[11..13], out int hour) || !TryReadNumber(text[14..16], out int minute)
            || !TryReadNumber(text[17..19], out int second) || !TryReadNumber(text[20..26], out int microsecond)
            || year < 1 || month is < 1 or > 12 || day < 1 || day > DateTime.DaysInMonth(year, month))
        {
            return false;
        }
        ticks = new DateTime(year, month, day).Ticks
            + (((hour * 60L) + minute) * TimeSpan.TicksPerMinute) + (second * TimeSpan.TicksPerSecond) + (microsecond * TimeSpan.TicksPerMicrosecond);
        return true;
    }

    private static bool TryReadNumber(ReadOnlySpan<byte> digits, out int number)
    {
        number = 0;
        foreach (byte digit in digits)
        {
            if (digit is < (byte)'0' or > (byte)'9')
            {
                return false;
            }
            number = (number * 10) + (digit - '0');
        }
        return true;
    }
}
