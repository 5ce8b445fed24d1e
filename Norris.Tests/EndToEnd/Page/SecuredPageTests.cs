using System.Text.Json;

namespace Norris.Tests.EndToEnd.Page;

/// <summary>Pages of a network with a secret in a real browser: the link with the key lets in, and nothing else does.</summary>
[Collection(Faults.Company.Collection)]
public sealed class SecuredPageTests : IDisposable
{
    private readonly CancellationTokenSource _limit = new(TimeSpan.FromSeconds(120));
    private readonly string _secret = Path.GetTempFileName();

    public SecuredPageTests() => File.WriteAllText(_secret, "a secret of these pages\n");

    public void Dispose()
    {
        _limit.Dispose();
        File.Delete(_secret);
    }

    [ChromiumFact]
    public async Task The_link_lets_in_and_the_page_says_that_the_network_is_secured()
    {
        await using NodeUnderTest host = NodeUnderTest.Start("host", null, "--secret-file", _secret);
        JsonElement listening = await host.NextAsync("listening", _limit.Token);
        string link = listening.GetProperty("web").GetString()!;
        await host.NextAsync("ready", _limit.Token);
        await using NodeUnderTest other = NodeUnderTest.Start("other", listening.GetProperty("address").GetString(), "--secret-file", _secret);
        await other.NextAsync("ready", _limit.Token);
        await using Chromium browser = await Chromium.StartAsync();

        Tab gwen = await browser.OpenAsync(link, _limit.Token);
        await gwen.EnterAsync("gwen");
        await gwen.SayAsync("let in");
        await gwen.ShowsAsync(1);
        Assert.Equal("let in", (await other.NextAsync("message", _limit.Token)).GetProperty("text").GetString());
        await gwen.UntilAsync("document.getElementById('status').textContent.endsWith(' · secured')");
        // Nobody reads the key over a shoulder, or in the history.
        Assert.Equal("/", await gwen.AskAsync("location.pathname + location.hash"));
        browser.AssertNoMistake();
    }

    [ChromiumTheory]
    [InlineData("")]
    [InlineData("#key=0123456789abcdef0123456789abcdef")]
    public async Task Who_has_not_the_link_is_told_what_is_missing(string key)
    {
        await using NodeUnderTest host = NodeUnderTest.Start("host", null, "--secret-file", _secret);
        string link = (await host.NextAsync("listening", _limit.Token)).GetProperty("web").GetString()!;
        await host.NextAsync("ready", _limit.Token);
        await using Chromium browser = await Chromium.StartAsync();

        Tab stranger = await browser.OpenAsync(link[..link.IndexOf('#', StringComparison.Ordinal)] + key, _limit.Token);
        await stranger.UntilAsync("!document.getElementById('door').hidden");
        await stranger.AskAsync("document.getElementById('name').value = 'stranger', document.getElementById('door').requestSubmit(), ''");
        await stranger.UntilAsync("document.getElementById('why').textContent.includes('This network has a secret')");
        Assert.Equal("true true", await stranger.AskAsync("`${document.getElementById('room').hidden} ${me === null}`"));
        browser.AssertNoMistake();
    }
}
