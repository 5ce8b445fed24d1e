namespace Norris.Protocol.Ordering;

/// <summary>How a following ended.</summary>
internal enum FollowingEnd
{
    /// <summary>It did not.</summary>
    None,

    /// <summary>The log says that this node is the host now.</summary>
    MustReign,

    /// <summary>The log says that this node is no longer a member.</summary>
    Removed,

    /// <summary>The network does not know this node any more, or what it has: it has to join again.</summary>
    MustRejoin,
}
