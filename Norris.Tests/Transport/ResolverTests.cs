using System.Net;
using System.Net.Sockets;
using Norris.Transport;

namespace Norris.Tests.Transport;

public sealed class ResolverTests
{
    private const string Hosts = """
        # comment
        127.0.0.1	localhost
        10.0.0.5   chat.example.org  chat # the machine
        10.0.0.6   CHAT.example.org
        ::5        six
        10.0.0.5   chat
        nonsense   broken
        10.0.0.7   # nobody
        """;

    [Theory]
    [InlineData("127.0.0.1", "127.0.0.1")]
    [InlineData("::1", "::1")]
    [InlineData("[::1]", "::1")]
    [InlineData("localhost", "127.0.0.1 ::1")]
    [InlineData("LocalHost.", "127.0.0.1 ::1")]
    [InlineData("a.localhost", "127.0.0.1 ::1")]
    [InlineData("chat", "10.0.0.5")]
    [InlineData("chat.example.org", "10.0.0.5 10.0.0.6")]
    [InlineData("chat.example.org.", "10.0.0.5 10.0.0.6")]
    [InlineData("six", "::5")]
    [InlineData("elsewhere.example", "192.0.2.9")]
    public async Task A_host_has_its_addresses(string host, string expected)
    {
        var resolver = new Resolver(() => Hosts, () => true, (name, _) =>
            name == "elsewhere.example" ? Task.FromResult<IPAddress[]>([IPAddress.Parse("192.0.2.9")]) : throw new InvalidOperationException(name));

        Resolution resolution = await resolver.ResolveAsync(host, CancellationToken.None);

        Assert.Null(resolution.Failure);
        Assert.Equal(expected, string.Join(' ', resolution.Addresses));
    }

    [Theory]
    [InlineData(SocketError.TryAgain, false, "there is no /etc/resolv.conf here; use an IP address, or add the name to /etc/hosts")]
    [InlineData(SocketError.HostNotFound, false, "there is no /etc/resolv.conf here; use an IP address, or add the name to /etc/hosts")]
    [InlineData(SocketError.HostNotFound, true, "neither /etc/hosts nor the DNS servers know it")]
    [InlineData(SocketError.NoData, true, "it is known, but has no address")]
    [InlineData(SocketError.TryAgain, true, "the DNS servers in /etc/resolv.conf do not answer; try again later, or use an IP address")]
    [InlineData(SocketError.NoRecovery, true, "the system's resolver failed: NoRecovery; use an IP address, or add the name to /etc/hosts")]
    public async Task A_failure_is_one_line_that_says_what_to_do(SocketError error, bool hasServers, string why)
    {
        var resolver = new Resolver(() => null, () => hasServers, (_, _) => Task.FromException<IPAddress[]>(new SocketException((int)error)));

        Resolution resolution = await resolver.ResolveAsync("nosuch", CancellationToken.None);

        Assert.Empty(resolution.Addresses);
        Assert.Equal($"the name \"nosuch\" does not resolve ({why})", resolution.Failure);
    }

    [Fact]
    public async Task A_broken_line_of_the_hosts_file_names_nobody()
    {
        var resolver = new Resolver(() => Hosts, () => true, (_, _) => Task.FromResult<IPAddress[]>([]));

        Assert.Equal("the name \"broken\" does not resolve (it has no address)", (await resolver.ResolveAsync("broken", CancellationToken.None)).Failure);
    }

    [Fact]
    public async Task An_answer_that_does_not_come_is_waited_for_only_so_long()
    {
        using var cancellation = new CancellationTokenSource();
        var never = new TaskCompletionSource<IPAddress[]>();
        var resolver = new Resolver(() => null, () => true, (_, _) => never.Task);

        ValueTask<Resolution> pending = resolver.ResolveAsync("slow", cancellation.Token);
        Assert.False(pending.IsCompleted);
        await cancellation.CancelAsync();

        Assert.StartsWith("the name \"slow\" does not resolve (no answer came in time", (await pending).Failure, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData(".")]
    public async Task An_empty_name_does_not_resolve(string host) =>
        Assert.NotNull((await new Resolver(() => null, () => true, (_, _) => throw new InvalidOperationException()).ResolveAsync(host, CancellationToken.None)).Failure);
}
