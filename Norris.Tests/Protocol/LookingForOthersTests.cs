using Norris.Protocol;
using Norris.Protocol.Membership;
using Norris.Protocol.Messages;
using Norris.Protocol.Ordering;

namespace Norris.Tests.Protocol;

/// <summary>
/// A member that was told by a stranger that it is no member, and looks for a way back: with whom it goes on when nobody has a host.
/// </summary>
public sealed class LookingForOthersTests
{
    private const long Start = 1_000_000_000;

    private static readonly MemberId Host = new(1);
    private static readonly MemberId Self = new(2);
    private static readonly MemberId Other = new(3);
    private static readonly MemberId Later = new(4);

    private NodeCore _node = null!;
    private long _now = Start;

    public LookingForOthersTests() => BeginLooking(PartitionRule.Continue);

    private void BeginLooking(PartitionRule rule, ulong epoch = 1)
    {
        _node = new NodeCore(new NodeCoreOptions { Token = SomeNode.TokenOf(Self), Name = "n2", Address = SomeNode.AddressOf(Self), Partition = rule });
        Pass(0);
        _node.Join([SomeNode.AddressOf(Host)]);
        _node.Settle();
        var snapshot = new Snapshot
        {
            Network = 7,
            Host = Host,
            Position = At(10, epoch),
            Time = new(1),
            Members = [SomeNode.Of(Host), SomeNode.Of(Self), SomeNode.Of(Other)],
            Departed = [],
        };
        _node.Step(Assert.Single(_node.Effects.Calls).Id, new JoinAccepted(Self, snapshot, new(Start), new(Start)));
        _node.Settle();
        _node.UpstreamAnswered(Assert.Single(_node.Effects.UpstreamChanges).Stream, new Refused(RefusalReason.NotAMember));
        _node.Settle();
        Assert.Equal(NodeRole.Joining, _node.Role);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Whom_it_knows_gets_its_promise_whether_that_one_looks_as_well_or_stands(bool isReturning)
    {
        Assert.Equal(At(10), Assert.IsType<Promised>(Ask(Takeover(Other, isReturning))).Position);
        Assert.Equal(NodeRole.Joining, _node.Role);
        Assert.IsType<Promised>(Ask(Takeover(Other, isReturning) with { IsBinding = true }));
        Assert.Equal(NodeRole.Following, _node.Role);
    }

    [Fact]
    public void A_stranger_that_misses_its_host_does_not_get_it()
    {
        Assert.Equal(new Refused(RefusalReason.NotIn), Ask(Takeover(Later, isReturning: false) with { Position = At(12) }));
        Assert.Equal(NodeRole.Joining, _node.Role);
    }

    [Theory]
    [InlineData(12, true)]
    [InlineData(10, false)]
    public void One_that_it_does_not_know_yet_gets_its_promise_when_it_is_further(ulong at, bool promises)
    {
        PeerReply reply = Ask(Takeover(Later, isReturning: true) with { Position = At(at) });
        Assert.Equal(promises, reply is Promised);
        Assert.Equal(promises, reply != new Refused(RefusalReason.NotIn));
    }

    [Fact]
    public void When_it_is_the_one_to_begin_it_asks_those_that_it_knows_first()
    {
        OutboundCall asked = LookInVain();
        Assert.Equal(NodeRole.TakingOver, _node.Role);
        _node.Effects.Clear();
        _node.Step(asked.Id, new Promised(At(10), new Epoch(1), default));
        Pass(1_000);
        OutboundCall binding = Assert.Single(_node.Effects.Calls, static call => call.Request is TakeoverRequest { IsBinding: true, IsReturning: true });
        _node.Step(binding.Id, new Promised(At(10), new Epoch(2), default));
        Pass(1_000);

        Assert.Equal(NodeRole.Hosting, _node.Role);
        Assert.NotNull(_node.View.Find(Other));
        Assert.Null(_node.View.Find(Host));
    }

    [Fact]
    public void It_goes_on_alone_when_they_are_gone()
    {
        OutboundCall asked = LookInVain();
        _node.Failed(asked.Id, ExchangeFailure.ConnectionRefused);
        Pass(1_000);
        Assert.Equal(NodeRole.Hosting, _node.Role);
        Assert.Equal(1, _node.View.NodeCount);
    }

    [Theory]
    [InlineData(9, true)]
    [InlineData(10, false)]
    public void With_the_majority_rule_it_stands_itself_when_a_candidate_cannot_take_what_it_has(ulong at, bool stands)
    {
        BeginLooking(PartitionRule.Majority);
        PeerReply reply = Ask(Takeover(Other, isReturning: true) with { Position = At(at) });
        Assert.Equal(stands, reply == new Refused(RefusalReason.Trimmed));
        Assert.Equal(stands ? NodeRole.TakingOver : NodeRole.Joining, _node.Role);
    }

    [Theory]
    [InlineData(9, true, true, true)]
    [InlineData(9, true, false, false)]
    [InlineData(9, false, true, false)]
    [InlineData(10, true, true, false)]
    public void Who_has_looked_for_long_goes_before_one_that_looks_as_well_and_lacks_what_its_log_does_not_go_back_to(
        ulong at, bool isReturning, bool hasLookedForLong, bool stands)
    {
        LookOn(hasLookedForLong ? 3_000_000 : 1_000_000);
        PeerReply reply = Ask(Takeover(Other, isReturning) with { Position = At(at) });
        Assert.Equal(at < 10, reply == new Refused(RefusalReason.Trimmed));
        Assert.Equal(stands, _node.Role == NodeRole.TakingOver);
    }

    [Fact]
    public void A_host_that_looks_for_others_here_is_where_it_goes_next_however_long_its_pause_is()
    {
        LookOn(1_500_000);
        Assert.Empty(_node.Effects.Calls);

        PeerReply reply = Ask(new MeetRequest(Later, SomeNode.AddressOf(Later), default, Network: 7, SentAt: default));

        Assert.IsType<Busy>(reply);
        Assert.Equal(SomeNode.AddressOf(Later), Assert.Single(_node.Effects.Calls, static call => call.Request is JoinRequest).Address);
        Assert.Equal(NodeRole.Joining, _node.Role);
    }

    [Theory]
    [InlineData(PartitionRule.Continue, true)]
    [InlineData(PartitionRule.Majority, false)]
    internal void A_host_that_it_cannot_join_is_waited_for_only_with_the_majority_rule(PartitionRule rule, bool goesOn)
    {
        BeginLooking(rule);
        for (int i = 0; i < 10 && _node.Role == NodeRole.Joining; i++)
        {
            _node.Step(new CallId((ulong)i + 1), new MeetRequest(Later, SomeNode.AddressOf(Later), default, Network: 7, SentAt: default));
            for (int k = 0; k < 5; k++)
            {
                _node.Settle();
                OutboundCall[] calls = [.. _node.Effects.Calls];
                _node.Effects.Clear();
                foreach (OutboundCall call in calls)
                {
                    _node.Failed(call.Id, ExchangeFailure.ConnectionRefused);
                }
                Pass(100_000);
            }
        }
        Assert.Equal(goesOn, _node.Role != NodeRole.Joining);
    }

    [Theory]
    [InlineData(1, true)]
    [InlineData(2, false)]
    public void One_from_before_its_log_is_behind_or_on_another_side(ulong epoch, bool isBehind)
    {
        PeerReply reply = Ask(Takeover(Other, isReturning: true) with { Position = At(5, epoch) });
        Assert.Equal(new Refused(isBehind ? RefusalReason.Trimmed : RefusalReason.Diverged), reply);
    }

    [Fact]
    public void A_stranger_on_another_side_is_told_so()
    {
        Assert.Equal(new Refused(RefusalReason.OtherSide), Ask(Takeover(Later, isReturning: true) with { Position = At(5, epoch: 2) }));
    }

    [Fact]
    public void One_whose_machine_was_suspended_looks_on_when_it_wakes()
    {
        Pass(150_000_000);
        Assert.NotEqual(NodeRole.Hosting, _node.Role);
        Assert.DoesNotContain(_node.Effects.Notices, static notice => notice is GoesOnAlone);
    }

    [Fact]
    public void Whatever_others_say_it_goes_on_alone_in_the_end()
    {
        // The other one would have to be waited for, and never gets anywhere.
        long from = _now;
        while (_node.Role != NodeRole.Hosting)
        {
            Assert.True(_now - from < (HostAbsence.TimeoutsMax + 1) * new NodeCoreOptions { Token = default, Name = "", Address = "" }.TimeoutMicroseconds);
            OutboundCall[] calls = [.. _node.Effects.Calls];
            _node.Effects.Clear();
            foreach (OutboundCall call in calls)
            {
                _node.Step(call.Id, call.Request is TakeoverRequest ? new PromisedElsewhere(new Epoch(1), Host) : new Busy(100_000));
            }
            Pass(20_000);
        }
        Assert.Single(_node.Effects.Notices, static notice => notice is GoesOnAlone);
        Assert.Equal(1, _node.View.NodeCount);
    }

    [Theory]
    [InlineData(1, false)]
    [InlineData(2, true)]
    public void With_the_majority_rule_who_said_more_in_an_earlier_epoch_is_not_further(ulong epoch, bool promises)
    {
        BeginLooking(PartitionRule.Majority, epoch: 2);
        PeerReply reply = Ask(Takeover(Other, isReturning: false) with { Position = At(12, epoch) });
        Assert.Equal(promises, reply is Promised);
        Assert.Equal(promises, reply != new Refused(RefusalReason.Diverged));
    }

    /// <summary>Looks for the others, who say that somebody may be host soon: it does not begin by itself.</summary>
    private void LookOn(long microseconds)
    {
        for (long end = _now + microseconds; _now < end;)
        {
            foreach (OutboundCall call in _node.Effects.Calls.ToArray())
            {
                _node.Step(call.Id, new Busy(100_000));
            }
            _node.Effects.Clear();
            Pass(100_000);
            Assert.Equal(NodeRole.Joining, _node.Role);
        }
    }

    /// <summary>Looks for the others until it stands; the host's machine is dead, and the other one is only joining. What it then asks that one.</summary>
    private OutboundCall LookInVain()
    {
        for (int i = 0; i < 100; i++)
        {
            Pass(100_000);
            OutboundCall[] calls = [.. _node.Effects.Calls];
            _node.Effects.Clear();
            foreach (OutboundCall call in calls)
            {
                if (call.Request is TakeoverRequest { IsBinding: false, IsReturning: true } && call.Address == SomeNode.AddressOf(Other))
                {
                    return call;
                }
                if (call.Address == SomeNode.AddressOf(Other))
                {
                    _node.Step(call.Id, new AlsoJoining(JoiningRank.Of(SomeNode.TokenOf(Other), At(9))));
                }
                else
                {
                    _node.Failed(call.Id, ExchangeFailure.ConnectionRefused);
                }
            }
        }
        throw new InvalidOperationException("it never stood");
    }

    private static TakeoverRequest Takeover(MemberId candidate, bool isReturning) =>
        new(Self, 7, candidate, SomeNode.TokenOf(candidate), SomeNode.AddressOf(candidate), new Epoch(2), IsBinding: false, At(10)) { IsReturning = isReturning };

    private static Position At(ulong sequence, ulong epoch = 1) => new(new Epoch(epoch), new SequenceNumber(sequence), new Digest(sequence));

    private PeerReply Ask(PeerRequest request)
    {
        _node.Effects.Clear();
        _node.Step(new CallId(1), request);
        _node.Settle();
        return Assert.Single(_node.Effects.Answers).Reply;
    }

    private void Pass(long microseconds)
    {
        _now += microseconds;
        _node.Advance(new(_now));
        _node.Settle();
    }
}
