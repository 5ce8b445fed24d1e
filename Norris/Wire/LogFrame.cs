using System.Buffers;
using System.Buffers.Binary;
using Norris.Protocol.Messages;
using Norris.Protocol.Ordering;

namespace Norris.Wire;

/// <summary>
/// What goes down a log stream, as bytes.
/// <code>
/// stream = *frame
/// frame  = batch / end
/// batch  = kind:8 epoch:64 first:64 count:32 bytes:32 digest:64 stable:64 committed:64 silence:32 stalled:8 *entry   ; kind 1, bytes counts the entries
/// end    = kind:8 reason:8                                                                        ; kind 2, the last frame
/// </code>
/// A batch without entries is a sign of life. <c>digest</c> is the sender's at the last entry of the batch.
/// </summary>
internal readonly record struct LogFrame(LogFrameKind Kind, BatchHeader Batch, StreamEnd End)
{
    /// <summary>Bytes of a batch before its entries.</summary>
    public const int BatchHeaderBytes = 54;

    /// <summary>Bytes of an end.</summary>
    public const int EndBytes = 2;

    /// <summary>The most bytes of entries in one batch.</summary>
    public const int BatchBytesMax = LogSegment.SegmentBytes;

    /// <summary>Writes the part of a batch before its entries.</summary>
    public static void WriteBatchHeader(IBufferWriter<byte> output, in BatchHeader header)
    {
        var writer = new ByteWriter(output);
        writer.Byte((byte)LogFrameKind.Batch);
        writer.UInt64(header.Epoch.Value);
        writer.UInt64(header.First.Value);
        writer.UInt32((uint)header.Count);
        writer.UInt32((uint)header.Bytes);
        writer.UInt64(header.Digest.Value);
        writer.UInt64(header.Stable.Value);
        writer.UInt64(header.Committed.Value);
        writer.UInt32(header.SilenceMicroseconds);
        writer.Byte(header.IsStalled ? (byte)1 : (byte)0);
    }

    /// <summary>Writes an end.</summary>
    public static void WriteEnd(IBufferWriter<byte> output, StreamEnd reason)
    {
        var writer = new ByteWriter(output);
        writer.Byte((byte)LogFrameKind.End);
        writer.Byte((byte)reason);
    }

    /// <summary>
    /// Reads the start of the frame that begins <paramref name="source"/>: all of an end, a batch up to its entries, which
    /// <paramref name="headerBytes"/> later begin.
    /// </summary>
    public static FrameStatus TryRead(in ReadOnlySequence<byte> source, out LogFrame frame, out int headerBytes)
    {
        frame = default;
        headerBytes = 0;
        if (source.IsEmpty)
        {
            return FrameStatus.NeedsMore;
        }
        // The first segment may be empty: a reader that stopped at a segment's end begins there.
        Span<byte> kind = stackalloc byte[1];
        source.Slice(0, 1).CopyTo(kind);
        switch ((LogFrameKind)kind[0])
        {
            case LogFrameKind.Batch when source.Length < BatchHeaderBytes:
            case LogFrameKind.End when source.Length < EndBytes:
                return FrameStatus.NeedsMore;
            case LogFrameKind.Batch:
                Span<byte> header = stackalloc byte[BatchHeaderBytes];
                source.Slice(0, BatchHeaderBytes).CopyTo(header);
                headerBytes = BatchHeaderBytes;
                return TryReadBatch(header, out frame) ? FrameStatus.Read : FrameStatus.Malformed;
            case LogFrameKind.End:
                Span<byte> end = stackalloc byte[EndBytes];
                source.Slice(0, EndBytes).CopyTo(end);
                headerBytes = EndBytes;
                frame = new LogFrame(LogFrameKind.End, default, (StreamEnd)end[1]);
                return frame.End is >= StreamEnd.HostChanged and <= StreamEnd.Merged ? FrameStatus.Read : FrameStatus.Malformed;
            default:
                return FrameStatus.Malformed;
        }
    }

    private static bool TryReadBatch(ReadOnlySpan<byte> header, out LogFrame frame)
    {
        uint count = BinaryPrimitives.ReadUInt32LittleEndian(header[17..]);
        uint bytes = BinaryPrimitives.ReadUInt32LittleEndian(header[21..]);
        frame = new LogFrame(LogFrameKind.Batch, new BatchHeader(
            new Epoch(BinaryPrimitives.ReadUInt64LittleEndian(header[1..])),
            new SequenceNumber(BinaryPrimitives.ReadUInt64LittleEndian(header[9..])),
            (int)count,
            (int)bytes,
            new Digest(BinaryPrimitives.ReadUInt64LittleEndian(header[25..])),
            new SequenceNumber(BinaryPrimitives.ReadUInt64LittleEndian(header[33..])),
            new SequenceNumber(BinaryPrimitives.ReadUInt64LittleEndian(header[41..])),
            BinaryPrimitives.ReadUInt32LittleEndian(header[49..]),
            header[53] != 0), default);
        return header[53] <= 1 && bytes <= BatchBytesMax && count <= bytes / Entry.HeaderBytes && (count != 0) == (bytes != 0);
    }
}

/// <summary>The kinds of frames. The numbers are on the wire.</summary>
internal enum LogFrameKind : byte
{
    /// <summary>Entries, or a sign of life.</summary>
    Batch = 1,

    /// <summary>The stream ends, and why.</summary>
    End = 2,
}

/// <summary>What came of reading a frame.</summary>
internal enum FrameStatus
{
    /// <summary>It is there.</summary>
    Read,

    /// <summary>More bytes are needed.</summary>
    NeedsMore,

    /// <summary>The bytes are no frame.</summary>
    Malformed,
}
