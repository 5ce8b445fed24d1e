using Norris.Load.Faults;
using Norris.Load.Verification;

namespace Norris.Tests.Load;

public sealed class OrderWatchTests
{
    private readonly OrderWatch _watch = new();

    [Fact]
    public void What_is_as_promised_is_no_violation()
    {
        OrderWatch.Watched[] all = See(static _ => { });
        Assert.Null(_watch.Violation);
        Array.ForEach(all, static each => each.Settle());
        Assert.Null(_watch.FindLoss(0, 10));
        Assert.Null(_watch.FindLoss(1, 10));
    }

    [Fact]
    public void A_hole_is_found() => AssertFound("position 4: b saw position 5 (message 3 of node 0) right after position 3", static lines => lines[1].RemoveAt(3));

    [Fact]
    public void A_position_that_comes_twice_is_found() => AssertFound("position 5: b saw position 4 ", static lines => lines[1].Insert(4, lines[1][3]));

    [Fact]
    public void Another_order_at_one_observer_is_found() => AssertFound("position 4: b saw message 3 of node 0, and somebody else message 2 of node 1", static lines =>
        (lines[1][3], lines[1][4]) = (At(lines[1][4], 4), At(lines[1][3], 5)));

    [Fact]
    public void Another_line_for_the_same_message_is_found() => AssertFound("position 7: b saw message 4 of node 0, and somebody else message 4 of node 0, with another line", static lines =>
        lines[1][6] = lines[1][6] with { Entry = lines[1][6].Entry with { Fingerprint = 5 } });

    [Fact]
    public void A_message_that_everybody_has_twice_is_found() => AssertFound("position 5: a saw message 2 of node 0 right after its message 2", static lines =>
        lines.ForEach(static each => each[4] = each[4] with { Entry = each[4].Entry with { Number = 2 } }));

    [Fact]
    public void A_message_that_nobody_has_is_found() => AssertFound("position 5: a saw message 4 of node 0 right after its message 2", static lines =>
        lines.ForEach(static each => each[4] = each[4] with { Entry = each[4].Entry with { Number = 4 } }));

    [Fact]
    public void A_time_that_decreases_is_found() => AssertFound("position 6: a saw a time 1 microseconds before", static lines =>
        lines.ForEach(static each => each[5] = each[5] with { Entry = each[5].Entry with { TimeTicks = each[4].Entry.TimeTicks - 10 } }));

    [Fact]
    public void The_first_violation_stays()
    {
        See(static lines =>
        {
            lines[1].RemoveAt(7);
            lines[1].RemoveAt(3);
        });
        Assert.StartsWith("position 4:", _watch.Violation, StringComparison.Ordinal);
    }

    [Fact]
    public void Who_comes_later_sees_the_rest_and_nothing_else()
    {
        See(static lines =>
        {
            lines[1].RemoveRange(0, 5);
            lines[1].Insert(0, Mark(PrintedType.Ready, 5));
        });
        Assert.Null(_watch.Violation);
        AssertFound("position 6: b saw position 7", static lines =>
        {
            lines[1].RemoveRange(0, 6);
            lines[1].Insert(0, Mark(PrintedType.Ready, 5));
        });
    }

    [Fact]
    public void Who_missed_something_says_so_and_goes_on()
    {
        OrderWatch.Watched[] all = See(static lines =>
        {
            lines[1].RemoveRange(5, 6);
            lines[1].Insert(5, Mark(PrintedType.Gap, 11));
            lines[1].Insert(6, Mark(PrintedType.Ready, 11));
        });
        Assert.Null(_watch.Violation);
        Assert.Equal([0, 1], all.Select(static each => each.Gaps));
    }

    [Fact]
    public void What_comes_again_after_a_gap_is_found() => AssertFound("position 12: b saw message 3 of node 1 right after its message 3", static lines =>
    {
        lines[0].Clear();
        lines[1][11] = lines[1][11] with { Entry = lines[1][11].Entry with { Number = 3 } };
        lines[1].RemoveRange(6, 5);
        lines[1].Insert(6, Mark(PrintedType.Gap, 11));
    });

