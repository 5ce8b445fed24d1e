namespace Norris.Node;

/// <summary>What a node counts since its start. Only the loop changes it.</summary>
internal sealed class NodeCounters
{
    /// <summary>Submissions of this node and its guests that got their place.</summary>
    public long OrderedHere { get; set; }

    /// <summary>Times that the timer fired.</summary>
    public long Ticks { get; set; }

    /// <summary>Times that this node lost touch with the host.</summary>
    public long HostLost { get; set; }

    /// <summary>Times that this node missed the host and asked the others to let it take over.</summary>
    public long Takeovers { get; set; }

    /// <summary>Times that this node missed part of the log.</summary>
    public long Gaps { get; set; }

    /// <summary>Times that digests differed.</summary>
    public long Divergences { get; set; }

    /// <summary>Submissions that were turned away because too much waited.</summary>
    public long TurnedAway { get; set; }
}
