using System.Text.Json;

namespace Norris.Tests.EndToEnd.Terminals;

/// <summary>A person at a full-screen terminal, among other nodes.</summary>
public sealed class ScreenTests
{
    private static readonly CancellationToken Limit = new CancellationTokenSource(TimeSpan.FromMinutes(5)).Token;

    [StaticBinaryFact]
    public async Task Keys_edit_as_in_readline_and_earlier_lines_come_back()
    {
        await using var bob = NodeUnderTest.Start("bob");
        await using TmuxTerminal terminal = await AliceAsync(bob);

        await terminal.TypeAsync("wrld");
        await terminal.PressAsync("Left", "Left", "Left", "o", "C-a");
        await terminal.TypeAsync("hello ");
        await terminal.SeeLastAsync("> hello world");
        await terminal.PressAsync("C-w", "C-k", "C-y", "C-e", "!", "Enter");
        Assert.Equal("hello world!", await TextAsync(bob));
        await terminal.SeeLastAsync(">");

        await terminal.TypeAsync("second\r");
        Assert.Equal("second", await TextAsync(bob));
        await terminal.TypeAsync("draft");
        await terminal.PressAsync("Up", "Up");
        await terminal.SeeLastAsync("> hello world!");
        await terminal.PressAsync("Down", "Down");
        await terminal.SeeLastAsync("> draft");
        await terminal.PressAsync("C-r");
        await terminal.TypeAsync("wor");
        await terminal.SeeLastAsync("(search) wor: hello world!");
        await terminal.PressAsync("C-g");
        await terminal.SeeLastAsync("> draft");
    }

    [StaticBinaryFact]
    public async Task A_paste_of_many_lines_and_alt_enter_are_one_message()
    {
        await using var bob = NodeUnderTest.Start("bob");
        await using TmuxTerminal terminal = await AliceAsync(bob);

        await terminal.PasteAsync("one\ntwo\nthree\n");
        await terminal.SeeAsync("  three");
        await terminal.PressAsync("BSpace", "M-Enter");
        await terminal.TypeAsync("four\r");

        Assert.Equal("one\ntwo\nthree\nfour", await TextAsync(bob));
        await terminal.SeeAsync(screen => screen.Contains("         four ✓✓"), "the message with its mark");
    }

    [StaticBinaryFact]
    public async Task Wide_and_combining_characters_take_the_columns_that_the_terminal_gives_them()
    {
        await using var bob = NodeUnderTest.Start("bob");
        await using TmuxTerminal terminal = await AliceAsync(bob, columns: 40, rows: 10);

        await terminal.TypeAsync("漢字e\u0301x");
        await terminal.SeeLastAsync("> 漢字e\u0301x");
        Assert.Equal((9, 8), await terminal.CursorAsync());
        await terminal.PressAsync("Left", "Left", "BSpace");
        await terminal.SeeLastAsync("> 漢e\u0301x");
        Assert.Equal((9, 4), await terminal.CursorAsync());
        await terminal.PressAsync("Enter");
        Assert.Equal("漢e\u0301x", await TextAsync(bob));

        await bob.SayAsync([string.Concat(Enumerable.Repeat("漢字", 15))]);
        await terminal.SeeAsync(screen => screen.Any(row => row.EndsWith("<bob> 漢字漢字漢字漢字漢字漢字漢字", StringComparison.Ordinal)), "the wide text, wrapped");
        await terminal.SeeLastAsync(">");
    }

    [StaticBinaryFact]
    public async Task The_draft_stays_put_while_messages_arrive_and_through_every_size()
    {
        await using var bob = NodeUnderTest.Start("bob");
        await using TmuxTerminal terminal = await AliceAsync(bob);

        await terminal.TypeAsync("a dra");
        await bob.SayAsync(Enumerable.Range(1, 50).Select(static i => $"line {i}"));
        await terminal.TypeAsync("ft of mine");
        await terminal.SeeAsync("<bob> line 50");
        await terminal.SeeLastAsync("> a draft of mine");
        Assert.Equal((23, 17), await terminal.CursorAsync());

        foreach ((int columns, int rows) in ((int, int)[])[(40, 10), (20, 5), (8, 2), (132, 40), (80, 24)])
        {
            await terminal.ResizeAsync(columns, rows);
            await bob.SayAsync([$"at {columns}x{rows}"]);
            if (columns >= 20)
            {
                await terminal.SeeAsync($"<bob> at {columns}x{rows}");
                await terminal.SeeLastAsync("> a draft of mine");
            }
            else
            {
                await terminal.SeeAsync("too smal");
            }
        }
        await terminal.PressAsync("Enter");
        Assert.Equal("a draft of mine", await TextAsync(bob, from: "alice"));
    }

