using System.Buffers;

namespace Norris.Http;

/// <summary>How far a parser came.</summary>
internal enum ParseStatus
{
    /// <summary>More bytes are needed.</summary>
    Incomplete,

    /// <summary>Done.</summary>
    Complete,

    /// <summary>The message breaks a rule.</summary>
    Rejected,
}

/// <summary>Reads <c>*( field-line CRLF ) CRLF</c> into a <see cref="FieldSection"/>, within the limits. Used for heads and for trailers.</summary>
internal struct FieldSectionReader
{
    private LineScanner _scanner;
    private int _usedBytes;

    /// <summary>Reads lines from the start of the buffer, and moves the start behind those that it has taken.</summary>
    public ParseStatus Read(ref ReadOnlySequence<byte> buffer, FieldSection into, HttpLimits limits, out RejectionReason reason)
    {
        while (true)
        {
            LineStatus status = _scanner.Read(buffer, limits.FieldSectionBytesMax - _usedBytes, out ReadOnlySequence<byte> line, out SequencePosition next);
            reason = status.ToRejection(tooLong: RejectionReason.FieldSectionTooLarge);
            if (status != LineStatus.Complete)
            {
                return status == LineStatus.Incomplete ? ParseStatus.Incomplete : ParseStatus.Rejected;
            }

            buffer = buffer.Slice(next);
            _usedBytes += (int)line.Length + 2;
            if (line.IsEmpty)
            {
                return ParseStatus.Complete;
            }

            reason = into.Count == limits.FieldLinesMax ? RejectionReason.FieldLinesTooMany : into.Add(line);
            if (reason != RejectionReason.None)
            {
                return ParseStatus.Rejected;
            }
        }
    }
}
