namespace Norris.Tests.Simulation;

/// <summary>The way from one address to another: how long things take on it, and how much it carries.</summary>
internal sealed class Link(SimulationRandom random, FaultPlan plan)
{
    private readonly long _latency = random.LogUniform(plan.LatencyMin, plan.LatencyMax);

    /// <summary>Added to every delay from now on, by scenarios.</summary>
    public long ExtraMicroseconds { get; set; }

    public long LatencyMicroseconds { get; set; } = -1;

    public long BytesPerSecond { get; set; } = plan.LinksAreSlow ? random.LogUniform(plan.TinyRetention ? 100_000 : 1_000_000, 100_000_000) : 1_000_000_000;

    /// <summary>How long a thing of this size takes now.</summary>
    public long Delay(int bytes, bool calm)
    {
        long latency = LatencyMicroseconds >= 0 ? LatencyMicroseconds : _latency + random.Between(0, _latency / 2);
        if (plan.DelaysSpike && !calm && random.Chance(20))
        {
            latency += random.LogUniform(1_000, 300_000);
        }
        return latency + ExtraMicroseconds + (bytes * 1_000_000L / BytesPerSecond);
    }
}
