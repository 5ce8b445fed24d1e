using System.Buffers;
using Norris.Protocol;
using Norris.Protocol.Membership;
using Norris.Protocol.Messages;
using Norris.Protocol.Ordering;

namespace Norris.Tests.Protocol;

/// <summary>What a host makes of what others ask, also of what no honest node would ask.</summary>
public sealed class NodeCoreTests
{
    private const long Start = 1_000_000_000;

    private readonly NodeCore _host = new(Options(1, "host"));
    private readonly MemberToken _token = new(2, 2);
    private readonly JoinAccepted _member;
    private long _now = Start;
    private ulong _calls;

    public NodeCoreTests()
    {
        _host.Advance(new(_now));
        _host.Found();
        _host.Settle();
        _member = Assert.IsType<JoinAccepted>(Ask(new JoinRequest(_token, "member", "10.0.0.2:7000")));
    }

    [Fact]
    public void The_same_token_joins_as_the_same_member_and_once()
    {
        SequenceNumber last = _host.Log.Last;
        JoinAccepted again = Assert.IsType<JoinAccepted>(Ask(new JoinRequest(_token, "other", "10.0.0.3:7000")));
        Assert.Equal(_member.Member, again.Member);
        Assert.Equal(last, _host.Log.Last);
    }

    [Fact]
    public void An_author_whose_clock_went_back_keeps_its_order()
    {
        Assert.IsType<SubmissionAccepted>(Submit(Message(1, _now), Message(2, _now - 5_000), Message(3, _now - 2_000_000)));
        Assert.Equal([1UL, 2, 3], Ordered());
    }

    [Fact]
    public void Nobody_writes_from_the_future()
    {
        Assert.IsType<SubmissionAccepted>(Submit(Message(1, _now + 3_600_000_000)));
        Assert.Equal([1UL], Ordered());
        Assert.InRange(_host.Log.LastTime.Microseconds, Start, _now);
    }

    [Fact]
    public void What_was_taken_in_before_a_refusal_counts_and_is_not_taken_twice()
    {
        Refused refused = Assert.IsType<Refused>(Submit(Message(1, _now), Message(2, _now), Message(4, _now)));
        Assert.Equal(RefusalReason.OutOfTurn, refused.Reason);
        Assert.IsType<SubmissionAccepted>(Submit(Message(1, _now), Message(2, _now), Message(3, _now), Message(4, _now)));
        Assert.Equal([1UL, 2, 3, 4], Ordered());
    }

    [Fact]
    public void A_submission_that_is_no_entry_is_refused()
    {
        Assert.Equal(RefusalReason.Malformed, Assert.IsType<Refused>(Submit([1, 2, 3])).Reason);
        Assert.Equal(RefusalReason.Malformed, Assert.IsType<Refused>(Submit(Message(1, _now)[..^1])).Reason);
    }

    [Fact]
    public void Nobody_speaks_for_another()
    {
        byte[] forged = Write(output => EntryWriter.WriteMessage(output, new(_now), _host.Self, 1, "forged"u8));
        Assert.Equal(RefusalReason.NotAllowed, Assert.IsType<Refused>(Submit(forged)).Reason);
        byte[] renamed = Write(output => EntryWriter.WriteRenamed(output, new(_now), _member.Member, 1, _host.Self, "forged"u8));
        Assert.Equal(RefusalReason.NotAllowed, Assert.IsType<Refused>(Submit(renamed)).Reason);
        byte[] left = Write(output => EntryWriter.WriteLeft(output, new(_now), _member.Member, 1, _host.Self, LeaveReason.Left));
        Assert.Equal(RefusalReason.NotAllowed, Assert.IsType<Refused>(Submit(left)).Reason);
        byte[] epoch = Write(output => EntryWriter.WriteEpochStarted(output, new(_now), _member.Member, new Epoch(9)));
        Assert.IsNotType<Diverged>(Submit(epoch));
        Assert.Empty(Ordered());
        Assert.Equal(new Epoch(1), _host.View.Epoch);
    }

    [Fact]
    public void A_guest_with_the_token_of_somebody_who_is_in_changes_nothing_but_the_count()
    {
        byte[] twin = Write(output => EntryWriter.WriteJoined(
            output, new(_now), _member.Member, 1, MemberId.None, MemberKind.Guest, _member.Member, _token, "twin"u8, []));
        Assert.IsType<SubmissionAccepted>(Submit(twin, Message(2, _now)));
        Assert.Equal([1UL, 2], Ordered());
        Assert.Equal(2, _host.View.BySeniority.Count);
        Assert.Equal("member", _host.View.Find(_member.Member)!.Name);
    }

