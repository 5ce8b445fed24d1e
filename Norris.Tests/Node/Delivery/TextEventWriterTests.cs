using System.Buffers;
using System.Globalization;
using System.Text;
using Norris.Node.Delivery;
using Norris.Protocol.Membership;
using Norris.Protocol.Ordering;

namespace Norris.Tests.Node.Delivery;

public sealed class TextEventWriterTests
{
    private readonly TextEventWriter _writer = new(TimeZoneInfo.Utc);
    private readonly ArrayBufferWriter<byte> _output = new();
    private readonly Roster _roster = Entries.AliceAlone();

    [Fact]
    public void Each_entry_is_one_line_for_people()
    {
        Assert.Equal("05:22:01 <alice> hi\n", Write(Entries.Message("hi"u8)));
        Assert.Equal("05:22:01 * bob joined (127.0.0.1:7001)\n", Write(Entries.BobJoined()));
        Assert.Equal("05:22:01 * gwen joined (guest of alice)\n", Write(Entries.GuestJoined()));
        Assert.Equal("05:22:01 * alice left\n", Write(Entries.Left(Entries.Alice, LeaveReason.Left)));
        Assert.Equal("05:22:01 * alice is gone (lost)\n", Write(Entries.Left(Entries.Alice, LeaveReason.Lost)));
        Assert.Equal("05:22:01 * alice is gone (too slow)\n", Write(Entries.Left(Entries.Alice, LeaveReason.Slow)));
        Assert.Equal("05:22:01 * alice is called al now\n", Write(Entries.Renamed(Entries.Alice, "al")));
        Assert.Equal("05:22:01 * alice is the host now (epoch 2)\n", Write(Entries.EpochStarted(Entries.Alice, 2)));
        Assert.Equal("05:22:01 * b0b00000 left\n", Write(Entries.Left(Entries.Bob, LeaveReason.Left)));
    }

    [Fact]
    public void A_new_name_that_is_the_old_one_is_nothing_to_tell() =>
        Assert.Equal("", Write(Entries.Renamed(Entries.Alice, "alice")));

    [Fact]
    public void Times_are_those_of_the_zone()
    {
        var zone = TimeZoneInfo.CreateCustomTimeZone("x", TimeSpan.FromMinutes(330), "x", "x");

        new TextEventWriter(zone).Write(_output, _roster, new Entry(Entries.Message("hi"u8)));

        Assert.Equal("10:52:01 <alice> hi\n", Take());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(330)]
    [InlineData(-330)]
    public void Where_a_day_ends_it_is_said_even_on_the_last_ones_of_the_calendar(int zoneMinutes)
    {
        var writer = new TextEventWriter(TimeZoneInfo.CreateCustomTimeZone("x", TimeSpan.FromMinutes(zoneMinutes), "x", "x"));
        foreach (string time in (string[])["9999-12-29T12:00:00Z", "9999-12-30T12:00:00Z", "9999-12-31T12:00:00Z"])
        {
            Write(writer, time);
        }
        Assert.Contains("* it is Thursday, 30 December 9999\n", Take(), StringComparison.Ordinal);

        Write(writer, "9999-12-31T23:59:59Z");
        writer.Write(_output, _roster, new Entry(Entries.Message("hi"u8, Timestamp.Infinite)));

        Assert.Equal(zoneMinutes < 0 ? ["18:29:59 <alice> hi", "18:29:59 <alice> hi"] : ["23:59:59 <alice> hi", "23:59:59 <alice> hi"], Take().TrimEnd('\n').Split('\n'));
    }

    [Fact]
    public void The_nodes_own_lines_are_plain()
    {
        TextEventWriter.WriteListening(_output, "127.0.0.1:7000");
        Assert.Equal("* listening on 127.0.0.1:7000\n", Take());
        TextEventWriter.WriteReady(_output, _roster, Entries.Alice);
        Assert.Equal("* you are alice and the host; nobody else is here yet\n", Take());
        TextEventWriter.WriteGap(_output, new SequenceNumber(10), new SequenceNumber(14), "this node was too slow");
        Assert.Equal("* 3 entries were missed here: this node was too slow\n", Take());
        TextEventWriter.WriteGap(_output, new SequenceNumber(10), new SequenceNumber(12), "x");
        Assert.Equal("* one entry was missed here: x\n", Take());
        TextEventWriter.WriteGap(_output, new SequenceNumber(10), new SequenceNumber(3), "x");
        Assert.Equal("* something was missed here: x\n", Take());
    }

