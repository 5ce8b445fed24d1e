using System.Globalization;

namespace Norris.Protocol.Ordering;

/// <summary>
/// Microseconds since 1970-01-01T00:00:00Z, on one of two clocks: a node's own, or the network's. The network's clock is the
/// founder's, carried on by each later host, so that a host change never shows in the times.
/// </summary>
internal readonly record struct Timestamp(long Microseconds) : IComparable<Timestamp>
{
    /// <summary>Earlier than every time that occurs.</summary>
    public static Timestamp Zero => default;

    /// <summary>Later than every time that occurs.</summary>
    public static Timestamp Infinite => new(long.MaxValue);

    /// <summary>The later of two.</summary>
    public static Timestamp Max(Timestamp a, Timestamp b) => a.Microseconds >= b.Microseconds ? a : b;

    /// <summary>The earlier of two.</summary>
    public static Timestamp Min(Timestamp a, Timestamp b) => a.Microseconds <= b.Microseconds ? a : b;

    /// <summary>This time, so many microseconds later.</summary>
    public Timestamp Plus(long microseconds) => new(Microseconds + microseconds);

    /// <summary>Microseconds from <paramref name="earlier"/> to this.</summary>
    public long Since(Timestamp earlier) => Microseconds - earlier.Microseconds;

    /// <summary>As a date; times outside the calendar's range become its nearest end.</summary>
    public DateTime ToDateTimeUtc() =>
        DateTime.UnixEpoch.AddTicks(Math.Clamp(Microseconds, 0, (DateTime.MaxValue.Ticks - DateTime.UnixEpoch.Ticks) / 10) * 10);

    /// <inheritdoc/>
    public int CompareTo(Timestamp other) => Microseconds.CompareTo(other.Microseconds);

    /// <summary>RFC 3339 with microseconds.</summary>
    public override string ToString() => ToDateTimeUtc().ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture);

    /// <summary>Orders by time.</summary>
    public static bool operator <(Timestamp left, Timestamp right) => left.Microseconds < right.Microseconds;

    /// <summary>Orders by time.</summary>
    public static bool operator >(Timestamp left, Timestamp right) => left.Microseconds > right.Microseconds;

    /// <summary>Orders by time.</summary>
    public static bool operator <=(Timestamp left, Timestamp right) => left.Microseconds <= right.Microseconds;

    /// <summary>Orders by time.</summary>
    public static bool operator >=(Timestamp left, Timestamp right) => left.Microseconds >= right.Microseconds;
}
