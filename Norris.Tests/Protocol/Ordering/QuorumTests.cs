using Norris.Protocol.Membership;
using Norris.Protocol.Ordering;

namespace Norris.Tests.Protocol.Ordering;

/// <summary>Who is enough, of one view and of several that may still count.</summary>
public sealed class QuorumTests
{
    private readonly LogOfView _log = new();
    private readonly Quorum _quorum = new();

    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 2)]
    [InlineData(3, 2)]
    [InlineData(4, 3)]
    [InlineData(5, 3)]
    [InlineData(6, 4)]
    public void More_than_half_of_the_nodes_are_enough(int nodes, int enough)
    {
        Begin(nodes);
        Assert.False(IsEnough(Ids(enough - 1)));
        Assert.True(IsEnough(Ids(enough)));
        Assert.False(IsMajority(Ids(enough - 1)));
        Assert.True(IsMajority(Ids(enough)));
    }

    [Fact]
    public void Guests_have_no_vote()
    {
        Begin(2);
        _log.Join(11, "gwen", via: 1);
        _log.Join(12, "gus", via: 1);
        _log.Join(13, "gil", via: 1);
        Changed();
        Assert.True(IsEnough(1, 2));
        Assert.False(IsEnough(1, 11, 12, 13));
        Assert.Equal([1UL, 2UL], _quorum.Nodes().Select(static node => node.Id.Value));
    }

    [Fact]
    public void Everybody_who_is_not_certainly_dead_is_enough_but_no_majority()
    {
        Begin(5);
        Die(3, 4);
        Assert.False(IsEnough(1, 2));
        Die(5);
        Assert.True(IsEnough(1, 2));
        Assert.False(IsEnough(1));
        Assert.False(IsMajority(1, 2));
    }

    [Fact]
    public void The_dead_still_count_toward_more_than_half()
    {
        Begin(5);
        Die(5);
        Assert.False(IsEnough(1, 2));
        Assert.True(IsEnough(1, 2, 3));
        // It had said so before it died.
        Assert.True(IsEnough(1, 2, 5));
    }

    [Fact]
    public void Whoever_is_heard_is_not_dead()
    {
        Begin(2);
        Die(2);
        Assert.True(IsEnough(1));
        _quorum.IsAlive(new MemberId(2));
        Assert.False(IsEnough(1));
    }

    [Fact]
    public void Each_view_that_may_still_count_needs_its_own()
    {
        Begin(3);
        Join(4);
        Join(5);
        Assert.Equal(3, _quorum.ViewCount);
        // More than half of the last view, and of the second, but not of the first.
        Assert.False(IsEnough(1, 4, 5));
        // More than half of the first view alone.
        Assert.False(IsEnough(1, 2));
        Assert.True(IsEnough(1, 2, 4));
        Assert.False(IsMajority(1, 4, 5));
        Assert.True(IsMajority(1, 2, 4));
    }

    [Fact]
    public void The_dead_of_one_view_do_not_make_another_view_smaller()
    {
        Begin(2);
        Join(3);
        Die(2);
        // Of the first view 1 is all that lives; of the second 3 lives as well.
        Assert.False(IsEnough(1));
        Assert.True(IsEnough(1, 3));
    }

    [Fact]
    public void A_view_counts_until_what_changed_it_is_committed()
    {
        Begin(3);
        SequenceNumber joined = Join(4);
        SequenceNumber next = Join(5);
        _quorum.CommittedUpTo(new SequenceNumber(joined.Value - 1));
        Assert.Equal(3, _quorum.ViewCount);
        _quorum.CommittedUpTo(joined);
        Assert.Equal(2, _quorum.ViewCount);
        Assert.False(IsEnough(1, 2));
        Assert.True(IsEnough(1, 2, 4));
        _quorum.CommittedUpTo(next.Next);
        Assert.Equal(1, _quorum.ViewCount);
        Assert.True(IsEnough(1, 4, 5));
    }

    [Fact]
    public void A_view_that_is_taken_back_counts_no_more()
    {
        Begin(3);
        SequenceNumber joined = Join(4);
        Join(5);
        _quorum.TruncatedAfter(joined);
        Assert.Equal(2, _quorum.ViewCount);
        Assert.Equal([1UL, 2UL, 3UL, 4UL], _quorum.Nodes().Select(static node => node.Id.Value).Order());
        _quorum.TruncatedAfter(new SequenceNumber(joined.Value - 1));
        Assert.Equal(1, _quorum.ViewCount);
        // The view that the log begins with is committed, wherever it ends.
        _quorum.TruncatedAfter(SequenceNumber.None);
        Assert.Equal(1, _quorum.ViewCount);
        Assert.True(IsEnough(1, 2));
    }

    [Fact]
    public void What_enough_nodes_have_is_reached()
    {
        Begin(5);
        Assert.Equal(At(17), Reached(20, 20, 17, 12, 0));
        Assert.Equal(At(17), Reached(0, 17, 12, 20, 20));
        Assert.Equal(At(0), Reached(20, 20, 0, 0, 0));
        Assert.Equal(At(20), Reached(20, 20, 20, 0, 0));
    }

    [Fact]
    public void Of_an_even_number_of_nodes_half_is_not_enough()
    {
        Begin(4);
        Assert.Equal(At(3), Reached(20, 20, 3, 3));
    }

    [Fact]
    public void What_all_have_who_are_not_dead_is_reached()
    {
        Begin(5);
        Die(3, 4);
        Assert.Equal(At(0), Reached(20, 17, 0, 0, 0));
        Die(5);
        Assert.Equal(At(17), Reached(20, 17, 0, 0, 0));
        // What more than half have, the dead among them, may be further than that.
        Assert.Equal(At(19), Reached(20, 4, 19, 19, 0));
    }

    [Fact]
    public void Reached_goes_no_further_than_every_view_up_to_there_allows()
    {
        Begin(3);
        SequenceNumber joined = Join(4);
        SequenceNumber before = new(joined.Value - 1);
        SequenceNumber last = new(joined.Value + 5);

        // Of the first view 2 of 3 have it all, of the second only 2 of 4: it ends before the second begins.
        Assert.Equal(before, Reached(last, [last, last, before, At(0)]));
        // The newcomer makes the quorum of the second view.
        Assert.Equal(last, Reached(last, [last, last, before, last]));
        Assert.Equal(joined, Reached(last, [last, last, before, joined]));
        // Nor does the newcomer stand in for anybody in the first view.
        Assert.Equal(before, Reached(last, [last, before, before, last]));
    }

    [Fact]
    public void A_view_that_begins_after_what_is_reached_does_not_count()
    {
        Begin(3);
        SequenceNumber joined = Join(4);
        SequenceNumber early = new(joined.Value - 2);
        Assert.Equal(early, Reached(joined, [joined, early, At(0), At(0)]));
    }

    [Fact]
    public void Who_is_said_to_be_gone_is_found_until_that_is_committed()
    {
        Begin(3);
        _log.Leave(3, LeaveReason.Lost);
        SequenceNumber left = Changed();
        Join(4);
        Assert.Equal(3UL, _quorum.FindLeaver(_log.View, new MemberId(3))?.Id.Value);
        Assert.Equal(left, _quorum.LeftAt(new MemberId(3)));
        Assert.Null(_quorum.FindLeaver(_log.View, new MemberId(2)));
        Assert.Null(_quorum.FindLeaver(_log.View, new MemberId(77)));
        Assert.Contains(3UL, _quorum.Nodes().Select(static node => node.Id.Value));

        _quorum.CommittedUpTo(left);
        Assert.Null(_quorum.FindLeaver(_log.View, new MemberId(3)));
        Assert.DoesNotContain(3UL, _quorum.Nodes().Select(static node => node.Id.Value));
    }

    [Fact]
    public void Who_came_and_went_before_either_was_committed_left_at_the_later_one()
    {
        Begin(2);
        SequenceNumber joined = Join(3);
        _log.Leave(3);
        SequenceNumber left = Changed();
        Assert.True(joined < left);
        Assert.Equal(left, _quorum.LeftAt(new MemberId(3)));
        _quorum.CommittedUpTo(joined);
        Assert.NotNull(_quorum.FindLeaver(_log.View, new MemberId(3)));
    }

    [Fact]
    public void Each_node_of_all_views_is_named_once()
    {
        Begin(3);
        Join(4);
        _log.Leave(2);
        Changed();
        Assert.Equal([1UL, 2UL, 3UL, 4UL], _quorum.Nodes().Select(static node => node.Id.Value).Order());
    }

    [Fact]
    public void In_a_new_reign_nobody_has_acknowledged_anything()
    {
        Begin(2);
        _log.Leave(2);
        Changed();
        Member leaver = _quorum.FindLeaver(_log.View, new MemberId(2))!;
        leaver.Progress.Acknowledged = At(2);
        _log.View.Find(new MemberId(1))!.Progress.Acknowledged = At(3);
        _quorum.StartOver(new Timestamp(77));
        Assert.All(_quorum.Nodes(), static node => Assert.Equal(SequenceNumber.None, node.Progress.Acknowledged));
        Assert.All(_quorum.Nodes(), static node => Assert.Equal(new Timestamp(77), node.Progress.LastHeard));
    }

    private static ulong[] Ids(int count) => [.. Enumerable.Range(1, count).Select(static id => (ulong)id)];

    private static SequenceNumber At(ulong sequence) => new(sequence);

    private void Begin(int nodes)
    {
        _log.Join(1, "n1");
        _log.StartEpoch(1, 1);
        for (int id = 2; id <= nodes; id++)
        {
            _log.Join((ulong)id, $"n{id}");
        }
        _quorum.Begin(_log.View, _log.Log.Last);
    }

    private SequenceNumber Join(ulong id)
    {
        Assert.True(_log.Join(id, $"n{id}"));
        return Changed();
    }

    private SequenceNumber Changed()
    {
        _quorum.Changed(_log.View, _log.Log.Last);
        return _log.Log.Last;
    }

    private void Die(params ulong[] ids) => Array.ForEach(ids, id => _quorum.IsDead(new MemberId(id)));

    private bool IsEnough(params ulong[] ids) => _quorum.IsEnough(node => ids.Contains(node.Id.Value));

    private bool IsMajority(params ulong[] ids) => _quorum.IsMajority(node => ids.Contains(node.Id.Value));

    /// <summary>What is reached when the nodes from 1 on have so much, of a log up to #20.</summary>
    private SequenceNumber Reached(params ulong[] has) => Reached(At(20), [.. has.Select(At)]);

    private SequenceNumber Reached(SequenceNumber last, SequenceNumber[] has) => _quorum.Reached(node => has[node.Id.Value - 1], last);
}
