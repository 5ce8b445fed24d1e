namespace Norris.Tests.EndToEnd.Terminals;

/// <summary>Whatever ends or stops norris at a terminal, the shell finds it as it was; and plain terminals get plain lines.</summary>
public sealed class RestoringTests
{
    [StaticBinaryTheory]
    [InlineData("/quit")]
    [InlineData("C-c")]
    [InlineData("C-d")]
    [InlineData("TERM")]
    [InlineData("INT")]
    [InlineData("HUP")]
    [InlineData("QUIT")]
    public async Task The_terminal_is_as_it_was(string how)
    {
        await using TmuxTerminal terminal = await TmuxTerminal.OpenAsync();
        string before = await terminal.ShellAsync("stty -a");
        await terminal.TypeAsync("echo kept; ");
        await terminal.JoinAsync("alice", null);
        Assert.DoesNotContain("kept", terminal.Screen);

        if (how == "/quit")
        {
            await terminal.TypeAsync("/quit\r");
        }
        else if (how.StartsWith("C-", StringComparison.Ordinal))
        {
            await terminal.PressAsync(how);
        }
        else
        {
            await terminal.SignalAsync(how);
        }

        await terminal.SeeAsync(static screen => screen.Contains("kept") && screen.Last(static row => row.Length > 0) == "$", "the shell's screen");
        Assert.Equal(before, await terminal.ShellAsync("stty -a"));
    }

    [StaticBinaryFact]
    public async Task Stopped_and_continued_it_is_there_again_with_what_was_typed()
    {
        await using TmuxTerminal terminal = await TmuxTerminal.OpenAsync();
        string before = await terminal.ShellAsync("stty -a");
        await terminal.JoinAsync("alice", null);
        await terminal.TypeAsync("a draft");
        await terminal.SeeLastAsync("> a draft");

        await terminal.PressAsync("C-z");
        await terminal.SeeAsync("Stopped");
        Assert.Equal(before, await terminal.ShellAsync("stty -a"));
        await terminal.TypeAsync("fg\r");
        await terminal.SeeLastAsync("> a draft");
        await terminal.SignalAsync("TSTP");
        await terminal.SeeAsync("Stopped");
        await terminal.TypeAsync("fg\r");
        await terminal.SeeLastAsync("> a draft");
        await terminal.PressAsync("Enter");
        await terminal.SeeAsync("<alice> a draft ✓");
    }

    [StaticBinaryFact]
    public async Task A_dumb_terminal_gets_lines()
    {
        await using TmuxTerminal terminal = await TmuxTerminal.OpenAsync(environment: "TERM=dumb");
        await terminal.JoinAsync("alice", null);
        await terminal.TypeAsync("hello\r");

        await terminal.SeeAsync("<alice> hello");
        await terminal.TypeAsync("/quit\r");
        await terminal.SeeLastAsync("$");
        Assert.Contains("hello", terminal.Screen);
    }

    [StaticBinaryFact]
    public async Task A_console_with_one_screen_gets_a_row_and_pastes_are_one_message_there_too()
    {
        await using var bob = NodeUnderTest.Start("bob");
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        await using TmuxTerminal terminal = await TmuxTerminal.OpenAsync(environment: "TERM=linux");
        await terminal.JoinAsync("alice", await bob.AddressAsync(limit.Token));

        await terminal.TypeAsync("one\rtwo");
        await terminal.SeeLastAsync("> one⏎two");
        // An Enter that comes too soon is still part of the paste.
        await terminal.SeeAsync(
            async screen =>
            {
                bool isSent = screen.Last(static row => row.Length > 0) == ">";
                await (isSent ? Task.CompletedTask : terminal.PressAsync("Enter"));
                return isSent;
            },
            "the paste, sent");

        Assert.Equal("one\ntwo", (await bob.NextAsync("message", limit.Token)).GetProperty("text").GetString());
        await terminal.SeeAsync("<alice> one");
    }

    [StaticBinaryTheory]
    [InlineData("", true)]
    [InlineData("NO_COLOR=1", false)]
    public async Task Colours_are_drawn_unless_they_are_not_wanted(string environment, bool areExpected)
    {
        await using TmuxTerminal terminal = await TmuxTerminal.OpenAsync(environment: environment);
        await terminal.JoinAsync("alice", null);
        await terminal.TypeAsync("hello\r");
        await terminal.SeeAsync("<alice> hello ✓");

        Assert.Equal(areExpected, (await terminal.ColoursAsync()).Contains("\e[38;5;", StringComparison.Ordinal));
        Assert.Equal(areExpected, (await terminal.ColoursAsync()).Contains("\e[36m", StringComparison.Ordinal));
    }
}
