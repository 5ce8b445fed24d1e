using System.Buffers;
using Norris.Protocol;
using Norris.Protocol.Membership;
using Norris.Protocol.Ordering;
using Norris.Tests.Simulation;

namespace Norris.Tests.Protocol.Ordering;

public sealed class LogTests
{
    private const int EntryBytes = Entry.HeaderBytes + 1000;
    private static readonly int EntriesPerSegment = LogSegment.SegmentBytes / EntryBytes;

    private readonly Log _log = new();

    [Fact]
    public void What_was_appended_is_read_whole_and_in_order_across_segments()
    {
        Append(1, 1000);
        ulong next = 1;
        while (next <= 1000)
        {
            LogSlice slice = _log.Read(new(next), _log.Last, int.MaxValue);
            Assert.Equal(new SequenceNumber(next), slice.First);
            foreach (ulong number in Numbers(slice.Memory.Span))
            {
                Assert.Equal(next++, number);
            }
            Assert.Equal(next - 1, slice.Last.Value);
        }
        Assert.Equal(1000L * EntryBytes, _log.BytesHeld);
        Assert.Equal(_log.BytesHeld, _log.BytesAppended);
    }

    [Theory]
    [InlineData(1, 1, 1)]
    [InlineData(1, EntryBytes - 1, 1)]
    [InlineData(1, EntryBytes, 1)]
    [InlineData(1, (2 * EntryBytes) - 1, 1)]
    [InlineData(1, 2 * EntryBytes, 2)]
    [InlineData(5, 3 * EntryBytes, 3)]
    [InlineData(5, (3 * EntryBytes) + 1, 3)]
    [InlineData(99, 100 * EntryBytes, 2)]
    [InlineData(1, int.MaxValue, 100)]
    [InlineData(1, 0, 1)]
    public void A_slice_holds_as_many_whole_entries_as_fit_and_one_at_least(ulong from, int bytesMax, int count)
    {
        Append(1, 100);
        LogSlice slice = _log.Read(new(from), _log.Last, bytesMax);
        Assert.Equal(count, slice.Count);
        Assert.Equal(count * EntryBytes, slice.Length);
        Assert.Equal(from, Numbers(slice.Memory.Span)[0]);
    }

