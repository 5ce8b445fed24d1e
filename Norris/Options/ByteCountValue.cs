using System.Globalization;

namespace Norris.Options;

/// <summary>
/// A number of bytes as it is typed: a decimal number, plain or with a unit. KiB, MiB, GiB, TiB count in 1024s; kB, MB, GB,
/// TB in 1000s (IEC 80000-13). Case does not matter.
/// </summary>
internal static class ByteCountValue
{
    /// <summary>What <see cref="TryParse"/> accepts.</summary>
    public const string Accepted = "a number of bytes, such as 64MiB, 64MB, 1GiB or 67108864";

    private static readonly (string Suffix, long Bytes)[] Units =
    [
        ("KiB", 1L << 10), ("MiB", 1L << 20), ("GiB", 1L << 30), ("TiB", 1L << 40),
        ("kB", 1_000L), ("MB", 1_000_000L), ("GB", 1_000_000_000L), ("TB", 1_000_000_000_000L), ("B", 1L), ("", 1L),
    ];

    /// <summary>Reads a number of bytes of at least 0, rounded down to a whole one; false for anything else.</summary>
    public static bool TryParse(string text, out long bytes)
    {
        bytes = 0;
        foreach ((string suffix, long unit) in Units)
        {
            if (text.EndsWith(suffix, StringComparison.OrdinalIgnoreCase))
            {
                bool isNumber = decimal.TryParse(
                    text.AsSpan(..^suffix.Length), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out decimal count);
                if (!isNumber || count > long.MaxValue / unit || (unit == 1 && count != decimal.Floor(count)))
                {
                    return false;
                }
                bytes = (long)decimal.Floor(count * unit);
                return true;
            }
        }
        return false;
    }
}
