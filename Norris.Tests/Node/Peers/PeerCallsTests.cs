using System.Net;
using Microsoft.Extensions.Time.Testing;
using Norris.Node;
using Norris.Node.Peers;
using Norris.Protocol;
using Norris.Protocol.Membership;
using Norris.Protocol.Messages;
using Norris.Tests.Http;
using Norris.Transport;

namespace Norris.Tests.Node.Peers;

public sealed class PeerCallsTests
{
    private static readonly LeaveRequest Request = new(new MemberId(1), new MemberToken(2, 3));

    [Fact]
    public async Task A_connection_is_used_again_while_it_is_needed_and_closed_when_nobody_has_for_a_while()
    {
        var asked = new List<(int Port, CancellationToken Closed)>();
        await using LoopbackServer server = new(async exchange =>
        {
            asked.Add((((IPEndPoint)exchange.RemoteEndPoint!).Port, exchange.Aborted));
            await exchange.RespondAsync(204);
        });
        var clock = new FakeTimeProvider();
        await using PeerCalls calls = new(
            new PeerAddresses(Resolver.OfThisMachine), new Dialer(ConnectionLimits.Default, TimeProvider.System),
            new NodeSettings(new NodeCoreOptions { Token = Request.Token, Name = "n", Address = "127.0.0.1:1" }, []), clock);
        async Task AskAsync() => Assert.IsType<LeaveAccepted>((await calls.SendAsync(server.EndPoint.ToString()!, Request)).Reply);

        await AskAsync();
        await AskAsync();
        clock.Advance(TimeSpan.FromSeconds(4));
        calls.CloseIdle();
        await AskAsync();
        Assert.Single(asked.Select(static each => each.Port).Distinct());

        clock.Advance(TimeSpan.FromSeconds(6));
        calls.CloseIdle();
        await asked[^1].Closed.WhenCancelledAsync();
        await AskAsync();
        Assert.Equal(2, asked.Select(static each => each.Port).Distinct().Count());
    }
}
