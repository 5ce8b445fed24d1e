using System.Net;
using Norris.Transport;

namespace Norris.Tests.Transport;

public sealed class DialerTests
{
    private static readonly Dialer _dialer = new(ConnectionLimits.Default, TimeProvider.System);

    [Fact]
    public async Task Says_that_nobody_listens()
    {
        IPEndPoint nobody;
        using (Listener listener = Listener.Bind(new IPEndPoint(IPAddress.Loopback, 0), ConnectionLimits.Default, TimeProvider.System))
        {
            nobody = listener.LocalEndPoint;
        }

        Assert.Equal(DialOutcome.Refused, (await _dialer.DialAsync(nobody, TimeSpan.FromMinutes(1))).Outcome);
    }

    [Fact]
    public async Task Tries_every_address_of_a_name()
    {
        using Listener listener = Listener.Bind(new IPEndPoint(IPAddress.Loopback, 0), ConnectionLimits.Default, TimeProvider.System);
        DialResult dialled = await _dialer.DialAsync(new DnsEndPoint("localhost", listener.LocalEndPoint.Port), TimeSpan.FromMinutes(1));
        Assert.Equal(DialOutcome.Connected, dialled.Outcome);
        await dialled.Connection!.DisposeAsync();
    }

    [Fact]
    public async Task Gives_up_when_cancelled()
    {
        using Listener listener = Listener.Bind(new IPEndPoint(IPAddress.Loopback, 0), ConnectionLimits.Default, TimeProvider.System);
        DialResult dialled = await _dialer.DialAsync(listener.LocalEndPoint, TimeSpan.FromMinutes(1), new CancellationToken(canceled: true));
        Assert.Equal((DialOutcome.Canceled, null), (dialled.Outcome, dialled.Connection));
    }

    [Fact]
    public async Task Has_no_time_left_at_once()
    {
        using Listener listener = Listener.Bind(new IPEndPoint(IPAddress.Loopback, 0), ConnectionLimits.Default, TimeProvider.System);
        Assert.Equal(DialOutcome.TimedOut, (await _dialer.DialAsync(listener.LocalEndPoint, TimeSpan.Zero)).Outcome);
    }

    [Theory]
    [InlineData("not a name")]
    [InlineData("..")]
    public async Task Says_that_a_name_is_unknown(string name) =>
        Assert.Equal(DialOutcome.NameUnknown, (await _dialer.DialAsync(new DnsEndPoint(name, 80), TimeSpan.FromMinutes(1))).Outcome);
}
