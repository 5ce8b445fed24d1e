using Norris.Load.Verification;

namespace Norris.Tests.Load;

public sealed class OrderVerifierTests
{
    private const ulong After = 7;
    private const int Nodes = 3;
    private const int Messages = 4;

    [Fact]
    public void What_is_as_promised_is_no_violation() => Assert.Null(Find(_ => { }));

    [Fact]
    public void Entries_before_and_after_the_storm_are_nobodys_business() => Assert.Null(Find(printed =>
    {
        foreach (List<Delivery> each in printed.Skip(1))
        {
            each.Insert(0, each[0] with { Sequence = After, Sender = Delivery.Stranger });
            each.Add(each[^1] with { Sequence = each[^1].Sequence + 1, Sender = Delivery.Stranger });
        }
    }));

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public void A_message_that_is_missing_is_found(int node) =>
        AssertFound("position 10: ", printed => printed[node].RemoveAt(2));

    [Fact]
    public void A_missing_beginning_is_found() => AssertFound("position 8: node 1 printed 11 of 12", printed => printed[1].RemoveAt(0));

    [Fact]
    public void A_missing_end_is_found() => AssertFound("position 19: node 2 printed 11 of 12", printed => printed[2].RemoveAt(11));

    [Fact]
    public void A_node_that_printed_nothing_is_found() => AssertFound("position 8: node 1 printed 0 of 12", printed => printed[1].Clear());

    [Fact]
    public void A_position_that_is_printed_twice_is_found() =>
        AssertFound("position 10: node 1 printed position 9 ", printed => printed[1].Insert(2, printed[1][1]));

    [Fact]
    public void Positions_out_of_order_are_found() =>
        AssertFound("position 9: node 2 printed position 10 ", printed => (printed[2][1], printed[2][2]) = (printed[2][2], printed[2][1]));

    [Fact]
    public void Another_order_at_one_node_is_found() => AssertFound("position 12: node 0 printed message 2 of node 1, node 2 printed message 2 of node 2", printed =>
    {
        Delivery fifth = printed[2][4];
        printed[2][4] = printed[2][5] with { Sequence = fifth.Sequence };
        printed[2][5] = fifth with { Sequence = fifth.Sequence + 1 };
    });

    [Fact]
    public void Another_line_for_the_same_message_is_found() =>
        AssertFound("position 11: node 0 printed message 2 of node 0, node 1 printed message 2 of node 0, with another line", printed => printed[1][3] = printed[1][3] with { Fingerprint = 1 });

    [Fact]
    public void Another_time_at_one_node_is_found() =>
        AssertFound("position 11: ", printed => printed[1][3] = printed[1][3] with { TimeTicks = printed[1][3].TimeTicks + 1 });

    [Fact]
    public void A_message_that_everybody_has_twice_is_found() => AssertFound("position 11: message 1 of node 0 follows its message 1", printed =>
        Everywhere(printed, 3, delivery => delivery with { Number = 1 }));

    [Fact]
    public void A_message_that_nobody_has_is_found() => AssertFound("position 11: message 3 of node 0 follows its message 1", printed =>
        Everywhere(printed, 3, delivery => delivery with { Number = 3 }));

    [Fact]
    public void A_message_too_many_is_found() => AssertFound("position 20: node 0 printed message 4 of node 2, outside", printed =>
        printed.ForEach(each => each.Add(each[^1] with { Sequence = each[^1].Sequence + 1 })));

    [Fact]
    public void One_senders_message_in_anothers_place_is_found() => AssertFound("node 0 said 4 messages and 5 were delivered", printed =>
        Everywhere(printed, 11, delivery => delivery with { Sender = 0, Number = 5 }));

    [Fact]
    public void A_time_that_decreases_is_found() => AssertFound("position 13: its time is 2 microseconds before", printed =>
        Everywhere(printed, 5, delivery => delivery with { TimeTicks = printed[0][4].TimeTicks - 20 }));

    [Theory]
    [InlineData(Delivery.Stranger)]
    [InlineData(Nodes)]
    public void Something_that_nobody_said_is_found(int sender) => AssertFound("position 13: ", printed =>
        Everywhere(printed, 5, delivery => delivery with { Sender = sender }));

    private static void Everywhere(List<List<Delivery>> printed, int index, Func<Delivery, Delivery> change) =>
        printed.ForEach(each => each[index] = change(each[index]));

    private static void AssertFound(string begin, Action<List<List<Delivery>>> spoil)
    {
        string? found = Find(spoil);
        Assert.NotNull(found);
        Assert.True(found.StartsWith(begin, StringComparison.Ordinal), found);
    }

    private static string? Find(Action<List<List<Delivery>>> spoil)
    {
        List<List<Delivery>> printed = [.. Enumerable.Range(0, Nodes).Select(_ => Order().ToList())];
        spoil(printed);
        return new OrderVerifier(After, Nodes, Messages).FindViolation(printed);
    }

    private static IEnumerable<Delivery> Order() => Enumerable.Range(0, Nodes * Messages)
        .Select(i => new Delivery(After + 1 + (ulong)i, 1_000_000 + (i / 2 * 10), i % Nodes, (i / Nodes) + 1, (ulong)i + 100));
}
