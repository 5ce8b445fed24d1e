using System.Text.Json;
using Norris.Tests.EndToEnd.Faults;

namespace Norris.Tests.EndToEnd.Page;

/// <summary>Pages in a real browser whose node is gone: each goes on through another one by itself, as who it was, and nothing is lost or said twice.</summary>
[Collection(Company.Collection)]
public sealed class MovingPageTests : IAsyncLifetime, IDisposable
{
    private readonly CancellationTokenSource _limit = new(TimeSpan.FromSeconds(120));
    private NodeUnderTest _first = null!;
    private NodeUnderTest _second = null!;
    private string _firstAddress = "";
    private string _secondAddress = "";
    private Chromium? _browser;

    public async Task InitializeAsync()
    {
        if (ChromiumFactAttribute.WhyNot is not null)
        {
            return;
        }
        _first = NodeUnderTest.Start("first");
        _firstAddress = await _first.AddressAsync(_limit.Token);
        await _first.NextAsync("ready", _limit.Token);
        _second = NodeUnderTest.Start("second", _firstAddress);
        _secondAddress = await _second.AddressAsync(_limit.Token);
        await _second.NextAsync("ready", _limit.Token);
        _browser = await Chromium.StartAsync();
    }

    public async Task DisposeAsync()
    {
        foreach (IAsyncDisposable? started in (IAsyncDisposable?[])[_browser, _second, _first])
        {
            if (started is not null)
            {
                await started.DisposeAsync();
            }
        }
    }

    public void Dispose() => _limit.Dispose();

    [ChromiumTheory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_page_whose_node_is_killed_goes_on_through_the_other_one(bool isHost)
    {
        (NodeUnderTest killed, string lost, NodeUnderTest kept, string found) = isHost
            ? (_first, _firstAddress, _second, _secondAddress)
            : (_second, _secondAddress, _first, _firstAddress);
        Tab gwen = await EnterAsync(lost, "gwen");
        Tab hugo = await EnterAsync(found, "hugo");
        Tab ida = await EnterAsync(found, "ida");
        string id = await gwen.AskAsync("me.id");

        await Task.WhenAll(SayAsync(gwen, "gwen", 1, 5), SayAsync(hugo, "hugo", 1, 5));
        await Task.WhenAll(gwen.ShowsAsync(10), hugo.ShowsAsync(10), ida.ShowsAsync(10));
        // Some of these are ordered, some are on their way and some wait when the node dies.
        Task talking = SayAsync(hugo, "hugo", 6, 20);
        await SayAsync(gwen, "gwen", 6, 8);
        killed.Kill();
        // At once, since the page may go at any moment; if it has gone, at the other node.
        bool isTyped = await gwen.TrySayAtOnceAsync(Enumerable.Range(9, 4).Select(static number => $"gwen {number}"));
        await gwen.UntilAsync($"location.host === '{found}' && me !== null && isIn");
        await SayAsync(gwen, "gwen", isTyped ? 13 : 9, 20);
        await talking;
        await Task.WhenAll(gwen.ShowsAsync(40), hugo.ShowsAsync(40), ida.ShowsAsync(40));

        string[] shown = Texts(await gwen.RowsAsync());
        Assert.Equal(Numbered("gwen", 1, 20), shown.Where(static row => row.StartsWith("gwen", StringComparison.Ordinal)));
        Assert.Equal(Numbered("hugo", 1, 20), shown.Where(static row => row.StartsWith("hugo", StringComparison.Ordinal)));
        Assert.Equal(shown, Texts(await hugo.RowsAsync()));
        Assert.Equal(shown, Texts(await ida.RowsAsync()));
        Assert.Equal(shown, (await kept.MessagesAsync(40, _limit.Token)).Select(Row));
        Assert.Equal(id, await gwen.AskAsync("me.id"));
        Assert.Equal("/", await gwen.AskAsync("location.pathname + location.hash"));
        _browser!.AssertNoMistake();
    }

    [ChromiumFact]
    public async Task What_is_in_the_box_moves_too_and_what_was_said_before_the_move_stands_there_again()
    {
        Tab gwen = await EnterAsync(_secondAddress, "gwen");
        await SayAsync(gwen, "gwen", 1, 3);
        await gwen.ShowsAsync(3);
        await gwen.AskAsync("document.getElementById('text').value = '<b>half</b> a \"message\" äöü 😀'");
        _second.Kill();
        await gwen.UntilAsync($"location.host === '{_firstAddress}' && me !== null && isIn");
        await gwen.ShowsAsync(3);
        Assert.Equal("<b>half</b> a \"message\" äöü 😀", await gwen.AskAsync("document.getElementById('text').value"));
        Assert.Equal(Numbered("gwen", 1, 3), Texts(await gwen.RowsAsync()));
        _browser!.AssertNoMistake();
    }

    [ChromiumFact]
    public async Task A_link_that_goes_on_as_somebody_asks_first()
    {
        Tab gwen = await EnterAsync(_firstAddress, "gwen");
        string fragment = await gwen.AskAsync("text.value = 'planted', encode(pack())");
        Tab victim = await _browser!.OpenAsync($"http://{_secondAddress}/#go={fragment}", _limit.Token);
        await victim.UntilAsync("!document.getElementById('door').hidden && document.getElementById('goOn').textContent === 'Go on as gwen'");
        Assert.Equal("true true /", await victim.AskAsync("`${document.getElementById('room').hidden} ${me === null} ${location.pathname}${location.hash}`"));
        await victim.AskAsync("document.getElementById('name').value = 'victim', document.getElementById('door').requestSubmit(), ''");
        await victim.UntilAsync("me !== null && isIn");
        Assert.Equal("victim ", await victim.AskAsync("`${me.name} ${text.value}`"));
        _browser.AssertNoMistake();
    }

    [ChromiumFact]
    public async Task A_page_that_reaches_nobody_says_so_and_keeps_what_was_typed()
    {
        Tab gwen = await EnterAsync(_secondAddress, "gwen");
        _first.Kill();
        _second.Kill();
        await gwen.SayAsync("nobody hears this");
        await gwen.UntilAsync("document.querySelector('.alarm > #status').textContent.startsWith('this node does not answer, and no other')");
        Assert.Equal(["gwen: nobody hears this …"], await gwen.RowsAsync());
        _browser!.AssertNoMistake();
    }

    private static string Row(JsonElement message) => $"{message.GetProperty("name").GetString()}: {message.GetProperty("text").GetString()}";

    private static IEnumerable<string> Numbered(string name, int first, int last) => Enumerable.Range(first, last - first + 1).Select(number => $"{name}: {name} {number}");

    private static string[] Texts(string[] rows) => [.. rows.Select(static row => row.EndsWith('✓') ? row[..row.LastIndexOf(' ')] : row)];

    private static async Task SayAsync(Tab tab, string name, int first, int last)
    {
        for (int number = first; number <= last; number++)
        {
            await tab.SayAsync($"{name} {number}");
        }
    }

    private async Task<Tab> EnterAsync(string address, string name)
    {
        Tab tab = await _browser!.OpenAsync($"http://{address}/", _limit.Token);
        await tab.EnterAsync(name);
        return tab;
    }
}
