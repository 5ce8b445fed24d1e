using Norris.Load.Faults;
using Norris.Load.Verification;

namespace Norris.Tests.Load;

public sealed class FaultVerifierTests
{
    private const int Each = 4;

    [Fact]
    public void What_is_as_promised_is_no_violation() => Assert.Empty(Find(_ => { }));

    [Fact]
    public void A_hole_is_found() => AssertFound("position 4: node 1 printed position 5", lines => lines[1].RemoveAt(3));

    [Fact]
    public void A_lost_message_is_found() => AssertFound("node 1 did not print 1 of the 5 messages that were typed at it, 5 to 5", _ => { }, typed: Each + 1);

    [Fact]
    public void Another_order_at_one_node_is_found() => AssertFound("position 4: node 2 printed ", lines =>
        (lines[2][3], lines[2][4]) = (At(lines[2][4], 4), At(lines[2][3], 5)));

    [Fact]
    public void A_message_that_everybody_has_twice_is_found() => AssertFound("message 1 of node 1 after its message 2", lines =>
        Array.ForEach(lines, each => each[4] = each[4] with { Entry = each[4].Entry with { Sender = 1, Number = 1 } }));

    [Fact]
    public void A_time_that_decreases_is_found() => AssertFound("a time 1 microseconds before", lines =>
        Array.ForEach(lines, each => each[4] = each[4] with { Entry = each[4].Entry with { TimeTicks = each[3].Entry.TimeTicks - 10 } }));

    [Fact]
    public void A_gap_at_a_node_that_nothing_was_done_to_is_found() => AssertFound("node 1 missed something", lines => lines[1].Insert(4, Gap(4)));

    [Fact]
    public void A_node_that_was_away_and_does_not_say_so_is_found() => AssertFound("node 2 was away", _ => { }, fate: NodeFate.CameBack);

    [Fact]
    public void What_a_node_that_was_away_missed_is_no_violation() => Assert.Empty(Find(
        lines =>
        {
            lines[2].RemoveRange(3, 2);
            lines[2].Insert(3, Gap(5));
        },
        NodeFate.CameBack));

    [Fact]
    public void What_was_said_before_a_node_came_is_no_violation_and_what_it_misses_later_is()
    {
        static void Come(List<Printed>[] lines)
        {
            // What it says, it says since it came.
            foreach (List<Printed> each in lines)
            {
                each[0] = each[0] with { Entry = each[0].Entry with { Sender = 0 } };
                each.Add(each[^2] with { Entry = each[^2].Entry with { Sequence = 9, TimeTicks = 9000 } });
                for (int i = 2; i < each.Count - 1; i += 2)
                {
                    each[i] = each[i] with { Entry = each[i].Entry with { Number = each[i].Entry.Number - 1 } };
                }
            }
            lines[2].RemoveRange(0, 2);
            lines[2].Insert(0, Gap(2) with { Type = PrintedType.Ready });
        }
        Assert.Empty(Find(Come, NodeFate.CameLater));
        AssertFound("position 5: node 2 printed position 6", lines =>
        {
            Come(lines);
            lines[2].RemoveAll(line => line.Entry.Sequence == 5);
        }, fate: NodeFate.CameLater);
        AssertFound("node 2 missed something", lines =>
        {
            Come(lines);
            lines[2].Insert(3, Gap(4));
        }, fate: NodeFate.CameLater);
    }

    [Fact]
    public void A_node_that_may_have_missed_something_misses_nothing_but_what_it_says()
    {
        Assert.Empty(Find(_ => { }, NodeFate.MayHaveMissed));
        Assert.Empty(Find(lines => Miss(lines[2], 3, 2), NodeFate.MayHaveMissed));
        AssertFound("position 4: node 2 printed position 6", lines => lines[2].RemoveRange(3, 2), fate: NodeFate.MayHaveMissed);
        // The last message of node 1 is the last of all, so there is no hole where it is missing.
        AssertFound("node 2 printed 3 of the 4 messages that were typed at node 1", lines => lines[2].RemoveAt(7), fate: NodeFate.MayHaveMissed);
        AssertFound("node 2 did not print 1 of the 4 messages", lines => lines[2].RemoveAll(IsThirdOfNode2), fate: NodeFate.MayHaveMissed);
    }

