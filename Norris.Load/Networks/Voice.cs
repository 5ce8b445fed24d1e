namespace Norris.Load.Networks;

/// <summary>
/// One sender of numbered messages, and who has each of them by now. Saying something never waits: how it gets to the network is for the
/// classes under this one, and whoever wants to know when everybody has it awaits that.
/// </summary>
/// <param name="number">Its number among all senders of the run.</param>
/// <param name="established">The observers that see everything that it says.</param>
internal abstract class Voice(int number, IEnumerable<Observer> established)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<Observer, int> _reached = established.ToDictionary(static each => each, static _ => 0);
    private readonly Queue<Said> _pending = new();
    private int _said;
    private int _least;
    private string? _end;

    /// <summary>Its number among all senders of the run.</summary>
    public int Number => number;

    /// <summary>How many messages it said.</summary>
    public int SaidCount
    {
        get
        {
            lock (_gate)
            {
                return _said;
            }
        }
    }

    /// <summary>How many of them somebody still lacks.</summary>
    public int Pending
    {
        get
        {
            lock (_gate)
            {
                return _pending.Count;
            }
        }
    }

    /// <summary>Whether it can say something.</summary>
    public bool IsAlive => Volatile.Read(ref _end) is null;

    /// <summary>Says the next message.</summary>
    /// <returns>The moment at which the last observer had it, in ticks of the stopwatch; or why that is not to be.</returns>
    public Task<Arrival> SayAsync()
    {
        lock (_gate)
        {
            if (_end is not null)
            {
                return Task.FromResult(new Arrival(0, _end));
            }
            var said = new Said(++_said);
            _pending.Enqueue(said);
            Send(said.Number);
            return said.Task;
        }
    }

    /// <summary>An observer has a message, and all before it.</summary>
    public void Reach(Observer observer, int message, long at)
    {
        lock (_gate)
        {
            int before = _reached.GetValueOrDefault(observer, -1);
            _reached[observer] = message;
            if (before <= _least)
            {
                CompleteReached(at);
            }
        }
    }

    /// <summary>An observer sees nothing more.</summary>
    public void Forget(Observer observer, long at)
    {
        lock (_gate)
        {
            if (_reached.Remove(observer))
            {
                CompleteReached(at);
            }
        }
    }

    /// <summary>Says nothing more, and nobody waits for what is under way.</summary>
    public virtual void End(string why)
    {
        lock (_gate)
        {
            Volatile.Write(ref _end, _end ?? why);
            while (_pending.TryDequeue(out Said? said))
            {
                said.TrySetResult(new Arrival(0, _end));
            }
        }
    }

    /// <summary>Sends a message on its way, without waiting; called in the order of the numbers.</summary>
    protected abstract void Send(int message);

    /// <summary>A message will not be seen, or nobody knows.</summary>
    protected void Fail(int message, string why)
    {
        lock (_gate)
        {
            _pending.FirstOrDefault(each => each.Number == message)?.TrySetResult(new Arrival(0, why));
            CompleteReached(0);
        }
    }

    private void CompleteReached(long at)
    {
        _least = _reached.Count == 0 ? _least : _reached.Values.Min();
        while (_pending.TryPeek(out Said? said) && (said.Number <= _least || said.Task.IsCompleted))
        {
            _pending.Dequeue();
            said.TrySetResult(new Arrival(at, null));
        }
    }

    private sealed class Said(int number) : TaskCompletionSource<Arrival>(TaskCreationOptions.RunContinuationsAsynchronously)
    {
        public int Number => number;
    }
}

/// <summary>When everybody had a message.</summary>
/// <param name="At">In ticks of the stopwatch.</param>
/// <param name="Failure">In a few words, why that is not to be; null where it is so.</param>
internal readonly record struct Arrival(long At, string? Failure);
