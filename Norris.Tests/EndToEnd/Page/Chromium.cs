using System.Collections.Concurrent;
using Microsoft.Playwright;

namespace Norris.Tests.EndToEnd.Page;

/// <summary>A headless browser with a profile of its own, driven through Playwright, which asks nobody but the nodes of the test.</summary>
internal sealed class Chromium : IAsyncDisposable
{
    private const int StartLimitMilliseconds = 60_000;

    private static readonly string[] Arguments =
        ["--disable-gpu", "--disable-dev-shm-usage", "--disable-quic", "--disable-background-networking", "--disable-extensions", "--no-proxy-server"];

    private readonly IPlaywright _playwright;
    private readonly IBrowser _browser;
    private readonly ConcurrentQueue<string> _mistakes = new();

    private Chromium(IPlaywright playwright, IBrowser browser) => (_playwright, _browser) = (playwright, browser);

    /// <summary>Where it is; null where it is not.</summary>
    public static string? Path { get; } =
        (from folder in (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':')
         from name in (string[])["chromium", "chromium-browser", "google-chrome"]
         let file = System.IO.Path.Combine(folder, name)
         where File.Exists(file)
         select file).FirstOrDefault();

    public static async Task<Chromium> StartAsync()
    {
        IPlaywright playwright = await Playwright.CreateAsync();
        try
        {
            // Whoever runs the tests as root, or in a container, has no sandbox; the pages are our own.
            return new Chromium(playwright, await playwright.Chromium.LaunchAsync(
                new() { ExecutablePath = Path, Args = Arguments, ChromiumSandbox = false, Timeout = StartLimitMilliseconds }));
        }
        catch
        {
            playwright.Dispose();
            throw;
        }
    }

    /// <summary>Opens a page in a window of somebody of its own, who shares nothing with the others.</summary>
    public async Task<Tab> OpenAsync(string url, CancellationToken limit)
    {
        IBrowserContext context = await _browser.NewContextAsync();
        IPage page = await context.NewPageAsync();
        page.PageError += (_, mistake) => _mistakes.Enqueue(mistake);
        await page.GotoAsync(url);
        return new Tab(page, limit);
    }

    /// <summary>Asserts that no script of a page made a mistake.</summary>
    public void AssertNoMistake() => Assert.Empty(_mistakes);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _browser.DisposeAsync();
        _playwright.Dispose();
    }
}
