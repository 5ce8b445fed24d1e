using Norris.Protocol;
using Norris.Protocol.Membership;
using Norris.Protocol.Messages;
using Norris.Protocol.Ordering;

namespace Norris.Tests.Protocol.Membership;

/// <summary>A host that is alone, and is told of somebody who may have a host as well.</summary>
public sealed class MeetingsTests
{
    private const string Found = "10.0.0.9:7000";

    private readonly NodeCore _host = new(new NodeCoreOptions
    {
        Token = new MemberToken(1, 1),
        Name = "n1",
        Address = "10.0.0.1:7000",
    });

    private long _now = 1_000_000_000;

    public MeetingsTests()
    {
        Pass(0);
        _host.Found();
        _host.Settle();
        _host.Effects.Clear();
    }

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
