using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Norris.Load.Scenarios;

/// <summary>
/// The time that schedules and latencies are measured in: ticks of the stopwatch, which are nanoseconds of Linux's monotonic clock. A
/// test puts another in its place.
/// </summary>
internal abstract class Clock
{
    /// <summary>The machine's.</summary>
    public static Clock Machine { get; } = new MachineClock();

    /// <summary>Now, in ticks of the stopwatch.</summary>
    public abstract long Now { get; }

    /// <summary>Has the calling thread wait until then; returns at once when that is past.</summary>
    public abstract void WaitUntil(long at);

    /// <summary>The time from one moment to another.</summary>
    public static TimeSpan Between(long from, long to) => Stopwatch.GetElapsedTime(from, to);

    /// <summary>The moment so long after another.</summary>
    public static long After(long from, TimeSpan time) => from + (long)(time.Ticks * (Stopwatch.Frequency / (double)TimeSpan.TicksPerSecond));

    private sealed class MachineClock : Clock
    {
        private const int Monotonic = 1;
        private const int Absolute = 1;

        public override long Now => Stopwatch.GetTimestamp();

        // Sleeping to a fixed moment is exact to some 50 microseconds, where Thread.Sleep rounds up to milliseconds.
        public override void WaitUntil(long at)
        {
            while (Now < at)
            {
                _ = Sleep(Monotonic, Absolute, [at / 1_000_000_000, at % 1_000_000_000], 0);
            }
        }

        [DllImport("libc", EntryPoint = "clock_nanosleep")]
        private static extern int Sleep(int clock, int flags, [In] long[] until, nint remaining);
    }
}
