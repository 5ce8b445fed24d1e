using Norris.Load.Compare;
using Norris.Load.Sockets;

namespace Norris.Tests.Load;

/// <summary>What <c>compare</c> counts, and the floor that it measures against.</summary>
public sealed class RoomTests
{
    private readonly byte[] _text = new byte[40];

    private ReadOnlySpan<byte> Text(int sender, int number, long due = 0)
    {
        RoomText.Write(_text, sender, number, due);
        return _text;
    }

    [Fact]
    public void A_text_says_who_what_and_when()
    {
        ReadOnlySpan<byte> text = Text(sender: 9, number: 1_000_000, due: 0x123456789abcdef);

        Assert.Equal(9, RoomText.Sender(text));
        Assert.Equal(1_000_000, RoomText.Number(text));
        Assert.Equal(0x123456789abcdef, RoomText.Due(text));
    }

    [Fact]
    public void Two_orders_of_the_same_texts_have_two_fingerprints()
    {
        var first = new Receipt(2, null);
        var second = new Receipt(2, null);
        first.Take(Text(0, 1));
        first.Take(Text(1, 1));
        second.Take(Text(1, 1));
        second.Take(Text(0, 1));

        Assert.Equal(first.Count, second.Count);
        Assert.NotEqual(first.Fingerprint, second.Fingerprint);
        Assert.Null(first.Violation ?? second.Violation);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void A_text_that_is_not_the_next_of_its_sender_is_a_violation(int number)
    {
        var receipt = new Receipt(1, null);
        receipt.Take(Text(0, 1));
        receipt.Take(Text(0, number));

        Assert.Equal($"delivery 2: message {number} of sender 0 follows its message 1", receipt.Violation);
    }

    [Fact]
    public void A_latency_ends_when_the_last_receiver_has_the_message()
    {
        var arrivals = new Arrivals(2);
        arrivals.Note(0, 1, due: 0, now: System.Diagnostics.Stopwatch.Frequency);
        Assert.Empty(arrivals.Microseconds);
        arrivals.Note(0, 1, due: 0, now: 2 * System.Diagnostics.Stopwatch.Frequency);

        Assert.Equal([2e6], arrivals.Microseconds);
    }

    [Theory]
    [InlineData("1024", "needs 1200 open files, and 1024 are allowed here; raise that with: ulimit -n 1200")]
    [InlineData("1200", null)]
    [InlineData("unlimited", null)]
    public void More_sockets_than_may_be_open_are_said_at_once(string open, string? shortage) => Assert.Equal(
        shortage, Descriptors.FindShortage(1000, $"Limit                     Soft Limit           Hard Limit           Units\nMax open files            {open}                 524288               files\n"));
}
