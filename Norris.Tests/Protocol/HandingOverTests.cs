using Norris.Protocol;
using Norris.Protocol.Membership;
using Norris.Protocol.Messages;
using Norris.Protocol.Ordering;

namespace Norris.Tests.Protocol;

/// <summary>A host of three that leaves, and what the two others, or strangers, say to it meanwhile.</summary>
public sealed class HandingOverTests
{
    private const long Start = 1_000_000_000;

    private readonly NodeCore _host = new(new NodeCoreOptions
    {
        Token = new MemberToken(1, 1),
        Name = "host",
        Address = "10.0.0.1:7000",
        ReorderWindowMicroseconds = 0,
    });

    private readonly MemberId _next;
    private long _now = Start;
    private ulong _calls;

    public HandingOverTests()
    {
        Pass(0);
        _host.Found();
        _host.Settle();
        JoinAccepted next = Assert.IsType<JoinAccepted>(Ask(new JoinRequest(TokenOf(2), "next", "10.0.0.2:7000")));
        _next = next.Member;
        Follow(next.Snapshot.Position);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(PeerRequest.HopsMax)]
    public void The_successor_may_count_on_others_to_pass_its_word_on(int hops)
    {
        // Some way to the host was broken a moment ago; it does not know that this is the host again.
        _host.Leave();
        Pass(1_000);
        Assert.Equal(NodeRole.HandingOver, _host.Role);
        Assert.Equal(_host.Self, _host.View.Host);

        PeerReply reply = Ask(new Submission(_next, TokenOf(2), _host.Self, _host.Position, new(_now), default, default) { Hops = hops });

        Assert.IsType<SubmissionAccepted>(reply);
        Assert.Equal(_next, _host.View.Host);
    }

    [Fact]
    public void A_host_that_waits_to_leave_and_was_promised_past_stands_anew()
    {
        // The only other node promised epoch 2 to somebody who is gone: it takes nothing of epoch 1, and never has what is to be ordered first.
        _host.Effects.Clear();
        JoinAccepted third = Assert.IsType<JoinAccepted>(Ask(new JoinRequest(TokenOf(3), "third", "10.0.0.3:7000"), heard: true));
        _host.Step(new CallId(++_calls), new LeaveRequest(_next, TokenOf(2)));
        Pass(1_000);
        Assert.Equal(2, _host.View.NodeCount);
        _host.Leave();
        Pass(1_000);

        Assert.IsType<Busy>(_host.Follow(new FollowRequest(third.Member, TokenOf(3), _host.View.Network, third.Snapshot.Position, new Epoch(2))));
        Assert.Equal(NodeRole.TakingOver, _host.Role);
        _host.Effects.Clear();
        Pass(1_000);
        OutboundCall asked = Assert.Single(_host.Effects.Calls, static call => call.Request is TakeoverRequest);
        Assert.Equal(new Epoch(3), ((TakeoverRequest)asked.Request).Epoch);

        // Once it reigns, it leaves after all.
        Answer(asked.Id, third.Snapshot.Position);
        Answer(Assert.Single(_host.Effects.Calls, static call => call.Request is TakeoverRequest { IsBinding: true }).Id, third.Snapshot.Position);
        Assert.Equal(new Epoch(3), _host.View.Epoch);
        Assert.Equal(NodeRole.HandingOver, _host.Role);
    }

    [Fact]
    public void A_node_of_another_network_is_told_so_and_not_sent_to_the_next_host()
    {
        _host.Leave();
        Pass(1_000);
        Ask(new Submission(_next, TokenOf(2), _host.Self, _host.Position, new(_now), default, default));
        Assert.Equal(_next, _host.View.Host);

        var stray = new FollowRequest(new MemberId(77), TokenOf(7), _host.View.Network + 1, _host.Position, default);
        Assert.Equal(new Refused(RefusalReason.OtherNetwork), _host.Follow(stray));
        Assert.Equal(new Redirected("10.0.0.2:7000"), _host.Follow(stray with { Network = _host.View.Network }));
    }

    private static MemberToken TokenOf(ulong value) => new(value, value);

    private void Follow(Position from)
    {
        StreamId stream = Assert.IsType<FollowAccepted>(_host.Follow(new FollowRequest(_next, TokenOf(2), _host.View.Network, from, default))).Stream;
        Assert.True(_host.TryTakeBatch(stream, 1 << 20, out _));
    }

    private void Answer(CallId call, Position at)
    {
        _host.Effects.Clear();
        _host.Step(call, new Promised(at, new Epoch(2), default));
        Pass(1_000);
    }

    /// <summary>Asks, and waits a little for the answer; the first member may say meanwhile that it has everything.</summary>
    private PeerReply Ask(PeerRequest request, bool heard = false)
    {
        _host.Effects.Clear();
        var call = new CallId(++_calls);
        _host.Step(call, request);
        Pass(1_000);
        if (heard)
        {
            _host.Step(new CallId(++_calls), new Submission(_next, TokenOf(2), _host.Self, _host.Position, new(_now), default, default));
            Pass(1_000);
        }
        return Assert.Single(_host.Effects.Answers, answer => answer.Id == call).Reply;
    }

    private void Pass(long microseconds)
    {
        _now += microseconds;
        _host.Advance(new(_now));
        _host.Settle();
    }
}