    [Fact]
    public void What_is_said_at_a_node_that_may_have_missed_something_is_not_lost()
    {
        static void Lose(List<Printed>[] lines)
        {
            foreach (List<Printed> each in lines)
            {
                each.RemoveAll(IsThirdOfNode2);
                for (int i = 4; i < each.Count; i++)
                {
                    each[i] = At(each[i], (ulong)i + 1);
                }
            }
        }
        IReadOnlyList<string> found = Find(Lose, NodeFate.MayHaveMissed);
        Assert.Contains("node 2 did not print 1 of the 4 messages that were typed at it, 3 to 3 (0 said to be in doubt)", found);
        Assert.Contains("node 1 printed 3 of the 4 messages that were typed at node 2", found);
        Assert.Contains("position 6: node 1 printed message 4 of node 2 right after its message 2", found);
        Assert.Empty(Find(Lose, NodeFate.MayHaveMissed, doubtful: 1));
        // Nor where it says that it missed something at that place.
        Assert.Contains("node 2 did not print 1 of the 4 messages", string.Concat(Find(
            lines =>
            {
                Lose(lines);
                Miss(lines[2], 3, 2);
            },
            NodeFate.MayHaveMissed)), StringComparison.Ordinal);
    }

    [Fact]
    public void Where_everybody_may_have_missed_something_somebody_has_everything_that_was_said()
    {
        Assert.Empty(Find(
            lines =>
            {
                Miss(lines[1], 3, 2);
                Miss(lines[2], 5, 2);
            },
            NodeFate.MayHaveMissed, other: NodeFate.MayHaveMissed));
        string found = string.Join('\n', Find(
            lines =>
            {
                Miss(lines[1], 3, 2);
                Miss(lines[2], 3, 2);
            },
            NodeFate.MayHaveMissed, other: NodeFate.MayHaveMissed));
        Assert.Contains("node 1 did not print 1 of the 4 messages that were typed at it, 2 to 2", found, StringComparison.Ordinal);
        Assert.Contains("node 2 did not print 1 of the 4 messages that were typed at it, 3 to 3", found, StringComparison.Ordinal);
    }

    [Fact]
    public void What_a_node_printed_before_it_missed_something_lasts_where_nothing_else_is_shown()
    {
        Assert.Empty(Find(Rewrite, NodeFate.CameBack));
        AssertFound("position 4: node 2 printed message 3 of node 2, another message 2 of node 1", Rewrite, fate: NodeFate.MayHaveMissed);
    }

    [Fact]
    public void What_was_shown_before_may_be_passed_over_later_and_nothing_else_may()
    {
        Assert.Empty(Find(Rewrite, NodeFate.CameBack));
        AssertFound("position 5: node 2 printed position 6", lines =>
        {
            Rewrite(lines);
            lines[2].RemoveAt(3);
        }, fate: NodeFate.CameBack);
    }

    [Fact]
    public void Where_three_sides_meet_in_two_steps_what_is_printed_between_two_gaps_is_what_another_node_of_that_side_printed()
    {
        Assert.Empty(FindMeeting(_ => { }));
        // Nobody else printed what node 2 printed on the side of node 3.
        Assert.Contains("position 4: node 2 came back and printed message 1 of node 2, the others message 2 of node 1", FindMeeting(stories => stories[3][2] = Said(4, 2, 3, 9)));
        Assert.Contains("position 4: node 2 came back and printed message 1 of node 2, the others message 2 of node 1", FindMeeting(stories => stories[3].RemoveAt(2)));
        // And from its last gap on, it is on the side whose order lasts.
        Assert.Contains("position 7: node 2 came back and printed message 3 of node 2, the others message 2 of node 2", FindMeeting(stories => stories[2][^1] = Said(7, 2, 2, 3)));
    }

    [Theory]
    [InlineData("""{"type":"message","epoch":3,"seq":7,"time":"2026-11-24T05:22:01.123456Z","from":"k7f3q2","name":"n1","text":"1 12 ..."}""", PrintedType.Message, 3, 7)]
    [InlineData("""{"type":"host","epoch":2,"seq":8,"time":"2026-11-24T05:22:01.123456Z","member":"k7f3q2","name":"n1"}""", PrintedType.Host, 2, 8)]
    [InlineData("""{"type":"left","epoch":2,"seq":9,"time":"2026-11-24T05:22:01.123456Z","member":"k7f3q2","name":"n1","reason":"lost"}""", PrintedType.Lost, 2, 9)]
    [InlineData("""{"type":"left","epoch":2,"seq":9,"time":"2026-11-24T05:22:01.123456Z","member":"k7f3q2","name":"n1","reason":"left"}""", PrintedType.OtherEntry, 2, 9)]
    [InlineData("""{"type":"ready","member":"k7f3q2","name":"n1","epoch":1,"seq":3,"members":2}""", PrintedType.Ready, 1, 3)]
    [InlineData("""{"type":"gap","after":9,"before":20,"reason":"lost"}""", PrintedType.Gap, 0, 19)]
    internal void A_line_is_read(string line, PrintedType type, ulong epoch, ulong sequence)
    {
        Assert.True(Printed.TryRead(System.Text.Encoding.UTF8.GetBytes(line), 5, out Printed printed));
        Assert.Equal((type, epoch, sequence, 5), (printed.Type, printed.Epoch, printed.Entry.Sequence, printed.At));
    }