    [Fact]
    public void Members_are_listed_with_their_roles()
    {
        _roster.Apply(new Entry(Entries.BobJoined()));
        _roster.Apply(new Entry(Entries.GuestJoined()));

        TextEventWriter.WriteMembers(_output, _roster, Entries.Bob);

        Assert.Equal(
            """
            * 3 members:
            *   alice  host, 127.0.0.1:7000  [k7f3q2ab]
            *   bob  node, you, 127.0.0.1:7001  [b0b00000]
            *   gwen  guest, through alice  [gaest000]

            """, Take());
    }

    [Fact]
    public void A_member_that_cannot_be_host_is_told_from_the_others()
    {
        TextEventWriter.WriteMembers(
            _output, new Roster([new RosterMember(Entries.Alice, "alice"u8, MemberKind.Node, MemberId.None, "10.0.0.1:7000", isReachable: false)], MemberId.None, new Epoch(1), 1), MemberId.None);

        Assert.Equal(
            """
            * one member:
            *   alice  node, 10.0.0.1:7000 (out of reach: cannot be host)  [k7f3q2ab]

            """, Take());
    }

    [Theory]
    [InlineData("\e[2J\e]0;owned\a", "␛[2J␛]0;owned␇")]
    [InlineData("a\nb\r\nc", "a\n         b\n         c")]
    [InlineData("over\rwritten", "over␍written")]
    [InlineData("tab\there", "tab    here")]
    [InlineData("\0\b\u007F", "␀␈␡")]
    [InlineData("\u009B31m\u0085", "\\u009B31m\\u0085")]
    [InlineData("abc\u202Edcba\u2066x\u2069", "abc\\u202Edcba\\u2066x\\u2069")]
    [InlineData("\u200E\u200F\u061C\u2028\u2029", "\\u200E\\u200F\\u061C\\u2028\\u2029")]
    [InlineData("“quotes” 漢字 é 😀 أهلا \\ \"", "“quotes” 漢字 é 😀 أهلا \\ \"")]
    [InlineData("", "")]
    public void Hostile_text_is_shown_and_never_obeyed(string text, string shown)
    {
        Assert.Equal($"05:22:01 <alice> {shown}\n", Write(Entries.Message(Encoding.UTF8.GetBytes(text))));
    }

    [Theory]
    [InlineData("FF1B5B", "\uFFFD␛[")]
    [InlineData("C31B", "\uFFFD␛")]
    [InlineData("E2800A41", "\uFFFD\n         A")]
    [InlineData("0D0AFF", "\n         \uFFFD")]
    public void Invalid_utf8_does_not_carry_a_control_past_the_filter(string bytes, string shown) =>
        Assert.Equal($"05:22:01 <alice> {shown}\n", Write(Entries.Message(Convert.FromHexString(bytes))));

    [Fact]
    public void No_random_bytes_reach_a_terminal_raw()
    {
        var random = new Random(11);
        byte[] text = new byte[64];
        for (int i = 0; i < 3000; i++)
        {
            random.NextBytes(text);
            string line = Write(Entries.Message(text));

            Assert.DoesNotContain(line, c => (char.IsControl(c) && c != '\n') || DirectionControls.Contains(c));
            Assert.All(line[..^1].Split('\n').Skip(1), continued => Assert.StartsWith("         ", continued, StringComparison.Ordinal));
        }
    }

    [Fact]
    public void A_name_that_breaks_the_rules_is_made_safe_too()
    {
        var roster = new Roster([new RosterMember(Entries.Alice, "a\e\n\u202E"u8, MemberKind.Node, MemberId.None, "")], Entries.Alice, new Epoch(1), 1);

        _writer.Write(_output, roster, new Entry(Entries.Message("hi"u8)));

        Assert.Equal("05:22:01 <a␛␊\\u202E> hi\n", Take());
    }

    [Fact]
    public void A_message_allocates_nothing()
    {
        byte[] message = Entries.Message("hello “world”\n"u8);
        var output = new ArrayBufferWriter<byte>(1 << 20);

        Allocations.AreNone(_ => _writer.Write(output, _roster, new Entry(message)));
    }

    private string Write(byte[] entry)
    {
        Assert.True(Entry.TryRead(entry, out Entry read));
        _writer.Write(_output, _roster, read);
        return Take();
    }

    private void Write(TextEventWriter writer, string time)
    {
        var at = new Timestamp((DateTime.Parse(time, CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal) - DateTime.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond);
        writer.Write(_output, _roster, new Entry(Entries.Message("hi"u8, at)));
    }

    private string Take()
    {
        string text = Encoding.UTF8.GetString(_output.WrittenSpan);
        _output.ResetWrittenCount();
        return text;
    }
}
