namespace Norris;

/// <summary>Keeps what may happen a thousand times a second from being said as often. Any thread may ask.</summary>
/// <param name="pause">How long nothing is said after something was.</param>
/// <param name="time">The time.</param>
internal sealed class Seldom(TimeSpan pause, TimeProvider time)
{
    private long _notBefore = long.MinValue;

    /// <summary>Whether it is to be said now.</summary>
    public bool IsDue()
    {
        long before = Volatile.Read(ref _notBefore);
        long now = time.GetTimestamp();
        return now >= before && Interlocked.CompareExchange(ref _notBefore, now + (long)(pause.TotalSeconds * time.TimestampFrequency), before) == before;
    }
}