    [Fact]
    public void Nobody_has_a_network_believe_in_the_last_reign_of_all()
    {
        var end = new Epoch(ulong.MaxValue);
        var takeover = new TakeoverRequest(_host.Self, _host.View.Network, _member.Member, _token, "10.0.0.2:7000", end, IsBinding: true, _member.Snapshot.Position);
        Assert.Equal(RefusalReason.Malformed, Assert.IsType<Refused>(Ask(takeover)).Reason);
        Assert.Equal(RefusalReason.Malformed, Assert.IsType<Refused>(Ask(new JoinRequest(_token, "member", "10.0.0.2:7000", Promised: end))).Reason);
        Assert.Equal(
            RefusalReason.Malformed,
            Assert.IsType<Refused>(_host.Follow(new FollowRequest(_member.Member, _token, _host.View.Network, _member.Snapshot.Position, end))).Reason);
        Assert.Equal(RefusalReason.HostIsHeard, Assert.IsType<Refused>(Ask(takeover with { Epoch = new Epoch(1 << 20) })).Reason);
        Assert.IsType<FollowAccepted>(_host.Follow(new FollowRequest(_member.Member, _token, _host.View.Network, _member.Snapshot.Position, default)));
    }

    [Fact]
    public void A_wrong_token_gets_nothing()
    {
        var stranger = new Submission(_member.Member, new MemberToken(9, 9), _host.Self, _host.Position, new(_now), default, default);
        Assert.Equal(RefusalReason.NotAMember, Assert.IsType<Refused>(Ask(stranger)).Reason);
        Assert.Equal(RefusalReason.NotAMember, Assert.IsType<Refused>(Ask(new LeaveRequest(_member.Member, new MemberToken(9, 9)))).Reason);
        Assert.Equal(
            RefusalReason.NotAMember,
            Assert.IsType<Refused>(_host.Follow(new FollowRequest(_member.Member, new MemberToken(9, 9), _host.View.Network, _host.Position, default))).Reason);
    }

    [Fact]
    public void Nothing_from_before_its_join_is_served_to_a_member()
    {
        var before = new Position(new Epoch(1), new SequenceNumber(2), _host.Log.DigestAt(new(2)));
        Assert.Equal(RefusalReason.Trimmed, Assert.IsType<Refused>(_host.Follow(new FollowRequest(_member.Member, _token, _host.View.Network, before, default))).Reason);
        Assert.IsType<FollowAccepted>(_host.Follow(new FollowRequest(_member.Member, _token, _host.View.Network, _member.Snapshot.Position, default)));
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(5, 0)]
    public void Another_history_is_told_apart_and_said_loudly(ulong ahead, ulong digest)
    {
        var other = new Position(new Epoch(1), new(_host.Log.Last.Value + ahead), new(_host.Log.Digest.Value + digest));
        var submission = new Submission(_member.Member, _token, _host.Self, other, new(_now), default, default);
        Assert.Equal(RefusalReason.Diverged, Assert.IsType<Refused>(Ask(submission)).Reason);
        Assert.Contains(_host.Effects.Notices, static notice => notice is Diverged);
    }

    [Theory]
    [InlineData("")]
    [InlineData("10.0.0.9:7000\r\nX: y")]
    [InlineData("10.0.0.9:7000 ")]
    [InlineData("10.0.0.9:7000/x")]
    [InlineData("a@10.0.0.9:7000")]
    [InlineData("h\u00f6st:7000")]
    public void Nobody_joins_with_an_address_that_others_cannot_be_sent_to(string address) =>
        Assert.Equal(RefusalReason.Malformed, Assert.IsType<Refused>(Ask(new JoinRequest(new MemberToken(7, 7), "x", address))).Reason);

