using Norris.Protocol;
using Norris.Protocol.Ordering;

namespace Norris.Node.Delivery;

/// <summary>What a person sees of a node's state at a glance.</summary>
/// <param name="Role">What the node is doing.</param>
/// <param name="HasMajority">False while its side has none, where one is needed.</param>
/// <param name="Network">Which network it is in; 0 before it is in any.</param>
/// <param name="Members">How many members there are, guests too.</param>
/// <param name="Host">The host's name; empty while there is none.</param>
/// <param name="Epoch">The reign.</param>
/// <param name="Delivered">The last entry that may be shown here.</param>
/// <param name="Stable">The last entry that every member has, as far as is known here.</param>
/// <param name="DelayMicroseconds">How long the host takes to answer; at the host, how long it holds messages back.</param>
internal readonly record struct NodeStatus(
    NodeRole Role, bool HasMajority, ulong Network, int Members, string Host, Epoch Epoch, SequenceNumber Delivered, SequenceNumber Stable, long DelayMicroseconds)
{
    /// <summary>Takes it from the core; on the loop.</summary>
    public static NodeStatus Of(NodeCore core) => new(
        core.Role,
        core.HasMajority,
        core.View.Network,
        core.View.BySeniority.Count,
        core.View.HostMember?.Name ?? "",
        core.View.Epoch,
        core.Deliverable,
        core.Stable,
        core.Role == NodeRole.Hosting ? core.HeldBack.WindowMicroseconds : core.Clock.RoundTripMicroseconds);
}
