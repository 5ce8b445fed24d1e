namespace Norris.Protocol.Ordering;

/// <summary>
/// Reads the network's clock on a node's own: the difference is measured on every exchange with the host, and the samples with the
/// shortest round trips count, since a delay can only hide in the round trip. The founder's difference is zero; a host that follows
/// another keeps the one it measured, so that the network's time goes on evenly.
/// <para>Source: RFC 5905 section 8 (offset and delay from four timestamps) and section 10 (the clock filter: prefer the least delay).</para>
/// </summary>
internal sealed class NetworkClock
{
    /// <summary>Samples that the filter looks at.</summary>
    private const int SamplesMax = 8;

    private readonly Sample[] _samples = new Sample[SamplesMax];
    private int _count;
    private int _next;

    /// <summary>What to add to the node's own clock, in microseconds.</summary>
    public long OffsetMicroseconds { get; private set; }

    /// <summary>The shortest round trip among the last samples, in microseconds; 0 before the first.</summary>
    public long RoundTripMicroseconds { get; private set; }

    /// <summary>True once there is a sample, or the clock is the network's own.</summary>
    public bool IsMeasured { get; private set; }

    /// <summary>The network's time at <paramref name="own"/>.</summary>
    public Timestamp At(Timestamp own) => own.Plus(OffsetMicroseconds);

    /// <summary>The node founds the network: its clock is the network's.</summary>
    public void Found()
    {
        IsMeasured = true;
        OffsetMicroseconds = 0;
    }

    /// <summary>Another host answers from now on: its samples are not to be mixed with the last one's; the offset stays until they come.</summary>
    public void StartOver()
    {
        _count = 0;
        _next = 0;
    }

    /// <summary>
    /// Takes one exchange in: sent and received on the node's own clock, taken in and answered on the network's. A sample whose round
    /// trip comes out negative, since this machine's clock stood still meanwhile, is dropped; where it is the only one it tells the difference roughly,
    /// as far as it contradicts what was measured before.
    /// <para>Prevents: n's machine is suspended while it joins; its only sample is dropped, the host dies, and n, who reigns, goes by its own clock,
    /// which is hours off.</para>
    /// </summary>
    public void Observe(Timestamp sent, Timestamp takenIn, Timestamp answered, Timestamp received)
    {
        long roundTrip = received.Since(sent) - answered.Since(takenIn);
        if (answered < takenIn)
        {
            return;
        }
        long offset = (takenIn.Since(sent) + answered.Since(received)) / 2;
        if (roundTrip < 0)
        {
            if (_count == 0 && (!IsMeasured || Math.Abs(offset - OffsetMicroseconds) > -roundTrip))
            {
                (OffsetMicroseconds, IsMeasured) = (offset, true);
            }
            return;
        }
        _samples[_next] = new Sample(roundTrip, offset);
        _next = (_next + 1) % SamplesMax;
        _count = Math.Min(_count + 1, SamplesMax);
        IsMeasured = true;

        Sample best = _samples[0];
        for (int i = 1; i < _count; i++)
        {
            if (_samples[i].RoundTrip < best.RoundTrip)
            {
                best = _samples[i];
            }
        }
        OffsetMicroseconds = best.Offset;
        RoundTripMicroseconds = best.RoundTrip;
    }

    private readonly record struct Sample(long RoundTrip, long Offset);
}
