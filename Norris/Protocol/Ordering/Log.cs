namespace Norris.Protocol.Ordering;

/// <summary>
/// The ordered entries that a node still holds, in pooled segments. It grows at the end, one sealed entry at a time, each with its
/// digest; it is trimmed at the start, whole segments at a time. It knows nothing of what entries mean.
/// </summary>
internal sealed class Log
{
    /// <summary>
    /// Segments are kept for reuse up to this part of what is retained: positions come once a heartbeat, so a storm lets go of many at once, and
    /// takes as many until the next ones come. New memory costs more than all else that is done with an entry.
    /// </summary>
    private const int FreePart = 2;
    private const int FreeSegmentsMin = 2;

    private readonly List<LogSegment> _segments = [];
    private readonly Stack<LogSegment> _free = new();
    private Digest _digestBeforeFirst;
    private Timestamp _timeBeforeFirst;
    private int _freeMax = FreeSegmentsMin;

    /// <summary>The position before the first entry that is held.</summary>
    public SequenceNumber Before { get; private set; }

    /// <summary>The last entry's place.</summary>
    public SequenceNumber Last { get; private set; }

    /// <summary>The digest of everything up to the last entry.</summary>
    public Digest Digest { get; private set; }

    /// <summary>The last entry's time.</summary>
    public Timestamp LastTime { get; private set; }

    /// <summary>Bytes of entries held.</summary>
    public long BytesHeld { get; private set; }

    /// <summary>Bytes of entries ever appended.</summary>
    public long BytesAppended { get; private set; }

    /// <summary>Lets go of everything and stands at a snapshot's position.</summary>
    public void Reset(SequenceNumber sequence, Digest digest, Timestamp time)
    {
        foreach (LogSegment segment in _segments)
        {
            LetGo(segment);
        }
        _segments.Clear();
        (Before, Last, Digest, LastTime, BytesHeld) = (sequence, sequence, digest, time, 0);
        (_digestBeforeFirst, _timeBeforeFirst) = (digest, time);
    }

    /// <summary>Appends an entry as it is.</summary>
    public Entry Append(ReadOnlySpan<byte> entry)
    {
        LogSegment segment = SegmentFor(entry.Length);
        return Seal(segment, segment.Place(entry));
    }

    /// <summary>Appends an entry with its time set to <paramref name="time"/>.</summary>
    public Entry Append(ReadOnlySpan<byte> entry, Timestamp time)
    {
        LogSegment segment = SegmentFor(entry.Length);
        Span<byte> placed = segment.Place(entry);
        EntryWriter.SetTime(placed, time);
        return Seal(segment, placed);
    }

    /// <summary>Takes back the entries after <paramref name="last"/>, which nobody else may have seen.</summary>
    public void TruncateAfter(SequenceNumber last, Timestamp lastTime)
    {
        Invariant.Holds(last >= Before && last <= Last, "a log is truncated within what it holds");
        while (_segments.Count > 0 && _segments[^1].Last > last)
        {
            LogSegment segment = _segments[^1];
            BytesHeld -= segment.Used;
            if (segment.First > last)
            {
                LetGo(segment);
                _segments.RemoveAt(_segments.Count - 1);
                continue;
            }
            // A reader of the entries taken back may still hold a lease on this memory: then it is not written again.
            segment.Truncate(last.Next);
            BytesHeld += segment.Used;
            break;
        }
        Last = last;
        Digest = DigestAt(last);
        LastTime = lastTime;
    }

    /// <summary>True when the entry is held.</summary>
    public bool Holds(SequenceNumber sequence) => sequence > Before && sequence <= Last;

    /// <summary>The digest up to <paramref name="sequence"/>, which is held or just before the first held.</summary>
    public Digest DigestAt(SequenceNumber sequence) =>
        sequence == Before ? _digestBeforeFirst : Find(sequence).DigestAt(sequence);

    /// <summary>The time of the entry at <paramref name="sequence"/>, which is held or just before the first held.</summary>
    public Timestamp TimeAt(SequenceNumber sequence) =>
        sequence == Before ? _timeBeforeFirst : new Entry(Read(sequence, sequence, 1).Memory.Span).Time;

    /// <summary>
    /// Whether a position is one of this log's up to <paramref name="last"/>, as far as can be told: one that is beyond that cannot be denied.
    /// </summary>
    public bool IsOnIt(in Position position, SequenceNumber last) =>
        position.Sequence > last || (position.Sequence >= Before && DigestAt(position.Sequence) == position.Digest);

