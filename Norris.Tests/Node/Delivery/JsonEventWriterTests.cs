using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Norris.Node.Delivery;
using Norris.Protocol.Membership;
using Norris.Protocol.Ordering;

namespace Norris.Tests.Node.Delivery;

public sealed class JsonEventWriterTests
{
    private readonly JsonEventWriter _writer = new();
    private readonly ArrayBufferWriter<byte> _output = new();
    private readonly Roster _roster = Entries.AliceAlone();

    [Fact]
    public void A_message_has_the_documented_fields_in_the_documented_order() => Assert.Equal(
        """{"type":"message","epoch":1,"seq":42,"time":"2026-11-24T05:22:01.123456Z","from":"k7f3q2ab","name":"alice","text":"hi"}""",
        Write(Entries.Message("hi"u8)));

    [Fact]
    public void A_node_that_joined_has_an_address_and_a_guest_its_node()
    {
        Assert.Equal(
            """{"type":"joined","epoch":1,"seq":42,"time":"2026-11-24T05:22:01.123456Z","member":"b0b00000","name":"bob","address":"127.0.0.1:7001"}""",
            Write(Entries.BobJoined()));
        Assert.Equal(
            """{"type":"joined","epoch":1,"seq":42,"time":"2026-11-24T05:22:01.123456Z","member":"gaest000","name":"gwen","via":"k7f3q2ab"}""",
            Write(Entries.GuestJoined()));
    }

    [Theory]
    [InlineData(LeaveReason.Left, "left")]
    [InlineData(LeaveReason.Lost, "lost")]
    [InlineData(LeaveReason.Slow, "slow")]
    internal void A_member_that_left_has_a_reason(LeaveReason reason, string word) => Assert.Equal(
        $$"""{"type":"left","epoch":1,"seq":42,"time":"2026-11-24T05:22:01.123456Z","member":"k7f3q2ab","name":"alice","reason":"{{word}}"}""",
        Write(Entries.Left(Entries.Alice, reason)));

    [Fact]
    public void A_renamed_member_has_both_names() => Assert.Equal(
        """{"type":"renamed","epoch":1,"seq":42,"time":"2026-11-24T05:22:01.123456Z","member":"k7f3q2ab","name":"al","old":"alice"}""",
        Write(Entries.Renamed(Entries.Alice, "al")));

    [Fact]
    public void A_new_host_stands_in_its_own_epoch() => Assert.Equal(
        """{"type":"host","epoch":2,"seq":42,"time":"2026-11-24T05:22:01.123456Z","member":"k7f3q2ab","name":"alice"}""",
        Write(Entries.EpochStarted(Entries.Alice, 2)));

    [Fact]
    public void Somebody_unknown_is_named_by_the_id() =>
        Assert.Contains("\"member\":\"b0b00000\",\"name\":\"b0b00000\"", Write(Entries.Left(Entries.Bob, LeaveReason.Left)), StringComparison.Ordinal);

    [Fact]
    public void What_is_no_entry_is_written_too()
    {
        JsonEventWriter.WriteListening(_output, "127.0.0.1:7000");
        Assert.Equal("""{"type":"listening","address":"127.0.0.1:7000"}""", Take());
        JsonEventWriter.WriteReady(_output, _roster, Entries.Alice, new SequenceNumber(2));
        Assert.Equal("""{"type":"ready","member":"k7f3q2ab","name":"alice","epoch":1,"seq":2,"members":1}""", Take());
        JsonEventWriter.WriteGap(_output, new SequenceNumber(2), new SequenceNumber(ulong.MaxValue), "too \"slow\"");
        Assert.Equal("""{"type":"gap","after":2,"before":18446744073709551615,"reason":"too \"slow\""}""", Take());
    }

    [Theory]
    [InlineData(0, "1970-01-01T00:00:00.000000Z")]
    [InlineData(-5, "1970-01-01T00:00:00.000000Z")]
    [InlineData(1_000_000, "1970-01-01T00:00:01.000000Z")]
    [InlineData(951_782_400_000_007, "2000-02-29T00:00:00.000007Z")]
    [InlineData(long.MaxValue, "9999-12-31T23:59:59.999999Z")]
    public void Times_are_those_of_the_timestamp(long microseconds, string expected)
    {
        var time = new Timestamp(microseconds);

        Assert.Contains($"\"time\":\"{expected}\"", Write(Entries.Message("x"u8, time)), StringComparison.Ordinal);
        Assert.Equal(expected, time.ToString());
    }

