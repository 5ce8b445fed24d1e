using System.Buffers.Binary;
using System.Text;
using Norris.Protocol.Membership;

namespace Norris.Protocol.Ordering;

/// <summary>
/// One slot of the log, read in place from its bytes: nothing is copied, nothing allocated. <see cref="EntryWriter"/> has the
/// grammar. A submission carries entries too: written once by the sender, they become the log's when the host has set the time.
/// The accessors trust the bytes; <see cref="TryRead"/> is where untrusted bytes are checked.
/// </summary>
internal readonly ref struct Entry
{
    /// <summary>Bytes of the fixed part.</summary>
    public const int HeaderBytes = 28;

    /// <summary>The longest entry, header included. The format has room for 16 MiB; this bounds what one message costs everybody.</summary>
    public const int EntryBytesMax = HeaderBytes + TextBytesMax;

    /// <summary>The longest text of a message, in bytes of UTF-8.</summary>
    public const int TextBytesMax = 64 * 1024;

    internal const int TimeOffset = 4;
    internal const int AuthorOffset = 12;
    internal const int NumberOffset = 20;

    /// <summary>Takes bytes that <see cref="TryRead"/> accepted before.</summary>
    public Entry(ReadOnlySpan<byte> bytes) => Bytes = bytes;

    /// <summary>All of it, header included.</summary>
    public ReadOnlySpan<byte> Bytes { get; }

    /// <summary>What it says.</summary>
    public EntryType Type => (EntryType)Bytes[3];

    /// <summary>When it was sent, on the network's clock; in the log it never decreases.</summary>
    public Timestamp Time => new(BinaryPrimitives.ReadInt64LittleEndian(Bytes[TimeOffset..]));

    /// <summary>Who submitted it; <see cref="MemberId.None"/> for what the host itself decided.</summary>
    public MemberId Author => new(BinaryPrimitives.ReadUInt64LittleEndian(Bytes[AuthorOffset..]));

    /// <summary>The author's own count of what it submitted: 1, 2, 3, … Zero when there is no author.</summary>
    public ulong Number => BinaryPrimitives.ReadUInt64LittleEndian(Bytes[NumberOffset..]);

    /// <summary>What follows the header.</summary>
    public ReadOnlySpan<byte> Body => Bytes[HeaderBytes..];

    /// <summary>A message's text, UTF-8.</summary>
    public ReadOnlySpan<byte> Text => Body;

    /// <summary>Whom a joined, left or renamed entry is about, or the host of an epoch.</summary>
    public MemberId Subject => new(BinaryPrimitives.ReadUInt64LittleEndian(Body));

    /// <summary>Why the subject of a left entry is gone.</summary>
    public LeaveReason Reason => (LeaveReason)Body[8];

    /// <summary>The new name of a renamed entry's subject, UTF-8.</summary>
    public ReadOnlySpan<byte> NewName => Body[8..];

    /// <summary>The epoch that an epoch started entry starts.</summary>
    public Epoch NewEpoch => new(BinaryPrimitives.ReadUInt64LittleEndian(Body[8..]));

    /// <summary>What the subject of a joined entry is.</summary>
    public MemberKind JoinedKind => MemberKindByte.KindOf(Body[8]);

    /// <summary>Whether the host reached the node that joined at its address.</summary>
    public bool IsJoinedReachable => MemberKindByte.IsReachable(Body[8]);

    /// <summary>The node that holds the session of a guest that joined.</summary>
    public MemberId JoinedVia => new(BinaryPrimitives.ReadUInt64LittleEndian(Body[9..]));

    /// <summary>What the subject of a joined entry proves itself with: chosen by it, known to members only.</summary>
    public MemberToken JoinedToken => new(
        BinaryPrimitives.ReadUInt64LittleEndian(Body[17..]), BinaryPrimitives.ReadUInt64LittleEndian(Body[25..]));

    /// <summary>The name of a joined entry's subject, UTF-8.</summary>
    public ReadOnlySpan<byte> JoinedName => Body.Slice(34, Body[33]);

    /// <summary>Where a node that joined can be reached, as text; empty for a guest.</summary>
    public ReadOnlySpan<byte> JoinedAddress => JoinedKind == MemberKind.Node ? JoinedRest : [];

    /// <summary>The number that the count of a guest goes on from that comes back; 0 for one that comes in first, and for a node.</summary>
    public ulong JoinedCount =>
        JoinedKind == MemberKind.Guest && JoinedRest.Length == sizeof(ulong) ? BinaryPrimitives.ReadUInt64LittleEndian(JoinedRest) : 0;

    /// <summary>What follows the name of a joined entry's subject: a node's address, or a guest's count.</summary>
    public ReadOnlySpan<byte> JoinedRest => Body[(34 + Body[33])..];

    /// <summary>
    /// Takes the first entry off <paramref name="source"/> when it is whole and well formed; false otherwise. The length is
    /// checked before anything is read by it.
    /// </summary>
    public static bool TryRead(ReadOnlySpan<byte> source, out Entry entry)
    {
        entry = default;
        if (!TryReadLength(source, out int length) || length > source.Length)
        {
            return false;
        }
        var candidate = new Entry(source[..length]);
        if (!IsWellFormed(candidate))
        {
            return false;
        }
        entry = candidate;
        return true;
    }

    /// <summary>The length of the entry that begins here, when its first bytes are there and name a possible one.</summary>
    public static bool TryReadLength(ReadOnlySpan<byte> source, out int length)
    {
        length = 0;
        if (source.Length < HeaderBytes)
        {
            return false;
        }
        length = (int)(BinaryPrimitives.ReadUInt32LittleEndian(source) & 0xFF_FFFF);
        return length is >= HeaderBytes and <= EntryBytesMax;
    }

    private static bool IsWellFormed(in Entry entry)
    {
        ReadOnlySpan<byte> body = entry.Body;
        return entry.Type switch
        {
            EntryType.Message => body.Length <= TextBytesMax,
            EntryType.Joined => body.Length >= 34 && body.Length >= 34 + body[33] && MemberKindByte.IsValid(body[8])
                && DisplayName.IsValid(entry.JoinedName)
                && (entry.JoinedKind == MemberKind.Guest ? entry.JoinedRest.Length is 0 or sizeof(ulong) : entry.JoinedRest.Length <= byte.MaxValue),
            EntryType.Left => body.Length == 9 && body[8] <= (byte)LeaveReason.Slow,
            EntryType.Renamed => body.Length >= 9 && DisplayName.IsValid(entry.NewName),
            EntryType.EpochStarted => body.Length == 16,
            _ => false,
        };
    }

    /// <summary>For traces.</summary>
    public override string ToString() => Type switch
    {
        EntryType.Message => $"message {Author}#{Number} {Encoding.UTF8.GetString(Text)}",
        EntryType.Joined => $"joined {Subject} {Encoding.UTF8.GetString(JoinedName)}",
        EntryType.Left => $"left {Subject} {Reason}",
        EntryType.Renamed => $"renamed {Subject} {Encoding.UTF8.GetString(NewName)}",
        EntryType.EpochStarted => $"epoch {NewEpoch} host {Subject}",
        _ => $"type {(byte)Type}",
    };
}
