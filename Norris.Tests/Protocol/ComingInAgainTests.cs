using System.Buffers;
using Norris.Protocol;
using Norris.Protocol.Membership;
using Norris.Protocol.Ordering;

namespace Norris.Tests.Protocol;

/// <summary>With the majority rule: a member whose log begins at #10, where it came in, is let in again with a snapshot of what is at #8.</summary>
public sealed class ComingInAgainTests
{
    private static readonly MemberId Host = new(1);
    private static readonly MemberId Self = new(2);

    private readonly CoreState _state = new(new NodeCoreOptions { Token = SomeNode.TokenOf(Self), Name = "n2", Address = "10.0.0.2:7000", Partition = PartitionRule.Majority })
    {
        Now = new(1_000_000),
    };

    public ComingInAgainTests() => Assert.True(_state.TryStartFrom(SnapshotAt(10, epoch: 1, joinedAt: 10), Self, isRemembered: true));

    [Theory]
    [InlineData(10, false, true)]
    [InlineData(7, false, false)]
    [InlineData(7, true, false)]
    public void It_keeps_its_log_only_where_it_came_in_by_the_same_entry_whatever_became_of_it_since(ulong joinedAt, bool wasPutOut, bool keeps)
    {
        if (wasPutOut)
        {
            var bytes = new ArrayBufferWriter<byte>();
            EntryWriter.WriteLeft(bytes, _state.Log.LastTime, MemberId.None, 0, Self, LeaveReason.Lost);
            Assert.True(Entry.TryRead(bytes.WrittenSpan, out Entry entry));
            Assert.True(_state.TryFold(entry, _state.Log.Last.Next));
            _state.Log.Append(bytes.WrittenSpan);
        }
        Assert.Equal(keeps, _state.HasMoreThan(SnapshotAt(8, epoch: 5, joinedAt)));
    }

    private static Snapshot SnapshotAt(ulong sequence, ulong epoch, ulong joinedAt) => new()
    {
        Network = 7,
        Host = Host,
        Position = new(new Epoch(epoch), new SequenceNumber(sequence), new Digest(sequence)),
        Time = new(1),
        Members = [SomeNode.Of(Host, 1), SomeNode.Of(Self, joinedAt)],
        Departed = [],
    };
}
