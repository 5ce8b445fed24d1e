using System.Buffers;
using Norris.Protocol.Membership;
using Norris.Protocol.Ordering;
using Norris.Tests.Simulation;

namespace Norris.Tests.Protocol.Ordering;

public sealed class OutboxTests
{
    private static readonly MemberId Ann = new(1);
    private static readonly MemberId Bob = new(2);

    [Fact]
    public void Entries_go_out_oldest_first_and_once()
    {
        var outbox = new Outbox(1_000_000);
        outbox.AddAuthor(Ann, 4);
        outbox.AddAuthor(Bob, 0);
        Add(outbox, Ann);
        Add(outbox, Bob);
        Add(outbox, Ann);

        Assert.Equal([(Ann, 5UL), (Bob, 1UL), (Ann, 6UL)], Take(outbox));
        Assert.False(outbox.HasUnsent);
        Assert.Empty(Take(outbox));
        Assert.Equal(3, outbox.Count);
    }

    [Fact]
    public void What_is_not_ordered_is_sent_again_in_the_same_order()
    {
        var outbox = new Outbox(1_000_000);
        outbox.AddAuthor(Ann, 0);
        outbox.AddAuthor(Bob, 0);
        foreach (MemberId author in (MemberId[])[Ann, Bob, Ann, Bob, Ann])
        {
            Add(outbox, author);
        }
        Take(outbox);
        outbox.Ordered(Ann, 2);
        outbox.SendAgain();
        Assert.Equal([(Bob, 1UL), (Bob, 2UL), (Ann, 3UL)], Take(outbox));
        outbox.RemoveAuthor(Bob);
        outbox.SendAgain();
        Assert.Equal([(Ann, 3UL)], Take(outbox));
        Assert.False(outbox.HasAuthor(Bob));
    }

    [Fact]
    public void What_is_ordered_says_when_it_was_submitted()
    {
        var outbox = new Outbox(1_000_000);
        outbox.AddAuthor(Ann, 0);
        Add(outbox, Ann);
        Add(outbox, Ann);
        Add(outbox, Ann);
        Assert.Equal(new Timestamp(101), outbox.Ordered(Ann, 1));
        Assert.Equal(new Timestamp(103), outbox.Ordered(Ann, 3));
        Assert.Equal(Timestamp.Zero, outbox.Ordered(Ann, 3));
        Assert.Equal(Timestamp.Zero, outbox.Ordered(Bob, 1));
    }

    [Fact]
    public void A_refused_submission_goes_back_to_where_it_began()
    {
        var outbox = new Outbox(1_000_000);
        outbox.AddAuthor(Ann, 0);
        Add(outbox, Ann);
        Take(outbox);
        long mark = outbox.SentMark;
        Add(outbox, Ann);
        Take(outbox);
        outbox.SendAgainFrom(mark);
        Assert.Equal([(Ann, 2UL)], Take(outbox));
        outbox.Ordered(Ann, 2);
        outbox.SendAgainFrom(mark);
        Assert.False(outbox.HasUnsent);
    }

    [Fact]
    public void What_is_held_waits_until_it_is_released_and_lets_the_others_pass()
    {
        var outbox = new Outbox(1_000_000);
        outbox.AddAuthor(Ann, 0);
        outbox.AddAuthor(Bob, 0);
        outbox.Hold(Ann);
        Add(outbox, Ann);
        Add(outbox, Bob);
        Assert.Equal([(Bob, 1UL)], Take(outbox));
        Assert.False(outbox.HasUnsent);
        Assert.Equal((2, 0UL), (outbox.Count, outbox.LastSent(Ann)));
        outbox.SendAgain();
        Assert.Equal([(Bob, 1UL)], Take(outbox));
        outbox.Release(Ann);
        Assert.Equal([(Ann, 1UL), (Bob, 1UL)], Take(outbox));
        outbox.Release(Ann);
        Assert.False(outbox.HasUnsent);
    }

    [Fact]
    public void An_author_that_goes_by_another_id_keeps_its_numbers()
    {
        var outbox = new Outbox(1_000_000);
        outbox.AddAuthor(Ann, 4);
        Add(outbox, Ann);
        outbox.ChangeAuthor(Ann, Bob);
        Assert.False(outbox.HasAuthor(Ann));
        Add(outbox, Bob);
        Assert.Equal([(Bob, 5UL), (Bob, 6UL)], Take(outbox));
        outbox.Ordered(Bob, 6);
        Assert.Equal(0, outbox.Count);
    }

