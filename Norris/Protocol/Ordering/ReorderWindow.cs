using System.Numerics;

namespace Norris.Protocol.Ordering;

/// <summary>
/// How long the host holds a message back for possibly earlier ones (P2). Fixed, or following the measured delays: the delay that 99
/// of 100 recent submissions kept within, and a little more, never above <see cref="AutoMaxMicroseconds"/>. Delays are counted in
/// buckets a quarter of an octave wide; old counts fade by halving, so one bad second is forgotten in a few.
/// </summary>
internal sealed class ReorderWindow
{
    /// <summary>The widest automatic window: what one bad link may cost everybody.</summary>
    public const long AutoMaxMicroseconds = 50_000;

    private const int StepsPerOctave = 4;
    private const int SamplesBetweenUpdates = 32;
    private const int SamplesBeforeFading = 2048;

    private readonly int[] _counts = new int[64 * StepsPerOctave];
    private readonly bool _isAuto;
    private int _total;
    private int _sinceUpdate;

    /// <param name="fixedMicroseconds">The window, 0 or more; null to follow the measured delays.</param>
    public ReorderWindow(long? fixedMicroseconds)
    {
        _isAuto = fixedMicroseconds is null;
        Microseconds = fixedMicroseconds ?? 0;
    }

    /// <summary>The window now, in microseconds.</summary>
    public long Microseconds { get; private set; }

    /// <summary>Counts how long a submission took from its sender to the host, on the network's clock.</summary>
    public void Observe(long delayMicroseconds)
    {
        if (!_isAuto)
        {
            return;
        }
        _counts[BucketOf(Math.Max(1, delayMicroseconds))]++;
        _total++;
        if (++_sinceUpdate >= SamplesBetweenUpdates || _total <= SamplesBetweenUpdates)
        {
            _sinceUpdate = 0;
            Microseconds = Math.Min(AutoMaxMicroseconds, UpperEndOf(BucketAtNinetyNinePercent()));
        }
        if (_total >= SamplesBeforeFading)
        {
            Fade();
        }
    }

    private int BucketAtNinetyNinePercent()
    {
        int above = _total / 100;
        int bucket = _counts.Length - 1;
        while (bucket > 0 && (above -= _counts[bucket]) >= 0)
        {
            bucket--;
        }
        return bucket;
    }

    private void Fade()
    {
        _total = 0;
        for (int i = 0; i < _counts.Length; i++)
        {
            _counts[i] /= 2;
            _total += _counts[i];
        }
    }

    private static int BucketOf(long delay)
    {
        int octave = BitOperations.Log2((ulong)delay);
        int step = octave < 2 ? 0 : (int)((delay >> (octave - 2)) & 3);
        return (octave * StepsPerOctave) + step;
    }

    private static long UpperEndOf(int bucket)
    {
        int octave = Math.Min(bucket / StepsPerOctave, 50);
        int step = bucket % StepsPerOctave;
        return octave < 2 ? 2L << octave : (1L << octave) + ((step + 1L) << (octave - 2));
    }
}
