namespace Norris.Discovery;

/// <summary>What a node has to say for itself on its segment.</summary>
/// <param name="IsMember">Whether it is in a network.</param>
/// <param name="IsHost">Whether it is the host there, which answers first.</param>
/// <param name="Nodes">How many nodes that network has, 0 when it is in none.</param>
internal readonly record struct Standing(bool IsMember, bool IsHost, int Nodes);
