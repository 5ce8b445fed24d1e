using System.Globalization;

namespace Norris.Options;

/// <summary>A length of time as it is typed: a decimal number and a unit (us, ms, s, m), or a plain 0. Never negative.</summary>
internal static class DurationValue
{
    /// <summary>What <see cref="TryParse"/> accepts.</summary>
    public const string Accepted = "a number with its unit, such as 250us, 50ms, 1.5s or 2m";

    /// <summary>The longest, so that no sum of durations overflows: a day.</summary>
    private const double MicrosecondsMax = 24 * 3600 * 1e6;

    private static readonly (string Suffix, double Microseconds)[] Units =
        [("us", 1), ("µs", 1), ("ms", 1e3), ("s", 1e6), ("m", 60e6)];

    /// <summary>Reads a duration of 0 to one day, rounded to the microsecond; false for anything else.</summary>
    public static bool TryParse(string text, out TimeSpan duration)
    {
        duration = TimeSpan.Zero;
        if (text == "0")
        {
            return true;
        }
        foreach ((string suffix, double unit) in Units)
        {
            if (text.EndsWith(suffix, StringComparison.OrdinalIgnoreCase)
                && double.TryParse(text.AsSpan(..^suffix.Length), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double count)
                && count * unit <= MicrosecondsMax)
            {
                duration = TimeSpan.FromMicroseconds(Math.Round(count * unit));
                return true;
            }
        }
        return false;
    }

    /// <summary>The duration in its largest unit that keeps it short, as it could have been typed.</summary>
    public static string Format(TimeSpan duration)
    {
        double microseconds = duration.TotalMicroseconds;
        return microseconds switch
        {
            0 => "0",
            < 1e3 => string.Create(CultureInfo.InvariantCulture, $"{microseconds:0.###}us"),
            < 1e6 => string.Create(CultureInfo.InvariantCulture, $"{microseconds / 1e3:0.###}ms"),
            < 120e6 => string.Create(CultureInfo.InvariantCulture, $"{microseconds / 1e6:0.###}s"),
            _ => string.Create(CultureInfo.InvariantCulture, $"{microseconds / 60e6:0.###}m"),
        };
    }
}
