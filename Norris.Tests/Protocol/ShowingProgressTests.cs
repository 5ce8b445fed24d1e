using Norris.Protocol.Ordering;

namespace Norris.Tests.Protocol;

public sealed class ShowingProgressTests
{
    private const long Patience = 5_000_000;

    private readonly ShowingProgress _showing = new(Patience);

    [Fact]
    public void A_node_that_never_says_shows_everything_at_once() =>
        Assert.Equal(new SequenceNumber(7), _showing.At(new(7), new(1)));

    [Fact]
    public void What_was_not_shown_is_waited_for_while_there_is_progress()
    {
        for (int step = 1; step <= 100; step++)
        {
            var now = new Timestamp(step * (Patience - 1));
            _showing.Told(new((ulong)step), new(1000), now);
            Assert.Equal(new SequenceNumber((ulong)step), _showing.At(new(1000), now.Plus(Patience)));
        }
    }

    [Fact]
    public void Who_stands_still_is_waited_for_no_more_and_again_once_it_moves()
    {
        _showing.Told(new(3), new(10), new(0));
        _showing.Told(new(3), new(20), new(Patience));
        Assert.Equal(new SequenceNumber(3), _showing.At(new(20), new(Patience)));
        Assert.Equal(new SequenceNumber(20), _showing.At(new(20), new(Patience + 1)));
        _showing.Told(new(4), new(20), new(Patience + 1));
        Assert.Equal(new SequenceNumber(4), _showing.At(new(20), new(Patience + 1)));
    }

    [Fact]
    public void Who_had_nothing_to_show_has_not_stood_still()
    {
        _showing.Told(new(10), new(10), new(0));
        _showing.Told(new(10), new(10), new(100 * Patience));
        Assert.Equal(new SequenceNumber(10), _showing.At(new(11), new(101 * Patience)));
    }

    [Fact]
    public void A_machine_that_stood_still_is_not_the_readers_fault()
    {
        _showing.Told(new(3), new(10), new(0));
        _showing.Forgive(2 * Patience);
        Assert.Equal(new SequenceNumber(3), _showing.At(new(10), new(3 * Patience)));
    }
}