    [StaticBinaryFact]
    public async Task Looking_back_stays_there_and_tells_how_much_is_new()
    {
        await using var bob = NodeUnderTest.Start("bob");
        await using TmuxTerminal terminal = await AliceAsync(bob, columns: 80, rows: 12);
        await bob.SayAsync(Enumerable.Range(1, 100).Select(static i => $"line {i}."));
        await terminal.SeeAsync("line 100.");

        await terminal.PressAsync("PageUp", "PageUp");
        await terminal.SeeAsync("line 82.");
        await bob.SayAsync(["news"]);
        await terminal.SeeAsync("1 new below");
        Assert.DoesNotContain(terminal.Screen, static row => row.Contains("news", StringComparison.Ordinal));
        await terminal.PressAsync("PageDown", "PageDown", "PageDown");
        await terminal.SeeAsync("<bob> news");
        Assert.Contains(terminal.Screen, static row => row.StartsWith("── unread ──", StringComparison.Ordinal));
    }

    [StaticBinaryFact]
    public async Task A_mention_rings_and_tab_answers()
    {
        await using var bob = NodeUnderTest.Start("bob");
        await using TmuxTerminal terminal = await AliceAsync(bob);

        await bob.SayAsync(["nobody"]);
        await terminal.SeeAsync("<bob> nobody");
        Assert.False(await terminal.HasRungAsync());
        await bob.SayAsync(["psst, Alice!"]);
        await terminal.SeeAsync("<bob> psst, Alice!");
        await terminal.SeeAsync(_ => terminal.HasRungAsync(), "a bell");
        await terminal.TypeAsync("b");
        await terminal.PressAsync("Tab");
        await terminal.SeeLastAsync("> bob:");
        await terminal.TypeAsync("yes?\r");
        Assert.Equal("bob: yes?", await TextAsync(bob, from: "alice"));
    }

    [StaticBinaryFact]
    public async Task When_the_host_dies_the_terminal_says_so_and_goes_on()
    {
        await using var bob = NodeUnderTest.Start("bob");
        await using TmuxTerminal terminal = await AliceAsync(bob);
        await using var carol = NodeUnderTest.Start("carol", bob.Address);
        await carol.NextAsync("ready", Limit);
        await terminal.SeeAsync("host bob");

        await terminal.TypeAsync("half a");
        await bob.KillAsync();
        await terminal.SeeAsync("* alice is the host now (epoch 2)");
        await terminal.SeeAsync("* bob is gone (lost)");
        await terminal.SeeAsync("you are the host");
        await terminal.TypeAsync(" line\r");

        Assert.Equal("half a line", await TextAsync(carol));
        await terminal.SeeAsync("<alice> half a line ✓✓");
        await terminal.TypeAsync("/digest\r");
        await terminal.SeeAsync("all 2 nodes have the same order");
    }

    [StaticBinaryFact]
    public async Task Commands_answer_and_a_mistyped_one_is_put_right()
    {
        await using var bob = NodeUnderTest.Start("bob");
        await using TmuxTerminal terminal = await AliceAsync(bob, columns: 100, rows: 30);

        await terminal.TypeAsync("/who\r/whois bob\r/host\r/me waves\r/hlep\r");
        await terminal.SeeAsync("2 members:");
        await terminal.SeeAsync("bob is the host, at 127.0.0.1:");
        await terminal.SeeAsync("in epoch 1; you are next");
        await terminal.SeeAsync("• alice waves");
        await terminal.SeeAsync("did you mean /help?");
        await terminal.TypeAsync("/ignore bob\r");
        await terminal.SeeAsync("messages of bob are not shown here any more");
        string place = PlaceOn(terminal.Screen);
        await bob.SayAsync(["unseen"]);
        await terminal.SeeAsync(screen => PlaceOn(screen) != place, "the next place in the order");
        await terminal.TypeAsync("/ignore bob\r");
        await terminal.SeeAsync("bob is not ignored any more");
        await bob.SayAsync(["seen"]);
        await terminal.SeeAsync("<bob> seen");
        Assert.DoesNotContain(terminal.Screen, static row => row.Contains("unseen", StringComparison.Ordinal));
        await terminal.TypeAsync("/clear\r");
        await terminal.SeeAsync(static screen => screen.Count(static row => row.Length > 0) == 2, "an empty screen");
        await terminal.TypeAsync("/name al\r");
        await terminal.SeeAsync("* alice is called al now");
    }

    // In the status line.
    private static string PlaceOn(string[] screen) => screen[^2].Split(" │ ").Single(static part => part.StartsWith('#'));

    private static async Task<TmuxTerminal> AliceAsync(NodeUnderTest host, int columns = 80, int rows = 24)
    {
        string address = await host.AddressAsync(Limit);
        await host.NextAsync("ready", Limit);
        TmuxTerminal terminal = await TmuxTerminal.OpenAsync(columns, rows);
        await terminal.JoinAsync("alice", address);
        return terminal;
    }

    private static async Task<string> TextAsync(NodeUnderTest node, string? from = null)
    {
        while (true)
        {
            JsonElement message = await node.NextAsync("message", Limit);
            if (from is null || message.GetProperty("name").GetString() == from)
            {
                return message.GetProperty("text").GetString()!;
            }
        }
    }
}
