using System.Diagnostics;
using System.Text.RegularExpressions;

namespace Norris.Tests.EndToEnd.Guests;

/// <summary>A set of QEMU guests of its own, played through the scripts that people use; ends them with itself.</summary>
internal sealed partial class MachineRoom : IAsyncDisposable
{
    private readonly string _state = Directory.CreateTempSubdirectory("norris-guests-").FullName;

    /// <summary>Runs a verb of scripts/guests to its end, which must be a good one.</summary>
    /// <returns>What it printed.</returns>
    public async Task<string> DoAsync(string verb, params string[] arguments)
    {
        using Process process = Start(verb, arguments);
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == 0, $"{verb} {string.Join(' ', arguments)}: status {process.ExitCode}\n{output}{await errors}\n{string.Join('\n', Transcripts())}");
        return output;
    }

    /// <summary>What each machine that runs says of itself, by its number: its position and digest, and whether it is the host.</summary>
    public async Task<Dictionary<int, (string Position, bool IsHost)>> LookAsync() =>
        StandsAt().Matches(await DoAsync("digests")).ToDictionary(
            static each => int.Parse(each.Groups[1].Value, System.Globalization.CultureInfo.InvariantCulture),
            static each => (each.Groups[2].Value, each.Groups[3].Success));

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        using Process stop = Start("stop", []);
        await stop.WaitForExitAsync();
        Directory.Delete(_state, recursive: true);
    }

    private IEnumerable<string> Transcripts() =>
        Directory.EnumerateFiles(_state, "console.log", SearchOption.AllDirectories).Select(static file => $"{file}: {string.Join('\n', File.ReadLines(file).TakeLast(12))}");

    private Process Start(string verb, string[] arguments)
    {
        string root = GuestsFactAttribute.Root;
        var start = new ProcessStartInfo(Path.Combine(root, "scripts", "guests", verb), arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["NORRIS_GUESTS"] = Path.Combine(_state, "run");
        start.Environment["NORRIS_LOAD"] = Path.Combine(root, "artifacts", "bin", "Norris.Load", new DirectoryInfo(AppContext.BaseDirectory).Name, "Norris.Load");
        return Process.Start(start)!;
    }

    [GeneratedRegex(@"^guest(\d+)  .*(#\d+, digest [0-9a-f]+)(, the host)?$", RegexOptions.Multiline)]
    private static partial Regex StandsAt();
}
