using Norris.Protocol.Ordering;

namespace Norris.Protocol.Messages;

/// <summary>
/// What goes down a log stream: consecutive entries and what the sender knows at that moment. Without entries it is a sign of life.
/// </summary>
/// <param name="Epoch">The reign that the sender is in.</param>
/// <param name="First">The place of the first entry; of the next one to come when there is none.</param>
/// <param name="Count">How many entries follow.</param>
/// <param name="Bytes">How many bytes they take.</param>
/// <param name="Digest">The digest of the log up to the last of them: what the receiver must come to as well (P10).</param>
/// <param name="Stable">Every member has the entries up to here.</param>
/// <param name="Committed">The entries up to here may be shown: with the majority rule, a majority has them.</param>
/// <param name="SilenceMicroseconds">How long ago the sender heard the host, and a little for each hand that it went through; 0 when it is the host. So signs of life cannot go round in circles.</param>
/// <param name="IsStalled">With the majority rule: the host has no majority, and orders nothing.</param>
internal readonly record struct BatchHeader(
    Epoch Epoch, SequenceNumber First, int Count, int Bytes, Digest Digest, SequenceNumber Stable, SequenceNumber Committed,
    uint SilenceMicroseconds, bool IsStalled = false)
{
    /// <summary>The place of the last entry; of the one before <see cref="First"/> when there is none.</summary>
    public SequenceNumber Last => new(First.Value + (ulong)Count - 1);
}

/// <summary>A batch on its way to a follower, in place in the log. The slice is leased when there are entries.</summary>
internal readonly record struct LogBatch(BatchHeader Header, LogSlice Slice);

/// <summary>Why a host ends a follower's stream. The numbers are on the wire.</summary>
internal enum StreamEnd : byte
{
    /// <summary>The host hands over or leaves: the log names the next one.</summary>
    HostChanged = 1,

    /// <summary>The follower is no longer a member.</summary>
    NotAMember = 2,

    /// <summary>The follower lagged behind what is held.</summary>
    Trimmed = 3,

    /// <summary>Another stream of the same member took this one's place.</summary>
    Replaced = 4,

    /// <summary>The node stops.</summary>
    Stopping = 5,

    /// <summary>The host's side joins another one.</summary>
    Merged = 6,
}
