using System.Text.Json;
using Microsoft.Playwright;

namespace Norris.Tests.EndToEnd.Page;

/// <summary>One page in the browser, as somebody sits before it.</summary>
internal sealed class Tab(IPage page, CancellationToken limit)
{
    /// <summary>What stands there: of each message who says what, and its mark.</summary>
    private const string Rows = "[...document.querySelectorAll('#log .say')].map(row => "
        + "row.querySelector('b').textContent + ': ' + row.querySelector('.what').textContent + ' ' + row.querySelector('i').textContent)";

    /// <summary>Comes in under a name.</summary>
    public async Task EnterAsync(string name)
    {
        await UntilAsync("!document.getElementById('door').hidden");
        await page.FillAsync("#name", name);
        await page.GetByRole(AriaRole.Button, new() { Name = "Come in" }).ClickAsync();
        await UntilAsync("!document.getElementById('room').hidden && document.querySelectorAll('#people li').length > 0");
    }

    /// <summary>Types a message; Enter sends it.</summary>
    public async Task SayAsync(string text)
    {
        await page.FocusAsync("#text");
        await page.Keyboard.InsertTextAsync(text);
        await page.Keyboard.PressAsync("Enter");
    }

    /// <summary>Types messages, all of them before the page can do anything else; false when it is being left.</summary>
    public async Task<bool> TrySayAtOnceAsync(IEnumerable<string> texts) => await TryEvaluateAsync(
        "me !== null && (" + JsonSerializer.Serialize(texts) + ".forEach(each => { document.getElementById('text').value = each; document.getElementById('say').requestSubmit(); }), true)")
        is { ValueKind: JsonValueKind.True };

    /// <summary>What stands there, in its order: <c>name: text mark</c>.</summary>
    public async Task<string[]> RowsAsync() => [.. (await EvaluateAsync(Rows)).EnumerateArray().Select(static row => row.GetString()!.TrimEnd())];

    /// <summary>A word from the page.</summary>
    public async Task<string> AskAsync(string expression) => (await EvaluateAsync(expression)).ToString();

    /// <summary>Waits until something holds in the page, over whatever page comes.</summary>
    public async Task UntilAsync(string condition)
    {
        while (await TryEvaluateAsync(condition) is not { ValueKind: JsonValueKind.True })
        {
            if (limit.IsCancellationRequested)
            {
                Assert.Fail($"It never was so: {condition}");
            }
            await Task.Delay(20, CancellationToken.None);
        }
    }

    /// <summary>Waits until as many messages stand there as are expected, and every node has those of this page's own.</summary>
    public Task ShowsAsync(int messages) => UntilAsync(
        $"document.querySelectorAll('#log .say').length >= {messages} && !document.querySelector('#log .waiting, #log .ordered, #log .failed')");

    private async Task<JsonElement> EvaluateAsync(string expression) =>
        await TryEvaluateAsync(expression) ?? throw new InvalidOperationException($"The page cannot tell: {expression}");

    /// <summary>Null while there is no page, or none that could tell.</summary>
    private async Task<JsonElement?> TryEvaluateAsync(string expression)
    {
        try
        {
            return await page.EvaluateAsync(expression).WaitAsync(limit);
        }
        catch (Exception e) when (e is PlaywrightException or OperationCanceledException)
        {
            return null;
        }
    }
}
