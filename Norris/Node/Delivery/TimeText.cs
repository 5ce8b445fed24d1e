using System.Buffers.Text;
using System.Globalization;
using System.Text;
using Norris.Protocol.Ordering;

namespace Norris.Node.Delivery;

/// <summary>
/// Times as output shows them. Entries come by the thousand in one second, so the part of the text that a second shares is
/// formatted once. One thread at a time uses it.
/// </summary>
internal sealed class TimeText
{
    private const long MicrosecondsPerSecond = 1_000_000;
    private static readonly long MicrosecondsMax = (DateTime.MaxValue.Ticks - DateTime.UnixEpoch.Ticks) / 10;

    private readonly string _format;
    private readonly TimeZoneInfo _zone;
    private readonly byte[] _text;
    private long _second = -1;

    private TimeText(string format, TimeZoneInfo zone)
    {
        _format = format;
        _zone = zone;
        _text = new byte[DateTime.UnixEpoch.ToString(format, CultureInfo.InvariantCulture).Length];
    }

    /// <summary>For RFC 3339 in UTC, to the microsecond: <see cref="AppendRfc3339"/>.</summary>
    public static TimeText Utc() => new("yyyy-MM-dd'T'HH:mm:ss", TimeZoneInfo.Utc);

    /// <summary>For the time of day in a zone, to the second: <see cref="AppendTimeOfDay"/>.</summary>
    public static TimeText OfDay(TimeZoneInfo zone) => new("HH:mm:ss", zone);

    /// <summary>The machine's time zone; UTC where none is known, as on a machine without time zone data.</summary>
    public static TimeZoneInfo LocalZone()
    {
        try
        {
            return TimeZoneInfo.Local;
        }
        catch (Exception e) when (e is TimeZoneNotFoundException or InvalidTimeZoneException or IOException or UnauthorizedAccessException)
        {
            return TimeZoneInfo.Utc;
        }
    }

    /// <summary>Appends <c>2026-11-24T05:22:01.123456Z</c>.</summary>
    public void AppendRfc3339(ref Utf8Sink sink, Timestamp time)
    {
        int fraction = MoveTo(time);
        sink.Append(_text);
        Span<byte> tail = stackalloc byte[8];
        _ = Utf8Formatter.TryFormat(fraction, tail[1..], out _, new System.Buffers.StandardFormat('D', 6));
        tail[0] = (byte)'.';
        tail[7] = (byte)'Z';
        sink.Append(tail);
    }

    /// <summary>Appends <c>12:34:56</c>.</summary>
    public void AppendTimeOfDay(ref Utf8Sink sink, Timestamp time)
    {
        _ = MoveTo(time);
        sink.Append(_text);
    }

    // Returns the microseconds within the second.
    private int MoveTo(Timestamp time)
    {
        (long second, long fraction) = Math.DivRem(Math.Clamp(time.Microseconds, 0, MicrosecondsMax), MicrosecondsPerSecond);
        if (second != _second)
        {
            DateTime utc = DateTime.UnixEpoch.AddSeconds(second);
            string text = TimeZoneInfo.ConvertTimeFromUtc(utc, _zone).ToString(_format, CultureInfo.InvariantCulture);
            _ = Encoding.ASCII.GetBytes(text, _text);
            _second = second;
        }
        return (int)fraction;
    }
}
