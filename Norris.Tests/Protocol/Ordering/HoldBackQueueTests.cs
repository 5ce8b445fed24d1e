using System.Buffers;
using Norris.Protocol;
using Norris.Protocol.Membership;
using Norris.Protocol.Ordering;
using Norris.Tests.Simulation;

namespace Norris.Tests.Protocol.Ordering;

public sealed class HoldBackQueueTests
{
    private readonly HoldBackQueue _queue = new();
    private ulong _added;

    [Fact]
    public void Comes_out_by_time_of_sending_and_by_arrival_where_times_are_equal()
    {
        foreach (long time in (long[])[5, 3, 5, 1, 3, 5])
        {
            Add(time);
        }
        Assert.Equal([4UL, 2, 5, 1, 3, 6], TakeAll());
    }

    [Theory]
    [InlineData(1, 50)]
    [InlineData(60, 500)]
    public void Agrees_with_a_stable_sort_however_adding_and_taking_alternate(int submissionMax, int timeMax)
    {
        var random = new SimulationRandom(3);
        var model = new List<(long Time, ulong Number)>();
        long bytes = 0;
        for (int step = 0; step < 20_000; step++)
        {
            if (model.Count == 0 || random.Chance(submissionMax == 1 ? 520 : 40))
            {
                // An author's times never decrease within a submission.
                long time = random.Between(0, timeMax);
                for (long left = random.Between(1, submissionMax); left > 0; left--)
                {
                    int length = random.Below(2000);
                    Add(time, length);
                    int at = model.FindIndex(held => held.Time > time);
                    model.Insert(at < 0 ? model.Count : at, (time, _added));
                    bytes += Entry.HeaderBytes + length;
                    time += random.Between(0, 3);
                }
            }
            else
            {
                Assert.Equal(model[0].Time, _queue.NextSent.Microseconds);
                Entry next = _queue.PeekNext();
                Assert.Equal(model[0].Number, next.Number);
                bytes -= next.Bytes.Length;
                _queue.RemoveNext();
                model.RemoveAt(0);
            }
            Assert.Equal((model.Count, bytes), (_queue.Count, _queue.Bytes));
        }
        Assert.Equal(model.Select(static held => held.Number), TakeAll());
    }

    [Fact]
    public void Forgets_all_and_begins_anew()
    {
        Add(1, 60_000);
        Add(2, 60_000);
        Add(3, 60_000);
        _queue.Clear();
        Assert.Equal((0, 0L), (_queue.Count, _queue.Bytes));
        Add(9);
        Assert.Equal([4UL], TakeAll());
    }

    [Fact]
    public void Nothing_is_taken_from_an_empty_queue()
    {
        Assert.Equal(Timestamp.Zero, _queue.NextSent);
        Assert.Throws<InvariantViolatedException>(_queue.RemoveNext);
    }

    private void Add(long time, int textBytes = 10)
    {
        var output = new ArrayBufferWriter<byte>();
        EntryWriter.WriteMessage(output, new Timestamp(time), new MemberId(1), ++_added, new byte[textBytes]);
        _queue.Add(output.WrittenSpan, new Timestamp(time));
    }

    private List<ulong> TakeAll()
    {
        var numbers = new List<ulong>();
        while (_queue.Count > 0)
        {
            numbers.Add(_queue.PeekNext().Number);
            _queue.RemoveNext();
        }
        return numbers;
    }
}
