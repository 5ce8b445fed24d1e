namespace Norris.Node.Measures;

/// <summary>
/// How often something took how long, in fixed buckets. One thread at a time observes, and pays a few comparisons: no allocation, no lock. Whoever reads
/// meanwhile may miss the last observations.
/// </summary>
internal sealed class DelayHistogram
{
    /// <summary>The upper ends of the buckets, inclusive, in microseconds; a last bucket takes the rest.</summary>
    private static readonly long[] Ends =
        [100, 250, 500, 1_000, 2_500, 5_000, 10_000, 25_000, 50_000, 100_000, 250_000, 500_000, 1_000_000, 2_500_000, 5_000_000, 10_000_000];

    private readonly long[] _counts = new long[Ends.Length + 1];
    private long _sumMicroseconds;
    private int _lastBucket;

    /// <summary>All that was observed added up, in seconds.</summary>
    public double SumSeconds => Volatile.Read(ref _sumMicroseconds) / 1e6;

    /// <summary>For each bucket its upper end in seconds, infinity for the last, and how many took that long or less.</summary>
    public IEnumerable<(double EndSeconds, long Count)> Cumulative
    {
        get
        {
            long count = 0;
            for (int i = 0; i < _counts.Length; i++)
            {
                count += Volatile.Read(ref _counts[i]);
                yield return (i < Ends.Length ? Ends[i] / 1e6 : double.PositiveInfinity, count);
            }
        }
    }

    /// <summary>Takes one in.</summary>
    /// <param name="microseconds">How long it took; less than nothing, as clocks that differ may say, is nothing.</param>
    public void Observe(long microseconds)
    {
        microseconds = Math.Max(microseconds, 0);
        // What comes together took about as long: the last bucket is nearly always the right one.
        int bucket = _lastBucket;
        while (bucket > 0 && microseconds <= Ends[bucket - 1])
        {
            bucket--;
        }
        while (bucket < Ends.Length && microseconds > Ends[bucket])
        {
            bucket++;
        }
        _lastBucket = bucket;
        _counts[bucket]++;
        _sumMicroseconds += microseconds;
    }
}
