using System.Buffers;
using Norris.Protocol.Membership;
using Norris.Protocol.Messages;
using Norris.Protocol.Ordering;
using Norris.Wire;

namespace Norris.Tests.Wire;

/// <summary>Takeovers and meetings as bytes: what one node writes another reads, and nothing else is taken for it.</summary>
public sealed class TakeoverCodecTests
{
    private static readonly TakeoverRequest Takeover = new(
        new MemberId(0xA1), 0xFEDC, new MemberId(0xB0B), Samples.Token, "10.0.0.2:7000", new Epoch(8), IsBinding: false, Samples.Position);

    private static readonly MeetRequest Meet = new(
        new MemberId(0xA1), "10.0.0.1:7000", new SideWeight(3, new Epoch(8), new MemberId(0xA1)), 0xFEDC, new Timestamp(0x0605040302));

    private static readonly ReachRequest Reach = new(0x0807060504030201);

    private static readonly PeerRequest[] Requests = [Reach, Takeover, Takeover with { IsBinding = true }, Takeover with { IsBinding = true, IsReturning = true }, Meet];

    private static readonly PeerReply[] Answers =
    [
        new PromisedElsewhere(new Epoch(9), new MemberId(0xB0B)),
        new Met(Meeting.JoinMe, new MemberId(0xA1), "10.0.0.1:7000"),
        new Met(Meeting.Later, new MemberId(0xA1), ""),
        new Reached(),
    ];

    [Theory]
    [InlineData(false, false, "01")]
    [InlineData(true, false, "02")]
    [InlineData(false, true, "04")]
    [InlineData(true, true, "05")]
    public void A_takeover_has_these_bytes(bool isBinding, bool isReturning, string kind) => Assert.Equal(
        kind + "a100000000000000" + "dcfe000000000000" + "0b0b000000000000" + "0102030405060708090a0b0c0d0e0f10" + "0800000000000000"
        + "0700000000000000" + "2a00000000000000" + "d1d2d3d4d5d6d7d8" + "0d" + "31302e302e302e323a37303030",
        Samples.Hex(Bytes(Takeover with { IsBinding = isBinding, IsReturning = isReturning })));

    [Fact]
    public void A_meeting_has_these_bytes() => Assert.Equal(
        "03" + "a100000000000000" + "dcfe000000000000" + "03000000" + "0800000000000000" + "0203040506000000" + "0d" + "31302e302e302e313a37303030",
        Samples.Hex(Bytes(Meet)));

    [Fact]
    public void A_look_whether_a_newcomer_is_there_has_these_bytes() => Assert.Equal("06" + "0102030405060708", Samples.Hex(Bytes(Reach)));

    [Fact]
    public void A_promise_has_these_bytes() => Assert.Equal(
        "01" + "0700000000000000" + "2a00000000000000" + "d1d2d3d4d5d6d7d8" + "0900000000000000" + "2800000000000000" + "010203",
        Samples.Hex(Bytes(new Promised(Samples.Position, new Epoch(9), new byte[] { 1, 2, 3 }) { Committed = new SequenceNumber(40) })));

    [Fact]
    public void The_other_answers_have_these_bytes() => Assert.Equal(
        [
            "02" + "0900000000000000" + "0b0b000000000000",
            "03" + "01" + "a100000000000000" + "0d" + "31302e302e302e313a37303030",
            "03" + "02" + "a100000000000000" + "00",
            "04",
        ],
        Answers.Select(static answer => Samples.Hex(Bytes(answer))));

    [Fact]
    public void Requests_come_back_as_they_were() =>
        Assert.Equal(Requests, Requests.Select(static request => TakeoverCodec.TryRead(Bytes(request))));

    [Fact]
    public void Answers_come_back_as_they_were() =>
        Assert.Equal(Answers, Answers.Select(static answer => TakeoverCodec.TryReadAnswer(Bytes(answer))));

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(100_000)]
    public void A_promise_comes_back_with_its_entries_in_memory_of_its_own(int entryBytes)
    {
        byte[] entries = new byte[entryBytes];
        new Random(1).NextBytes(entries);
        byte[] bytes = Bytes(new Promised(Samples.Position, new Epoch(9), entries) { Committed = new SequenceNumber(40) });
        Promised read = Assert.IsType<Promised>(TakeoverCodec.TryReadAnswer(bytes));
        Array.Clear(bytes);
        Assert.Equal((Samples.Position, new Epoch(9), new SequenceNumber(40)), (read.Position, read.Highest, read.Committed));
        Assert.True(read.Entries.Span.SequenceEqual(entries));
    }

    [Fact]
    public void Every_truncation_and_every_byte_too_many_is_refused()
    {
        foreach (byte[] request in Requests.Select(static request => Bytes(request)))
        {
            Assert.All(Enumerable.Range(0, request.Length), length => Assert.Null(TakeoverCodec.TryRead(request.AsSpan(0, length))));
            Assert.Null(TakeoverCodec.TryRead([.. request, 0]));
        }
        foreach (byte[] answer in Answers.Select(static answer => Bytes(answer)))
        {
            Assert.All(Enumerable.Range(0, answer.Length), length => Assert.Null(TakeoverCodec.TryReadAnswer(answer.AsMemory(0, length))));
            Assert.Null(TakeoverCodec.TryReadAnswer((byte[])[.. answer, 0]));
        }
        byte[] promised = Bytes(new Promised(Samples.Position, new Epoch(9), default));
        Assert.All(Enumerable.Range(0, promised.Length), length => Assert.Null(TakeoverCodec.TryReadAnswer(promised.AsMemory(0, length))));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(7)]
    [InlineData(255)]
    public void An_unknown_kind_is_refused(byte kind)
    {
        foreach (byte[] bytes in Requests.Select(static request => Bytes(request)).Concat(Answers.Select(static answer => Bytes(answer))))
        {
            bytes[0] = kind;
            Assert.Null(TakeoverCodec.TryRead(bytes));
            Assert.Null(TakeoverCodec.TryReadAnswer(bytes));
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    [InlineData(255)]
    public void An_unknown_answer_to_a_meeting_is_refused(byte meeting)
    {
        byte[] bytes = Bytes(Answers[1]);
        bytes[1] = meeting;
        Assert.Null(TakeoverCodec.TryReadAnswer(bytes));
    }

    [Fact]
    public void An_address_that_is_not_UTF_8_or_longer_than_the_bytes_is_refused()
    {
        byte[] request = Bytes(Meet);
        request[^1] = 0xFF;
        Assert.Null(TakeoverCodec.TryRead(request));
        request = Bytes(Meet);
        request[^14] = 14;
        Assert.Null(TakeoverCodec.TryRead(request));
        byte[] answer = Bytes(Answers[1]);
        answer[^1] = 0xFF;
        Assert.Null(TakeoverCodec.TryReadAnswer(answer));
    }

    [Fact]
    public void What_is_none_of_these_is_not_written()
    {
        Assert.Throws<ArgumentException>(static () => Bytes(Samples.Join));
        Assert.False(TakeoverCodec.TryWrite(new ArrayBufferWriter<byte>(), new Refused(RefusalReason.NotIn)));
    }

    private static byte[] Bytes(PeerRequest request)
    {
        var output = new ArrayBufferWriter<byte>();
        TakeoverCodec.Write(output, request);
        return output.WrittenSpan.ToArray();
    }

    private static byte[] Bytes(PeerReply answer)
    {
        var output = new ArrayBufferWriter<byte>();
        Assert.True(TakeoverCodec.TryWrite(output, answer));
        return output.WrittenSpan.ToArray();
    }
}
