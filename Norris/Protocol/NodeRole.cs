namespace Norris.Protocol;

/// <summary>What a node is doing: one thing at a time.</summary>
internal enum NodeRole
{
    /// <summary>Not started.</summary>
    Idle,

    /// <summary>Asking to become a member.</summary>
    Joining,

    /// <summary>A member that follows the host's log.</summary>
    Following,

    /// <summary>A member that misses the host and asks the others to let it take over.</summary>
    TakingOver,

    /// <summary>The host: gives entries their places.</summary>
    Hosting,

    /// <summary>A host that leaves and makes sure that another one goes on.</summary>
    HandingOver,

    /// <summary>A host that ends its side's log, to join another side.</summary>
    Merging,

    /// <summary>No member any more; done.</summary>
    Gone,
}
