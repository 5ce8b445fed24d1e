using HdrHistogram;
using Norris.Load.Scenarios;

namespace Norris.Load.Engines;

/// <summary>Latencies in a histogram of three significant digits, from 100 nanoseconds to an hour. One thread at a time.</summary>
internal sealed class LatencyRecord
{
    private const long TicksMax = TimeSpan.TicksPerHour;

    private readonly LongHistogram _histogram = new(1, TicksMax, 3);

    /// <summary>How many there are.</summary>
    public long Count => _histogram.TotalCount;

    /// <summary>Adds one; what lies outside of the range counts as its bound.</summary>
    public void Add(TimeSpan latency) => _histogram.RecordValue(Math.Clamp(latency.Ticks, 0, TicksMax));

    /// <summary>The percentiles until now.</summary>
    public LatencyStats Read() => _histogram.TotalCount == 0
        ? default
        : new LatencyStats(Milliseconds(50), Milliseconds(90), Milliseconds(99), Milliseconds(99.9), Milliseconds(100), _histogram.GetMean() / TimeSpan.TicksPerMillisecond);

    /// <summary>Forgets everything.</summary>
    public void Reset() => _histogram.Reset();

    private double Milliseconds(double percentile) => _histogram.GetValueAtPercentile(percentile) / (double)TimeSpan.TicksPerMillisecond;
}
