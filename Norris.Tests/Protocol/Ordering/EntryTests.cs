using System.Buffers;
using System.Buffers.Binary;
using Norris.Protocol;
using Norris.Protocol.Membership;
using Norris.Protocol.Ordering;
using Norris.Tests.Simulation;

namespace Norris.Tests.Protocol.Ordering;

public sealed class EntryTests
{
    private static readonly MemberId Author = new(0x12_3456_789A);
    private static readonly MemberId Subject = new(0x0F_EDCB_A987);
    private static readonly MemberId Via = new(7);
    private static readonly MemberToken Token = new(0x0123456789ABCDEF, 0xFEDCBA9876543210);
    private static readonly Timestamp Time = new(1_795_500_000_123_456);

    private static readonly string[] AllKinds = ["message", "empty", "node", "guest", "left", "renamed", "epoch"];

    public static TheoryData<string> Kinds => [.. AllKinds];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void What_is_written_is_read(string kind)
    {
        byte[] bytes = Write(kind);

        Assert.True(Entry.TryRead(bytes, out Entry entry));
        Assert.True(Entry.TryReadLength(bytes, out int length));
        Assert.Equal(bytes.Length, length);
        Assert.Equal(Time, entry.Time);
        Assert.Equal(kind == "epoch" ? MemberId.None : Author, entry.Author);
        Assert.Equal(kind == "epoch" ? 0UL : 42UL, entry.Number);
        switch (kind)
        {
            case "message" or "empty":
                Assert.Equal(EntryType.Message, entry.Type);
                Assert.Equal(kind == "empty" ? "" : "hällo", System.Text.Encoding.UTF8.GetString(entry.Text));
                break;
            case "node" or "guest":
                Assert.Equal((EntryType.Joined, Subject, Via, Token), (entry.Type, entry.Subject, entry.JoinedVia, entry.JoinedToken));
                Assert.Equal(kind == "guest" ? MemberKind.Guest : MemberKind.Node, entry.JoinedKind);
                Assert.True(entry.JoinedName.SequenceEqual("alice"u8));
                Assert.True(entry.JoinedAddress.SequenceEqual(kind == "guest" ? default : "10.0.0.1:7000"u8));
                break;
            case "left":
                Assert.Equal((EntryType.Left, Subject, LeaveReason.Slow), (entry.Type, entry.Subject, entry.Reason));
                break;
            case "renamed":
                Assert.Equal((EntryType.Renamed, Subject), (entry.Type, entry.Subject));
                Assert.True(entry.NewName.SequenceEqual("bob"u8));
                break;
            default:
                Assert.Equal((EntryType.EpochStarted, Subject, new Epoch(9)), (entry.Type, entry.Subject, entry.NewEpoch));
                break;
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void No_truncation_is_an_entry(string kind)
    {
        byte[] bytes = Write(kind);
        for (int length = 0; length < bytes.Length; length++)
        {
            Assert.False(Entry.TryRead(bytes.AsSpan(0, length), out _));
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void What_follows_is_not_touched(string kind)
    {
        byte[] bytes = Write(kind);
        Assert.True(Entry.TryRead([.. bytes, 0xFF, 0xFF, 0xFF], out Entry entry));
        Assert.Equal(bytes.Length, entry.Bytes.Length);
    }

    /// <summary>Where to write which byte, and why that is no entry any more.</summary>
    [Theory]
    [InlineData("message", 3, 0, "no type")]
    [InlineData("message", 3, 6, "unknown type")]
    [InlineData("message", 3, 255, "unknown type")]
    [InlineData("message", 3, 2, "a message's body is no joined member's")]
    [InlineData("message", 0, 27, "shorter than a header")]
    [InlineData("message", 2, 255, "longer than any entry")]
    [InlineData("node", 36, 3, "unknown kind")]
    [InlineData("node", 61, 0, "empty name")]
    [InlineData("node", 61, 19, "name longer than the entry")]
    [InlineData("node", 61, 65, "name longer than names are")]
    [InlineData("node", 62, 0xFF, "name is not UTF-8")]
    [InlineData("node", 62, 0x0A, "control character in a name")]
    [InlineData("node", 62, 0x20, "name begins with a blank")]
    [InlineData("guest", 0, 71, "a guest's count is whole, or not there")]
    [InlineData("node", 36, 1, "a guest has no address")]
    [InlineData("left", 36, 3, "unknown reason")]
    [InlineData("left", 0, 36, "no reason")]
    [InlineData("left", 0, 38, "too long")]
    [InlineData("renamed", 36, 0x1B, "control character in a name")]
    [InlineData("renamed", 0, 36, "empty name")]
    [InlineData("epoch", 0, 43, "too short")]
    [InlineData("epoch", 0, 45, "too long")]
    public void Hostile_bytes_are_no_entry(string kind, int at, byte value, string why)
    {
        byte[] bytes = [.. Write(kind), .. new byte[64]];
        bytes[at] = value;
        Assert.False(Entry.TryRead(bytes, out _), why);
    }

    [Fact]
    public void Whatever_the_bytes_reading_never_fails_and_what_it_accepts_can_be_looked_at()
    {
        var random = new SimulationRandom(5);
        byte[][] kinds = [.. AllKinds.Select(Write)];
        for (int i = 0; i < 20_000; i++)
        {
            byte[] bytes = [.. kinds[random.Below(kinds.Length)]];
            for (int flips = random.Below(4); flips >= 0; flips--)
            {
                bytes[random.Below(bytes.Length)] = (byte)random.Below(256);
            }
            if (Entry.TryRead(bytes, out Entry entry))
            {
                Assert.InRange(entry.Bytes.Length, Entry.HeaderBytes, bytes.Length);
                Assert.NotEmpty(entry.ToString());
            }
        }
    }

    [Fact]
    public void The_longest_text_fits_and_one_more_does_not()
    {
        var output = new ArrayBufferWriter<byte>();
        EntryWriter.WriteMessage(output, Time, Author, 1, new byte[Entry.TextBytesMax]);
        Assert.Equal(Entry.EntryBytesMax, output.WrittenCount);
        Assert.True(Entry.TryRead(output.WrittenSpan, out _));
        Assert.Throws<InvariantViolatedException>(() => EntryWriter.WriteMessage(output, Time, Author, 1, new byte[Entry.TextBytesMax + 1]));

        byte[] longer = [.. output.WrittenSpan, 0];
        BinaryPrimitives.WriteUInt32LittleEndian(longer, (uint)longer.Length | (1u << 24));
        Assert.False(Entry.TryRead(longer, out _));
    }

    [Fact]
    public void The_bytes_are_what_the_grammar_says()
    {
        var output = new ArrayBufferWriter<byte>();
        EntryWriter.WriteMessage(output, new Timestamp(0x0102030405060708), new MemberId(0x1122334455), 3, "hi"u8);
        Assert.Equal("1E000001" + "0807060504030201" + "5544332211000000" + "0300000000000000" + "6869", Convert.ToHexString(output.WrittenSpan));
    }

    [Fact]
    public void A_guest_that_comes_back_carries_the_number_that_its_count_goes_on_from()
    {
        var output = new ArrayBufferWriter<byte>();
        EntryWriter.WriteGuestJoined(output, Time, Author, 42, Via, Token, "gwen"u8, 0x0102030405060708);
        byte[] bytes = output.WrittenSpan.ToArray();
        Assert.Equal("0807060504030201", Convert.ToHexString(bytes[^8..]));
        Assert.True(Entry.TryRead(bytes, out Entry entry));
        Assert.Equal((MemberKind.Guest, MemberId.None, Via, Token), (entry.JoinedKind, entry.Subject, entry.JoinedVia, entry.JoinedToken));
        Assert.Equal((0x0102030405060708UL, 0), (entry.JoinedCount, entry.JoinedAddress.Length));
        EntryWriter.SetJoinedCount(bytes, 9);
        Assert.Equal(9UL, new Entry(bytes).JoinedCount);
        byte[] first = Write("guest");
        EntryWriter.SetJoinedCount(first, 9);
        Assert.Equal(Write("guest"), first);
        Assert.Equal((0UL, 0UL), (new Entry(first).JoinedCount, new Entry(Write("node")).JoinedCount));
    }

    [Fact]
    public void A_node_out_of_reach_is_a_node_with_a_byte_of_its_own()
    {
        var output = new ArrayBufferWriter<byte>();
        EntryWriter.WriteJoined(output, Time, Author, 42, Subject, MemberKind.Node, Via, Token, "alice"u8, "10.0.0.1:7000"u8, isReachable: false);
        Assert.Equal(2, output.WrittenSpan[36]);
        Assert.True(Entry.TryRead(output.WrittenSpan, out Entry entry));
        Assert.Equal((MemberKind.Node, false), (entry.JoinedKind, entry.IsJoinedReachable));
        Assert.True(entry.JoinedAddress.SequenceEqual("10.0.0.1:7000"u8));
        Assert.True(new Entry(Write("node")).IsJoinedReachable);
    }

    [Fact]
    public void An_author_is_changed_in_place_and_with_it_whom_its_renaming_is_about()
    {
        var output = new ArrayBufferWriter<byte>();
        EntryWriter.WriteRenamed(output, Time, Author, 42, Author, "bob"u8);
        byte[] own = output.WrittenSpan.ToArray();
        EntryWriter.SetAuthor(own, Via);
        Assert.Equal((Via, Via), (new Entry(own).Author, new Entry(own).Subject));
        byte[] message = Write("message");
        EntryWriter.SetAuthor(message, Via);
        Assert.Equal(Via, new Entry(message).Author);
        Assert.True(new Entry(message).Text.SequenceEqual("hällo"u8));
    }

    [Fact]
    public void The_host_sets_the_time_in_place()
    {
        byte[] bytes = Write("message");
        EntryWriter.SetTime(bytes, new Timestamp(99));
        Assert.True(Entry.TryRead(bytes, out Entry entry));
        Assert.Equal(new Timestamp(99), entry.Time);
        EntryWriter.SetTime(bytes, Time);
        Assert.Equal(Write("message"), bytes);
    }

    private static byte[] Write(string kind)
    {
        var output = new ArrayBufferWriter<byte>();
        switch (kind)
        {
            case "message":
                EntryWriter.WriteMessage(output, Time, Author, 42, "hällo"u8);
                break;
            case "empty":
                EntryWriter.WriteMessage(output, Time, Author, 42, []);
                break;
            case "node":
                EntryWriter.WriteJoined(output, Time, Author, 42, Subject, MemberKind.Node, Via, Token, "alice"u8, "10.0.0.1:7000"u8);
                break;
            case "guest":
                EntryWriter.WriteJoined(output, Time, Author, 42, Subject, MemberKind.Guest, Via, Token, "alice"u8, []);
                break;
            case "left":
                EntryWriter.WriteLeft(output, Time, Author, 42, Subject, LeaveReason.Slow);
                break;
            case "renamed":
                EntryWriter.WriteRenamed(output, Time, Author, 42, Subject, "bob"u8);
                break;
            default:
                EntryWriter.WriteEpochStarted(output, Time, Subject, new Epoch(9));
                break;
        }
        return output.WrittenSpan.ToArray();
    }
}
