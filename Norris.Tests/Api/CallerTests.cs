using System.Net;
using Norris.Api;
using Norris.Protocol.Membership;

namespace Norris.Tests.Api;

/// <summary>Who is on the node's own machine, by the two ends of its connection.</summary>
public sealed class CallerTests
{
    [Theory]
    [InlineData("127.0.0.1", "127.0.0.1", true)]
    [InlineData("127.9.9.9", "127.0.0.1", true)]
    [InlineData("::1", "::1", true)]
    [InlineData("::ffff:127.0.0.1", "::ffff:127.0.0.1", true)]
    [InlineData("10.0.0.1", "10.0.0.1", true)]
    [InlineData("::ffff:10.0.0.1", "10.0.0.1", true)]
    [InlineData("fd00::1", "fd00::1", true)]
    [InlineData("10.0.0.2", "10.0.0.1", false)]
    [InlineData("::ffff:10.0.0.2", "::ffff:10.0.0.1", false)]
    [InlineData("fd00::2", "fd00::1", false)]
    [InlineData("10.0.0.2", "127.0.0.1", false)]
    public void A_connection_from_the_machine_itself_is_known_by_its_ends(string from, string to, bool isOwn) =>
        Assert.Equal(isOwn, Caller.IsOwnMachine(new IPEndPoint(IPAddress.Parse(from), 40_000), new IPEndPoint(IPAddress.Parse(to), 7000)));

    [Fact]
    public void A_stranger_is_nobody_until_it_has_a_token()
    {
        Assert.False(new Caller(false, MemberToken.None).IsSomebody);
        Assert.True(new Caller(false, new MemberToken(1, 2)).IsSomebody);
        Assert.True(new Caller(true, MemberToken.None).IsSomebody);
    }
}
