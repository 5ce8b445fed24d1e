using System.Buffers;
using System.Text;
using Norris.Node.Delivery;
using Norris.Protocol.Membership;
using Norris.Protocol.Ordering;

namespace Norris.Tests.Node.Delivery;

/// <summary>Entries and a view to write about.</summary>
internal static class Entries
{
    public static readonly Timestamp Noon = new(1_795_497_721_123_456); // 2026-11-24T05:22:01.123456Z

    public static readonly MemberId Alice = Id("k7f3q2ab");

    public static readonly MemberId Bob = Id("b0b00000");

    public static readonly MemberId Guest = Id("gaest000");

    public static Roster AliceAlone() => new([new RosterMember(Alice, "alice"u8, MemberKind.Node, MemberId.None, "127.0.0.1:7000")], Alice, new Epoch(1), 1);

    public static byte[] Message(ReadOnlySpan<byte> text) => Message(text, Noon);

    public static byte[] Message(ReadOnlySpan<byte> text, Timestamp time)
    {
        var output = new ArrayBufferWriter<byte>();
        EntryWriter.WriteMessage(output, time, Alice, 1, text);
        return output.WrittenSpan.ToArray();
    }

    public static byte[] Joined(MemberId member, string name, MemberKind kind, MemberId via, string address)
    {
        var output = new ArrayBufferWriter<byte>();
        EntryWriter.WriteJoined(output, Noon, MemberId.None, 0, member, kind, via, new MemberToken(1, 2), Encoding.UTF8.GetBytes(name), Encoding.UTF8.GetBytes(address));
        return output.WrittenSpan.ToArray();
    }

    public static byte[] BobJoined() => Joined(Bob, "bob", MemberKind.Node, MemberId.None, "127.0.0.1:7001");

    public static byte[] GuestJoined() => Joined(Guest, "gwen", MemberKind.Guest, Alice, "");

    public static byte[] Left(MemberId member, LeaveReason reason)
    {
        var output = new ArrayBufferWriter<byte>();
        EntryWriter.WriteLeft(output, Noon, MemberId.None, 0, member, reason);
        return output.WrittenSpan.ToArray();
    }

    public static byte[] Renamed(MemberId member, string name)
    {
        var output = new ArrayBufferWriter<byte>();
        EntryWriter.WriteRenamed(output, Noon, member, 1, member, Encoding.UTF8.GetBytes(name));
        return output.WrittenSpan.ToArray();
    }

    public static byte[] EpochStarted(MemberId host, ulong epoch)
    {
        var output = new ArrayBufferWriter<byte>();
        EntryWriter.WriteEpochStarted(output, Noon, host, new Epoch(epoch));
        return output.WrittenSpan.ToArray();
    }

    public static MemberId Id(string text)
    {
        Assert.True(MemberId.TryParse(text, out MemberId id));
        return id;
    }
}