    /// <summary>
    /// The entries from <paramref name="from"/> to at most <paramref name="last"/>: as many as lie in one segment and fit into
    /// <paramref name="bytesMax"/>, at least one. Valid until the next call that changes the log, unless leased.
    /// </summary>
    public LogSlice Read(SequenceNumber from, SequenceNumber last, int bytesMax)
    {
        Invariant.Holds(Holds(from) && last >= from && last <= Last, "a log is read within what it holds");
        LogSegment segment = Find(from);
        int count = segment.CountWithin(from, last, bytesMax);
        int offset = segment.OffsetOf(from);
        int end = segment.OffsetOf(new SequenceNumber(from.Value + (ulong)count));
        return new LogSlice(segment, from, count, offset, end - offset);
    }

    /// <summary>The same, with a lease: the bytes stay as they are until <see cref="Release"/>.</summary>
    public LogSlice Lease(SequenceNumber from, SequenceNumber last, int bytesMax)
    {
        LogSlice slice = Read(from, last, bytesMax);
        slice.Segment.Leases++;
        return slice;
    }

    /// <summary>Gives a lease back.</summary>
    public void Release(in LogSlice slice)
    {
        LogSegment segment = slice.Segment;
        Invariant.Holds(segment.Leases > 0, "a lease is given back once");
        segment.Leases--;
        Recycle(segment);
    }

    /// <summary>
    /// Lets go of whole segments from the start while more than <paramref name="retentionBytes"/> are held and none of their entries is
    /// after <paramref name="upTo"/>.
    /// </summary>
    public void Trim(SequenceNumber upTo, long retentionBytes)
    {
        _freeMax = (int)Math.Max(FreeSegmentsMin, retentionBytes / FreePart / LogSegment.SegmentBytes);
        int trimmed = 0;
        while (trimmed < _segments.Count - 1 && BytesHeld > retentionBytes && _segments[trimmed].Last <= upTo)
        {
            LogSegment segment = _segments[trimmed++];
            Before = segment.Last;
            (_digestBeforeFirst, _timeBeforeFirst) = (segment.DigestAt(Before), new Entry(segment.Bytes.AsSpan(segment.OffsetOf(Before), segment.Used - segment.OffsetOf(Before))).Time);
            BytesHeld -= segment.Used;
            LetGo(segment);
        }
        _segments.RemoveRange(0, trimmed);
    }

    /// <summary>Bytes of the entries after <paramref name="sequence"/>; all that are held when it is trimmed already.</summary>
    public long BytesAfter(SequenceNumber sequence)
    {
        long bytes = 0;
        for (int i = _segments.Count - 1; i >= 0; i--)
        {
            LogSegment segment = _segments[i];
            if (segment.First <= sequence)
            {
                return segment.Last <= sequence ? bytes : bytes + segment.Used - segment.OffsetOf(sequence.Next);
            }
            bytes += segment.Used;
        }
        return bytes;
    }

    private Entry Seal(LogSegment segment, ReadOnlySpan<byte> placed)
    {
        Digest = Digest.After(placed);
        segment.Seal(placed.Length, Digest);
        Last = Last.Next;
        BytesHeld += placed.Length;
        BytesAppended += placed.Length;
        var entry = new Entry(placed);
        LastTime = entry.Time;
        return entry;
    }

    private LogSegment SegmentFor(int length)
    {
        if (_segments.Count > 0 && _segments[^1].HasRoomFor(length) && !_segments[^1].IsClosed)
        {
            return _segments[^1];
        }
        LogSegment segment = _free.Count > 0 ? _free.Pop() : new LogSegment();
        segment.Reset(Last.Next);
        _segments.Add(segment);
        return segment;
    }

    private LogSegment Find(SequenceNumber sequence)
    {
        LogSegment newest = _segments[^1];
        if (sequence >= newest.First)
        {
            return newest;
        }
        int low = 0;
        int high = _segments.Count - 1;
        while (low < high)
        {
            int middle = (low + high) / 2;
            if (_segments[middle].Last < sequence)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }
        return _segments[low];
    }

    private void LetGo(LogSegment segment)
    {
        segment.IsInLog = false;
        Recycle(segment);
    }

    private void Recycle(LogSegment segment)
    {
        if (!segment.IsInLog && segment.Leases == 0 && _free.Count < _freeMax)
        {
            _free.Push(segment);
        }
    }
}
