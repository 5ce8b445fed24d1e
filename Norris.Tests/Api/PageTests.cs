using System.Net;
using Norris.Tests.Node;

namespace Norris.Tests.Api;

/// <summary><c>GET /</c>: the chat page.</summary>
public sealed class PageTests
{
    [Fact]
    public async Task A_browser_gets_the_page_and_may_run_only_what_is_in_it()
    {
        await using InProcessNode alice = await InProcessNode.StartAsync("alice");
        using HttpResponseMessage response = await alice.SendAsync(HttpMethod.Get, "/");

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("text/html; charset=utf-8", response.Content.Headers.ContentType?.ToString());
        Assert.Equal("nosniff", Assert.Single(response.Headers.GetValues("X-Content-Type-Options")));
        string page = await response.Content.ReadAsStringAsync(InProcessNode.Patience);
        string nonce = NonceOf(response);
        Assert.Contains($"<script nonce=\"{nonce}\">", page, StringComparison.Ordinal);
        Assert.Contains($"<style nonce=\"{nonce}\">", page, StringComparison.Ordinal);
        Assert.DoesNotContain("{nonce}", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_page_asks_nobody_but_its_own_node()
    {
        await using InProcessNode alice = await InProcessNode.StartAsync("alice");
        using HttpResponseMessage response = await alice.SendAsync(HttpMethod.Get, "/");
        string page = await response.Content.ReadAsStringAsync(InProcessNode.Patience);

        string policy = Assert.Single(response.Headers.GetValues("Content-Security-Policy"));
        Assert.StartsWith("default-src 'none'; ", policy, StringComparison.Ordinal);
        Assert.Contains("connect-src 'self'; ", policy, StringComparison.Ordinal);
        Assert.DoesNotContain("src=\"", page, StringComparison.Ordinal);
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

    private static string NonceOf(HttpResponseMessage response)
    {
        string policy = Assert.Single(response.Headers.GetValues("Content-Security-Policy"));
        const string Before = "script-src 'nonce-";
        int at = policy.IndexOf(Before, StringComparison.Ordinal) + Before.Length;
        return policy[at..policy.IndexOf('\'', at)];
    }
}
