using Norris.Protocol.Ordering;
using static Norris.Tests.Protocol.Ordering.TailOfSelf;

namespace Norris.Tests.Protocol.Ordering;

/// <summary>A member with the log up to #11 has heard that #13 is committed, and everybody who has that dies.</summary>
public sealed class CommittedBeforeTests
{
    private readonly TailOfSelf _tail = new();

    public CommittedBeforeTests()
    {
        _tail.Message(Host, 1);
        _tail.Commit(13);
    }

    [Fact]
    public void In_the_reign_in_which_that_was_said_it_is_shown_as_it_comes()
    {
        _tail.Message(Host, 2);
        Assert.Equal(12UL, _tail.State.ShowableAnywhere.Value);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void What_comes_in_a_later_reign_is_not_committed_by_that(bool reignsItself)
    {
        if (reignsItself)
        {
            new Sequencer(_tail.State).TakeOver(new Epoch(2), static _ => new SequenceNumber(11));
        }
        else
        {
            _tail.State.Follows(new Epoch(2));
        }
        _tail.Message(Other, 1);
        Assert.Equal(11UL, _tail.State.ShowableAnywhere.Value);
    }
}
