using System.Globalization;
using Norris.Protocol.Ordering;

namespace Norris.Node.Measures;

/// <summary>
/// How often and for how long a node stood still, since its machine was suspended or overloaded, and what people are told of it: only of a time that is
/// long enough for the others to have gone on without it, and not again and again on a machine that is always late.
/// </summary>
internal sealed class StallNotice
{
    /// <summary>So long, or the time-out if that is longer, people need not hear of.</summary>
    public const long QuietMicroseconds = 1_000_000;

    /// <summary>They hear of it once in so long, at most.</summary>
    public const long PauseMicroseconds = 60_000_000;

    private Timestamp _toldAt;

    /// <summary>How often.</summary>
    public long Count { get; private set; }

    /// <summary>For how long, altogether, in microseconds.</summary>
    public long Microseconds { get; private set; }

    /// <summary>The node stood still. Returns what people are to be told; null for nothing.</summary>
    /// <param name="microseconds">For how long.</param>
    /// <param name="timeoutMicroseconds">After how long others suspect it.</param>
    /// <param name="now">The node's own clock.</param>
    public string? Note(long microseconds, long timeoutMicroseconds, Timestamp now)
    {
        Count++;
        Microseconds += microseconds;
        if (microseconds <= Math.Max(timeoutMicroseconds, QuietMicroseconds) || (_toldAt != Timestamp.Zero && now.Since(_toldAt) < PauseMicroseconds))
        {
            return null;
        }
        _toldAt = now;
        string seconds = (microseconds / 1e6).ToString("0.0", CultureInfo.InvariantCulture);
        return $"this node stood still for {seconds} s, and the others may have gone on without it: its machine was suspended, or is overloaded";
    }
}
