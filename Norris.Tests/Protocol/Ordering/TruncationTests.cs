using Norris.Protocol;
using Norris.Protocol.Membership;
using Norris.Protocol.Messages;
using Norris.Protocol.Ordering;
using static Norris.Tests.Protocol.Ordering.TailOfSelf;

namespace Norris.Tests.Protocol.Ordering;

/// <summary>A member gives up entries that were never committed, since a later host goes by others.</summary>
public sealed class TruncationTests
{
    private static readonly MemberId Newcomer = new(4);

    private readonly TailOfSelf _tail = new();

    private CoreFacts Facts => new(
        _tail.Last, _tail.State.Log.Digest, _tail.State.Log.LastTime, _tail.State.View.Epoch, _tail.State.View.Host, _tail.State.View.NodeCount,
        string.Join(' ', _tail.State.View.BySeniority.Select(static member => $"{member.Id}:{member.LastNumber}")), _tail.State.Quorum!.ViewCount);

    [Fact]
    public void Everything_is_as_it_was_at_the_entry_that_is_the_last_now()
    {
        _tail.Submit(1);
        _tail.Message(Self, 1);
        _tail.Message(Host, 1);
        CoreFacts before = Facts;
        _tail.Message(Host, 2);
        _tail.Left(Other);
        _tail.Joined(Newcomer);
        _tail.Message(Newcomer, 1);
        _tail.EpochStarted(2, Newcomer);
        Assert.Equal(3, _tail.State.Quorum!.ViewCount);
        _tail.Commit(11);

        _tail.TruncateAfter(12);

        Assert.Equal(before, Facts);
        Assert.Equal([Host, Self, Other], _tail.State.Quorum!.Nodes().Select(static node => node.Id).Order());
        _tail.Message(Host, 2);
        _tail.Message(Other, 1);
        Assert.Equal(14UL, _tail.Last.Value);
    }

    [Fact]
    public void The_view_after_a_committed_change_stays()
    {
        _tail.Joined(Newcomer);
        _tail.Message(Host, 1);
        _tail.Commit(11);
        _tail.Left(Other);
        _tail.TruncateAfter(12);

        Assert.Equal([Host, Self, Other, Newcomer], _tail.State.View.BySeniority.Select(static member => member.Id));
        Assert.Equal(1, _tail.State.Quorum!.ViewCount);
        Assert.Equal([Host, Self, Other, Newcomer], _tail.State.Quorum.Nodes().Select(static node => node.Id).Order());
    }

    [Fact]
    public void Whoever_was_given_what_is_taken_back_has_to_ask_anew()
    {
        var streams = new LogStreams(_tail.State, new FollowerWatch(_tail.State));
        _tail.Message(Host, 1);
        StreamId behind = ((FollowAccepted)streams.Open(_tail.State.View.Find(Other)!, _tail.State.Position)).Stream;
        _tail.Message(Host, 2);
        StreamId ahead = ((FollowAccepted)streams.Open(_tail.State.View.Find(Host)!, _tail.State.Position)).Stream;
        _tail.TruncateAfter(11);
        streams.EndAllBeyond(_tail.Last);

        Assert.Equal([new EndedStream(ahead, StreamEnd.HostChanged)], _tail.State.Effects.EndedStreams);
        Assert.False(streams.Serves(Host));
        Assert.True(streams.Serves(Other));
        Assert.NotEqual(behind, ahead);
    }

    [Fact]
    public void What_was_taken_in_of_a_later_epoch_is_not_forgotten()
    {
        _tail.Message(Host, 1);
        _tail.EpochStarted(4, Other);
        _tail.TruncateAfter(11);

        Assert.Equal(new Epoch(1), _tail.State.View.Epoch);
        Assert.Equal((new Epoch(4), new Epoch(4)), (_tail.State.HighestEpoch, _tail.State.Fence));
    }

    [Fact]
    public void Own_messages_are_sent_again_and_confirmed_where_they_are_then()
    {
        _tail.Submit(1);
        _tail.Submit(2);
        _tail.Submit(3);
        _tail.Message(Self, 1);
        _tail.Message(Self, 2);
        _tail.Commit(11);
        Assert.Equal([(1UL, 11UL)], _tail.Confirmed());
        _tail.TruncateAfter(11);

        Assert.Equal([2UL, 3UL], _tail.Sent());
        _tail.EpochStarted(2, Other);
        _tail.Message(Self, 2);
        _tail.Message(Self, 3);
        Assert.Empty(_tail.Confirmed());
        _tail.Commit(14);
        Assert.Equal([(2UL, 13UL), (3UL, 14UL)], _tail.Confirmed());
        Assert.Equal(0, _tail.State.Outbox.Count);
    }

    [Fact]
    public void What_stays_in_the_log_and_was_not_committed_yet_is_confirmed_once()
    {
        _tail.Submit(1);
        _tail.Submit(2);
        _tail.Message(Self, 1);
        _tail.Message(Self, 2);
        _tail.TruncateAfter(11);
        _tail.EpochStarted(2, Other);
        _tail.Commit(12);
        Assert.Equal([(1UL, 11UL)], _tail.Confirmed());
        _tail.State.Outbox.SendAgain();
        Assert.Equal([2UL], _tail.Sent());
    }

    [Fact]
    public void Who_was_out_only_in_what_is_taken_back_was_never_out()
    {
        _tail.Submit(1);
        _tail.Message(Host, 1);
        _tail.Left(Self);
        Assert.Equal(new SequenceNumber(12), _tail.State.RemovedAt);
        _tail.TruncateAfter(11);
        Assert.Equal(SequenceNumber.None, _tail.State.RemovedAt);
        Assert.False(_tail.State.IsRemovedForGood);

        _tail.EpochStarted(2, Other);
        _tail.Message(Self, 1);
        _tail.Commit(13);
        Assert.Equal(new SequenceNumber(13), _tail.State.Deliverable);
        Assert.Equal([(1UL, 13UL)], _tail.Confirmed());
        Assert.Empty(_tail.State.Effects.Notices);
    }

    [Fact]
    public void Who_came_back_only_in_what_is_taken_back_is_out_still()
    {
        _tail.Left(Self);
        _tail.Joined(Self);
        _tail.TruncateAfter(11);
        Assert.Equal(new SequenceNumber(11), _tail.State.RemovedAt);

        _tail.EpochStarted(2, Other);
        _tail.Message(Other, 1);
        _tail.Commit(13);
        Assert.Equal(new SequenceNumber(11), _tail.State.Deliverable);
        Assert.True(_tail.State.IsRemovedForGood);
        Assert.Empty(_tail.State.Effects.Notices);
    }

    private sealed record CoreFacts(
        SequenceNumber Last, Digest Digest, Timestamp Time, Epoch Epoch, MemberId Host, int Nodes, string Numbers, int Views);
}