    [Fact]
    public void Times_that_go_back_and_forth_are_all_right()
    {
        foreach (long offset in (long[])[0, 1, 999_999, -1, -1_000_000, 3_600_000_000, 0])
        {
            Timestamp time = Entries.Noon.Plus(offset);
            Assert.Contains($"\"{time}\"", Write(Entries.Message("x"u8, time)), StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("", "")]
    [InlineData("quote \" backslash \\ slash /", @"quote \"" backslash \\ slash /")]
    [InlineData("\b\f\n\r\t", @"\b\f\n\r\t")]
    [InlineData("\0\u0001\u001F\e", @"\u0000\u0001\u001F\u001B")]
    [InlineData("\u007F\u0080\u009B\u009F\u00A0", "\\u007F\\u0080\\u009B\\u009F\u00A0")]
    [InlineData("\u2028\u2029", @"\u2028\u2029")]
    [InlineData("\u202E\u2066\u2069\u200E\u200F\u061C\u206F", @"\u202E\u2066\u2069\u200E\u200F\u061C\u206F")]
    [InlineData("“typographic” – … €", "“typographic” – … €")]
    [InlineData("zażółć 漢字 😀 👩\u200D👩", "zażółć 漢字 😀 👩\u200D👩")]
    [InlineData("أهلا", "أهلا")]
    public void Text_is_escaped_where_it_must_be_and_nowhere_else(string text, string escaped) =>
        Assert.EndsWith($"\"text\":\"{escaped}\"}}", Write(Entries.Message(Encoding.UTF8.GetBytes(text))), StringComparison.Ordinal);

    [Theory]
    [InlineData("FF", "\uFFFD")]
    [InlineData("61C3", "a\uFFFD")]
    [InlineData("E282", "\uFFFD")]
    [InlineData("C0AF", "\uFFFD\uFFFD")]
    [InlineData("EDA080", "\uFFFD\uFFFD\uFFFD")]
    [InlineData("F4908080", "\uFFFD\uFFFD\uFFFD\uFFFD")]
    [InlineData("C222", "\uFFFD\\\"")]
    [InlineData("80C3A9", "\uFFFDé")]
    public void What_is_not_utf8_is_replaced(string bytes, string written) =>
        Assert.EndsWith($"\"text\":\"{written}\"}}", Write(Entries.Message(Convert.FromHexString(bytes))), StringComparison.Ordinal);

    [Fact]
    public void Random_text_reads_back_as_it_was()
    {
        var random = new Random(7);
        for (int i = 0; i < 3000; i++)
        {
            byte[] text = new byte[random.Next(200)];
            random.NextBytes(text);
            if (i % 3 != 0)
            {
                // Valid text, rich in what needs care.
                text = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(0, random.Next(100)).Select(_ => RandomRune(random))));
            }
            string json = Write(Entries.Message(text));

            using JsonDocument read = JsonDocument.Parse(json);
            Assert.Equal(Encoding.UTF8.GetString(text), read.RootElement.GetProperty("text").GetString());
            Assert.DoesNotContain(json, c => char.IsControl(c) || c is '\u2028' or '\u2029' or '\u202E' or '\u2066');
        }
    }

    [Fact]
    public void The_longest_message_of_nothing_but_escapes_is_written_whole()
    {
        byte[] text = Enumerable.Repeat((byte)1, Entry.TextBytesMax).ToArray();

        using JsonDocument read = JsonDocument.Parse(Write(Entries.Message(text)));
        Assert.Equal(text.Length, read.RootElement.GetProperty("text").GetString()!.Length);
    }

    [Fact]
    public void A_message_allocates_nothing()
    {
        byte[] message = Entries.Message("hello “world”\n"u8);
        var output = new ArrayBufferWriter<byte>(1 << 22);

        Allocations.AreNone(i => _writer.Write(output, _roster, new SequenceNumber((uint)i), new Entry(message)));
    }

    private static string RandomRune(Random random) => random.Next(6) switch
    {
        0 => ((char)random.Next(0x20)).ToString(),
        1 => ((char)random.Next(0x7F, 0xA1)).ToString(),
        2 => ((char)random.Next(0x2000, 0x2070)).ToString(),
        3 => char.ConvertFromUtf32(random.Next(0x10000, 0x10FFFF)),
        4 => "\"\\/"[random.Next(3)].ToString(),
        _ => random.Next(1000).ToString(CultureInfo.InvariantCulture),
    };

    private string Write(byte[] entry)
    {
        Assert.True(Entry.TryRead(entry, out Entry read));
        _writer.Write(_output, _roster, new SequenceNumber(42), read);
        return Take();
    }

    private string Take()
    {
        string json = Encoding.UTF8.GetString(_output.WrittenSpan);
        _output.ResetWrittenCount();
        return json;
    }
}
