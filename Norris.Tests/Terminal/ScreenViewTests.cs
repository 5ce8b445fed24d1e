using System.Buffers;
using System.Text;
using Norris.Node.Delivery;
using Norris.Protocol;
using Norris.Protocol.Membership;
using Norris.Protocol.Ordering;
using Norris.Terminal;
using Norris.Terminal.Drawing;
using Norris.Terminal.Editing;
using Norris.Tests.Node.Delivery;

namespace Norris.Tests.Terminal;

/// <summary>Whole sessions at a terminal in memory.</summary>
public sealed class ScreenViewTests
{
    private readonly ArrayBufferWriter<byte> _output = new();
    private readonly List<Wish> _wishes = [];
    private readonly Roster _roster = Entries.AliceAlone();
    private readonly Transcript _transcript = new(static () => { });
    private VirtualScreen _screen = new(60, 8);
    private ScreenView _view = null!;
    private ulong _sequence = 1;

    public ScreenViewTests() => Open(60, 8);

    [Fact]
    public void What_is_said_stands_above_the_status_line_and_the_input_below()
    {
        Say(Entries.Bob, "bob", "hello");
        Type("draft");

        Assert.Equal(["", "", "", "", "", "05:22:01 <bob> hello", " network 00ff │ 2 members │ host alice │ epoch 3 │ #9 │ open", "> draft"], _screen.Rows);
        Assert.Equal((7, 7), _screen.Cursor);
        Assert.Equal(["?1004", "?1049", "?2004", "?25"], _screen.Modes);
    }

    [Fact]
    public void Leaving_takes_back_all_that_was_asked_of_the_terminal()
    {
        _screen.Write(_view.Restoring);

        Assert.Equal(["?25", "?7"], _screen.Modes);
    }

    [Fact]
    public void The_input_stays_put_while_lines_arrive_and_only_what_changed_is_written()
    {
        Type("a draft");
        for (int i = 1; i <= 20; i++)
        {
            Say(Entries.Bob, "bob", $"line {i}");
        }
        _screen.Bytes = 0;
        Say(Entries.Bob, "bob", "line 21");

        Assert.Equal("05:22:01 <bob> line 16", _screen.Rows[0]);
        Assert.Equal("05:22:01 <bob> line 21", _screen.Rows[5]);
        Assert.Equal("> a draft", _screen.Rows[7]);
        Assert.Equal((7, 9), _screen.Cursor);
        Assert.InRange(_screen.Bytes, 1, 150);
    }

    [Fact]
    public void Words_are_wrapped_under_the_text_and_wide_ones_where_they_must()
    {
        Open(40, 8);
        Say(Entries.Bob, "bob", "the quick brown fox jumps over the lazy dog");
        Say(Entries.Bob, "bob", "漢字漢字漢字漢字漢字漢字漢字漢字👩\u200D👧漢字");
        Say(Entries.Bob, "bob", new string('x', 60));

        Assert.Equal(
            [
                "05:22 <bob> the quick brown fox jumps", "      over the lazy dog", "05:22 <bob> 漢字漢字漢字漢字漢字漢字漢字", "      漢字👩\u200D👧漢字",
                "05:22 <bob> xxxxxxxxxxxxxxxxxxxxxxxxxxxx", "      xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
            ],
            Open(40, 9).Rows[1..7]);
    }

    [Fact]
    public void Page_up_looks_back_and_stays_there_while_more_arrives_with_a_line_before_what_is_unread()
    {
        for (int i = 1; i <= 20; i++)
        {
            Say(Entries.Bob, "bob", $"line {i}");
        }

        Type("\e[5~");
        Assert.Equal(("05:22:01 <bob> line 10", "05:22:01 <bob> line 15"), (_screen.Rows[0], _screen.Rows[5]));
        Say(Entries.Bob, "bob", "news");
        Assert.Equal("05:22:01 <bob> line 15", _screen.Rows[5]);
        Assert.StartsWith(" 1 new below, PgDn │ ", _screen.Rows[6], StringComparison.Ordinal);
        Type("\e[6~");
        Type("\e[6~");

        Assert.Equal("05:22:01 <bob> line 20", _screen.Rows[3]);
        Assert.StartsWith("── unread ──", _screen.Rows[4], StringComparison.Ordinal);
        Assert.Equal("05:22:01 <bob> news", _screen.Rows[5]);
        Type("seen\r");
        Assert.DoesNotContain(_screen.Rows, static row => row.Contains("unread", StringComparison.Ordinal));
    }

