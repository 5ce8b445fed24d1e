using Norris.Protocol.Membership;

namespace Norris.Protocol;

/// <summary>What a core is given at its start and never asks for again. Times are in microseconds.</summary>
internal sealed record NodeCoreOptions
{
    /// <summary>What the node proves itself with, chosen at random by whoever makes the core.</summary>
    public required MemberToken Token { get; init; }

    /// <summary>What the node wants to be called.</summary>
    public required string Name { get; init; }

    /// <summary>Where others reach the node, as ADDRESS:PORT.</summary>
    public required string Address { get; init; }

    /// <summary>What a side does that cannot reach the others.</summary>
    public PartitionRule Partition { get; init; }

    /// <summary>How often a peer hears from this node at least.</summary>
    public long HeartbeatMicroseconds { get; init; } = 100_000;

    /// <summary>After how long a silent peer is suspected.</summary>
    public long TimeoutMicroseconds { get; init; } = 1_000_000;

    /// <summary>How much of the log is held for members that lag.</summary>
    public long RetentionBytes { get; init; } = QueueLimits.LogBytesMax;

    /// <summary>The hold-back window; null to follow the measured delays.</summary>
    public long? ReorderWindowMicroseconds { get; init; }

    /// <summary>How much this node's own submissions may take while they wait.</summary>
    public int OutboxBytesMax { get; init; } = QueueLimits.WaitingBytesMax;

    /// <summary>How much may wait in the host's hold-back queue before submitters are told to wait.</summary>
    public long HoldBackBytesMax { get; init; } = QueueLimits.HeldBackBytesMax;

    /// <summary>How long joining is tried before the node gives up.</summary>
    public long JoinPatienceMicroseconds { get; init; } = 10_000_000;

    /// <summary>
    /// How long a host tries to reach a newcomer at the address that it gave, before it lets it in as one that cannot be host; 0 when all are taken
    /// for reachable.
    /// </summary>
    public long ReachPatienceMicroseconds { get; init; }

    /// <summary>How many nodes the host, or a relay, serves itself: at least 1.</summary>
    public int FanOut { get; init; } = 64;

    /// <summary>How long members may be slowed down for one that lags before that one is removed, on top of a tenth of the time.</summary>
    public long SlowPatienceMicroseconds { get; init; } = 1_500_000;
}
