using Norris.Protocol;
using Norris.Protocol.Membership;
using Norris.Protocol.Messages;
using Norris.Protocol.Ordering;

namespace Norris.Tests.Protocol.Membership;

/// <summary>A host that is alone, and is told of somebody who may have a host as well.</summary>
public sealed class MeetingsTests
{
    private const string Found = "10.0.0.9:7000";

    private NodeCore _host = null!;
    private long _now = 1_000_000_000;

    public MeetingsTests() => Begin(PartitionRule.Continue);

    [Theory]
    [InlineData(0)]
    [InlineData(600_000)]
    [InlineData(3_000_000)]
    public void It_goes_where_it_is_told_to_however_late_the_answer_comes(long lateMicroseconds)
    {
        OutboundCall asked = Find();
        while (lateMicroseconds > 0)
        {
            Pass(100_000);
            lateMicroseconds -= 100_000;
        }
        _host.Step(asked.Id, new Met(Meeting.JoinMe, new MemberId(9), Found));
        _host.Settle();

        Assert.Equal(NodeRole.Joining, _host.Role);
        Assert.Equal(Found, Assert.Single(_host.Effects.Calls, static call => call.Request is JoinRequest).Address);
    }

    [Fact]
    public void Whom_it_asked_in_vain_it_asks_again_only_when_it_is_told_of_it_again()
    {
        OutboundCall asked = Find();
        _host.Failed(asked.Id, ExchangeFailure.TimedOut);
        _host.Effects.Clear();
        for (int i = 0; i < 50; i++)
        {
            Pass(100_000);
        }
        Assert.DoesNotContain(_host.Effects.Calls, static call => call.Request is MeetRequest);
        Find();
    }

    [Theory]
    [InlineData(PartitionRule.Continue)]
    [InlineData(PartitionRule.Majority)]
    internal void One_of_another_network_that_weighs_more_and_cannot_be_reached_is_to_join_it(PartitionRule rule)
    {
        Begin(rule);
        var other = new MemberId(9);
        Meeting answer = Meeting.Later;
        int asked = 0;
        for (; answer == Meeting.Later && asked < 20; asked++)
        {
            _host.Step(new CallId((ulong)asked + 1), new MeetRequest(other, Found, new SideWeight(1, new Epoch(5), other), Network: 77, _host.NetworkNow));
            _host.Settle();
            answer = Assert.IsType<Met>(Assert.Single(_host.Effects.Answers).Reply).Meeting;
            foreach (OutboundCall call in _host.Effects.Calls.ToArray())
            {
                Assert.Equal(Found, call.Address);
                _host.Failed(call.Id, ExchangeFailure.ConnectionRefused);
            }
            _host.Effects.Clear();
            for (int i = 0; i < 10; i++)
            {
                Pass(50_000);
            }
            Assert.DoesNotContain(_host.Effects.Calls, static call => call.Request is JoinRequest);
        }
        Assert.Equal(Meeting.JoinMe, answer);
        Assert.InRange(asked, 10, 14);
        Assert.Equal(NodeRole.Hosting, _host.Role);
    }

    private void Begin(PartitionRule rule)
    {
        _host = new NodeCore(new NodeCoreOptions { Token = new MemberToken(1, 1), Name = "n1", Address = "10.0.0.1:7000", Partition = rule });
        Pass(0);
        _host.Found();
        _host.Settle();
        _host.Effects.Clear();
    }

    private OutboundCall Find()
    {
        _host.FoundAt(Found);
        _host.Settle();
        OutboundCall asked = Assert.Single(_host.Effects.Calls, static call => call.Request is MeetRequest);
        Assert.Equal(Found, asked.Address);
        _host.Effects.Clear();
        return asked;
    }

    private void Pass(long microseconds)
    {
        _now += microseconds;
        _host.Advance(new Timestamp(_now));
        if (_host.Role != NodeRole.Idle)
        {
            _host.Settle();
        }
    }
}
