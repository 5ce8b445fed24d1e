using Norris.Protocol;
using Norris.Protocol.Membership;
using Norris.Protocol.Messages;
using Norris.Protocol.Ordering;

namespace Norris.Tests.Protocol.Ordering;

/// <summary>A host looks whether newcomers are where they say, before it lets them in.</summary>
public sealed class ReachProbesTests
{
    private const string Newcomer = "10.0.0.9:7000";
    private static readonly MemberToken Token = new(9, 9);

    private readonly NodeCore _host = new(new NodeCoreOptions
    {
        Token = new MemberToken(1, 1),
        Name = "host",
        Address = "10.0.0.1:7000",
        ReorderWindowMicroseconds = 0,
        ReachPatienceMicroseconds = 1_000_000,
    });

    private Timestamp _now = new(1_000_000);

    public ReachProbesTests()
    {
        _host.Advance(_now);
        _host.Found();
        Pass(0);
        Join();
    }

    [Fact]
    public void The_newcomer_is_asked_for_what_only_it_has_and_nothing_secret()
    {
        OutboundCall call = Asked();
        Assert.Equal(Newcomer, call.Address);
        Assert.Equal(JoiningRank.Of(Token, Position.Start).Draw, Assert.IsType<ReachRequest>(call.Request).Draw);
        Assert.Equal(1, _host.View.NodeCount);
    }

    [Fact]
    public void One_that_answers_comes_in_as_one_that_can_be_host()
    {
        _host.Step(Asked().Id, new Reached());
        Pass(0);
        Assert.True(In().IsReachable);
    }

    [Theory]
    [InlineData(RefusalReason.AnotherProcess)]
    [InlineData(RefusalReason.Malformed)]
    internal void Where_another_process_answers_it_comes_in_as_one_that_cannot(RefusalReason reason)
    {
        _host.Step(Asked().Id, new Refused(reason));
        Pass(0);
        Assert.False(In().IsReachable);
    }

    [Fact]
    public void Where_nobody_listens_it_comes_in_at_once()
    {
        _host.Failed(Asked().Id, ExchangeFailure.ConnectionRefused);
        Pass(0);
        Assert.False(In().IsReachable);
    }

    [Theory]
    [InlineData(ExchangeFailure.TimedOut)]
    [InlineData(ExchangeFailure.Unreachable)]
    [InlineData(ExchangeFailure.Reset)]
    internal void What_may_have_been_lost_is_asked_again(ExchangeFailure failure)
    {
        _host.Failed(Asked().Id, failure);
        Pass(0);
        Assert.Equal(1, _host.View.NodeCount);
        Pass(100_000);
        _host.Step(Asked().Id, new Reached());
        Pass(0);
        Assert.True(In().IsReachable);
    }

    [Fact]
    public void A_silent_one_is_waited_for_no_longer_than_the_patience_lasts_and_is_told_to_wait_only_once()
    {
        Join();
        Assert.DoesNotContain(_host.Effects.Calls, static call => call.Request is ReachRequest);
        Pass(999_999);
        Assert.Equal(1, _host.View.NodeCount);
        Assert.True(_host.NextDeadline <= _now.Plus(1));
        Pass(1);
        Assert.False(In().IsReachable);
    }

    [Fact]
    public void A_node_says_that_it_is_the_one_only_when_it_is()
    {
        _host.Effects.Clear();
        _host.Step(new CallId(90), new ReachRequest(JoiningRank.Of(new MemberToken(1, 1), Position.Start).Draw));
        _host.Step(new CallId(91), new ReachRequest(7));
        Assert.Equal([new Reached(), new Refused(RefusalReason.AnotherProcess)], _host.Effects.Answers.Select(static answer => answer.Reply));
    }

    private void Join()
    {
        _host.Effects.Clear();
        _host.Step(new CallId(1), new JoinRequest(Token, "newcomer", Newcomer));
        _host.Settle();
    }

    private OutboundCall Asked() => Assert.Single(_host.Effects.Calls, static call => call.Request is ReachRequest);

    private Member In() => Assert.Single(_host.View.BySeniority, static member => member.Name == "newcomer");

    private void Pass(long microseconds)
    {
        _host.Effects.Clear();
        _now = _now.Plus(microseconds);
        _host.Advance(_now);
        _host.Settle();
    }
}
