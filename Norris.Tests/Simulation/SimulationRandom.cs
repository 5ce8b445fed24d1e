namespace Norris.Tests.Simulation;

/// <summary>
/// The simulation's only source of chance: xoshiro256**, seeded by SplitMix64. Written out here so that a seed means the same run on
/// every runtime. Source: Blackman and Vigna, "Scrambled linear pseudorandom number generators", 2021.
/// </summary>
internal sealed class SimulationRandom
{
    private ulong _a;
    private ulong _b;
    private ulong _c;
    private ulong _d;

    public SimulationRandom(ulong seed)
    {
        _a = SplitMix(ref seed);
        _b = SplitMix(ref seed);
        _c = SplitMix(ref seed);
        _d = SplitMix(ref seed);
    }

    /// <summary>One of many independent streams of a seed: what one of them is asked for changes nothing in the others.</summary>
    public SimulationRandom(ulong seed, ulong stream, ulong part = 0)
        : this(Mix(seed ^ Mix(stream ^ Mix(part))))
    {
    }

    public ulong Next()
    {
        ulong result = ulong.RotateLeft(_b * 5, 7) * 9;
        ulong t = _b << 17;
        _c ^= _a;
        _d ^= _b;
        _b ^= _c;
        _a ^= _d;
        _c ^= t;
        _d = ulong.RotateLeft(_d, 45);
        return result;
    }

    /// <summary>Both ends included.</summary>
    public long Between(long low, long high) => low + (long)(((UInt128)Next() * (ulong)(high - low + 1)) >> 64);

    public int Below(int count) => (int)Between(0, count - 1);

    public bool Chance(int perMille) => Between(0, 999) < perMille;

    /// <summary>Small values are as likely as large ones, octave by octave.</summary>
    public long LogUniform(long low, long high)
    {
        double exponent = (Next() >> 11) * (1.0 / (1UL << 53));
        long value = (long)(low * Math.Pow((double)high / low, exponent));
        return Math.Clamp(value, low, high);
    }

    private static ulong Mix(ulong value) => SplitMix(ref value);

    private static ulong SplitMix(ref ulong state)
    {
        ulong z = state += 0x9E3779B97F4A7C15;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}
