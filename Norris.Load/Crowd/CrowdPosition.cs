using Norris.Load.Nodes;

namespace Norris.Load.Crowd;

/// <summary>Where a node of a crowd stands.</summary>
/// <param name="Node">How far its log goes, and how many members its view has.</param>
/// <param name="IsAtRelay">Whether it follows a relay instead of the host.</param>
internal readonly record struct CrowdPosition(NodePosition Node, bool IsAtRelay);
