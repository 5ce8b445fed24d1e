using System.Buffers;
using System.Buffers.Binary;
using Norris.Protocol.Messages;

namespace Norris.Wire;

/// <summary>
/// Submissions and their acceptance, as bytes.
/// <code>
/// submission = member:64 token:128 host:64 position sentAt:64 oldestAt:64 *entry
/// accepted   = takenIn:64 answered:64
/// position   = epoch:64 sequence:64 digest:64
/// </code>
/// <c>entry</c> is the log's own form (see <see cref="Protocol.Ordering.EntryWriter"/>). A content without entries is a sign of life.
/// </summary>
internal static class SubmissionCodec
{
    /// <summary>Bytes before the entries.</summary>
    public const int HeaderBytes = 72;

    /// <summary>Writes a submission; returns how many bytes it took: <see cref="HeaderBytes"/> and the entries.</summary>
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
        submission.Entries.Span.CopyTo(destination[HeaderBytes..]);
        return HeaderBytes + submission.Entries.Length;
    }

    /// <summary>Reads a submission whose entries stay where they are; false when the bytes are too few to be one.</summary>
    public static bool TryRead(ReadOnlyMemory<byte> content, out Submission submission)
    {
        var reader = new ByteReader(content.Span);
        submission = new Submission(
            reader.MemberId(), reader.MemberToken(), reader.MemberId(), reader.Position(), reader.Timestamp(), reader.Timestamp(),
            content.Length > HeaderBytes ? content[HeaderBytes..] : default);
        return reader.IsWhole;
    }

    /// <summary>Writes an acceptance.</summary>
    public static void Write(IBufferWriter<byte> output, SubmissionAccepted accepted)
    {
        var writer = new ByteWriter(output);
        writer.Timestamp(accepted.TakenIn);
        writer.Timestamp(accepted.Answered);
    }

    /// <summary>Reads an acceptance; null when the bytes are not one.</summary>
    public static SubmissionAccepted? TryReadAccepted(ReadOnlySpan<byte> content)
    {
        var reader = new ByteReader(content);
        var accepted = new SubmissionAccepted(reader.Timestamp(), reader.Timestamp());
        return reader.IsAtEnd ? accepted : null;
    }
}
