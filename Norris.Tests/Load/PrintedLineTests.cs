using System.Globalization;
using System.Text;
using Norris.Load.Verification;

namespace Norris.Tests.Load;

public sealed class PrintedLineTests
{
    private const string Message =
        """{"type":"message","epoch":1,"seq":42,"time":"2026-11-24T05:22:01.123456Z","from":"k7f3q2","name":"n3","text":"3 17 ....."}""";

    [Fact]
    public void A_message_is_read()
    {
        Delivery delivery = Read(Message);
        Assert.Equal((42UL, 3, 17), (delivery.Sequence, delivery.Sender, delivery.Number));
        Assert.Equal(DateTime.Parse("2026-11-24T05:22:01.123456Z", CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal).Ticks, delivery.TimeTicks);
    }

    [Theory]
    [InlineData("k7f3q2", "k7f3q3")]
    [InlineData("n3", "n4")]
    [InlineData("\"epoch\":1", "\"epoch\":2")]
    [InlineData(".....", "....,")]
    public void Any_other_byte_is_another_line(string before, string after) =>
        Assert.NotEqual(Read(Message).Fingerprint, Read(Message.Replace(before, after, StringComparison.Ordinal)).Fingerprint);

    [Theory]
    [InlineData("""{"type":"joined","epoch":1,"seq":3,"time":"2026-11-24T05:22:01.123456Z","member":"k7f3q2","name":"n3","address":"127.0.0.1:1"}""")]
    [InlineData("""{"type":"message","epoch":1,"seq":3,"time":"2026-11-24T05:22:01.123456Z","from":"k7f3q2","name":"n3","text":"hello"}""")]
    [InlineData("""{"type":"message","epoch":1,"seq":3,"time":"2026-11-24T05:22:01.123456Z","from":"k7f3q2","name":"n3","text":"-1 2 ..."}""")]
    [InlineData("""{"type":"message","epoch":1,"seq":3,"time":"2026-11-24T05:22:01.123456Z","from":"k7f3q2","name":"n3","text":"1 2"}""")]
    public void What_the_storm_did_not_write_is_a_strangers(string line)
    {
        Delivery delivery = Read(line);
        Assert.Equal((3UL, Delivery.Stranger), (delivery.Sequence, delivery.Sender));
    }

    [Theory]
    [InlineData("""{"type":"ready","member":"k7f3q2","name":"n3","epoch":1,"seq":2,"members":1}""")]
    [InlineData("""{"type":"listening","address":"127.0.0.1:7000"}""")]
    [InlineData("""{"type":"gap","after":3,"before":9,"reason":"slow"}""")]
    [InlineData("""{"type":"message","epoch":1,"seq":3,"time":"2026-13-24T05:22:01.123456Z","from":"k7f3q2","name":"n3","text":"1 2 ."}""")]
    [InlineData("")]
    public void What_has_no_place_of_its_own_is_no_entry(string line) =>
        Assert.False(PrintedLine.TryReadEntry(Encoding.UTF8.GetBytes(line), out _));

    [Fact]
    public void An_address_is_read()
    {
        byte[] line = """{"type":"listening","address":"127.0.0.1:7000"}"""u8.ToArray();
        Assert.True(PrintedLine.IsType(line, "listening"u8));
        Assert.False(PrintedLine.IsType(line, "listen"u8));
        Assert.Equal("127.0.0.1:7000", PrintedLine.ReadText(line, ",\"address\":\""u8));
        Assert.Null(PrintedLine.ReadText(line, ",\"name\":\""u8));
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(63, 10_000_000)]
    public void A_text_says_who_and_which(int sender, int number)
    {
        byte[] text = new byte[StormText.BytesMin];
        StormText.Write(text, sender, number);
        Assert.Equal($"{sender} {number} ".PadRight(StormText.BytesMin, '.'), Encoding.ASCII.GetString(text));
        Assert.True(StormText.TryRead(text, out int readSender, out int readNumber));
        Assert.Equal((sender, number), (readSender, readNumber));
    }

    private static Delivery Read(string line)
    {
        Assert.True(PrintedLine.TryReadEntry(Encoding.UTF8.GetBytes(line), out Delivery delivery));
        return delivery;
    }
}