    [Fact]
    public void A_submission_ends_at_its_size_but_has_one_entry_at_least()
    {
        var outbox = new Outbox(1_000_000);
        outbox.AddAuthor(Ann, 0);
        for (int i = 0; i < 5; i++)
        {
            Add(outbox, Ann, 1000 - Entry.HeaderBytes);
        }
        Assert.Single(Take(outbox, 10));
        Assert.Equal(2, Take(outbox, 2999).Count);
        Assert.Equal(2, Take(outbox, 3000).Count);
    }

    [Fact]
    public void Is_full_by_bytes()
    {
        var outbox = new Outbox(1500);
        outbox.AddAuthor(Ann, 0);
        Add(outbox, Ann, 1000);
        Assert.False(outbox.IsFull);
        Add(outbox, Ann, 1000);
        Assert.True(outbox.IsFull);
        outbox.Ordered(Ann, 1);
        Assert.False(outbox.IsFull);
    }

    [Fact]
    public void The_time_of_the_oldest_is_said()
    {
        var outbox = new Outbox(1500);
        outbox.AddAuthor(Ann, 0);
        var output = new ArrayBufferWriter<byte>();
        Assert.Equal(Timestamp.Zero, outbox.TakeUnsent(output));
        Add(outbox, Ann);
        Add(outbox, Ann);
        Assert.Equal(new Timestamp(101), outbox.TakeUnsent(output));
    }

    [Fact]
    public void Random_use_agrees_with_a_list()
    {
        var random = new SimulationRandom(17);
        var outbox = new Outbox(int.MaxValue);
        var model = new List<(MemberId Author, ulong Number)>();
        int sent = 0;
        var last = new Dictionary<MemberId, ulong>();
        for (int step = 0; step < 30_000; step++)
        {
            var author = new MemberId((ulong)random.Between(1, 5));
            switch (random.Below(10))
            {
                case < 5:
                    if (last.TryAdd(author, 10))
                    {
                        outbox.AddAuthor(author, 10);
                    }
                    Assert.Equal(++last[author], outbox.NextNumber(author));
                    Add(outbox, author, random.Below(100));
                    model.Add((author, last[author]));
                    break;
                case 5 or 6 when model.Count > 0:
                    (MemberId ordered, ulong number) = model[random.Below(model.Count)];
                    outbox.Ordered(ordered, number);
                    sent -= model.Take(sent).Count(entry => entry.Author == ordered && entry.Number <= number);
                    model.RemoveAll(entry => entry.Author == ordered && entry.Number <= number);
                    break;
                case 7:
                    outbox.SendAgain();
                    sent = 0;
                    break;
                case 8 when random.Chance(50) && last.Remove(author):
                    outbox.RemoveAuthor(author);
                    sent -= model.Take(sent).Count(entry => entry.Author == author);
                    model.RemoveAll(entry => entry.Author == author);
                    break;
                default:
                    List<(MemberId, ulong)> taken = Take(outbox, random.Below(2000));
                    Assert.Equal(model.Skip(sent).Take(taken.Count), taken);
                    Assert.True(taken.Count > 0 || sent == model.Count);
                    sent += taken.Count;
                    break;
            }
            Assert.Equal(model.Count, outbox.Count);
            if (last.ContainsKey(author))
            {
                Assert.Equal(model.Find(entry => entry.Author == author).Number, outbox.FirstWaiting(author));
            }
        }
    }

    private static void Add(Outbox outbox, MemberId author, int textBytes = 10)
    {
        var output = new ArrayBufferWriter<byte>();
        ulong number = outbox.NextNumber(author);
        EntryWriter.WriteMessage(output, new Timestamp(100 + (long)number), author, number, new byte[textBytes]);
        outbox.Add(author, output.WrittenSpan);
    }

    private static List<(MemberId Author, ulong Number)> Take(Outbox outbox, int bytesMax = int.MaxValue)
    {
        var output = new ArrayBufferWriter<byte>();
        outbox.TakeUnsent(output, bytesMax);
        var taken = new List<(MemberId, ulong)>();
        ReadOnlySpan<byte> bytes = output.WrittenSpan;
        while (Entry.TryRead(bytes, out Entry entry))
        {
            taken.Add((entry.Author, entry.Number));
            bytes = bytes[entry.Bytes.Length..];
        }
        Assert.True(bytes.IsEmpty);
        return taken;
    }
}