    [Fact]
    public void A_storm_that_lets_go_of_much_at_once_takes_no_new_memory()
    {
        const int RetentionSegments = 64;
        var entry = new ArrayBufferWriter<byte>();
        EntryWriter.WriteMessage(entry, new Timestamp(1), new MemberId(1), 1, new byte[1000]);
        for (int i = 0; i < 4; i++)
        {
            Storm();
        }
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 10; i++)
        {
            Storm();
        }
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, LogSegment.SegmentBytes - 1);

        // Followers said how far they are: half of what is retained goes at once, and comes again.
        void Storm()
        {
            for (int i = 0; i < RetentionSegments / 2 * EntriesPerSegment; i++)
            {
                _log.Append(entry.WrittenSpan);
            }
            _log.Trim(_log.Last, (long)RetentionSegments * LogSegment.SegmentBytes);
        }
    }

    [Fact]
    public void A_slice_ends_where_it_is_told_to()
    {
        Append(1, 100);
        Assert.Equal(3, _log.Read(new(5), new(7), int.MaxValue).Count);
    }

    [Fact]
    public void Trimming_keeps_what_somebody_lacks_and_what_retention_allows()
    {
        Append(1, 5 * EntriesPerSegment);
        Digest at = _log.DigestAt(new((ulong)EntriesPerSegment));

        _log.Trim(SequenceNumber.None, 0);
        Assert.Equal(SequenceNumber.None, _log.Before);
        _log.Trim(_log.Last, long.MaxValue);
        Assert.Equal(SequenceNumber.None, _log.Before);
        _log.Trim(new((ulong)(2 * EntriesPerSegment) - 1), 0);
        Assert.Equal((ulong)EntriesPerSegment, _log.Before.Value);
        Assert.Equal(at, _log.DigestAt(_log.Before));
        Assert.False(_log.Holds(_log.Before));
        Assert.True(_log.Holds(_log.Before.Next));

        _log.Trim(_log.Last, 0);
        Assert.Equal((ulong)(4 * EntriesPerSegment), _log.Before.Value);
        Assert.Equal((long)EntriesPerSegment * EntryBytes, _log.BytesHeld);
    }

    [Fact]
    public void Bytes_after_a_place_are_counted_exactly()
    {
        Append(1, 3 * EntriesPerSegment);
        for (ulong at = 0; at <= _log.Last.Value; at += 7)
        {
            Assert.Equal((long)(_log.Last.Value - at) * EntryBytes, _log.BytesAfter(new(at)));
        }
        Assert.Equal(0, _log.BytesAfter(_log.Last));
    }

    [Fact]
    public void Leased_bytes_stay_as_they_are_when_the_log_lets_go_of_them()
    {
        Append(1, 3 * EntriesPerSegment);
        LogSlice slice = _log.Lease(new(1), _log.Last, int.MaxValue);
        byte[] before = slice.Memory.ToArray();

        _log.Trim(_log.Last, 0);
        Append((ulong)(3 * EntriesPerSegment) + 1, 20 * EntriesPerSegment);
        _log.Trim(_log.Last, 0);

        Assert.Equal(before, slice.Memory.ToArray());
        _log.Release(slice);
        Assert.Throws<InvariantViolatedException>(() => _log.Release(slice));
    }

    [Fact]
    public void What_is_taken_back_while_somebody_reads_it_is_not_written_over()
    {
        Append(1, 10);
        Timestamp time = _log.LastTime;
        Digest digest = _log.Digest;
        Append(11, 2);
        LogSlice slice = _log.Lease(new(11), _log.Last, int.MaxValue);
        byte[] before = slice.Memory.ToArray();

        _log.TruncateAfter(new(10), time);
        Assert.Equal((new SequenceNumber(10), digest, time, 10L * EntryBytes), (_log.Last, _log.Digest, _log.LastTime, _log.BytesHeld));
        Append(500, 3);

        Assert.Equal(before, slice.Memory.ToArray());
        Assert.Equal([500UL], Numbers(_log.Read(new(11), new(11), int.MaxValue).Memory.Span));
        _log.Release(slice);
    }

    [Fact]
    public void Taking_back_whole_segments_leaves_the_log_as_it_was()
    {
        Append(1, EntriesPerSegment);
        (Digest digest, Timestamp time, SequenceNumber last) = (_log.Digest, _log.LastTime, _log.Last);
        Append(last.Value + 1, 3 * EntriesPerSegment);
        Digest longer = _log.Digest;
        _log.TruncateAfter(last, time);
        Assert.Equal((digest, last), (_log.Digest, _log.Last));
        Append(last.Value + 1, 3 * EntriesPerSegment);
        Assert.Equal(longer, _log.Digest);
    }

    [Fact]
    public void A_log_that_starts_from_a_snapshot_holds_nothing_and_knows_its_digest()
    {
        Append(1, 10);
        _log.Reset(new(70), new Digest(5), new Timestamp(9));
        Assert.Equal((new SequenceNumber(70), new SequenceNumber(70), 0L), (_log.Before, _log.Last, _log.BytesHeld));
        Assert.Equal(new Digest(5), _log.DigestAt(new(70)));
        Append(71, 1);
        Assert.True(_log.Holds(new(71)));
    }

    [Fact]
    public void Random_use_agrees_with_a_list()
    {
        var random = new SimulationRandom(11);
        var model = new List<(ulong Number, Digest Digest)>();
        ulong number = 0;
        for (int step = 0; step < 3000; step++)
        {
            int length = random.Below(3000);
            Append(++number, 1, length);
            model.Add((number, _log.Digest));
            if (random.Chance(20))
            {
                _log.Trim(new((ulong)random.Between(0, (long)_log.Last.Value)), random.Between(0, 1_000_000));
            }
            ulong from = (ulong)random.Between((long)_log.Before.Value + 1, (long)_log.Last.Value);
            LogSlice slice = _log.Read(new(from), _log.Last, random.Below(100_000));
            Assert.True(slice.Count >= 1);
            Assert.Equal(model[(int)from - 1].Number, Numbers(slice.Memory.Span)[0]);
            Assert.Equal(model[(int)slice.Last.Value - 1].Digest, _log.DigestAt(slice.Last));
        }
    }

    private static List<ulong> Numbers(ReadOnlySpan<byte> bytes)
    {
        var numbers = new List<ulong>();
        while (Entry.TryRead(bytes, out Entry entry))
        {
            numbers.Add(entry.Number);
            bytes = bytes[entry.Bytes.Length..];
        }
        Assert.True(bytes.IsEmpty);
        return numbers;
    }

    private void Append(ulong first, int count, int textBytes = 1000)
    {
        var output = new ArrayBufferWriter<byte>();
        for (int i = 0; i < count; i++)
        {
            output.ResetWrittenCount();
            EntryWriter.WriteMessage(output, new Timestamp((long)first + i), new MemberId(1), first + (ulong)i, new byte[textBytes]);
            _log.Append(output.WrittenSpan);
        }
    }
}
