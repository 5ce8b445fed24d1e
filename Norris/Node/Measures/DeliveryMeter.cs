using Norris.Protocol.Membership;
using Norris.Protocol.Ordering;

namespace Norris.Node.Measures;

/// <summary>What was delivered here since the start: how many entries of each type, why members went, and how old messages were. One thread at a time counts.</summary>
internal sealed class DeliveryMeter
{
    private readonly long[] _deliveries = new long[(int)EntryType.EpochStarted + 1];
    private readonly long[] _removals = new long[(int)LeaveReason.Slow + 1];

    /// <summary>From when a message was sent to its delivery here, both on the network's clock.</summary>
    public DelayHistogram MessageDelay { get; } = new();

    /// <summary>How many entries of a type were delivered.</summary>
    public long Deliveries(EntryType type) => Volatile.Read(ref _deliveries[(int)type]);

    /// <summary>How many members went for a reason.</summary>
    public long Removals(LeaveReason reason) => Volatile.Read(ref _removals[(int)reason]);

    /// <summary>An entry is delivered.</summary>
    /// <param name="entry">A well-formed entry.</param>
    /// <param name="now">The network's time.</param>
    public void Count(in Entry entry, Timestamp now)
    {
        EntryType type = entry.Type;
        _deliveries[(int)type]++;
        if (type == EntryType.Message)
        {
            MessageDelay.Observe(now.Since(entry.Time));
        }
        else if (type == EntryType.Left)
        {
            _removals[(int)entry.Reason]++;
        }
    }
}