    [Theory]
    [InlineData(0, true)]
    [InlineData(1, false)]
    public void A_candidate_whose_log_begins_after_what_another_lacks_asks_for_no_promise_and_stays_in(ulong behind, bool asks)
    {
        // It is told that it is in once the member that was in before has its entry.
        _host.Effects.Clear();
        _host.Step(new CallId(++_calls), new JoinRequest(new MemberToken(5, 5), "late", "10.0.0.5:7000"));
        Pass(20_000);
        Assert.Empty(_host.Effects.Answers);
        _host.Step(new CallId(++_calls), new Submission(_member.Member, _token, _host.Self, _host.Position, new(_now), new(_now), default));
        _host.Settle();
        JoinAccepted accepted = Assert.Single(_host.Effects.Answers.Select(static answer => answer.Reply).OfType<JoinAccepted>());
        var late = new NodeCore(Options(5, "late"));
        late.Advance(new(Start));
        late.Join(["10.0.0.1:7000"]);
        late.Settle();
        late.Step(Assert.Single(late.Effects.Calls).Id, accepted);
        late.Settle();
        late.UpstreamClosed(Assert.Single(late.Effects.UpstreamChanges).Stream, ExchangeFailure.ConnectionRefused);
        late.Settle();
        late.Effects.Clear();
        late.Advance(new(Start + 50_000));
        late.Settle();

        OutboundCall sounding = Assert.Single(late.Effects.Calls, static call => call.Request is TakeoverRequest);
        Position own = accepted.Snapshot.Position;
        SequenceNumber at = new(own.Sequence.Value - behind);
        late.Effects.Clear();
        late.Step(sounding.Id, new Promised(new Position(own.Epoch, at, _host.Log.DigestAt(at)), own.Epoch, default));
        late.Settle();

        Assert.Equal(asks, late.Effects.Calls.Exists(static call => call.Request is TakeoverRequest { IsBinding: true }));
        Assert.Equal(asks ? NodeRole.TakingOver : NodeRole.Following, late.Role);
    }

    [Fact]
    public void A_node_of_another_partition_rule_is_told_so_and_does_not_try_again()
    {
        var node = new NodeCore(Options(5, "other") with { Partition = PartitionRule.Majority });
        node.Advance(new(Start));
        node.Join(["10.0.0.1:7000", "10.0.0.9:7000"]);
        node.Settle();
        OutboundCall call = Assert.Single(node.Effects.Calls);
        PeerReply refused = Ask(call.Request);
        Assert.Equal(RefusalReason.OtherRule, Assert.IsType<Refused>(refused).Reason);
        node.Effects.Clear();
        node.Step(call.Id, refused);
        node.Settle();
        Assert.Equal(new JoinFailed("10.0.0.1:7000", ExchangeFailure.OtherRule), Assert.Single(node.Effects.Notices));
        Assert.Empty(node.Effects.Calls);
        Assert.Equal(NodeRole.Gone, node.Role);
    }

    [Fact]
    public void A_node_that_left_while_it_joined_stays_gone()
    {
        var node = new NodeCore(Options(5, "late"));
        node.Advance(new(Start));
        node.Join(["10.0.0.1:7000"]);
        node.Settle();
        CallId call = Assert.Single(node.Effects.Calls).Id;
        node.Leave();
        node.Step(call, _member);
        node.Settle();
        Assert.Equal(NodeRole.Gone, node.Role);
    }

