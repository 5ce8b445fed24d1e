using System.Buffers;
using System.Buffers.Binary;
using Norris.Protocol.Messages;
using Norris.Protocol.Ordering;
using Norris.Wire;

namespace Norris.Tests.Wire;

/// <summary>Frames of a log stream: whole, in pieces, and as somebody hostile would write them.</summary>
public sealed class LogFrameTests
{
    private static readonly BatchHeader Header =
        new(new Epoch(3), new SequenceNumber(10), 2, 100, new Digest(0xD8D7D6D5D4D3D2D1), new SequenceNumber(8), new SequenceNumber(9), 5, IsStalled: true);

    [Fact]
    public void A_batch_has_these_bytes() => Assert.Equal(
        "01" + "0300000000000000" + "0a00000000000000" + "02000000" + "64000000" + "d1d2d3d4d5d6d7d8" + "0800000000000000" + "0900000000000000" + "05000000" + "01",
        Samples.Hex(Batch(Header)));

    [Fact]
    public void An_end_has_these_bytes() => Assert.Equal(
        "0201" + "0202" + "0203" + "0204" + "0205" + "0206",
        string.Concat(Enum.GetValues<StreamEnd>().Select(reason => Samples.Hex(End(reason)))));

    [Fact]
    public void A_batch_comes_back_wherever_it_is_cut()
    {
        byte[] bytes = [.. Batch(Header), 0xEE];
        for (int at = 0; at <= bytes.Length; at++)
        {
            Assert.Equal(FrameStatus.Read, LogFrame.TryRead(Samples.Cut(bytes, at), out LogFrame frame, out int headerBytes));
            Assert.Equal((LogFrameKind.Batch, Header, LogFrame.BatchHeaderBytes), (frame.Kind, frame.Batch, headerBytes));
        }
    }

    [Fact]
    public void An_end_comes_back_wherever_it_is_cut()
    {
        foreach (StreamEnd reason in Enum.GetValues<StreamEnd>())
        {
            for (int at = 0; at <= LogFrame.EndBytes; at++)
            {
                Assert.Equal(FrameStatus.Read, LogFrame.TryRead(Samples.Cut(End(reason), at), out LogFrame frame, out int headerBytes));
                Assert.Equal((LogFrameKind.End, reason, LogFrame.EndBytes), (frame.Kind, frame.End, headerBytes));
            }
        }
    }

    [Fact]
    public void Every_truncation_asks_for_more()
    {
        byte[] batch = Batch(Header);
        Assert.All(Enumerable.Range(0, batch.Length), length => Assert.Equal(FrameStatus.NeedsMore, Read(batch[..length])));
        Assert.Equal(FrameStatus.NeedsMore, Read(End(StreamEnd.Stopping)[..1]));
    }

    [Fact]
    public void A_kind_that_is_none_is_refused_at_its_first_byte() => Assert.All(
        Enumerable.Range(0, 256).Where(kind => kind is not (1 or 2)), kind => Assert.Equal(FrameStatus.Malformed, Read([(byte)kind])));

    [Fact]
    public void An_end_for_no_known_reason_is_refused() => Assert.All(
        Enumerable.Range(0, 256).Where(reason => !Enum.IsDefined((StreamEnd)reason)),
        reason => Assert.Equal(FrameStatus.Malformed, Read([2, (byte)reason])));

    [Theory]
    [InlineData(0u, 0u, true)]
    [InlineData(1u, 28u, true)]
    [InlineData(9362u, 262_144u, true)]
    [InlineData(1u, 262_144u, true)]
    [InlineData(1u, 262_145u, false)]
    [InlineData(1u, 27u, false)]
    [InlineData(2u, 55u, false)]
    [InlineData(0u, 28u, false)]
    [InlineData(1u, 0u, false)]
    [InlineData(9363u, 262_144u, false)]
    [InlineData(0xFFFF_FFFFu, 28u, false)]
    [InlineData(1u, 0xFFFF_FFFFu, false)]
    [InlineData(0x8000_0000u, 0x8000_0000u, false)]
    public void Counts_and_lengths_that_cannot_be_are_refused(uint count, uint bytes, bool isFine)
    {
        byte[] frame = Batch(Header);
        BinaryPrimitives.WriteUInt32LittleEndian(frame.AsSpan(17), count);
        BinaryPrimitives.WriteUInt32LittleEndian(frame.AsSpan(21), bytes);
        Assert.Equal(isFine ? FrameStatus.Read : FrameStatus.Malformed, Read(frame));
    }

    private static FrameStatus Read(byte[] bytes) => LogFrame.TryRead(new ReadOnlySequence<byte>(bytes), out _, out _);

    private static byte[] Batch(in BatchHeader header)
    {
        var output = new ArrayBufferWriter<byte>();
        LogFrame.WriteBatchHeader(output, header);
        return output.WrittenSpan.ToArray();
    }

    private static byte[] End(StreamEnd reason)
    {
        var output = new ArrayBufferWriter<byte>();
        LogFrame.WriteEnd(output, reason);
        return output.WrittenSpan.ToArray();
    }
}
