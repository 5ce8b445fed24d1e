using Norris.Protocol;
using Norris.Protocol.Membership;
using Norris.Protocol.Ordering;

namespace Norris.Tests.Protocol.Ordering;

/// <summary>What people were shown by a log that was given up, and what they were not.</summary>
public sealed class ShownBeforeTests
{
    private static readonly MemberId Author = new(7);
    private readonly ShownBefore _shown = new();

    [Fact]
    public void What_was_shown_by_a_log_that_was_given_up_is_not_shown_again()
    {
        _shown.Left(new SequenceNumber(10), Author, after: 2, upTo: 4);
        Assert.False(_shown.Contains(Author, 3));
        _shown.GiveUp();

        Assert.Equal([false, true, true, false], new ulong[] { 2, 3, 4, 5 }.Select(number => _shown.Contains(Author, number)));
    }

    [Fact]
    public void So_many_authors_are_remembered_and_of_more_the_oldest_are_not()
    {
        for (ulong id = 1; id <= QueueLimits.ShownBeforeMax + 1; id++)
        {
            _shown.Left(new SequenceNumber(id), new MemberId(id), after: 0, upTo: 2);
            if (id % 1000 == 0)
            {
                _shown.GiveUp();
            }
        }
        _shown.GiveUp();

        Assert.Equal(QueueLimits.ShownBeforeMax, _shown.Count);
        Assert.False(_shown.Contains(new MemberId(1), 1));
        Assert.True(_shown.Contains(new MemberId(2), 1));
    }

    [Fact]
    public void What_was_not_shown_at_its_end_may_come_again()
    {
        _shown.Left(new SequenceNumber(10), Author, after: 2, upTo: 4);
        _shown.PassedOver(Author, 4);
        _shown.GiveUp();

        Assert.True(_shown.Contains(Author, 3));
        Assert.False(_shown.Contains(Author, 4));
    }

    [Fact]
    public void What_was_taken_back_was_not_shown()
    {
        _shown.Left(new SequenceNumber(10), Author, after: 0, upTo: 2);
        _shown.Left(new SequenceNumber(20), Author, after: 2, upTo: 4);
        _shown.TookBackAfter(new SequenceNumber(15));
        _shown.GiveUp();

        Assert.True(_shown.Contains(Author, 2));
        Assert.False(_shown.Contains(Author, 3));
    }

    [Fact]
    public void What_was_passed_over_in_its_middle_may_come_again()
    {
        for (ulong number = 4; number <= 6; number++)
        {
            _shown.PassedOver(Author, number);
        }
        _shown.PassedOver(new MemberId(8), 2);
        _shown.Left(new SequenceNumber(10), Author, after: 2, upTo: 8);
        _shown.PassedOver(Author, 8);
        _shown.GiveUp();

        Assert.Equal([true, false, false, false, true, false], new ulong[] { 3, 4, 5, 6, 7, 8 }.Select(number => _shown.Contains(Author, number)));
    }

    [Fact]
    public void An_author_that_has_passed_all_that_was_shown_of_it_repeats_nothing_in_that_log()
    {
        _shown.Left(new SequenceNumber(10), Author, after: 0, upTo: 2);
        _shown.GiveUp();
        Assert.False(_shown.IsEmpty);

        Assert.False(_shown.Contains(Author, 3));
        Assert.True(_shown.IsEmpty);
    }

    [Fact]
    public void When_that_log_is_given_up_as_well_all_that_was_shown_by_any_log_may_come_again()
    {
        _shown.Left(new SequenceNumber(10), Author, after: 0, upTo: 2);
        _shown.GiveUp();
        Assert.False(_shown.Contains(Author, 3));
        _shown.Left(new SequenceNumber(20), Author, after: 2, upTo: 4);
        _shown.GiveUp();

        Assert.Equal([true, true, true, true, false], new ulong[] { 1, 2, 3, 4, 5 }.Select(number => _shown.Contains(Author, number)));
        Assert.True(_shown.IsEmpty);
    }
}
