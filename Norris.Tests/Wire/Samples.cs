using System.Buffers;
using Norris.Protocol.Membership;
using Norris.Protocol.Messages;
using Norris.Protocol.Ordering;
using Norris.Wire;

namespace Norris.Tests.Wire;

/// <summary>One of each of the protocol's messages, with numbers whose bytes can be told apart.</summary>
internal static class Samples
{
    public static readonly MemberToken Token = new(0x0807060504030201, 0x100F0E0D0C0B0A09);

    public static readonly Position Position = new(new Epoch(7), new SequenceNumber(42), new Digest(0xD8D7D6D5D4D3D2D1));

    public static readonly JoinRequest Join = new(Token, "zoë", "10.0.0.1:7000");

    public static Submission Submission(ReadOnlyMemory<byte> entries) =>
        new(new MemberId(0xB0B), Token, new MemberId(0xA1), Position, new Timestamp(1_000_002), new Timestamp(1_000_001), entries);

    public static JoinAccepted Accepted(params Member[] members) => new(
        new MemberId(0xA1),
        new Snapshot
        {
            Network = 0xFEDC,
            Host = new MemberId(0xA1),
            Position = Position,
            Time = new Timestamp(99),
            Members = members,
            Departed = [new Departed(new MemberId(0xDE), MemberKind.Guest, Token, 5)],
        },
        new Timestamp(3),
        new Timestamp(4));

    public static Member Node(ulong id, string name) => new()
    {
        Id = new MemberId(id),
        Kind = MemberKind.Node,
        Via = MemberId.None,
        Token = Token,
        JoinedAt = new SequenceNumber(1),
        LastNumber = 9,
        Name = name,
        Address = "10.0.0.1:7000",
    };

    public static Member Guest(ulong id, string name) => new()
    {
        Id = new MemberId(id),
        Kind = MemberKind.Guest,
        Via = new MemberId(0xA1),
        Token = MemberToken.None,
        JoinedAt = new SequenceNumber(2),
        LastNumber = 0,
        Name = name,
        Address = "",
    };

    public static byte[] Bytes(JoinRequest request)
    {
        var output = new ArrayBufferWriter<byte>();
        JoinCodec.Write(output, request);
        return output.WrittenSpan.ToArray();
    }

    public static byte[] Bytes(JoinAccepted accepted)
    {
        var output = new ArrayBufferWriter<byte>();
        JoinCodec.Write(output, accepted);
        return output.WrittenSpan.ToArray();
    }

    public static string Hex(ReadOnlySpan<byte> bytes) => Convert.ToHexStringLower(bytes);

    /// <summary>The bytes in two segments, cut at <paramref name="at"/>.</summary>
    public static ReadOnlySequence<byte> Cut(ReadOnlyMemory<byte> bytes, int at)
    {
        var first = new Segment(bytes[..at], 0);
        Segment last = first.Append(bytes[at..]);
        return new ReadOnlySequence<byte>(first, 0, last, last.Memory.Length);
    }

    private sealed class Segment : ReadOnlySequenceSegment<byte>
    {
        public Segment(ReadOnlyMemory<byte> memory, long index) => (Memory, RunningIndex) = (memory, index);

        public Segment Append(ReadOnlyMemory<byte> memory)
        {
            var next = new Segment(memory, RunningIndex + Memory.Length);
            Next = next;
            return next;
        }
    }
}