    [Fact]
    public void Looking_back_ends_at_the_first_line()
    {
        for (int i = 1; i <= 8; i++)
        {
            Say(Entries.Bob, "bob", $"line {i}");
        }

        Type("\e[5~\e[5~\e[5~\e[5~");

        Assert.Equal("05:22:01 <bob> line 1", _screen.Rows[0]);
        Assert.Equal("05:22:01 <bob> line 6", _screen.Rows[5]);
        Type("\e[6~\e[6~");
        Assert.Equal("05:22:01 <bob> line 8", _screen.Rows[5]);
    }

    [Fact]
    public void What_comes_while_the_window_is_not_looked_at_is_unread()
    {
        Say(Entries.Bob, "bob", "seen");
        Type("\e[O");
        Say(Entries.Bob, "bob", "unseen");
        Type("\e[I");

        Assert.Equal("05:22:01 <bob> seen", _screen.Rows[3]);
        Assert.StartsWith("── unread ──", _screen.Rows[4], StringComparison.Ordinal);
    }

    [Fact]
    public void Own_messages_wait_are_ordered_and_are_stable()
    {
        _transcript.Enter("mine"u8);
        Refresh();
        Assert.Equal("         <alice> mine …", _screen.Rows[5]);

        _transcript.Taken(1);
        Say(Entries.Alice, "alice", "mine");
        Assert.Equal("05:22:01 <alice> mine ✓", _screen.Rows[5]);
        Assert.Equal("", _screen.Rows[4]);

        _transcript.Update(_transcript.Status with { Stable = new SequenceNumber(_sequence) });
        Refresh();
        Assert.Equal("05:22:01 <alice> mine ✓✓", _screen.Rows[5]);
    }

    [Fact]
    public void What_is_not_sent_says_why()
    {
        _transcript.Enter("mine"u8);
        _transcript.NotTaken("no majority");
        Refresh();

        Assert.Equal("         <alice> mine ! not sent: no majority", _screen.Rows[5]);
    }

    [Fact]
    public void A_mention_rings_once()
    {
        Say(Entries.Bob, "bob", "hi ALICE!");
        Refresh();
        Say(Entries.Bob, "bob", "malice");
        Say(Entries.Alice, "alice", "I, alice");

        Assert.Equal(1, _screen.Rung);
    }

    [Fact]
    public void Midnight_is_a_line()
    {
        Say(Entries.Bob, "bob", "late");
        Say(Entries.Bob, "bob", "early", Entries.Noon.Plus(86_400_000_000L));

        Assert.StartsWith("── Wednesday, 25 November 2026 ──", _screen.Rows[4], StringComparison.Ordinal);
    }

    [Fact]
    public void Mass_leaves_are_one_line()
    {
        for (int i = 0; i < 7; i++)
        {
            MemberId id = new(1000 + (ulong)i);
            Apply(Entries.Joined(id, $"m{i}", MemberKind.Node, MemberId.None, "127.0.0.1:1"));
        }
        Assert.Equal("05:22:01 * m0, m1, m2, m3 and 3 others joined", _screen.Rows[5]);
        for (int i = 0; i < 3; i++)
        {
            Apply(Entries.Left(new MemberId(1000 + (ulong)i), LeaveReason.Lost));
        }
        Apply(Entries.Left(new MemberId(1003), LeaveReason.Left));

        Assert.Equal(("05:22:01 * m0, m1 and m2 are gone (lost)", "05:22:01 * m3 left"), (_screen.Rows[4], _screen.Rows[5]));
    }

    [Fact]
    public void What_somebody_does_is_told_as_such()
    {
        Say(Entries.Bob, "bob", "/me waves");

        Assert.Equal("05:22:01 • bob waves", _screen.Rows[5]);
    }

    [Fact]
    public void A_message_of_several_lines_takes_more_rows_up_to_a_third()
    {
        Type("one\e\rtwo\e\rthree");

        Assert.Equal(["  two", "  three"], _screen.Rows[6..]);
        Type("\r");
        Assert.Equal("one\ntwo\nthree", Assert.Single(_wishes).Line);
        Assert.Equal(">", _screen.Rows[7]);
    }

