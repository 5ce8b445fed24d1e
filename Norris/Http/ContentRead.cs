using System.Buffers;

namespace Norris.Http;

/// <summary>A part of a message's content, or why there is no more of it.</summary>
/// <param name="Buffer">Valid until the reader is advanced.</param>
/// <param name="IsCompleted">Nothing comes behind the buffer.</param>
/// <param name="Rejection">Why the content cannot be read; the buffer is then empty and the connection will be closed.</param>
internal readonly record struct ContentRead(ReadOnlySequence<byte> Buffer, bool IsCompleted, RejectionReason Rejection)
{
    /// <summary>Whether the content is sound so far.</summary>
    public bool IsOk => Rejection == RejectionReason.None;
}
