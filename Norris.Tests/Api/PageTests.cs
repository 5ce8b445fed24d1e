using System.Net;
using System.Text;
using System.Text.RegularExpressions;
using Norris.Api;
using Norris.Node.Delivery;
using Norris.Protocol;
using Norris.Tests.Node;

namespace Norris.Tests.Api;

/// <summary><c>GET /</c>: the chat page.</summary>
public sealed partial class PageTests
{
    [Fact]
    public async Task A_browser_gets_the_page_and_may_run_only_what_is_in_it()
    {
        await using InProcessNode alice = await InProcessNode.StartAsync("alice");
        using HttpResponseMessage response = await alice.SendAsync(HttpMethod.Get, "/");

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("text/html; charset=utf-8", response.Content.Headers.ContentType?.ToString());
        Assert.Equal("nosniff", Assert.Single(response.Headers.GetValues("X-Content-Type-Options")));
        Assert.Equal("origin", Assert.Single(response.Headers.GetValues("Referrer-Policy")));
        string page = await response.Content.ReadAsStringAsync(InProcessNode.Patience);
        string nonce = NonceOf(response);
        Assert.Contains($"<script nonce=\"{nonce}\">", page, StringComparison.Ordinal);
        Assert.Contains($"<style nonce=\"{nonce}\">", page, StringComparison.Ordinal);
        Assert.DoesNotContain("{nonce}", page, StringComparison.Ordinal);
        Assert.DoesNotContain("{from}", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_page_talks_to_nobody_but_its_own_node_and_looks_only_for_pictures_of_others()
    {
        await using InProcessNode alice = await InProcessNode.StartAsync("alice");
        using HttpResponseMessage response = await alice.SendAsync(HttpMethod.Get, "/");
        string page = await response.Content.ReadAsStringAsync(InProcessNode.Patience);

        string policy = Assert.Single(response.Headers.GetValues("Content-Security-Policy"));
        Assert.StartsWith("default-src 'none'; ", policy, StringComparison.Ordinal);
        Assert.Contains("connect-src 'self'; ", policy, StringComparison.Ordinal);
        Assert.Contains("img-src 'self' http:; ", policy, StringComparison.Ordinal);
        Assert.All(Loaded().Matches(page).Select(static match => match.Groups[1].Value), static url => Assert.Equal("/icon.svg", url));
        Assert.DoesNotContain("https://", page, StringComparison.Ordinal);
        Assert.DoesNotContain("innerHTML", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Every_page_has_a_nonce_of_its_own()
    {
        await using InProcessNode alice = await InProcessNode.StartAsync("alice");
        using HttpResponseMessage first = await alice.SendAsync(HttpMethod.Get, "/");
        using HttpResponseMessage second = await alice.SendAsync(HttpMethod.Get, "/");

        Assert.NotEqual(NonceOf(first), NonceOf(second));
    }

    [Fact]
    public async Task A_node_that_takes_messages_shows_its_picture_to_pages_of_others()
    {
        await using InProcessNode alice = await InProcessNode.StartAsync("alice");
        using HttpResponseMessage response = await alice.SendAsync(HttpMethod.Get, "/icon.svg?0.5");
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("image/svg+xml", response.Content.Headers.ContentType?.ToString());
        Assert.False(response.Headers.Contains("Cross-Origin-Resource-Policy"));
        Assert.StartsWith("<svg ", await response.Content.ReadAsStringAsync(InProcessNode.Patience), StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_that_is_in_no_network_does_not()
    {
        await using InProcessNode alice = InProcessNode.Listen("alice");
        await alice.SendAsync(HttpMethod.Get, "/icon.svg").AssertProblemAsync(HttpStatusCode.ServiceUnavailable);
        alice.Loop.Start();
        await alice.Loop.Ready.WaitAsync(InProcessNode.Patience);
    }

    [Fact]
    public async Task Whoever_comes_from_a_page_of_a_node_goes_on_unasked_also_when_that_node_is_gone()
    {
        await using InProcessNode alice = await InProcessNode.StartAsync("alice");
        string address;
        await using (InProcessNode bob = await InProcessNode.StartAsync("bob", [alice.Address]))
        {
            address = bob.Address;
            Assert.Equal("node", await FromAsync(alice, $"http://{address}/"));
            Assert.Equal("node", await FromAsync(bob, $"http://{alice.Address}/"));
        }
        await alice.NextAsync("left");
        Assert.Equal("node", await FromAsync(alice, $"http://{address}/"));
        Assert.Equal("node", await FromAsync(alice, $"http://localhost:{address.Split(':')[1]}/"));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("http://example.org/")]
    [InlineData("http://127.0.0.1:1/")]
    [InlineData("https://{0}/")]
    [InlineData("http://{0}@example.org/")]
    [InlineData("{0}")]
    [InlineData("http://")]
    public async Task Whoever_comes_from_anywhere_else_is_asked(string? referer)
    {
        await using InProcessNode alice = await InProcessNode.StartAsync("alice");
        Assert.Equal("", await FromAsync(alice, referer?.Replace("{0}", alice.Address, StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("http://10.0.0.1:7000/", "10.0.0.1:7000", true)]
    [InlineData("http://Node.Example:7000/", "node.example:7000", true)]
    [InlineData("http://node.example/", "node.example:80", true)]
    [InlineData("http://[fd00::1]:7000/", "[fd00:0:0::1]:7000", true)]
    [InlineData("http://localhost:7000/", "10.0.0.1:7000", true)]
    [InlineData("http://localhost:7001/", "10.0.0.1:7000", false)]
    [InlineData("http://10.0.0.2:7000/", "10.0.0.1:7000", false)]
    [InlineData("http://10.0.0.1:7000/", "10.0.0.1:7000/x y", false)]
    public void A_page_is_of_the_node_whose_host_and_port_it_has(string referer, string address, bool isOf)
    {
        Assert.True(PageOrigin.TryRead(Encoding.ASCII.GetBytes(referer), out PageOrigin origin));
        Assert.Equal(isOf, origin.IsAt(address));
    }

    [Fact]
    public void Of_the_nodes_that_left_the_last_are_remembered()
    {
        var left = new AddressMemory();
        left.Add("");
        for (int i = 0; i < QueueLimits.MovedFromMax + 1; i++)
        {
            left.Add($"10.0.0.1:{i}");
            left.Add($"10.0.0.1:{i}");
        }
        Assert.Equal(QueueLimits.MovedFromMax, left.Count);
        Assert.False(left.Exists(static address => address == "10.0.0.1:0"));
        Assert.True(left.Exists(static address => address == "10.0.0.1:1"));
    }

    private static async Task<string> FromAsync(InProcessNode node, string? referer)
    {
        using HttpResponseMessage response = await node.SendAsync(HttpMethod.Get, "/", fields: referer is null ? [] : [("Referer", referer)]);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return From().Match(await response.Content.ReadAsStringAsync(InProcessNode.Patience)).Groups[1].Value;
    }

    private static string NonceOf(HttpResponseMessage response)
    {
        string policy = Assert.Single(response.Headers.GetValues("Content-Security-Policy"));
        const string Before = "script-src 'nonce-";
        int at = policy.IndexOf(Before, StringComparison.Ordinal) + Before.Length;
        return policy[at..policy.IndexOf('\'', at)];
    }

    [GeneratedRegex("(?:src|href)=\"([^\"]*)\"")]
    private static partial Regex Loaded();

    [GeneratedRegex("<html lang=\"en\" data-from=\"([^\"]*)\">")]
    private static partial Regex From();
}
