namespace Norris.Tests.Simulation;

/// <summary>
/// The way from one machine to another: how long things take on it, how much it carries, and what is wrong with it now. What cannot
/// pass waits, as a reliable connection sends it again until it can. Faults overlap, so each adds to what is wrong and takes its own
/// part away again.
/// </summary>
internal sealed class Link
{
    /// <summary>A connection that could not send tries again at growing intervals: so late after a cut it finds out.</summary>
    private const long RetransmissionMax = 400_000;

    private readonly Cluster _cluster;
    private readonly SimulationRandom _random;
    private readonly List<Action> _waiting = [];
    private readonly long _latency;
    private readonly long _bytesPerSecond;

    public Link(Cluster cluster, int from, int to)
    {
        FaultPlan plan = cluster.Plan;
        _cluster = cluster;
        _random = cluster.NewRandom(SimulationStream.Link, ((ulong)from << 8) | (uint)to);
        _latency = _random.LogUniform(plan.LatencyMin, plan.LatencyMax);
        _bytesPerSecond = plan.LinksAreSlow ? _random.LogUniform(plan.TinyRetention ? 100_000 : 1_000_000, 100_000_000) : 1_000_000_000;
    }

    /// <summary>Chance for whatever happens on this way, so that nothing here depends on what happens elsewhere.</summary>
    public SimulationRandom Random => _random;

    /// <summary>Added to every delay from now on, by scenarios.</summary>
    public long ExtraMicroseconds { get; set; }

    public long? LatencyMicroseconds { get; set; }

    public long? BytesPerSecond { get; set; }

    /// <summary>How many cuts there are on it now.</summary>
    public int Cuts { get; private set; }

    /// <summary>How many jams there are: nothing passes, then everything at once.</summary>
    public int Clogs { get; private set; }

    /// <summary>Of a thousand calls, so many are lost.</summary>
    public int LossPerMille { get; set; }

    /// <summary>Of a thousand calls, so many come again later.</summary>
    public int RepeatPerMille { get; set; }

    /// <summary>Of a thousand things, so many take much longer.</summary>
    public int SpikePerMille { get; set; }

    /// <summary>Of a thousand streams, so many break some time.</summary>
    public int BreakPerMille { get; set; }

    /// <summary>How many times slower it is now.</summary>
    public int Slowness { get; set; } = 1;

    public bool IsOpen => Cuts == 0 && Clogs == 0;

    /// <summary>How long a thing of this size takes now.</summary>
    public long Delay(int bytes = SimulatedNetwork.RequestBytes)
    {
        long latency = LatencyMicroseconds ?? _latency + _random.Between(0, _latency / 2);
        if (SpikePerMille > 0 && _random.Chance(SpikePerMille))
        {
            latency += _random.LogUniform(1_000, _cluster.Plan.SpikeMax);
        }
        return latency + ExtraMicroseconds + (bytes * 1_000_000L * Slowness / (BytesPerSecond ?? _bytesPerSecond));
    }

    /// <summary>Carries a thing: it arrives after the delay, or when it can pass.</summary>
    public void Carry(Action arrive, int bytes = SimulatedNetwork.RequestBytes) => _cluster.Events.After(Delay(bytes), () => Pass(arrive));

    /// <summary>At once when the way is open, else some time after it opens.</summary>
    public void Pass(Action arrive)
    {
        if (IsOpen)
        {
            arrive();
        }
        else
        {
            _waiting.Add(arrive);
        }
    }

    public void Cut() => Cuts++;

    public void Clog() => Clogs++;

    public void Heal()
    {
        Cuts--;
        Open(RetransmissionMax);
    }

    public void Unclog()
    {
        Clogs--;
        Open(0);
    }

    /// <summary>Everything that is wrong with it ends.</summary>
    public void CalmDown()
    {
        (Cuts, Clogs, LossPerMille, RepeatPerMille, SpikePerMille, BreakPerMille, Slowness) = (0, 0, 0, 0, 0, 0, 1);
        Open(RetransmissionMax);
    }

    private void Open(long withinMicroseconds)
    {
        if (!IsOpen || _waiting.Count == 0)
        {
            return;
        }
        foreach (Action arrive in _waiting)
        {
            _cluster.Events.After(withinMicroseconds == 0 ? 1 : _random.LogUniform(1_000, withinMicroseconds), () => Pass(arrive));
        }
        _waiting.Clear();
    }
}
