using Norris.Protocol.Ordering;

namespace Norris.Tests.Simulation;

/// <summary>
/// A node's own clock: wrong by an offset, and running a little fast or slow. It may jump ahead; and it may stand still for a while,
/// which is how a jump back shows on a clock that never goes back.
/// </summary>
internal sealed class SimulatedClock(long offsetMicroseconds, long driftPerMillion)
{
    private const long Start = 1_795_500_000_000_000;

    private long _jumped;
    private long _reached = long.MinValue;

    public long DriftPerMillion => driftPerMillion;

    /// <summary>What the clock shows at a moment of virtual time.</summary>
    public Timestamp At(long time) => new(Math.Max(_reached, Raw(time)));

    /// <summary>From <paramref name="time"/> on the clock is ahead by so much more; or, when that is negative, stands still for so long.</summary>
    public void Jump(long time, long microseconds)
    {
        _reached = At(time).Microseconds;
        _jumped += microseconds;
    }

    /// <summary>From <paramref name="since"/> to <paramref name="until"/> no time passed on the clock, whose machine was suspended.</summary>
    public void WasSuspended(long since, long until)
    {
        _reached = At(since).Microseconds;
        _jumped -= until - since;
    }

    /// <summary>The first moment at which the clock shows <paramref name="own"/> or later, unless it jumps before.</summary>
    public long WhenShows(Timestamp own)
    {
        if (own.Microseconds == long.MaxValue)
        {
            return long.MaxValue;
        }
        if (own.Microseconds <= _reached)
        {
            return 0;
        }
        long elapsed = own.Microseconds - Start - offsetMicroseconds - _jumped;
        long time = (long)(elapsed * (1_000_000.0 / (1_000_000 + driftPerMillion))) - 2;
        while (Raw(time) < own.Microseconds)
        {
            time++;
        }
        return time;
    }

    private long Raw(long time) => Start + offsetMicroseconds + _jumped + time + (time * driftPerMillion / 1_000_000);
}
