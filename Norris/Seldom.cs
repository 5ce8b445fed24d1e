namespace Norris;

/// <summary>Keeps what may happen a thousand times a second from being said as often. Any thread may ask.</summary>
/// <param name="pause">How long nothing is said after something was.</param>
/// <param name="time">The time.</param>
internal sealed class Seldom(TimeSpan pause, TimeProvider time)
{
    private readonly Lock _gate = new();
    private long? _saidAt;
    private int _silent;

    /// <summary>Whether it is to be said now.</summary>
    public bool IsDue() => IsDue(out _);

    /// <summary>Whether it is to be said now, and how often it was not since it was said last.</summary>
    public bool IsDue(out int silent)
    {
        lock (_gate)
        {
            silent = _silent;
            if (_saidAt is { } at && time.GetElapsedTime(at) < pause)
            {
                _silent++;
                return false;
            }
            (_saidAt, _silent) = (time.GetTimestamp(), 0);
            return true;
        }
    }
}
