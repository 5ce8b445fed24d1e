using Norris.Protocol.Membership;
using Norris.Protocol.Messages;
using Norris.Protocol.Ordering;

namespace Norris.Protocol;

/// <summary>Something that the people at a node should know and that is no entry of the log.</summary>
internal abstract record Notice;

/// <summary>The node is in the view: it delivers what follows <paramref name="Snapshot"/>'s position.</summary>
internal sealed record Ready(MemberId Self, string Name, Snapshot Snapshot) : Notice;

/// <summary>
/// The node came back after the network went on without it: the entries between <paramref name="After"/> and the snapshot's next were
/// missed. The snapshot says who is in now. When two sides have merged, the other side's log may be the shorter one: then the snapshot's
/// position can be before <paramref name="After"/>.
/// </summary>
internal sealed record Gap(SequenceNumber After, MemberId Self, GapReason Reason, Snapshot Snapshot) : Notice;

/// <summary>Why a node missed entries.</summary>
internal enum GapReason
{
    /// <summary>The others lost it, or it them.</summary>
    Lost,

    /// <summary>It was too slow for what the others hold.</summary>
    Slow,

    /// <summary>Its side joined another, whose messages of that time it did not see.</summary>
    Merged,
}

/// <summary>
/// This author's submissions of these numbers may or may not have been ordered while the node was away, and nobody knows any more: they
/// are not sent again.
/// </summary>
internal sealed record InDoubt(MemberId Author, ulong First, ulong Last) : Notice;

/// <summary>The host is missed; this node asks the others to let it take over.</summary>
internal sealed record TakesOver(MemberId OldHost) : Notice;

/// <summary>Nobody that this node found had a host, or would be one, for too long: it goes on by itself.</summary>
internal sealed record GoesOnAlone : Notice;

/// <summary>This node's side has no majority of the last view: nothing is ordered here, and nothing taken in, until it meets the others again.</summary>
internal sealed record MajorityLost : Notice;

/// <summary>This node is on the majority's side again.</summary>
internal sealed record MajorityFound : Notice;

/// <summary>One address could not be joined through; others, or the same again, will be tried until patience ends.</summary>
internal sealed record JoinAttemptFailed(string Address, ExchangeFailure Failure) : Notice;

/// <summary>No address could be joined through, or the network there is one that this node cannot be in. The node stops.</summary>
internal sealed record JoinFailed(string Address, ExchangeFailure Failure) : Notice;

/// <summary>The host has not been heard within the time-out, or its connection broke; the node keeps trying to reach it.</summary>
internal sealed record HostUnreachable(string Address, ExchangeFailure Failure) : Notice;

/// <summary>The host that let this node in could not reach it at its address: it takes part, and cannot be host.</summary>
internal sealed record OutOfReach(string Address) : Notice;

/// <summary>The host answers again.</summary>
internal sealed record HostReachable(string Address) : Notice;

/// <summary>Two nodes that should have the same history do not (P10): at <paramref name="At"/> the digests differ.</summary>
internal sealed record Diverged(SequenceNumber At, Digest Own, Digest Other) : Notice;

/// <summary>The host broke the protocol; its stream was left.</summary>
internal sealed record HostMisbehaved(string Address, string What) : Notice;

/// <summary>A guest of this node is a member no more, and its session is over.</summary>
internal sealed record GuestGone(MemberId Guest, LeaveReason Reason) : Notice;

/// <summary>
/// The node itself submitted, under this number of its own, that a guest of its comes back after the node was away, or that it is gone.
/// </summary>
internal sealed record SpokeForGuest(MemberId Guest, ulong Number, bool IsBack) : Notice;

/// <summary>
/// A timer of this node's fired late by more than a heartbeat: its machine was suspended or overloaded, or the process got no turn, for so many
/// microseconds.
/// </summary>
internal sealed record StoodStill(long Microseconds) : Notice;

/// <summary>The node left the view as it wanted and has nothing more to do.</summary>
internal sealed record HasLeft : Notice;
