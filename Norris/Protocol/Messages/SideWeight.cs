using Norris.Protocol.Membership;
using Norris.Protocol.Ordering;

namespace Norris.Protocol.Messages;

/// <summary>
/// What decides which of two sides joins the other: more nodes that the host really hears, then the later epoch, then the host with
/// the lower id. Two hosts never weigh the same.
/// </summary>
internal readonly record struct SideWeight(uint Nodes, Epoch Epoch, MemberId Host) : IComparable<SideWeight>
{
    /// <inheritdoc/>
    public int CompareTo(SideWeight other) =>
        Nodes != other.Nodes ? Nodes.CompareTo(other.Nodes)
        : Epoch != other.Epoch ? Epoch.CompareTo(other.Epoch)
        : other.Host.CompareTo(Host);

    /// <summary>Whether the first side is the lighter one.</summary>
    public static bool operator <(SideWeight left, SideWeight right) => left.CompareTo(right) < 0;

    /// <summary>Whether the first side is the heavier one.</summary>
    public static bool operator >(SideWeight left, SideWeight right) => left.CompareTo(right) > 0;
}
