namespace Norris.Protocol.Ordering;

/// <summary>
/// What the host has taken in from one author ahead of the log. Together with the log's own count it makes submissions exactly
/// once: a number at or below <see cref="Number"/> was taken already, the next one is taken, a later one is not taken yet.
/// </summary>
internal sealed class Intake
{
    /// <summary>The highest number taken in during this reign; the log's count when nothing was.</summary>
    public ulong Number { get; set; }

    /// <summary>The time given to it: the author's next one is not earlier (P3).</summary>
    public Timestamp Time { get; set; }

    /// <summary>True once a leaving entry for this member waits in the hold-back queue: nothing more is taken from it.</summary>
    public bool IsLeaving { get; set; }

    /// <summary>Starts a reign: nothing is ahead of the log.</summary>
    public void Reset(ulong lastNumber)
    {
        Number = lastNumber;
        Time = Timestamp.Zero;
        IsLeaving = false;
    }
}
