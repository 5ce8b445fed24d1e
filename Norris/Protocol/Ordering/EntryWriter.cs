using System.Buffers;
using System.Buffers.Binary;
using Norris.Protocol.Membership;

namespace Norris.Protocol.Ordering;

/// <summary>
/// Writes entries. All numbers are little-endian and unsigned; text is UTF-8.
/// <code>
/// entry    = length:24 type:8 time:64 author:64 number:64 body      ; length counts the whole entry, time is microseconds since 1970
/// message  = text                                                    ; type 1
/// joined   = member:64 kind:8 via:64 token:128 size:8 name rest      ; type 2, size counts the name
/// rest     = address / [count:64]                                    ; a node's address; a guest's, when it comes back, that its count goes on from
/// left     = member:64 reason:8                                      ; type 3
/// renamed  = member:64 name                                          ; type 4
/// epoch    = host:64 epoch:64                                        ; type 5
/// </code>
/// Time, author and number stand at fixed places so that the host sets the time of a submitted entry in place.
/// </summary>
internal static class EntryWriter
{
    /// <summary>Writes a message.</summary>
    /// <exception cref="InvariantViolatedException">The text is longer than <see cref="Entry.TextBytesMax"/>.</exception>
    public static void WriteMessage(IBufferWriter<byte> output, Timestamp time, MemberId author, ulong number, ReadOnlySpan<byte> text)
    {
        Invariant.Holds(text.Length <= Entry.TextBytesMax, "a message's text fits an entry");
        Span<byte> body = WriteHeader(output, EntryType.Message, time, author, number, text.Length);
        text.CopyTo(body);
        output.Advance(Entry.HeaderBytes + text.Length);
    }

    /// <summary>Writes that a guest comes back through its node, to a count that goes on from <paramref name="lastNumber"/>. The host gives the id.</summary>
    public static void WriteGuestJoined(
        IBufferWriter<byte> output, Timestamp time, MemberId author, ulong number, MemberId via, MemberToken token, ReadOnlySpan<byte> name, ulong lastNumber)
    {
        Span<byte> count = stackalloc byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64LittleEndian(count, lastNumber);
        WriteJoined(output, time, author, number, MemberId.None, MemberKind.Guest, via, token, name, count);
    }

    /// <summary>
    /// Writes that a member came into the view. <paramref name="address"/> is empty for a guest, or the number that its count goes on from.
    /// </summary>
    public static void WriteJoined(
        IBufferWriter<byte> output, Timestamp time, MemberId author, ulong number,
        MemberId member, MemberKind kind, MemberId via, MemberToken token, ReadOnlySpan<byte> name, ReadOnlySpan<byte> address,
        bool isReachable = true)
    {
        Invariant.Holds(name.Length <= DisplayName.NameBytesMax && address.Length <= byte.MaxValue, "a name and an address fit an entry");
        int length = 34 + name.Length + address.Length;
        Span<byte> body = WriteHeader(output, EntryType.Joined, time, author, number, length);
        BinaryPrimitives.WriteUInt64LittleEndian(body, member.Value);
        body[8] = MemberKindByte.Of(kind, isReachable);
        BinaryPrimitives.WriteUInt64LittleEndian(body[9..], via.Value);
        BinaryPrimitives.WriteUInt64LittleEndian(body[17..], token.Low);
        BinaryPrimitives.WriteUInt64LittleEndian(body[25..], token.High);
        body[33] = (byte)name.Length;
        name.CopyTo(body[34..]);
        address.CopyTo(body[(34 + name.Length)..]);
        output.Advance(Entry.HeaderBytes + length);
    }

    /// <summary>Writes that a member is no longer in the view.</summary>
    public static void WriteLeft(
        IBufferWriter<byte> output, Timestamp time, MemberId author, ulong number, MemberId member, LeaveReason reason)
    {
        Span<byte> body = WriteHeader(output, EntryType.Left, time, author, number, 9);
        BinaryPrimitives.WriteUInt64LittleEndian(body, member.Value);
        body[8] = (byte)reason;
        output.Advance(Entry.HeaderBytes + 9);
    }

    /// <summary>Writes that a member goes by another name.</summary>
    public static void WriteRenamed(
        IBufferWriter<byte> output, Timestamp time, MemberId author, ulong number, MemberId member, ReadOnlySpan<byte> name)
    {
        Span<byte> body = WriteHeader(output, EntryType.Renamed, time, author, number, 8 + name.Length);
        BinaryPrimitives.WriteUInt64LittleEndian(body, member.Value);
        name.CopyTo(body[8..]);
        output.Advance(Entry.HeaderBytes + 8 + name.Length);
    }

    /// <summary>Writes that <paramref name="host"/> begins to order.</summary>
    public static void WriteEpochStarted(IBufferWriter<byte> output, Timestamp time, MemberId host, Epoch epoch)
    {
        Span<byte> body = WriteHeader(output, EntryType.EpochStarted, time, MemberId.None, 0, 16);
        BinaryPrimitives.WriteUInt64LittleEndian(body, host.Value);
        BinaryPrimitives.WriteUInt64LittleEndian(body[8..], epoch.Value);
        output.Advance(Entry.HeaderBytes + 16);
    }

    /// <summary>Sets the time of an encoded entry in place.</summary>
    public static void SetTime(Span<byte> entry, Timestamp time) =>
        BinaryPrimitives.WriteInt64LittleEndian(entry[Entry.TimeOffset..], time.Microseconds);

    /// <summary>Sets whom an entry that waits to be ordered is from, in place; and whom it is about, when that is its author.</summary>
    public static void SetAuthor(Span<byte> entry, MemberId author)
    {
        bool isAboutItself = new Entry(entry) is { Type: EntryType.Renamed } renamed && renamed.Subject == renamed.Author;
        BinaryPrimitives.WriteUInt64LittleEndian(entry[Entry.AuthorOffset..], author.Value);
        if (isAboutItself)
        {
            SetSubject(entry, author);
        }
    }

    /// <summary>Sets whom an entry that waits to be ordered is about, in place.</summary>
    public static void SetSubject(Span<byte> entry, MemberId subject) =>
        BinaryPrimitives.WriteUInt64LittleEndian(entry[Entry.HeaderBytes..], subject.Value);

    /// <summary>Sets what the count of a guest goes on from that comes back, in place. A guest that comes in first has none.</summary>
    public static void SetJoinedCount(Span<byte> entry, ulong count)
    {
        if (new Entry(entry).JoinedRest.Length == sizeof(ulong))
        {
            BinaryPrimitives.WriteUInt64LittleEndian(entry[^sizeof(ulong)..], count);
        }
    }

    private static Span<byte> WriteHeader(
        IBufferWriter<byte> output, EntryType type, Timestamp time, MemberId author, ulong number, int bodyBytes)
    {
        int length = Entry.HeaderBytes + bodyBytes;
        Invariant.Holds(length <= Entry.EntryBytesMax, "an entry is within its largest size");
        Span<byte> span = output.GetSpan(length)[..length];
        BinaryPrimitives.WriteUInt32LittleEndian(span, (uint)length | ((uint)type << 24));
        BinaryPrimitives.WriteInt64LittleEndian(span[Entry.TimeOffset..], time.Microseconds);
        BinaryPrimitives.WriteUInt64LittleEndian(span[Entry.AuthorOffset..], author.Value);
        BinaryPrimitives.WriteUInt64LittleEndian(span[Entry.NumberOffset..], number);
        return span[Entry.HeaderBytes..];
    }
}
