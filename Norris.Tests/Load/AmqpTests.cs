using System.Text;
using Norris.Load.Compare;
using Norris.Load.Compare.Peers;

namespace Norris.Tests.Load;

/// <summary>What is said to RabbitMQ, byte for byte, and how what it says is taken, in whatever pieces it comes.</summary>
public sealed class AmqpTests
{
    // connection.start, connection.tune (2047 channels, frames of 131072, 60 s), channel.open-ok, basic.consume-ok
    private static readonly byte[] Start = Frame(1, 0, "000a000a 00 09 00000000 00000005 504c41494e 00000005 656e5f5553");
    private static readonly byte[] Tune = Frame(1, 0, "000a001e 07ff 00020000 003c");
    private static readonly byte[] ChannelOpenOk = Frame(1, 1, "0014000b 00000000");
    private static readonly byte[] ConsumeOk = Frame(1, 1, "003c0015 01 61");

    [Fact]
    public void The_opening_is_answered_as_the_specification_says()
    {
        byte[] output = new byte[1024];
        var writer = new AmqpWriter(output);
        writer.Protocol();
        Assert.Equal("414d515000000901", Hex(output, writer.Count));

        writer = new AmqpWriter(output);
        writer.StartOk();
        Assert.Equal(Hex(Frame(1, 0, "000a000b 00000000 05 504c41494e 0000000c 00 6775657374 00 6775657374 05 656e5f5553")), Hex(output, writer.Count));

        writer = new AmqpWriter(output);
        writer.OpenAll(Convert.FromHexString("07ff00020000003c"));
        Assert.Equal(
            Hex([.. Frame(1, 0, "000a001f 07ff 00020000 0000"), .. Frame(1, 0, "000a0028 01 2f 00 00"), .. Frame(1, 1, "0014000a 00")]), Hex(output, writer.Count));

        writer = new AmqpWriter(output);
        writer.Consume();
        Assert.Equal(
            Hex([
                .. Frame(1, 1, "0032000a 0000 00 0c 00000000"),
                .. Frame(1, 1, "00320014 0000 00 0a 616d712e66616e6f7574 00 00 00000000"),
                .. Frame(1, 1, "003c0014 0000 00 00 02 00000000"),
            ]),
            Hex(output, writer.Count));
    }

    [Fact]
    public void A_message_is_a_method_a_header_and_a_body()
    {
        byte[] output = new byte[1024];
        var writer = new AmqpWriter(output);
        Encoding.ASCII.GetBytes("hello", writer.Publish(5));

        Assert.Equal(
            Hex([.. Frame(1, 1, "003c0028 0000 0a 616d712e66616e6f7574 00 00"), .. Frame(2, 1, "003c 0000 0000000000000005 0000"), .. Frame(3, 1, "68656c6c6f")]),
            Hex(output, writer.Count));
        Assert.InRange(writer.Count - 5, 1, AmqpWriter.MessageBytes);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(64)]
    [InlineData(100_000)]
    public void What_comes_is_taken_in_pieces_of_any_size(int pieceBytes)
    {
        byte[] all = [.. Start, .. Tune, .. ChannelOpenOk, .. ConsumeOk, .. Delivery(0, 1), .. Frame(8, 0, ""), .. Delivery(1, 1), .. Delivery(0, 2)];
        var receipt = new Receipt(2, null);
        var reader = new AmqpReader(receipt);
        var steps = new List<AmqpOpening>();
        int taken = 0;
        for (int come = 0; come < all.Length;)
        {
            come = Math.Min(come + pieceBytes, all.Length);
            taken += reader.Take(all.AsSpan(taken, come - taken));
            steps.Add(reader.Opening);
        }

        Assert.Null(reader.Failure);
        Assert.Equal(all.Length, taken);
        Assert.Equal((3, null), (receipt.Count, receipt.Violation));
        Assert.Equal(AmqpOpening.Consuming, reader.Opening);
        Assert.Equal(steps.Order(), steps);
        Assert.Equal("07ff00020000003c", Hex(reader.Tune.ToArray()));
    }

    [Fact]
    public void Why_the_server_ends_it_is_said()
    {
        var reader = new AmqpReader(null);
        byte[] close = Frame(1, 1, "00140028 0194 0a 4e4f545f464f554e4421 0032 0014");
        Assert.Equal(close.Length, reader.Take(close));
        Assert.Equal("the server ends it: 404 NOT_FOUND!", reader.Failure);
    }

    [Theory]
    [InlineData("0100010000000400140 00b00", "no end where one must be")]
    [InlineData("ffffffffffffff", "a size that nothing has")]
    [InlineData("030001000000026869ce", "a body without a message")]
    public void What_is_no_frame_of_ours_ends_the_connection(string bytes, string what)
    {
        var reader = new AmqpReader(null);
        reader.Take([.. Convert.FromHexString(bytes.Replace(" ", "", StringComparison.Ordinal)), .. new byte[8]]);
        Assert.True(reader.Failure is not null, what);
    }

    private static byte[] Delivery(int sender, int number)
    {
        byte[] text = new byte[40];
        RoomText.Write(text, sender, number, 0);
        return
        [
            .. Frame(1, 1, "003c003c 01 61 0000000000000001 00 0a 616d712e66616e6f7574 00"),
            .. Frame(2, 1, "003c 0000 0000000000000028 0000"),
            .. Frame(3, 1, Hex(text)),
        ];
    }

    private static byte[] Frame(byte kind, byte channel, string payload)
    {
        byte[] content = Convert.FromHexString(payload.Replace(" ", "", StringComparison.Ordinal));
        return [kind, 0, channel, 0, 0, (byte)(content.Length >> 8), (byte)content.Length, .. content, 0xCE];
    }

    private static string Hex(byte[] bytes) => Hex(bytes, bytes.Length);

    private static string Hex(byte[] bytes, int count) => Convert.ToHexStringLower(bytes, 0, count);
}
