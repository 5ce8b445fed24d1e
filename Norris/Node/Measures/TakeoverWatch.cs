using Norris.Protocol;
using Norris.Protocol.Ordering;

namespace Norris.Node.Measures;

/// <summary>How often this node stood as the next host, how long that took, and how often it became it.</summary>
internal sealed class TakeoverWatch
{
    private Timestamp? _since;

    /// <summary>Times that this node missed the host and asked the others to let it take over.</summary>
    public long Count { get; private set; }

    /// <summary>Times that it became the host by that.</summary>
    public long Won { get; private set; }

    /// <summary>True from asking until the end is known.</summary>
    public bool IsUnderWay => _since is not null;

    /// <summary>From asking to an end, whichever.</summary>
    public DelayHistogram Duration { get; } = new();

    /// <summary>The node asks.</summary>
    public void Began(Timestamp now)
    {
        Count++;
        _since ??= now;
    }

    /// <summary>The node has settled in a role.</summary>
    public void Settled(NodeRole role, Timestamp now)
    {
        if (_since is not { } since || role == NodeRole.TakingOver)
        {
            return;
        }
        _since = null;
        Won += role == NodeRole.Hosting ? 1 : 0;
        Duration.Observe(now.Since(since));
    }
}
