using System.Buffers;
using Norris.Protocol.Messages;
using Norris.Protocol.Ordering;
using Norris.Wire;

namespace Norris.Tests.Wire;

/// <summary>Submissions and their acceptance as bytes.</summary>
public sealed class SubmissionCodecTests
{
    private static readonly byte[] Entries = [1, 2, 3, 4, 5];

    [Fact]
    public void A_submission_has_these_bytes() => Assert.Equal(
        "0b0b000000000000" + "0102030405060708090a0b0c0d0e0f10"
        + "a100000000000000" + "0700000000000000" + "2a00000000000000" + "d1d2d3d4d5d6d7d8"
        + "42420f0000000000" + "41420f0000000000" + "00" + "0000" + "0102030405",
        Samples.Hex(Write(Samples.Submission(Entries))));

    [Fact]
    public void What_a_relay_tells_of_others_lies_before_the_entries()
    {
        PositionReport[] reports = [new(new(0x0b0b), new(42), 7), new(new(0x0c), new(41), 100_000)];
        Submission told = Samples.Submission(Entries) with { IsForRelay = true, Reports = reports };
        byte[] bytes = Write(told);
        Assert.Equal(
            "01" + "0200" + "0b0b000000000000" + "2a00000000000000" + "07000000" + "0c00000000000000" + "2900000000000000" + "a0860100" + "0102030405",
            Samples.Hex(bytes.AsSpan(SubmissionCodec.HeaderBytes - 3)));
        Assert.True(SubmissionCodec.TryRead(bytes, out Submission? read));
        Assert.True(read.IsForRelay);
        Assert.Equal(reports, read.Reports);
        Assert.Equal(Entries, read.Entries.ToArray());
        Assert.All(Enumerable.Range(0, bytes.Length - Entries.Length), length => Assert.False(SubmissionCodec.TryRead(bytes.AsMemory(0, length), out _)));
    }

    [Fact]
    public void An_acceptance_has_these_bytes_and_comes_back()
    {
        var accepted = new SubmissionAccepted(new Timestamp(5), new Timestamp(6), new SequenceNumber(7));
        var output = new ArrayBufferWriter<byte>();
        SubmissionCodec.Write(output, accepted);
        Assert.Equal("0500000000000000" + "0600000000000000" + "0700000000000000", Samples.Hex(output.WrittenSpan));
        Assert.Equal(accepted, SubmissionCodec.TryReadAccepted(output.WrittenSpan));
        byte[] bytes = output.WrittenSpan.ToArray();
        Assert.All(Enumerable.Range(0, bytes.Length), length => Assert.Null(SubmissionCodec.TryReadAccepted(bytes.AsSpan(0, length))));
        Assert.Null(SubmissionCodec.TryReadAccepted([.. bytes, 0]));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(100_000)]
    public void A_submission_comes_back_with_its_entries_in_place(int entryBytes)
    {
        byte[] entries = new byte[entryBytes];
        new Random(1).NextBytes(entries);
        byte[] bytes = Write(Samples.Submission(entries));
        Assert.Equal(SubmissionCodec.HeaderBytes + entryBytes, bytes.Length);
        Assert.True(SubmissionCodec.TryRead(bytes, out Submission? read));
        Assert.Equal(Samples.Submission(default) with { Entries = read.Entries }, read);
        Assert.True(read.Entries.Span.SequenceEqual(entries));
    }

    [Fact]
    public void A_submission_without_all_of_its_fixed_part_is_refused()
    {
        byte[] bytes = Write(Samples.Submission(default));
        Assert.All(Enumerable.Range(0, bytes.Length), length => Assert.False(SubmissionCodec.TryRead(bytes.AsMemory(0, length), out _)));
    }

    private static byte[] Write(Submission submission)
    {
        byte[] bytes = new byte[SubmissionCodec.BytesOf(submission)];
        Assert.Equal(bytes.Length, SubmissionCodec.Write(bytes, submission));
        return bytes;
    }
}
