using System.Buffers;
using System.Text;
using Norris.Terminal;
using Norris.Terminal.Drawing;
using Norris.Terminal.Editing;

namespace Norris.Tests.Terminal;

public sealed class RowViewTests
{
    private readonly ArrayBufferWriter<byte> _output = new();
    private readonly List<Wish> _wishes = [];

    [Fact]
    public void A_session_draws_the_row_and_says_what_is_wanted()
    {
        var line = View(20);

        line.Begin(_output);
        Assert.Equal("\e[?2004h\r\e[K> \r\e[2C", Drawn());
        Assert.Equal("\r\e[K> hi\r\e[4C", Type(line, "hi"));
        Assert.Equal("\r\e[K> \r\e[2C", Type(line, "\r"));
        Assert.Equal([new Wish(WishKind.Send, "hi")], _wishes);
        _output.Write(line.Restoring);
        Assert.Equal("\e[?2004l\r\e[K", Drawn());
    }

    [Fact]
    public void Lines_are_printed_above_what_is_being_written()
    {
        var line = View(20);
        Type(line, "dra");

        line.Print("one\ntwo\n"u8, _output);

        Assert.Equal("\r\e[Kone\ntwo\n\r\e[K> dra\r\e[5C", Drawn());
    }

    [Fact]
    public void A_long_line_scrolls_sideways_to_the_cursor()
    {
        var line = View(13); // ten for text

        Assert.Equal("\r\e[K> 0123456789\r\e[12C", Type(line, "0123456789"));
        Assert.Equal("\r\e[K> 56789A\r\e[8C", Type(line, "A"));
        Assert.Equal("\r\e[K> 0123456789\r\e[2C", Type(line, "\u0001"));
        line.Resize(new TerminalSize(40, 24), _output);
        Assert.Equal("\r\e[K> 0123456789A\r\e[2C", Drawn());
    }

    [Theory]
    [InlineData("漢字", "漢字", 6)]
    [InlineData("e\u0301", "e\u0301", 3)]
    [InlineData("👩\u200D👧x", "👩\u200D👧x", 5)]
    [InlineData("\e[200~a\rb\tc\e[201~", "a⏎b c", 7)]
    [InlineData("\u202Ex", "\uFFFDx", 4)]
    public void Columns_are_counted_as_a_terminal_does(string typed, string shown, int column) =>
        Assert.Equal($"\r\e[K> {shown}\r\e[{column}C", Type(View(30), typed));

    [Fact]
    public void Half_of_a_wide_character_at_the_edge_is_blank()
    {
        var line = View(9); // six for text

        // Nine columns wide, shown from the fifth on, which is the second half of the third character.
        Assert.Equal("\r\e[K>  字x\r\e[6C", Type(line, "漢漢漢字x"));
    }

    [Fact]
    public void Keys_that_come_together_are_all_carried_out_and_drawn_once()
    {
        var line = View(30);

        Assert.Equal("\r\e[K> c\r\e[3C", Type(line, "a\rb\rc"));
        Assert.Equal(["a", "b"], _wishes.Select(wish => wish.Line));
    }

    [Fact]
    public void Lines_that_come_quicker_than_anybody_types_are_one_message_where_pastes_are_not_marked()
    {
        RowView line = View(30, marksPastes: false);

        Type(line, "one\rtwo\rthr");
        line.Take("ee\r"u8, followAtOnce: true, _output, _wishes);
        Assert.Empty(_wishes);
        Type(line, "\r");

        Assert.Equal(["one\ntwo\nthree"], _wishes.Select(wish => wish.Line));
    }

    [Fact]
    public void A_line_and_its_enter_that_come_together_are_sent_where_pastes_are_not_marked()
    {
        Type(View(30, marksPastes: false), "one\r");

        Assert.Equal(["one"], _wishes.Select(wish => wish.Line));
    }

    [Fact]
    public void A_terminal_that_does_not_know_its_size_is_asked_once()
    {
        RowView line = View(30);
        Type(line, "0123456789ABCDEFGHIJ");

        Assert.Equal("", Type(line, "\e[24;13R"));
        line.AskSize(_output);
        Assert.Equal("\e7\e[999;999H\e[6n\e8", Drawn());
        Assert.Equal("\r\e[K> EFGHIJ\r\e[8C", Type(line, "\e[24;13R"));
    }

    [Fact]
    public void Escape_alone_does_nothing_once_it_is_known_to_be_alone()
    {
        var line = View(30);
        Type(line, "\e");
        Assert.True(line.IsWithinKey);

        line.Flush(_output, _wishes);

        Assert.False(line.IsWithinKey);
        Assert.Equal("\r\e[K> b\r\e[3C", Type(line, "b"));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void A_terminal_of_almost_no_width_is_survived(int columns) => Assert.NotEmpty(Type(View(columns), "漢a😀\u0001\u0005\u007F"));

    private string Type(RowView line, string typed)
    {
        line.Take(Encoding.UTF8.GetBytes(typed), followAtOnce: false, _output, _wishes);
        return Drawn();
    }

    private static RowView View(int columns, bool marksPastes = true) => new(new TerminalSize(columns, 24), new LineEditor(), marksPastes);

    private string Drawn()
    {
        string drawn = Encoding.UTF8.GetString(_output.WrittenSpan);
        _output.ResetWrittenCount();
        return drawn;
    }
}
