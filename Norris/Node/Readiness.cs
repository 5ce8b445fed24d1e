using Norris.Protocol;

namespace Norris.Node;

/// <summary>Whether people and programs can be sent to a node: it is in a view, the log comes in, and what is said here is ordered.</summary>
internal static class Readiness
{
    /// <summary>What a node says of itself that is no member any more.</summary>
    public const string Over = "The node has left its network.";

    /// <summary>Why the node is not ready, in a sentence; null when it is.</summary>
    public static string? WhyNot(NodeLoop loop) => loop.Core switch
    {
        { Role: NodeRole.Gone } => Over,
        _ when loop.IsLeaving => "The node is leaving its network.",
        { Role: NodeRole.Idle } => "The node has not started yet.",
        { Role: NodeRole.Joining, IsIn: false } => "The node asks to be let into a network.",
        { Role: NodeRole.Joining } => "The others went on without this node; it looks for a way back in.",
        { HasMajority: false } => "This node's side has no majority of the members, so nothing is ordered here until it has met the others.",
        { Role: NodeRole.TakingOver } => "The host is missed, and the nodes agree on another one.",
        { Role: NodeRole.Merging } => "This side of the network joins another one.",
        { IsInTouch: false } => "The node has lost touch with the host and tries to reach it again.",
        _ => null,
    };
}
