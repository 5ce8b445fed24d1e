using Norris.Node.Measures;

namespace Norris.Node;

/// <summary>What a node counts since its start. Only the loop changes it.</summary>
internal sealed class NodeCounters
{
    /// <summary>Submissions of this node and its guests that got their place.</summary>
    public long OrderedHere { get; set; }

    /// <summary>Times that the timer fired.</summary>
    public long Ticks { get; set; }

    /// <summary>How this node lost touch with hosts.</summary>
    public AbsenceWatch HostLost { get; } = new();

    /// <summary>From when something of this node's or its guests was submitted until its place was known here.</summary>
    public DelayHistogram SubmissionDelay { get; } = new();

    /// <summary>How this node stood as the next host.</summary>
    public TakeoverWatch Takeovers { get; } = new();

    /// <summary>Times that this node missed part of the log.</summary>
    public long Gaps { get; set; }

    /// <summary>How this node stood still.</summary>
    public StallNotice Stalls { get; } = new();

    /// <summary>Times that digests differed.</summary>
    public long Divergences { get; set; }

    /// <summary>Submissions that were turned away because too much waited.</summary>
    public long TurnedAway { get; set; }
}