    [Fact]
    public void A_jump_without_a_gap_is_found() => AssertFound("position 6: b goes on after position 11 without a gap", static lines =>
    {
        lines[1].Insert(0, Mark(PrintedType.Ready, 0));
        lines[1].RemoveRange(6, 6);
        lines[1].Insert(6, Mark(PrintedType.Ready, 11));
    });

    [Fact]
    public void What_was_said_and_came_to_nobody_is_a_loss()
    {
        OrderWatch.Watched[] all = See(static _ => { });
        Array.ForEach(all, static each => each.End());
        Assert.Equal("message 11 of sender 1 was delivered to nobody, of 12 that it said", _watch.FindLoss(1, 12));
        Assert.Equal("sender 1 said 9 messages and number 10 was delivered", _watch.FindLoss(1, 9));
        Assert.Equal("message 1 of sender 5 was delivered to nobody, of 1 that it said", _watch.FindLoss(5, 1));
        Assert.Null(_watch.FindLoss(5, 0));
    }

    [Fact]
    public void The_first_messages_may_not_be_lost_either()
    {
        OrderWatch.Watched a = _watch.Watch("a");
        a.Take(Message(1, 0, 3));
        a.End();
        Assert.Null(_watch.Violation);
        Assert.Equal("message 1 of sender 0 was delivered to nobody, of 3 that it said", _watch.FindLoss(0, 3));
    }

    [Fact]
    public void What_nobody_knows_the_fate_of_may_be_missing()
    {
        _watch.Excuse(0, 2);
        _watch.Excuse(0, 5);
        OrderWatch.Watched a = _watch.Watch("a");
        int[] seen = [1, 3, 4];
        for (int i = 0; i < seen.Length; i++)
        {
            a.Take(Message((ulong)i + 1, 0, seen[i]));
        }
        a.End();
        Assert.Null(_watch.Violation);
        Assert.Null(_watch.FindLoss(0, 5));
        Assert.Equal("message 6 of sender 0 was delivered to nobody, of 6 that it said", _watch.FindLoss(0, 6));
    }

    [Fact]
    public void Long_orders_are_compared_to_their_end()
    {
        OrderWatch.Watched[] all = [_watch.Watch("a"), _watch.Watch("b")];
        const int Count = 100_000;
        for (int i = 1; i <= Count; i++)
        {
            all[0].Take(Message((ulong)i, 0, i));
            all[1].Take(Message((ulong)i, 0, i) with { Entry = Message((ulong)i, 0, i).Entry with { Fingerprint = i == Count ? 1UL : (ulong)i } });
        }
        Assert.StartsWith("position 100000: b saw message 100000 of node 0", _watch.Violation, StringComparison.Ordinal);
    }

    private static Printed Message(ulong sequence, int sender, int number) =>
        new(PrintedType.Message, 1, new Delivery(sequence, (long)sequence * 1000, sender, number, sequence), 0);

    private static Printed Mark(PrintedType type, ulong after) => new(type, 1, new Delivery(after, 0, Delivery.Stranger, 0, 0), 0);

    private static Printed At(Printed line, ulong sequence) => line with { Entry = line.Entry with { Sequence = sequence, TimeTicks = (long)sequence * 1000 } };

    private void AssertFound(string begin, Action<List<List<Printed>>> spoil)
    {
        See(spoil);
        Assert.NotNull(_watch.Violation);
        Assert.True(_watch.Violation.StartsWith(begin, StringComparison.Ordinal), _watch.Violation);
    }

    // Senders 0 and 1 say ten messages each, in turn; observers a and b see them.
    private OrderWatch.Watched[] See(Action<List<List<Printed>>> spoil)
    {
        List<List<Printed>> lines = [.. Enumerable.Range(0, 2).Select(static _ => Enumerable.Range(0, 20).Select(static i => Message((ulong)i + 1, i % 2, (i / 2) + 1)).ToList())];
        spoil(lines);
        OrderWatch.Watched[] all = [_watch.Watch("a"), _watch.Watch("b")];
        for (int observer = 0; observer < all.Length; observer++)
        {
            lines[observer].ForEach(line => all[observer].Take(line));
        }
        return all;
    }
}
