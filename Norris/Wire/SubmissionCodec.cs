using System.Buffers;
using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using Norris.Protocol.Messages;
using Norris.Protocol.Ordering;

namespace Norris.Wire;

/// <summary>
/// Submissions and their acceptance, as bytes.
/// <code>
/// submission = member:64 token:128 host:64 position sentAt:64 oldestAt:64 relay:8 reports:16 *report *entry
/// report     = member:64 sequence:64 age:32          ; microseconds
/// accepted   = takenIn:64 answered:64
/// position   = epoch:64 sequence:64 digest:64
/// </code>
/// <c>entry</c> is the log's own form (see <see cref="Protocol.Ordering.EntryWriter"/>). A content without entries is a sign of life.
/// </summary>
internal static class SubmissionCodec
{
    /// <summary>Bytes before the reports and the entries.</summary>
    public const int HeaderBytes = 75;

    /// <summary>Bytes of a report.</summary>
    public const int ReportBytes = 20;

    private const int RelayAt = 72;
    private const int ReportsAt = 73;

    /// <summary>How many bytes a submission takes.</summary>
    public static int BytesOf(Submission submission) => HeaderBytes + (submission.Reports.Count * ReportBytes) + submission.Entries.Length;

    /// <summary>Writes a submission; returns how many bytes it took: <see cref="BytesOf"/>.</summary>
    public static int Write(Span<byte> destination, Submission submission)
    {
        BinaryPrimitives.WriteUInt64LittleEndian(destination, submission.Member.Value);
        BinaryPrimitives.WriteUInt64LittleEndian(destination[8..], submission.Token.Low);
        BinaryPrimitives.WriteUInt64LittleEndian(destination[16..], submission.Token.High);
        BinaryPrimitives.WriteUInt64LittleEndian(destination[24..], submission.Host.Value);
        BinaryPrimitives.WriteUInt64LittleEndian(destination[32..], submission.Position.Epoch.Value);
        BinaryPrimitives.WriteUInt64LittleEndian(destination[40..], submission.Position.Sequence.Value);
        BinaryPrimitives.WriteUInt64LittleEndian(destination[48..], submission.Position.Digest.Value);
        BinaryPrimitives.WriteInt64LittleEndian(destination[56..], submission.SentAt.Microseconds);
        BinaryPrimitives.WriteInt64LittleEndian(destination[64..], submission.OldestAt.Microseconds);
        destination[RelayAt] = submission.IsForRelay ? (byte)1 : (byte)0;
        BinaryPrimitives.WriteUInt16LittleEndian(destination[ReportsAt..], checked((ushort)submission.Reports.Count));
        Span<byte> rest = destination[HeaderBytes..];
        foreach (PositionReport report in submission.Reports)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(rest, report.Member.Value);
            BinaryPrimitives.WriteUInt64LittleEndian(rest[8..], report.Sequence.Value);
            BinaryPrimitives.WriteUInt32LittleEndian(rest[16..], report.AgeMicroseconds);
            rest = rest[ReportBytes..];
        }
        submission.Entries.Span.CopyTo(rest);
        return BytesOf(submission);
    }

    /// <summary>Reads a submission whose entries stay where they are; false when the bytes are too few to be one.</summary>
    public static bool TryRead(ReadOnlyMemory<byte> content, [NotNullWhen(true)] out Submission? submission)
    {
        submission = null;
        if (content.Length < HeaderBytes)
        {
            return false;
        }
        // Looked at before the rest, so that the submission is made once, whole.
        byte relay = content.Span[RelayAt];
        int count = BinaryPrimitives.ReadUInt16LittleEndian(content.Span[ReportsAt..]);
        int reportsEnd = HeaderBytes + (count * ReportBytes);
        if (relay > 1 || content.Length < reportsEnd)
        {
            return false;
        }
        var reader = new ByteReader(content.Span);
        submission = new Submission(
            reader.MemberId(), reader.MemberToken(), reader.MemberId(), reader.Position(), reader.Timestamp(), reader.Timestamp(),
            content.Length > reportsEnd ? content[reportsEnd..] : default)
        {
            IsForRelay = relay == 1,
            Reports = ReadReports(content.Span[HeaderBytes..], count),
        };
        return true;
    }

    private static PositionReport[] ReadReports(ReadOnlySpan<byte> bytes, int count)
    {
        PositionReport[] reports = count == 0 ? [] : new PositionReport[count];
        var reader = new ByteReader(bytes);
        for (int i = 0; i < count; i++)
        {
            reports[i] = new PositionReport(reader.MemberId(), new SequenceNumber(reader.UInt64()), reader.UInt32());
        }
        return reports;
    }

    /// <summary>Writes an acceptance.</summary>
    public static void Write(IBufferWriter<byte> output, SubmissionAccepted accepted)
    {
        var writer = new ByteWriter(output);
        writer.Timestamp(accepted.TakenIn);
        writer.Timestamp(accepted.Answered);
        writer.UInt64(accepted.Last.Value);
    }

    /// <summary>Reads an acceptance; null when the bytes are not one.</summary>
    public static SubmissionAccepted? TryReadAccepted(ReadOnlySpan<byte> content)
    {
        var reader = new ByteReader(content);
        var accepted = new SubmissionAccepted(reader.Timestamp(), reader.Timestamp(), new SequenceNumber(reader.UInt64()));
        return reader.IsAtEnd ? accepted : null;
    }
}
