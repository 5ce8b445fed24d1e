using System.Net;
using Microsoft.Extensions.Time.Testing;
using Norris.Http;

namespace Norris.Tests.Http;

/// <summary>What an address counts as, and how much it may.</summary>
public sealed class AddressTests
{
    [Theory]
    [InlineData("10.0.0.2", "10.0.0.1", "10.0.0.2")]
    [InlineData("::ffff:10.0.0.2", "::ffff:10.0.0.1", "10.0.0.2")]
    [InlineData("2001:db8:1:2:3:4:5:6", "2001:db8::1", "2001:db8:1:2::")]
    [InlineData("127.0.0.1", "127.0.0.1", null)]
    [InlineData("::1", "::1", null)]
    [InlineData("10.0.0.1", "10.0.0.1", null)]
    public void Another_machine_counts_by_its_address_and_in_IPv6_by_its_network(string from, string to, string? key) =>
        Assert.Equal(key is null ? null : IPAddress.Parse(key), AddressKey.OfOther(new IPEndPoint(IPAddress.Parse(from), 1), new IPEndPoint(IPAddress.Parse(to), 2)));

    [Fact]
    public void So_many_at_once_and_so_many_a_second_after_that()
    {
        var clock = new FakeTimeProvider();
        clock.Advance(TimeSpan.FromSeconds(1));
        var budget = new AddressBudget(atOnceMax: 3, perSecond: 2, clock);
        IPAddress address = IPAddress.Parse("10.0.0.2");

        Assert.Equal([true, true, true, false], Enumerable.Range(0, 4).Select(_ => budget.TryTake(address)));
        clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal([true, true, false], Enumerable.Range(0, 3).Select(_ => budget.TryTake(address)));
        clock.Advance(TimeSpan.FromHours(1));
        Assert.Equal([true, true, true, false], Enumerable.Range(0, 4).Select(_ => budget.TryTake(address)));
    }

    [Fact]
    public void What_is_over_counts_no_more()
    {
        var counts = new AddressCounts();
        IPAddress address = IPAddress.Parse("10.0.0.2");
        Assert.Equal([true, true, false], Enumerable.Range(0, 3).Select(_ => counts.TryAdd(address, 2)));
        Assert.True(counts.TryAdd(IPAddress.Parse("10.0.0.3"), 2));
        counts.Remove(address);
        Assert.True(counts.TryAdd(address, 2));
        Assert.False(counts.TryAdd(address, 2));
    }

    [Theory]
    [InlineData(16 * 1024, 1024)]
    [InlineData(768, 192)]
    [InlineData(1, 1)]
    public void Where_few_connections_may_be_open_one_address_gets_a_quarter(int connectionsMax, int perAddress) =>
        Assert.Equal(perAddress, HttpLimits.Within(connectionsMax).ConnectionsPerAddressMax);
}
