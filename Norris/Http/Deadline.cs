namespace Norris.Http;

/// <summary>
/// One deadline at a time, set and cleared as often as one likes: the timer below it is touched only when it must ring
/// earlier than it would anyway. Safe from any thread.
/// </summary>
internal sealed class Deadline : IDisposable
{
    private static readonly TimeSpan _longest = TimeSpan.FromDays(40);

    private readonly Lock _gate = new();
    private readonly TimeProvider _clock;
    private readonly Action _expired;
    private readonly ITimer _timer;
    private long _due = long.MaxValue;
    private long _rings = long.MaxValue;

    /// <summary>Makes a deadline that calls <paramref name="expired"/> when it passes, on the timer's thread.</summary>
    public Deadline(TimeProvider clock, Action expired)
    {
        _clock = clock;
        _expired = expired;
        _timer = clock.CreateTimer(static self => ((Deadline)self!).Ring(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Whether the deadline has passed since it was last set.</summary>
    public bool HasExpired { get; private set; }

    /// <summary>Sets the deadline, in place of an earlier one. More than forty days count as forty: timers know no longer times.</summary>
    public void Set(TimeSpan fromNow)
    {
        fromNow = fromNow > _longest ? _longest : fromNow;
        lock (_gate)
        {
            HasExpired = false;
            _due = _clock.GetTimestamp() + (long)(fromNow.TotalSeconds * _clock.TimestampFrequency);
            if (_due < _rings)
            {
                Wind(fromNow);
            }
        }
    }

    /// <summary>Forgets the deadline; <see cref="HasExpired"/> stays as it is.</summary>
    public void Clear()
    {
        lock (_gate)
        {
            _due = long.MaxValue;
        }
    }

    /// <summary>Forgets the deadline, and that it has passed.</summary>
    public void Forget()
    {
        lock (_gate)
        {
            _due = long.MaxValue;
            HasExpired = false;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Clear();
        _timer.Dispose();
    }

    private void Wind(TimeSpan fromNow)
    {
        _rings = _due;
        _timer.Change(fromNow < TimeSpan.Zero ? TimeSpan.Zero : fromNow, Timeout.InfiniteTimeSpan);
    }

    private void Ring()
    {
        lock (_gate)
        {
            _rings = long.MaxValue;
            if (_due == long.MaxValue)
            {
                return;
            }

            TimeSpan left = _clock.GetElapsedTime(_clock.GetTimestamp(), _due);
            if (left > TimeSpan.Zero)
            {
                // Timers count in milliseconds, and may ring a little early: never wind for less than one.
                Wind(left < TimeSpan.FromMilliseconds(1) ? TimeSpan.FromMilliseconds(1) : left);
                return;
            }

            _due = long.MaxValue;
            HasExpired = true;
        }

        _expired();
    }
}
