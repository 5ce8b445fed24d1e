using System.Diagnostics;
using System.Globalization;

namespace Norris.Tests.EndToEnd.Terminals;

/// <summary>
/// A terminal with a shell in it: a tmux server of its own, whose keys are pressed and whose screen is read from outside. What is waited for is seen on
/// the screen; nothing waits for a time.
/// </summary>
internal sealed class TmuxTerminal : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(20);

    private readonly string _folder = Directory.CreateTempSubdirectory("norris-terminal-").FullName;

    private TmuxTerminal()
    {
    }

    /// <summary>What the screen shows, without the blanks at the ends of its rows.</summary>
    public string[] Screen { get; private set; } = [];

    /// <summary>Opens a terminal of this size, and waits for its shell.</summary>
    /// <param name="columns">Its width.</param>
    /// <param name="rows">Its height.</param>
    /// <param name="environment">As in <c>TERM=dumb NO_COLOR=1</c>; for what is started in the shell.</param>
    public static async Task<TmuxTerminal> OpenAsync(int columns = 80, int rows = 24, string environment = "")
    {
        var terminal = new TmuxTerminal();
        await terminal.TmuxAsync(
            "new-session", "-d", "-x", Text(columns), "-y", Text(rows), $"exec env LC_ALL=C.UTF-8 TERM=tmux-256color PS1='$ ' {environment} bash --norc --noprofile");
        await terminal.TmuxAsync("set", "-g", "status", "off");
        await terminal.TmuxAsync("set", "-g", "bell-action", "any");
        await terminal.TmuxAsync("set-hook", "-g", "alert-bell", "set -g @rung yes");
        await terminal.TmuxAsync("resize-window", "-x", Text(columns), "-y", Text(rows));
        await terminal.SeeAsync(static screen => screen.Contains("$"));
        return terminal;
    }

    /// <summary>Starts norris in the shell.</summary>
    public Task StartAsync(string arguments) => TypeAsync($"{StaticBinaryFactAttribute.BinaryPath} {arguments}\r");

    /// <summary>Starts norris in the shell, and waits until it is in the network of the node at <paramref name="join"/>, or has founded one.</summary>
    public async Task JoinAsync(string name, string? join, string more = "")
    {
        await StartAsync($"--listen 127.0.0.1:0 --name {name} {(join is null ? "" : $"--join {join}")} {more}");
        await SeeAsync($"you are {name}");
    }

    /// <summary>Types text as it is.</summary>
    public Task TypeAsync(string text) => TmuxAsync("send-keys", "-l", "--", text);

    /// <summary>Presses keys, by tmux' names for them: Left, C-a, M-Enter, PageUp.</summary>
    public Task PressAsync(params string[] keys) => TmuxAsync(["send-keys", .. keys]);

    /// <summary>Pastes, marked as a paste where the program asked for that.</summary>
    public async Task PasteAsync(string text)
    {
        string file = Path.Combine(_folder, "paste");
        await File.WriteAllTextAsync(file, text);
        await TmuxAsync("load-buffer", file);
        await TmuxAsync("paste-buffer", "-p");
    }

    /// <summary>Sends a signal to what the shell runs.</summary>
    public async Task SignalAsync(string signal)
    {
        string shell = (await TmuxAsync("display-message", "-p", "#{pane_pid}")).Trim();
        string process = (await File.ReadAllTextAsync($"/proc/{shell}/task/{shell}/children")).Trim();
        using Process kill = Process.Start("kill", [$"-{signal}", process]);
        await kill.WaitForExitAsync();
        Assert.Equal(0, kill.ExitCode);
    }

    /// <summary>Makes the window another size.</summary>
    public Task ResizeAsync(int columns, int rows) => TmuxAsync("resize-window", "-x", Text(columns), "-y", Text(rows));

    /// <summary>Where the cursor is, from 0.</summary>
    public async Task<(int Row, int Column)> CursorAsync()
    {
        int[] place = [.. (await TmuxAsync("display-message", "-p", "#{cursor_y} #{cursor_x}")).Split(' ').Select(number => int.Parse(number, CultureInfo.InvariantCulture))];
        return (place[0], place[1]);
    }

    /// <summary>Whether the terminal rang.</summary>
    public async Task<bool> HasRungAsync() => (await TmuxAsync("show", "-gqv", "@rung")).Trim() == "yes";

    /// <summary>The screen with the codes for colours and attributes in it.</summary>
    public Task<string> ColoursAsync() => TmuxAsync("capture-pane", "-p", "-e");

    /// <summary>Waits until a row contains this.</summary>
    public Task SeeAsync(string text) => SeeAsync(screen => Array.Exists(screen, row => row.Contains(text, StringComparison.Ordinal)), text);

    /// <summary>Waits until the screen is as wanted.</summary>
    public Task SeeAsync(Func<string[], bool> isWanted, string wanted = "what is wanted") => SeeAsync(screen => Task.FromResult(isWanted(screen)), wanted);

    /// <summary>Waits until it is as wanted, which is asked with each look at the screen.</summary>
    public async Task SeeAsync(Func<string[], Task<bool>> isWanted, string wanted)
    {
        long start = Stopwatch.GetTimestamp();
        while (true)
        {
            Screen = [.. (await TmuxAsync("capture-pane", "-p")).TrimEnd('\n').Split('\n').Select(static row => row.TrimEnd())];
            if (await isWanted(Screen))
            {
                return;
            }
            if (Stopwatch.GetElapsedTime(start) > Patience)
            {
                Assert.Fail($"never seen: {wanted}; the screen shows\n{string.Join('\n', Screen)}");
            }
            await Task.Delay(Look);
        }
    }

    /// <summary>Waits until the last row that is not empty is this.</summary>
    public Task SeeLastAsync(string row) => SeeAsync(screen => screen.LastOrDefault(static each => each.Length > 0) == row, row);

    /// <summary>What the shell prints for a command, which is run while nothing else is.</summary>
    public async Task<string> ShellAsync(string command)
    {
        string file = Path.Combine(_folder, Guid.NewGuid().ToString("N"));
        await TypeAsync($" clear; {{ {command}; }} >{file} 2>&1; mv {file} {file}.done\r");
        long start = Stopwatch.GetTimestamp();
        while (!File.Exists($"{file}.done"))
        {
            Assert.True(Stopwatch.GetElapsedTime(start) < Patience, $"the shell never ran {command}");
            await Task.Delay(Look);
        }
        await SeeLastAsync("$");
        return await File.ReadAllTextAsync($"{file}.done");
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await TmuxAsync("kill-server");
        Directory.Delete(_folder, recursive: true);
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    private async Task<string> TmuxAsync(params string[] arguments)
    {
        var start = new ProcessStartInfo("tmux") { RedirectStandardOutput = true, RedirectStandardError = true };
        string[] all = ["-u", "-f", "/dev/null", "-S", Path.Combine(_folder, "socket"), .. arguments];
        foreach (string argument in all)
        {
            start.ArgumentList.Add(argument);
        }
        start.Environment.Remove("TMUX");
        using Process tmux = Process.Start(start)!;
        Task<string> errors = tmux.StandardError.ReadToEndAsync();
        string output = await tmux.StandardOutput.ReadToEndAsync();
        await tmux.WaitForExitAsync();
        Assert.True(tmux.ExitCode == 0, $"tmux {string.Join(' ', arguments)}: {await errors}");
        return output;
    }
}
