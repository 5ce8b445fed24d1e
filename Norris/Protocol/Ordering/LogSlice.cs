namespace Norris.Protocol.Ordering;

/// <summary>
/// A run of consecutive entries in place, inside one segment. Comes with a lease when it was taken to be read later:
/// <see cref="Log.Release"/> gives it back, exactly once.
/// </summary>
internal readonly record struct LogSlice(LogSegment Segment, SequenceNumber First, int Count, int Offset, int Length)
{
    /// <summary>The entries' bytes, one after the other.</summary>
    public ReadOnlyMemory<byte> Memory => Segment.Bytes.AsMemory(Offset, Length);

    /// <summary>The last entry's place.</summary>
    public SequenceNumber Last => new(First.Value + (ulong)Count - 1);
}
