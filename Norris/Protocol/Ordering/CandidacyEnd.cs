namespace Norris.Protocol.Ordering;

/// <summary>How a candidacy ended.</summary>
internal enum CandidacyEnd
{
    /// <summary>It did not.</summary>
    None,

    /// <summary>This node has the longest promised history: it starts the epoch.</summary>
    Won,

    /// <summary>A member still hears the host.</summary>
    HostIsHeard,

    /// <summary>A member hears a later host.</summary>
    Elsewhere,

    /// <summary>A member waits for another candidate, whose turn it is.</summary>
    AnothersTurn,

    /// <summary>The others' log knows this node no more, or not its history.</summary>
    MustRejoin,

    /// <summary>The promised history has members that were not asked yet.</summary>
    Again,

    /// <summary>A member lacks what this node's log does not go back to.</summary>
    CannotServe,

    /// <summary>Others would have this node, and nobody can reach it: one of them is to stand.</summary>
    CannotReign,

    /// <summary>Too few can be reached.</summary>
    NoMajority,
}
