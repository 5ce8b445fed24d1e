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
internal sealed record NodeEnd(NodeEndReason Reason, string Line)
{
    /// <summary>Nothing is left to go on with. To be made while there is something left to make it with.</summary>
    /// <param name="retentionBytes">How much of the log the node holds; null where that is not known.</param>
    public static NodeEnd OutOfMemory(long? retentionBytes = null) => new(
        NodeEndReason.Broken,
        "out of memory, so this node ends; the others go on. Give it more, or let it hold less of the log with --retention" + (retentionBytes is { } held ? $" ({held >> 20}MiB now)" : ""));
}