    private static Printed Gap(ulong after) => new(PrintedType.Gap, 0, new Delivery(after, 0, Delivery.Stranger, 0, 0), 0);

    // The node says that it missed so many lines.
    private static void Miss(List<Printed> lines, int index, int count)
    {
        ulong last = lines[index + count - 1].Entry.Sequence;
        lines.RemoveRange(index, count);
        lines.Insert(index, Gap(last));
    }

    // Node 2 printed position 5 as position 4 of a reign that was given up.
    private static void Rewrite(List<Printed>[] lines)
    {
        Printed own = lines[2][4] with { Epoch = 2 };
        lines[2].RemoveRange(3, 2);
        lines[2].InsertRange(3, [At(own, 4), Gap(4)]);
    }

    // Nodes 0 and 1 stay together, node 2 is cut off and goes to node 3, which is host of a side of its own; then both go to node 0.
    private static IReadOnlyList<string> FindMeeting(Action<List<Printed>[]> change)
    {
        Printed began = new(PrintedType.Host, 2, new Delivery(2, 2000, Delivery.Stranger, 0, 3333), 0);
        Printed[] lasting = [Said(1, 1, 1, 1), Said(2, 1, 0, 1), Said(3, 1, 0, 2), Said(4, 1, 1, 2), Said(5, 1, 3, 2), Said(6, 1, 0, 3), Said(7, 1, 2, 2)];
        List<Printed>[] lines =
        [
            [.. lasting],
            [.. lasting],
            [lasting[0], Gap(2), Said(3, 2, 3, 1), Said(4, 2, 2, 1), Gap(6), lasting[6]],
            [lasting[0], began, Said(3, 2, 3, 1), Said(4, 2, 2, 1), Gap(4), .. lasting[4..]],
        ];
        change(lines);
        // Whoever came back says that one of its messages is in doubt: the one that is only on the side that was given up.
        return FaultVerifier.FindViolations([.. lines.Select((each, node) =>
            new NodeStory(each, node == 0 ? 3 : 2, node < 2 ? NodeFate.Lives : NodeFate.CameBack, node < 2 ? 0 : 1))]);
    }

    private static Printed Said(ulong sequence, ulong epoch, int sender, int number) =>
        new(PrintedType.Message, epoch, new Delivery(sequence, 1000 * (long)sequence, sender, number, (ulong)((sender * 100) + number)), 0);

    private static bool IsThirdOfNode2(Printed line) => line.Entry is { Sender: 2, Number: 3 };

    private static Printed At(Printed line, ulong sequence) => line with { Entry = line.Entry with { Sequence = sequence } };

    private static void AssertFound(string words, Action<List<Printed>[]> change, int typed = Each, NodeFate fate = NodeFate.Lives) =>
        Assert.Contains(Find(change, fate, typed), violation => violation.Contains(words, StringComparison.Ordinal));

    // Node 0 died after it said a few; nodes 1 and 2 say four each, in turn; these may have had another fate.
    private static IReadOnlyList<string> Find(
        Action<List<Printed>[]> change, NodeFate last = NodeFate.Lives, int typed = Each, int doubtful = 0, NodeFate other = NodeFate.Lives)
    {
        var lines = new List<Printed>[3];
        for (int node = 0; node < lines.Length; node++)
        {
            lines[node] = [.. Enumerable.Range(1, Each * 2).Select(i => new Printed(
                PrintedType.Message, 1, new Delivery((ulong)i, 1000 * i, 1 + (i % 2), (i + 1) / 2, (ulong)i * 77), 0))];
        }
        change(lines);
        return FaultVerifier.FindViolations(
            [new NodeStory(lines[0], 9, NodeFate.Died), new NodeStory(lines[1], typed, other), new NodeStory(lines[2], Each, last, doubtful)]);
    }
}
