namespace Norris.Node;

/// <summary>Why a node ended.</summary>
internal enum NodeEndReason
{
    /// <summary>It left as it was asked to.</summary>
    Left,

    /// <summary>It never got in.</summary>
    CouldNotJoin,

    /// <summary>It found a bug of its own.</summary>
    Broken,
}

/// <summary>How a node ended, and the one line about it when that is an error.</summary>
internal sealed record NodeEnd(NodeEndReason Reason, string Line);
