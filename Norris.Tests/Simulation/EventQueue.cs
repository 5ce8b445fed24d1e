namespace Norris.Tests.Simulation;

/// <summary>Virtual time in microseconds, and what happens when; at one moment, in the order in which it was planned.</summary>
internal sealed class EventQueue
{
    private readonly PriorityQueue<Action, Moment> _queue = new();
    private long _planned;

    public long Now { get; private set; }

    public long Executed { get; private set; }

    public void At(long time, Action action) => _queue.Enqueue(action, new Moment(Math.Max(time, Now), _planned++));

    public void After(long microseconds, Action action) => At(Now + microseconds, action);

    /// <summary>Lets everything happen that is planned up to <paramref name="time"/>.</summary>
    public void RunUntil(long time)
    {
        while (_queue.TryPeek(out _, out Moment next) && next.Time <= time)
        {
            Action action = _queue.Dequeue();
            Now = next.Time;
            Executed++;
            action();
        }
        Now = Math.Max(Now, time);
    }

    private readonly record struct Moment(long Time, long Order) : IComparable<Moment>
    {
        public int CompareTo(Moment other) => Time != other.Time ? Time.CompareTo(other.Time) : Order.CompareTo(other.Order);
    }
}
