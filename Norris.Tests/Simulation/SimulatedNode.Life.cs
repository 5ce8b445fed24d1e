using Norris.Protocol;

namespace Norris.Tests.Simulation;

/// <summary>What befalls the process: it is woken, stands still, goes on, leaves, dies.</summary>
internal sealed partial class SimulatedNode
{
    private const int WakesAtOneMomentMax = 3;

    private int _freezes;
    private long? _suspendedAt;
    private long _wakeAt = long.MaxValue;
    private long _lastWokenAt = -1;
    private int _wakesAtOneMoment;

    public bool IsAlive { get; private set; } = true;

    public bool IsFrozen => _freezes > 0;

    /// <summary>True once this node wants to leave; whatever it submitted before that is to be ordered.</summary>
    public bool IsLeaving { get; private set; }

    public bool HasLeft { get; private set; }

    public void JumpClock(long microseconds)
    {
        Clock.Jump(_cluster.Events.Now, microseconds);
        Process(static _ => { });
    }

    public void Leave()
    {
        IsLeaving = true;
        Say("wants to leave");
        Process(static core => core.Leave());
    }

    /// <summary>Stands still: nothing is read, no timer fires. Freezes overlap.</summary>
    public void Freeze()
    {
        if (IsAlive && _freezes++ == 0)
        {
            Say("freezes");
        }
    }

    /// <summary>Its machine is suspended, and the clock with it.</summary>
    public void Suspend()
    {
        _suspendedAt ??= _cluster.Events.Now;
        Freeze();
    }

    /// <summary>Its machine wakes.</summary>
    public void Resume()
    {
        if (_suspendedAt is { } since)
        {
            Clock.WasSuspended(since, _cluster.Events.Now);
            _suspendedAt = null;
        }
        Thaw();
    }

    /// <summary>Whatever made it stand still is over.</summary>
    public void ThawForGood()
    {
        _freezes = Math.Min(_freezes, 1);
        Resume();
    }

    /// <summary>Goes on, with everything that came in meanwhile in one burst.</summary>
    public void Thaw()
    {
        if (!IsFrozen || --_freezes > 0)
        {
            return;
        }
        Say("goes on");
        if (IsAlive)
        {
            Core.Advance(Clock.At(_cluster.Events.Now));
            foreach (Action<NodeCore> input in _inbox)
            {
                input(Core);
            }
            _inbox.Clear();
            Conclude();
        }
    }

    /// <summary>The process dies.</summary>
    public void Crash()
    {
        Say("dies");
        Stop(isClean: false);
    }

    /// <summary>A wake that was planned earlier than is due finds that out when it comes: most are put off again and again.</summary>
    private void PlanWake()
    {
        long due = Clock.WhenShows(Core.NextDeadline);
        if (due == long.MaxValue)
        {
            return;
        }
        due = Math.Max(due, _cluster.Events.Now);
        if (due < _wakeAt || (due == _wakeAt && due == _cluster.Events.Now))
        {
            _wakeAt = due;
            _cluster.Events.At(due, _wake);
        }
    }

    private void Wake()
    {
        long now = _cluster.Events.Now;
        if (_wakeAt != now || !IsAlive)
        {
            return;
        }
        _wakeAt = long.MaxValue;
        if (!IsFrozen && Clock.WhenShows(Core.NextDeadline) > now)
        {
            PlanWake();
            return;
        }
        _wakesAtOneMoment = _lastWokenAt == now ? _wakesAtOneMoment + 1 : 1;
        _lastWokenAt = now;
        _cluster.Check(_wakesAtOneMoment <= WakesAtOneMomentMax, this, $"the core asks to be woken again and again at one moment while {Core.Role}");
        Process(static _ => { });
    }

    private void Stop(bool isClean)
    {
        IsAlive = false;
        _freezes = 0;
        _inbox.Clear();
        _cluster.Died(this);
        _upstream?.Leave();
        foreach (SimulatedStream stream in _downstreams.ToArray())
        {
            if (isClean)
            {
                stream.Close();
            }
            else
            {
                stream.Die();
            }
        }
        foreach (PendingCall call in _asked.OrderBy(static pair => pair.Key.Value).Select(static pair => pair.Value))
        {
            _cluster.Check(!isClean || call.IsDone, this, $"left without an answer to {call.From.Name}: {TraceWords.Of(call.Request)}");
            _cluster.Network.Reset(call);
        }
    }
}
