using System.Diagnostics;
using System.Text.Json;
using System.Text.RegularExpressions;
using Norris.Tests.EndToEnd.Faults;
using Norris.Tests.Http.RealPeers;

namespace Norris.Tests.EndToEnd;

/// <summary>The bots in README.md, as they stand there, in a real network.</summary>
public sealed partial class BotsTests
{
    private const string InReadme = "127.0.0.1:7000";

    [BotFact("bash")]
    public async Task The_shell_rolls_dice_and_answers_nobody_else()
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        await using NodeUnderTest host = NodeUnderTest.Start("host");
        await using Bot bot = await Bot.StartAsync("bash", "sh", host, await host.AddressAsync(limit.Token), limit.Token);
        await host.SayAsync(["\"text\":\"!roll\"}", "roll!", "!roll"]);
        JsonElement answer = await bot.AnswerAsync();
        Assert.Matches("^[1-6]$", answer.GetProperty("text").GetString());
        Assert.Equal("dice", answer.GetProperty("name").GetString());
        await host.SayAsync(["!roll"]);
        JsonElement next = await bot.AnswerAsync();
        Assert.Matches("^[1-6]$", next.GetProperty("text").GetString());
        Assert.Equal(answer.GetProperty("seq").GetUInt64() + 2, next.GetProperty("seq").GetUInt64());
    }

    [BotFact("python3")]
    public async Task Python_echoes_and_never_itself()
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        await using NodeUnderTest host = NodeUnderTest.Start("host");
        await using Bot bot = await Bot.StartAsync("python", "py", host, await host.AddressAsync(limit.Token), limit.Token);
        await host.SayAsync(["hello", "!echo !echo gr\u00fc\u00df \U0001f600"]);
        Assert.Equal("!echo gr\u00fc\u00df \U0001f600", (await bot.AnswerAsync()).GetProperty("text").GetString());
        await host.SayAsync(["!echo last"]);
        Assert.Equal("last", (await bot.AnswerAsync()).GetProperty("text").GetString());
    }

    [BotFact("node")]
    public async Task JavaScript_tallies_over_HTTP_and_misses_nothing_when_its_way_breaks()
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        await using NodeUnderTest host = NodeUnderTest.Start("host");
        await using var way = new Forwarder();
        way.ForwardTo(await host.AddressAsync(limit.Token));
        await using Bot bot = await Bot.StartAsync("js", "mjs", host, way.Address, limit.Token);
        await host.SayAsync(["hello", "!count"]);
        Assert.Equal("host has said 2", (await bot.AnswerAsync()).GetProperty("text").GetString());
        for (int said = 4; said <= 8; said += 2)
        {
            Assert.NotEqual(0, way.ResetAll());
            await host.SayAsync(["while it is away", "!count"]);
            Assert.Equal($"host has said {said}", (await bot.AnswerAsync()).GetProperty("text").GetString());
        }
    }

    /// <summary>A bot that runs, and what it says as the network has it.</summary>
    private sealed class Bot(Process process, string file, NodeUnderTest host, CancellationToken limit) : IAsyncDisposable
    {
        private string _member = "";

        /// <summary>Runs the program that README.md has in a language, and waits until it is in.</summary>
        public static async Task<Bot> StartAsync(string language, string extension, NodeUnderTest host, string address, CancellationToken limit)
        {
            string readme = await File.ReadAllTextAsync(Path.Combine(TidyTests.Source(), "..", "README.md"), limit);
            string program = Assert.Single(Program().Matches(readme), match => match.Groups[1].Value == language).Groups[2].Value;
            Assert.Contains(InReadme, program, StringComparison.Ordinal);
            string file = Path.Combine(Path.GetTempPath(), $"norris-bot-{Guid.NewGuid():N}.{extension}");
            await File.WriteAllTextAsync(file, program.Replace(InReadme, address, StringComparison.Ordinal), limit);
            var start = new ProcessStartInfo(language == "python" ? "python3" : language == "js" ? "node" : language) { ArgumentList = { file }, RedirectStandardInput = true };
            start.Environment["PATH"] = $"{Path.GetDirectoryName(StaticBinaryFactAttribute.BinaryPath)}:{start.Environment["PATH"]}";
            var bot = new Bot(Process.Start(start)!, file, host, limit);
            await host.NextAsync("ready", limit);
            bot._member = (await host.NextAsync("joined", limit)).GetProperty("member").GetString()!;
            return bot;
        }

        /// <summary>The next thing that it says; nobody else says anything meanwhile but the host.</summary>
        public async Task<JsonElement> AnswerAsync()
        {
            while (true)
            {
                JsonElement next = await host.NextAsync("message", limit);
                if (next.GetProperty("from").GetString() == _member)
                {
                    return next;
                }
            }
        }

        public async ValueTask DisposeAsync()
        {
            process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync(CancellationToken.None);
            process.Dispose();
            File.Delete(file);
        }
    }

    [GeneratedRegex("^```([a-z]+)\n(.*?)^```$", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Program();
}

/// <summary>A test of the static binary and of a program in a language that may not be installed here; skipped with a plain word then.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class BotFactAttribute : FactAttribute
{
    public BotFactAttribute(string tool) => Skip =
        !File.Exists(StaticBinaryFactAttribute.BinaryPath) ? "artifacts/norris is not built: make binary"
        : Tool.Find(tool) is null ? $"{tool} is not installed here."
        : null;
}
