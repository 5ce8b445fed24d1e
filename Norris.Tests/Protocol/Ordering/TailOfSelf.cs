using System.Buffers;
using System.Text;
using Norris.Protocol;
using Norris.Protocol.Membership;
using Norris.Protocol.Ordering;

namespace Norris.Tests.Protocol.Ordering;

/// <summary>A member of three under the majority rule, committed up to #10, and what comes to it after that.</summary>
internal sealed class TailOfSelf
{
    public static readonly MemberId Host = new(1);
    public static readonly MemberId Self = new(2);
    public static readonly MemberId Other = new(3);

    private readonly ArrayBufferWriter<byte> _scratch = new();
    private long _time = 1_000_000;

    public TailOfSelf()
    {
        State.Now = new Timestamp(_time);
        var snapshot = new Snapshot
        {
            Network = 7,
            Host = Host,
            Position = new Position(new Epoch(1), new SequenceNumber(10), new Digest(5)),
            Time = new Timestamp(1),
            Members = [SomeNode.Of(Host), SomeNode.Of(Self), SomeNode.Of(Other)],
            Departed = [],
        };
        Assert.True(State.TryStartFrom(snapshot, Self, isRemembered: true));
        State.Effects.Clear();
    }

    public CoreState State { get; } = new(new NodeCoreOptions
    {
        Token = SomeNode.TokenOf(Self),
        Name = "n2",
        Address = "10.0.0.2:7000",
        Partition = PartitionRule.Majority,
    });

    public SequenceNumber Last => State.Log.Last;

    /// <summary>The people at this node say something; it is sent.</summary>
    public void Submit(ulong number)
    {
        Assert.Equal(number, State.Outbox.NextNumber(Self));
        _scratch.ResetWrittenCount();
        EntryWriter.WriteMessage(_scratch, new Timestamp(++_time), Self, number, Encoding.UTF8.GetBytes($"{number}"));
        State.Outbox.Add(Self, _scratch.WrittenSpan);
        Assert.Equal([number], Sent());
    }

    public void Message(MemberId author, ulong number) =>
        Fold(output => EntryWriter.WriteMessage(output, new Timestamp(++_time), author, number, Encoding.UTF8.GetBytes($"{number}")));

    public void Left(MemberId member, LeaveReason reason = LeaveReason.Lost) =>
        Fold(output => EntryWriter.WriteLeft(output, new Timestamp(++_time), MemberId.None, 0, member, reason));

    public void Joined(MemberId member) => Fold(output => EntryWriter.WriteJoined(
        output, new Timestamp(++_time), MemberId.None, 0, member, MemberKind.Node, MemberId.None, SomeNode.TokenOf(member), Encoding.UTF8.GetBytes($"n{member.Value}"),
        Encoding.UTF8.GetBytes($"10.0.0.{member.Value}:7000")));

    public void EpochStarted(ulong epoch, MemberId host) =>
        Fold(output => EntryWriter.WriteEpochStarted(output, new Timestamp(++_time), host, new Epoch(epoch)));

    /// <summary>The host says that so much is committed: it is shown.</summary>
    public void Commit(ulong upTo)
    {
        State.Commit(new SequenceNumber(upTo));
        State.DeliverUpTo(State.ShowableHere);
    }

    public void TruncateAfter(ulong last) => State.TruncateAfter(new SequenceNumber(last));

    /// <summary>The numbers of this node's own that go to the host now.</summary>
    public ulong[] Sent()
    {
        _scratch.ResetWrittenCount();
        State.Outbox.TakeUnsent(_scratch);
        return EntryNumbers.In(_scratch.WrittenSpan);
    }

    /// <summary>What people here were told has its place since the last time: which number, and where.</summary>
    public (ulong Number, ulong Sequence)[] Confirmed()
    {
        (ulong, ulong)[] confirmed = [.. State.Effects.Ordered.Select(static ordered => (ordered.Number, ordered.Sequence.Value))];
        State.Effects.Clear();
        return confirmed;
    }

    private void Fold(Action<ArrayBufferWriter<byte>> write)
    {
        _scratch.ResetWrittenCount();
        write(_scratch);
        Assert.True(State.TryFold(new Entry(_scratch.WrittenSpan), State.Log.Last.Next));
        State.Log.Append(_scratch.WrittenSpan);
    }
}
