using Norris.Load.Scenarios;

namespace Norris.Tests.Load;

/// <summary>A clock that stands still until somebody waits, and then is at once where it was waited for; what is to happen on the way happens.</summary>
internal sealed class FakeClock : Clock
{
    private readonly PriorityQueue<Action, (long At, int Order)> _events = new();
    private long _now = 1_000_000_000;
    private int _order;

    public override long Now => _now;

    /// <summary>Something that happens so long from now, inside of whoever waits then.</summary>
    public void In(TimeSpan time, Action happens) => _events.Enqueue(happens, (After(_now, time), _order++));

    /// <summary>A task that completes so long from now.</summary>
    public Task DelayAsync(TimeSpan time)
    {
        var over = new TaskCompletionSource();
        In(time, over.SetResult);
        return over.Task;
    }

    public override void WaitUntil(long at)
    {
        while (_events.TryPeek(out Action? happens, out (long At, int Order) when) && when.At <= at)
        {
            _events.Dequeue();
            _now = Math.Max(_now, when.At);
            happens();
        }
        _now = Math.Max(_now, at);
    }

    /// <summary>The thread is held up.</summary>
    public void Stall(TimeSpan time) => _now = After(_now, time);
}
