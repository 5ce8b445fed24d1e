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

    /// <summary>The host: gives entries their places.</summary>
    Hosting,

    /// <summary>A host that leaves and makes sure that another one goes on.</summary>
    HandingOver,

    /// <summary>No member any more; done.</summary>
    Gone,
}
