using System.Buffers;
using Norris.Protocol.Membership;
using Norris.Protocol.Ordering;
using static Norris.Tests.Protocol.Ordering.TailOfSelf;

namespace Norris.Tests.Protocol.Ordering;

/// <summary>The host leaves the reign to this node, which hears of that and no more.</summary>
public sealed class HostChangeTests
{
    private readonly TailOfSelf _tail = new();
    private readonly HostChange _change;
    private readonly ArrayBufferWriter<byte> _entry = new();
    private long _time = 2_000_000;

    public HostChangeTests()
    {
        _change = new HostChange(_tail.State);
        Assert.True(TryTake(output => EntryWriter.WriteLeft(output, new Timestamp(++_time), MemberId.None, 0, Host, LeaveReason.Left)));
        Assert.True(TryTake(EpochOf(2, Self)));
    }

    [Fact]
    public void It_is_an_offer_and_may_be_taken_back()
    {
        Assert.True(_change.IsOffer);
        Assert.Equal((new Epoch(1), Host), (_tail.State.View.Epoch, _tail.State.View.Host));
        Assert.True(_change.TryDrop());
        Assert.Equal(10UL, _tail.Last.Value);
    }

    [Fact]
    public void A_later_epoch_that_follows_proves_that_it_stood()
    {
        Assert.True(TryTake(EpochOf(3, Other)));
        Assert.False(_change.IsPending);
        Assert.Equal((new Epoch(3), Other), (_tail.State.View.Epoch, _tail.State.View.Host));
        Assert.Null(_tail.State.View.Find(Host));
        Assert.NotNull(_tail.State.View.Find(Self));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void No_epoch_that_is_not_later_follows(ulong epoch) => Assert.False(TryTake(EpochOf(epoch, Other)));

    [Fact]
    public void Nothing_is_said_in_the_reign_that_was_offered_but_by_this_node() =>
        Assert.False(TryTake(output => EntryWriter.WriteMessage(output, new Timestamp(++_time), Other, 1, "1"u8)));

    private Action<ArrayBufferWriter<byte>> EpochOf(ulong epoch, MemberId host) =>
        output => EntryWriter.WriteEpochStarted(output, new Timestamp(++_time), host, new Epoch(epoch));

    /// <summary>The entry comes next in the log, as a follower takes it.</summary>
    private bool TryTake(Action<ArrayBufferWriter<byte>> write)
    {
        _entry.ResetWrittenCount();
        write(_entry);
        var entry = new Entry(_entry.WrittenSpan);
        if (_change.Concerns(entry) ? !_change.TryTake(entry) : !_tail.State.TryFold(entry, _tail.Last.Next))
        {
            return false;
        }
        _tail.State.Log.Append(entry.Bytes);
        return true;
    }
}
