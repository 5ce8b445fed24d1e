using System.Text;
using Norris.Protocol.Ordering;
using Norris.Terminal.Editing;
using Norris.Terminal.Keys;

namespace Norris.Tests.Terminal;

public sealed class LineEditorTests
{
    private readonly LineEditor _editor = new();

    [Theory]
    [InlineData("abc", "abc|")]
    [InlineData("abc\e[D\e[DX", "aX|bc")]
    [InlineData("abc\u007F", "ab|")]
    [InlineData("abc\u0001\e[3~", "|bc")]
    [InlineData("abc\u0001\u0004", "|bc")]
    [InlineData("abc\u0001X\u0005Y", "XabcY|")]
    [InlineData("one two\u0017", "one |")]
    [InlineData("one two  \u0017", "one |")]
    [InlineData("one two\eb\eb\ef!", "one!| two")]
    [InlineData("one two\eb\u000B", "one |")]
    [InlineData("one two\eb\u0015", "|two")]
    [InlineData("e\u0301x\e[D\u007F", "|x")]
    [InlineData("👩\u200D👩\u200D👧\u007F", "|")]
    [InlineData("漢字\e[D\e[D\e[D", "|漢字")]
    [InlineData("\e[D\e[C\u007F\e[3~\u0017\u0015\u000B\e[A\e[B", "|")]
    [InlineData("a\tb", "ab|")]
    [InlineData("one two\u0017\u0019\u0019", "one twotwo|")]
    [InlineData("one two three\u0017\u0017\u0001\u0019", "two three|one ")]
    [InlineData("one two\u0001\ed\ed\u0019", "one two|")]
    [InlineData("one two\u0015x\u0019", "xone two|")]
    [InlineData("ab\u0017c\u0017\u0019", "c|")]
    [InlineData("\u0019x", "x|")]
    [InlineData("one\e\rtwo", "one\ntwo|")]
    [InlineData("one\e\rtwo\u0015", "one\n|")]
    [InlineData("one\e\rtwo\u0001\u007F", "one|two")]
    [InlineData("one\e\rtwo\e[A\u000B", "one|two")]
    [InlineData("one\e\rtwo\e[A\u000B\u000B", "one|")]
    [InlineData("long line\e\rab\e[A", "lo|ng line\nab")]
    [InlineData("ab\e\rlong line\e[A", "ab|\nlong line")]
    [InlineData("ab\e\r漢字x\e[D\e[A\e[B", "ab\n漢字|x")]
    [InlineData("\e[200~a\r\tb\e[D\e[201~c", "a\n\tbc|")]
    public void Keys_edit_the_line(string typed, string expected)
    {
        Type(typed);

        Assert.Equal(expected, Shown());
    }

    [Fact]
    public void Enter_submits_and_empties()
    {
        Assert.Equal(EditorOutcome.Submitted, Type("hello\r"));
        Assert.Equal(("hello", "|"), (_editor.SubmittedText, Shown()));
    }

    [Theory]
    [InlineData("\r")]
    [InlineData("   \r")]
    public void Nothing_is_not_submitted(string typed)
    {
        Assert.NotEqual(EditorOutcome.Submitted, Type(typed));
        Assert.Equal("|", Shown());
    }

    [Fact]
    public void A_paste_of_lines_is_one_message_once_enter_is_pressed()
    {
        Assert.Equal(EditorOutcome.Unchanged, Type("\e[200~one\rtwo\r\e[201~"));
        Assert.Equal(EditorOutcome.Submitted, Type("\r"));
        Assert.Equal("one\ntwo", _editor.SubmittedText);
    }

    [Fact]
    public void History_goes_up_and_down_and_gives_the_draft_back()
    {
        Type("first\rsecond\rsecond\rdraft");

        Type("\e[A");
        Assert.Equal("second|", Shown());
        Type("\e[A");
        Assert.Equal("first|", Shown());
        Type("\e[A");
        Assert.Equal("first|", Shown());
        Type("\e[B\e[B");
        Assert.Equal("draft|", Shown());
        Type("\e[B");
        Assert.Equal("draft|", Shown());
    }

    [Fact]
    public void History_keeps_the_newest()
    {
        for (int i = 0; i < History.LinesMax + 10; i++)
        {
            Type($"{i}\r");
        }
        Type(string.Concat(Enumerable.Repeat("\e[A", History.LinesMax + 10)));

        Assert.Equal("10|", Shown());
    }

    [Theory]
    [InlineData("\u0012irs", "first one|", "irs")]
    [InlineData("\u0012one", "third one|", "one")]
    [InlineData("\u0012one\u0012", "first one|", "one")]
    [InlineData("\u0012one\u0012\u0012", "first one|", "one")]
    [InlineData("\u0012onex", "third one|", "onex")]
    [InlineData("\u0012sec\u007F\u007F\u007Fthi", "third one|", "thi")]
    [InlineData("\u0012fir\u0001X", "X|first one", null)]
    [InlineData("\u0012fir\u0007", "draft|", null)]
    public void Earlier_lines_are_found_by_what_is_in_them(string typed, string expected, string? searched)
    {
        Type("first one\rsecond\rthird one\rdraft");

        Type(typed);

        Assert.Equal((expected, searched), (Shown(), _editor.Searched));
    }

    [Fact]
    public void Enter_sends_what_was_found()
    {
        Type("first\rsecond\r");

        Assert.Equal(EditorOutcome.Submitted, Type("\u0012fi\r"));
        Assert.Equal(("first", null), (_editor.SubmittedText, _editor.Searched));
    }

    [Fact]
    public void Up_goes_to_earlier_lines_from_the_first_line_only()
    {
        Type("before\rone\e\rtwo");

        Type("\e[A");
        Assert.Equal("one|\ntwo", Shown());
        Type("\e[A");
        Assert.Equal("before|", Shown());
        Type("\e[B");
        Assert.Equal("one\ntwo|", Shown());
    }

    [Fact]
    public void Leaving_is_asked_for_by_interrupt_always_and_by_end_of_input_on_an_empty_line()
    {
        Assert.Equal(EditorOutcome.Quit, Type("\u0004"));
        Assert.Equal(EditorOutcome.Unchanged, Type("x\u0004"));
        Assert.Equal(EditorOutcome.Quit, Type("\u0003"));
        Assert.Equal(EditorOutcome.Quit, Type("\e[200~\u0003"));
        Assert.Equal(EditorOutcome.Suspend, Type("\u001A"));
        Assert.Equal(EditorOutcome.ClearScreen, Type("\f"));
    }

    [Fact]
    public void A_line_never_outgrows_a_message()
    {
        Type(new string('x', Entry.TextBytesMax - 1));

        Assert.Equal(EditorOutcome.Refused, Type("é"));
        Assert.Equal(EditorOutcome.Changed, Type("y"));
        Assert.Equal(EditorOutcome.Refused, Type("z"));
        Assert.Equal(EditorOutcome.Changed, Type("\u007Fz"));
        Assert.Equal(Entry.TextBytesMax, _editor.Text.Length);
    }

    private EditorOutcome Type(string typed)
    {
        var decoder = new KeyDecoder();
        List<Key> keys = [];
        decoder.Decode(Encoding.UTF8.GetBytes(typed), keys);
        return keys.Select(_editor.Apply).Aggregate((_, last) => last);
    }

    private string Shown() => _editor.Text.ToString().Insert(_editor.Cursor, "|");
}
