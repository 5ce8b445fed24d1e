using Norris.Protocol.Membership;
using Norris.Protocol.Ordering;

namespace Norris.Tests.Simulation;

/// <summary>One submission, and what became of it.</summary>
internal sealed class Submitted
{
    public required SimulatedNode Node { get; init; }

    public required MemberId Author { get; init; }

    public required ulong Number { get; init; }

    /// <summary>The time of sending that it carries.</summary>
    public required Timestamp SentAt { get; init; }

    /// <summary>The last entry that its author had been shown: what it may be a reply to.</summary>
    public required SequenceNumber After { get; init; }

    /// <summary>The host that took it in last, on that host's clock, and the time that this host had to give it at least.</summary>
    public SimulatedNode? ArrivedAt { get; set; }

    public Timestamp Arrival { get; set; }

    public Timestamp Effective { get; set; }

    public SequenceNumber Sequence { get; set; }

    public SequenceNumber ConfirmedAt { get; set; }

    public bool IsConfirmed { get; set; }
}