    [Theory]
    [InlineData(true, true)]
    [InlineData(false, true)]
    [InlineData(false, false)]
    public void What_was_sent_before_a_call_to_come_in_that_may_have_been_granted_is_in_doubt_where_just_that_is_counted(bool promises, bool isInDoubt)
    {
        MemberId self = new(2);
        MemberId candidate = new(3);
        var node = new NodeCore(Options(2, "self") with { Partition = PartitionRule.Majority });
        node.Advance(new(Start));
        node.Join(["10.0.0.1:7000"]);
        ComeIn(Snapshot(epoch: 1, sequence: 10, lastOfSelf: 0));
        StreamId stream = Assert.Single(node.Effects.UpstreamChanges).Stream;
        node.UpstreamAnswered(stream, new FollowAccepted(stream));
        Assert.True(node.TrySubmitMessage(self, "hi"u8, out _));
        node.Settle();
        Assert.Contains(node.Effects.Calls, static call => call.Request is Submission { Entries.IsEmpty: false });
        node.UpstreamEnded(stream, StreamEnd.NotAMember);
        node.Settle();
        CallId join = Assert.Single(node.Effects.Calls, static call => call.Request is JoinRequest { Sent: 1, Confirmed: 0 }).Id;

        // It gives its promise instead of waiting for the answer, or hears that the host's reign ended meanwhile; and is let in where #1 of it is
        // counted: by that call, perhaps.
        if (promises)
        {
            PromiseAndBePutOut();
        }
        else
        {
            node.Effects.Clear();
            node.Step(join, new Busy(1_000) { IsInDoubt = isInDoubt });
            node.Settle();
            node.Advance(new(Start + 200_000));
        }
        ComeIn(Snapshot(epoch: 2, sequence: 20, lastOfSelf: 1));

        InDoubt[] doubts = [.. node.Effects.Notices.OfType<InDoubt>()];
        Assert.Equal(isInDoubt ? [new InDoubt(self, 1, 1)] : [], doubts);
        Assert.Equal(isInDoubt ? [] : [1UL], node.Effects.Ordered.Select(static ordered => ordered.Number));

        void PromiseAndBePutOut()
        {
            Position at = new(new Epoch(1), new SequenceNumber(11), new Digest(6));
            node.Step(new CallId(1), new TakeoverRequest(self, 7, candidate, new MemberToken(3, 3), "10.0.0.3:7000", new Epoch(2), true, at));
            node.Settle();
            Assert.IsType<Promised>(Assert.Single(node.Effects.Answers).Reply);
            node.Effects.Clear();
            node.Advance(new(Start + 10_000));
            node.Settle();
            node.UpstreamAnswered(node.Effects.UpstreamChanges[^1].Stream, new Refused(RefusalReason.NotAMember));
        }

        void ComeIn(Snapshot snapshot)
        {
            node.Settle();
            CallId call = node.Effects.Calls.Last(static call => call.Request is JoinRequest).Id;
            node.Effects.Clear();
            node.Step(call, new JoinAccepted(self, snapshot, new(Start), new(Start)));
            node.Settle();
        }

        Snapshot Snapshot(ulong epoch, ulong sequence, ulong lastOfSelf) => new()
        {
            Network = 7,
            Host = new(1),
            Position = new Position(new Epoch(epoch), new SequenceNumber(sequence), new Digest(sequence)),
            Time = new(1),
            Members = [Node(new(1), 0), Node(self, lastOfSelf), Node(candidate, 0)],
            Departed = [],
        };

        static Member Node(MemberId id, ulong last) => new()
        {
            Id = id,
            Kind = MemberKind.Node,
            Token = new MemberToken(id.Value, id.Value),
            Name = $"node-{id}",
            Address = $"10.0.0.{id.Value}:7000",
            Via = MemberId.None,
            JoinedAt = new SequenceNumber(id.Value),
            LastNumber = last,
        };
    }

    private static NodeCoreOptions Options(ulong token, string name) => new()
    {
        Token = new MemberToken(token, token),
        Name = name,
        Address = $"10.0.0.{token}:7000",
        ReorderWindowMicroseconds = 10_000,
    };

    private static byte[] Write(Action<ArrayBufferWriter<byte>> write)
    {
        var output = new ArrayBufferWriter<byte>();
        write(output);
        return output.WrittenSpan.ToArray();
    }

    private byte[] Message(ulong number, long time) =>
        Write(output => EntryWriter.WriteMessage(output, new(time), _member.Member, number, "hi"u8));

    private PeerReply Submit(params byte[][] entries) => Ask(
        new Submission(_member.Member, _token, _host.Self, _host.Position, new(_now), new(_now), entries.SelectMany(static entry => entry).ToArray()));

    /// <summary>Asks, and waits a window for the answer.</summary>
    private PeerReply Ask(PeerRequest request)
    {
        _host.Effects.Clear();
        var call = new CallId(++_calls);
        _host.Step(call, request);
        Pass(20_000);
        Answer answer = Assert.Single(_host.Effects.Answers);
        Assert.Equal(call, answer.Id);
        return answer.Reply;
    }

    private void Pass(long microseconds)
    {
        _now += microseconds;
        _host.Advance(new(_now));
        _host.Settle();
    }

    /// <summary>The numbers of the member's entries in the log, in its order; time does not go back in it.</summary>
    private List<ulong> Ordered()
    {
        var numbers = new List<ulong>();
        Timestamp last = Timestamp.Zero;
        for (SequenceNumber next = _host.Log.Before.Next; next <= _host.Log.Last; next = next.Next)
        {
            var entry = new Entry(_host.Log.Read(next, next, 1).Memory.Span);
            Assert.True(entry.Time >= last);
            last = entry.Time;
            if (entry.Author == _member.Member)
            {
                numbers.Add(entry.Number);
            }
        }
        return numbers;
    }
}
