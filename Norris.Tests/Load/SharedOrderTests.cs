using Norris.Load.Verification;

namespace Norris.Tests.Load;

public sealed class SharedOrderTests
{
    [Fact]
    public void Who_comes_first_says_what_stands_at_a_place()
    {
        var order = new SharedOrder();
        Assert.True(order.Agree(Entry(7, 1, 3, 99), out _));
        Assert.True(order.Agree(Entry(7, 1, 3, 99), out _));
        Assert.False(order.Agree(Entry(7, 1, 4, 98), out string other));
        Assert.Equal("message 3 of node 1", other);
        Assert.False(order.Agree(Entry(7, 1, 3, 98), out other));
        Assert.Equal("message 3 of node 1, with another line", other);
        Assert.False(order.Agree(Entry(7, Delivery.Stranger, 0, 97), out _));
    }

    [Fact]
    public void A_hash_of_nothing_is_a_hash()
    {
        var order = new SharedOrder();
        Assert.True(order.Agree(Entry(1, Delivery.Stranger, 0, 0), out _));
        Assert.True(order.Agree(Entry(1, Delivery.Stranger, 0, 0), out _));
        Assert.False(order.Agree(Entry(1, Delivery.Stranger, 0, 5), out _));
    }

    [Fact]
    public void What_all_have_passed_is_let_go_and_the_rest_is_kept()
    {
        const ulong Early = 5;
        const ulong Late = 1_000_000;
        var order = new SharedOrder();
        Assert.True(order.Agree(Entry(Early, 0, 1, 11), out _));
        Assert.True(order.Agree(Entry(Late, 0, 2, 22), out _));
        order.Trim(SharedOrder.PieceOf(Late));
        Assert.True(order.Agree(Entry(Early, 0, 9, 99), out _));
        Assert.False(order.Agree(Entry(Late, 0, 9, 99), out _));
    }

    private static Delivery Entry(ulong sequence, int sender, int number, ulong fingerprint) => new(sequence, 0, sender, number, fingerprint);
}
