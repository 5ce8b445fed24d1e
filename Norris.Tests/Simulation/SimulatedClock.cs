using Norris.Protocol.Ordering;

namespace Norris.Tests.Simulation;

/// <summary>A node's own clock: wrong by an offset, and running a little fast or slow.</summary>
internal sealed class SimulatedClock(long offsetMicroseconds, long driftPerMillion)
{
    private const long Start = 1_795_500_000_000_000;

    public long DriftPerMillion => driftPerMillion;

    /// <summary>What the clock shows at a moment of virtual time.</summary>
    public Timestamp At(long time) => new(Start + offsetMicroseconds + time + (time * driftPerMillion / 1_000_000));

    /// <summary>The first moment at which the clock shows <paramref name="own"/> or later.</summary>
    public long WhenShows(Timestamp own)
    {
        if (own.Microseconds == long.MaxValue)
        {
            return long.MaxValue;
        }
        long elapsed = own.Microseconds - Start - offsetMicroseconds;
        long time = (long)(elapsed * (1_000_000.0 / (1_000_000 + driftPerMillion))) - 2;
        while (At(time) < own)
        {
            time++;
        }
        return time;
    }
}