    [Fact]
    public void A_long_line_is_wrapped_and_the_cursor_follows()
    {
        Open(20, 9);
        Type("0123456789ABCDEFGHIJ");

        Assert.Equal(["> 0123456789ABCDEFG", "  HIJ"], _screen.Rows[7..]);
        Assert.Equal((8, 5), _screen.Cursor);
        Type("\u0001");
        Assert.Equal((7, 2), _screen.Cursor);
    }

    [Theory]
    [InlineData("漢字", 6)]
    [InlineData("e\u0301", 3)]
    [InlineData("👩\u200D👧x", 5)]
    [InlineData("❤\uFE0F", 4)]
    [InlineData("🇩🇪", 4)]
    [InlineData("👍🏽", 4)]
    [InlineData("\u202Ex", 4)]
    public void The_cursor_stands_behind_what_people_see(string typed, int column)
    {
        Type(typed);

        Assert.Equal((7, column), _screen.Cursor);
    }

    [Fact]
    public void Another_size_is_drawn_anew()
    {
        Say(Entries.Bob, "bob", "hello");
        Type("draft");

        _screen = new VirtualScreen(30, 5);
        _view.Resize(new TerminalSize(30, 5), _output);
        Drawn();

        Assert.Equal(["", "", "<bob> hello", " 2 members │ host alice │ open", "> draft"], _screen.Rows);
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 2)]
    [InlineData(5, 3)]
    [InlineData(11, 24)]
    [InlineData(12, 3)]
    [InlineData(20, 5)]
    public void A_terminal_of_almost_no_size_is_survived(int columns, int rows)
    {
        Open(columns, rows);
        Say(Entries.Bob, "bob", "hello 漢字 hello");
        Type("漢a😀\u0001\e[5~\e[6~\u0012x");

        Assert.Equal(columns < 12 || rows < 3, _screen.Rows[0].StartsWith("too small"[..Math.Min(9, columns)], StringComparison.Ordinal) && rows > 1 || rows == 1);
    }

    [Fact]
    public void A_search_shows_what_is_looked_for()
    {
        Type("earlier\r");
        Type("\u0012ear");

        Assert.Equal("(search) ear: earlier", _screen.Rows[7]);
    }

    private VirtualScreen Open(int columns, int rows)
    {
        _screen = new VirtualScreen(columns, rows);
        _view = new ScreenView(
            new TerminalSize(columns, rows), new LineEditor(), _transcript, new ItemRuns(TimeZoneInfo.Utc), new Palette(hasColours: true, hasMany: true), isSecured: false);
        if (_transcript.OwnName.Length == 0)
        {
            _transcript.Ready(_roster, Entries.Alice);
            _transcript.Clear();
            _transcript.Update(new NodeStatus(NodeRole.Following, true, 0x00FF_0000_0000_0000, 2, "alice", new Epoch(3), new SequenceNumber(9), SequenceNumber.None, 0));
        }
        _view.Begin(_output);
        Drawn();
        return _screen;
    }

    private void Say(MemberId author, string name, string text, Timestamp? time = null)
    {
        if (_roster.Find(author) is null)
        {
            _roster.Apply(new Entry(Entries.Joined(author, name, MemberKind.Node, MemberId.None, "127.0.0.1:7001")));
        }
        var entry = new ArrayBufferWriter<byte>();
        EntryWriter.WriteMessage(entry, time ?? Entries.Noon, author, _sequence, Encoding.UTF8.GetBytes(text));
        Apply(entry.WrittenSpan.ToArray());
    }

    private void Apply(byte[] bytes)
    {
        var entry = new Entry(bytes);
        _transcript.Add(_roster, new SequenceNumber(_sequence++), entry);
        _roster.Apply(entry);
        Refresh();
    }

    private void Type(string typed)
    {
        _view.Take(Encoding.UTF8.GetBytes(typed), followAtOnce: false, _output, _wishes);
        Drawn();
    }

    private void Refresh()
    {
        _view.Refresh(_output);
        Drawn();
    }

    private void Drawn()
    {
        _screen.Write(_output.WrittenSpan);
        _output.ResetWrittenCount();
    }
}
