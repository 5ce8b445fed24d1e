namespace Norris.Protocol.Ordering;

/// <summary>
/// A large piece of the log's memory and the index into it. Entries are written once, at the end, and never change; an entry never
/// crosses into the next segment. Whoever reads the bytes later than the call that handed them out holds a lease meanwhile, and a
/// segment is used again only when the log has let go of it and every lease is back.
/// </summary>
internal sealed class LogSegment
{
    /// <summary>Bytes of one segment.</summary>
    public const int SegmentBytes = 256 * 1024;

    private int[] _ends = new int[256];
    private Digest[] _digests = new Digest[256];

    /// <summary>The memory.</summary>
    public byte[] Bytes { get; } = GC.AllocateUninitializedArray<byte>(SegmentBytes);

    /// <summary>The first entry's place.</summary>
    public SequenceNumber First { get; private set; }

    /// <summary>How many entries it holds.</summary>
    public int Count { get; private set; }

    /// <summary>Bytes in use.</summary>
    public int Used => Count == 0 ? 0 : _ends[Count - 1];

    /// <summary>Readers that are not done with it.</summary>
    public int Leases { get; set; }

    /// <summary>True while the log itself holds it.</summary>
    public bool IsInLog { get; set; }

    /// <summary>True when nothing more is written to it, because entries were taken back while somebody may still read them.</summary>
    public bool IsClosed { get; private set; }

    /// <summary>The last entry's place; <see cref="First"/> minus one when empty.</summary>
    public SequenceNumber Last => new(First.Value + (ulong)Count - 1);

    /// <summary>Begins anew, empty.</summary>
    public void Reset(SequenceNumber first)
    {
        First = first;
        Count = 0;
        Leases = 0;
        IsInLog = true;
        IsClosed = false;
    }

    /// <summary>Room for an entry of <paramref name="length"/> bytes?</summary>
    public bool HasRoomFor(int length) => SegmentBytes - Used >= length;

    /// <summary>Copies an entry to the end, where its time can still be set before <see cref="Seal"/>.</summary>
    public Span<byte> Place(ReadOnlySpan<byte> entry)
    {
        Span<byte> place = Bytes.AsSpan(Used, entry.Length);
        entry.CopyTo(place);
        return place;
    }

    /// <summary>Makes what was placed last an entry, with the digest up to it.</summary>
    public void Seal(int length, Digest digest)
    {
        if (Count == _ends.Length)
        {
            Array.Resize(ref _ends, Count * 2);
            Array.Resize(ref _digests, Count * 2);
        }
        _ends[Count] = Used + length;
        _digests[Count] = digest;
        Count++;
    }

    /// <summary>Takes back the entries from <paramref name="from"/> on.</summary>
    public void Truncate(SequenceNumber from)
    {
        Count = (int)(from.Value - First.Value);
        IsClosed = Leases > 0;
    }

    /// <summary>Where the entry at <paramref name="sequence"/> begins; the end of the last one for the place after it.</summary>
    public int OffsetOf(SequenceNumber sequence)
    {
        int index = (int)(sequence.Value - First.Value);
        return index == 0 ? 0 : _ends[index - 1];
    }

    /// <summary>The digest up to and with the entry at <paramref name="sequence"/>.</summary>
    public Digest DigestAt(SequenceNumber sequence) => _digests[(int)(sequence.Value - First.Value)];

    /// <summary>
    /// How many whole entries from <paramref name="from"/> up to <paramref name="last"/> fit into <paramref name="bytesMax"/>: at least one.
    /// </summary>
    public int CountWithin(SequenceNumber from, SequenceNumber last, int bytesMax)
    {
        int begin = (int)(from.Value - First.Value);
        int end = (int)(Math.Min(last.Value, Last.Value) - First.Value);
        int limit = OffsetOf(from) + Math.Min(bytesMax, SegmentBytes);
        if (_ends[end] <= limit)
        {
            return end - begin + 1;
        }
        int found = Array.BinarySearch(_ends, begin, end - begin + 1, limit);
        int fitting = found >= 0 ? found - begin + 1 : ~found - begin;
        return Math.Max(1, fitting);
    }
}
