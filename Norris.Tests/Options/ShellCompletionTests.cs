using System.Diagnostics;
using Norris.Options;

namespace Norris.Tests.Options;

/// <summary>What is generated from the options, asked of those who read it.</summary>
public sealed class ShellCompletionTests
{
    [Theory]
    [InlineData("norris --out", "--output")]
    [InlineData("norris --he", "--headless --heartbeat --help")]
    [InlineData("norris --output ", "json none text")]
    [InlineData("norris --output j", "json")]
    [InlineData("norris --output = j", "json")]
    [InlineData("norris --output =", "json none text")]
    [InlineData("norris --headless --part", "--partition")]
    [InlineData("norris --partition m", "majority")]
    [InlineData("norris --listen ", "")]
    [InlineData("norris --completion ", "bash fish zsh")]
    public async Task Bash_completes(string words, string expected)
    {
        string[] typed = words.Split(' ');
        string array = string.Join(' ', typed.Select(static word => $"'{word}'"));
        string script = $"{ShellCompletion.For("bash")}\nCOMP_WORDS=({array}); COMP_CWORD={typed.Length - 1}; _norris; printf '%s\\n' \"${{COMPREPLY[@]}}\"";

        (string output, string errors) = await RunAsync("bash", "--norc", "--noprofile", "-u", "-c", script);

        Assert.Equal("", errors);
        Assert.Equal(expected, string.Join(' ', output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Order(StringComparer.Ordinal)));
    }

    [Fact]
    public void Every_shell_is_told_of_every_option()
    {
        Assert.All(ShellCompletion.Shells, shell => Assert.All(
            KnownOption.All,
            option => Assert.Contains(shell == "fish" ? option.Name.TrimStart('-') : option.Name, ShellCompletion.For(shell), StringComparison.Ordinal)));
    }

    [Fact]
    public async Task The_manual_page_tells_of_every_option_and_command_and_troff_finds_nothing_wrong_with_it()
    {
        string page = ManualPage.Of("1.2.3", Norris.Terminal.Commands.CommandParser.Help);
        string file = Path.GetTempFileName();
        await File.WriteAllTextAsync(file, page);

        (string text, string errors) = await RunAsync("groff", "-man", "-ww", "-Tascii", "-P-cbou", "-rLL=200n", file);
        File.Delete(file);

        Assert.Equal("", errors);
        Assert.All(KnownOption.All, option => Assert.Contains(option.Name, text, StringComparison.Ordinal));
        Assert.All(Norris.Terminal.Commands.CommandParser.Known, command => Assert.Contains(command, text, StringComparison.Ordinal));
        Assert.Contains("norris - group chat with no server", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_option_is_described_by_a_sentence()
    {
        Assert.All(KnownOption.All, static option => Assert.EndsWith(".", option.Details, StringComparison.Ordinal));
        Assert.All(KnownOption.All, static option => Assert.Equal(option.Takes is null, option.Value is null));
    }

    private static async Task<(string Output, string Errors)> RunAsync(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program) { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true };
        foreach (string argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }
        using Process process = Process.Start(start)!;
        process.StandardInput.Close();
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (output, await errors);
    }
}
