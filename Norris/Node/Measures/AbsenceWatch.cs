using Norris.Protocol.Ordering;

namespace Norris.Node.Measures;

/// <summary>How often this node suspected the host, and how long it was without one then: that one again, or another.</summary>
internal sealed class AbsenceWatch
{
    private Timestamp? _since;

    /// <summary>Times that it lost touch with the host.</summary>
    public long Count { get; private set; }

    /// <summary>True from losing touch until a log comes in again, or is made here.</summary>
    public bool IsUnderWay => _since is not null;

    /// <summary>How long that lasted.</summary>
    public DelayHistogram Duration { get; } = new();

    /// <summary>The host does not answer, or its connection broke.</summary>
    public void Began(Timestamp now)
    {
        Count++;
        _since ??= now;
    }

    /// <summary>What the node does has settled.</summary>
    public void Settled(bool isInTouch, Timestamp now)
    {
        if (_since is { } since && isInTouch)
        {
            _since = null;
            Duration.Observe(now.Since(since));
        }
    }
}
