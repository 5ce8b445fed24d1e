using System.Diagnostics;

namespace Norris.Tests.EndToEnd.Page;

/// <summary>A headless browser with a profile of its own, which asks nobody but the nodes of the test.</summary>
internal sealed class Chromium : IAsyncDisposable
{
    // Whoever runs the tests as root, or in a container, has no sandbox; the pages are our own.
    private static readonly string[] Arguments =
    [
        "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--disable-quic", "--no-first-run", "--disable-background-networking",
        "--disable-component-update", "--disable-sync", "--disable-extensions", "--disable-default-apps", "--mute-audio", "--no-proxy-server", "--remote-debugging-port=0",
    ];

    private readonly Process _process;
    private readonly DirectoryInfo _profile;
    private readonly DevTools _tools;

    private Chromium(Process process, DirectoryInfo profile, DevTools tools) => (_process, _profile, _tools) = (process, profile, tools);

    /// <summary>Where it is; null where it is not.</summary>
    public static string? Path { get; } =
        (from folder in (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':')
         from name in (string[])["chromium", "chromium-browser", "google-chrome"]
         let file = System.IO.Path.Combine(folder, name)
         where File.Exists(file)
         select file).FirstOrDefault();

    public static async Task<Chromium> StartAsync(CancellationToken cancellation)
    {
        DirectoryInfo profile = Directory.CreateTempSubdirectory("norris-chromium-");
        var start = new ProcessStartInfo(Path!, [.. Arguments, $"--user-data-dir={profile.FullName}", "about:blank"])
        {
            RedirectStandardError = true,
            RedirectStandardOutput = true,
            RedirectStandardInput = true,
        };
        Process process = Process.Start(start)!;
        try
        {
            return new Chromium(process, profile, await ConnectAsync(process, cancellation));
        }
        catch
        {
            await EndAsync(process, profile);
            throw;
        }
    }

    private static async Task<DevTools> ConnectAsync(Process process, CancellationToken cancellation)
    {
        const string Word = "DevTools listening on ";
        string said = "";
        while (!said.StartsWith(Word, StringComparison.Ordinal))
        {
            said = await process.StandardError.ReadLineAsync(cancellation) ?? throw new InvalidOperationException($"The browser did not start: {said}");
        }
        // It says more, and would wait for whoever does not read it.
        _ = process.StandardError.BaseStream.CopyToAsync(Stream.Null, CancellationToken.None);
        _ = process.StandardOutput.BaseStream.CopyToAsync(Stream.Null, CancellationToken.None);
        return await DevTools.ConnectAsync(new Uri(said[Word.Length..]), cancellation);
    }

    /// <summary>Opens a page in a window of somebody of its own, who shares nothing with the others.</summary>
    public async Task<Tab> OpenAsync(string url, CancellationToken cancellation)
    {
        string context = (await _tools.AskAsync("Target.createBrowserContext", new { }, null, cancellation)).GetProperty("browserContextId").GetString()!;
        string target = (await _tools.AskAsync("Target.createTarget", new { url, browserContextId = context }, null, cancellation)).GetProperty("targetId").GetString()!;
        string session = (await _tools.AskAsync("Target.attachToTarget", new { targetId = target, flatten = true }, null, cancellation)).GetProperty("sessionId").GetString()!;
        await _tools.AskAsync("Runtime.enable", new { }, session, cancellation);
        await _tools.AskAsync("Emulation.setFocusEmulationEnabled", new { enabled = true }, session, cancellation);
        return new Tab(_tools, session, cancellation);
    }

    /// <summary>Asserts that no script of a page made a mistake.</summary>
    public void AssertNoMistake() => Assert.Empty(_tools.Mistakes);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _tools.DisposeAsync();
        await EndAsync(_process, _profile);
    }

    private static async Task EndAsync(Process process, DirectoryInfo profile)
    {
        process.Kill(entireProcessTree: true);
        await process.WaitForExitAsync();
        process.Dispose();
        try
        {
            profile.Delete(recursive: true);
        }
        catch (IOException)
        {
            // A process of its was still writing there: it is the temporary folder.
        }
    }
}
