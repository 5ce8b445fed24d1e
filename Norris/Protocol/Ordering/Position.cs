namespace Norris.Protocol.Ordering;

/// <summary>
/// How far a history goes and what it says: the epoch and sequence number of its last entry, and the digest of everything
/// up to it. Equal positions are equal histories.
/// </summary>
internal readonly record struct Position(Epoch Epoch, SequenceNumber Sequence, Digest Digest)
{
    /// <summary>Before the first entry.</summary>
    public static Position Start => default;

    /// <inheritdoc/>
    public override string ToString() => $"{Epoch}/{Sequence}/{Digest}";
}
