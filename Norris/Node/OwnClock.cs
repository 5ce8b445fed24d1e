using Norris.Protocol.Ordering;

namespace Norris.Node;

/// <summary>
/// The node's own clock: the wall clock at the start, carried on by the monotonic one, so that it never goes back and never jumps.
/// </summary>
internal sealed class OwnClock
{
    private readonly TimeProvider _time;
    private readonly long _startStamp;
    private readonly long _startMicroseconds;

    public OwnClock(TimeProvider time)
    {
        _time = time;
        _startStamp = time.GetTimestamp();
        _startMicroseconds = (time.GetUtcNow().UtcTicks - DateTime.UnixEpoch.Ticks) / TimeSpan.TicksPerMicrosecond;
    }

    /// <summary>What it shows.</summary>
    public Timestamp Now =>
        new(_startMicroseconds + (_time.GetElapsedTime(_startStamp).Ticks / TimeSpan.TicksPerMicrosecond));
}
