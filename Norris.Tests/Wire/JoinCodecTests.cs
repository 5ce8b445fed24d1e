using System.Buffers.Binary;
using System.Text;
using Norris.Protocol.Membership;
using Norris.Protocol.Messages;
using Norris.Wire;

namespace Norris.Tests.Wire;

/// <summary>Joining as bytes: what one node writes another reads, and nothing else is taken for it.</summary>
public sealed class JoinCodecTests
{
    private const int MemberCountAt = 73;

    [Fact]
    public void A_request_comes_back_as_it_was()
    {
        Assert.True(JoinCodec.TryRead(Samples.Bytes(Samples.Join), out JoinRequest read));
        Assert.Equal(Samples.Join, read);
    }

    [Fact]
    public void A_request_has_these_bytes() => Assert.Equal(
        "0102030405060708" + "090a0b0c0d0e0f10" + "00" + "0000000000000000" + "0000000000000000" + "0000000000000000" + "04" + "7a6fc3ab" + "0d" + "31302e302e302e313a37303030",
        Samples.Hex(Samples.Bytes(Samples.Join)));

    [Fact]
    public void An_acceptance_has_these_bytes() => Assert.Equal(
        "a100000000000000" + "0300000000000000" + "0400000000000000" + "01"
        + "dcfe000000000000" + "a100000000000000"
        + "0700000000000000" + "2a00000000000000" + "d1d2d3d4d5d6d7d8"
        + "6300000000000000"
        + "02000000"
        + "a100000000000000" + "00" + "0000000000000000" + "0102030405060708090a0b0c0d0e0f10" + "0100000000000000" + "0900000000000000"
        + "0161" + "0d31302e302e302e313a37303030"
        + "6700000000000000" + "01" + "a100000000000000" + "00000000000000000000000000000000" + "0200000000000000" + "0000000000000000"
        + "0167" + "00"
        + "01000000"
        + "de00000000000000" + "01" + "0102030405060708090a0b0c0d0e0f10" + "0500000000000000",
        Samples.Hex(Samples.Bytes(Samples.Accepted(Samples.Node(0xA1, "a"), Samples.Guest(0x67, "g")))));

    [Fact]
    public void An_acceptance_comes_back_as_it_was()
    {
        JoinAccepted written = Samples.Accepted(Samples.Node(0xA1, "alice"), Samples.Guest(0x67, "gwen"));
        JoinAccepted read = Assert.IsType<JoinAccepted>(JoinCodec.TryReadAccepted(Samples.Bytes(written)));
        Assert.Equal((written.Member, written.TakenIn, written.Answered), (read.Member, read.TakenIn, read.Answered));
        Assert.Equal(
            (written.Snapshot.Network, written.Snapshot.Host, written.Snapshot.Position, written.Snapshot.Time),
            (read.Snapshot.Network, read.Snapshot.Host, read.Snapshot.Position, read.Snapshot.Time));
        Assert.Equal(written.Snapshot.Departed, read.Snapshot.Departed);
        Assert.Equal(written.Snapshot.Members.Select(Facts), read.Snapshot.Members.Select(Facts));
    }

    [Fact]
    public void A_node_out_of_reach_has_a_byte_of_its_own_and_comes_back_as_one()
    {
        byte[] accepted = Samples.Bytes(Samples.Accepted(Samples.Node(0xA1, "alice")));
        Assert.True(JoinCodec.TryReadAccepted(accepted)!.Snapshot.Members[0].IsReachable);
        accepted[MemberCountAt + 4 + 8] = 2;
        JoinAccepted read = JoinCodec.TryReadAccepted(accepted)!;
        Assert.Equal((MemberKind.Node, false), (read.Snapshot.Members[0].Kind, read.Snapshot.Members[0].IsReachable));
        Assert.Equal(accepted, Samples.Bytes(read));
    }

    [Fact]
    public void Many_guests_with_short_names_fit_a_snapshot()
    {
        Member[] members = [Samples.Node(0xA1, "a"), .. Enumerable.Range(0, 36).Select(i => Samples.Guest(0x1000 + (ulong)i, ((char)('A' + i)).ToString()))];
        Assert.Equal(members.Length, JoinCodec.TryReadAccepted(Samples.Bytes(Samples.Accepted(members)))?.Snapshot.Members.Count);
    }

    [Fact]
    public void Every_truncation_and_every_byte_too_many_is_refused()
    {
        byte[] request = Samples.Bytes(Samples.Join);
        byte[] accepted = Samples.Bytes(Samples.Accepted(Samples.Node(0xA1, "a"), Samples.Guest(0x67, "g")));
        Assert.All(Enumerable.Range(0, request.Length), length => Assert.False(JoinCodec.TryRead(request.AsSpan(0, length), out _)));
        Assert.All(Enumerable.Range(0, accepted.Length), length => Assert.Null(JoinCodec.TryReadAccepted(accepted.AsSpan(0, length))));
        Assert.False(JoinCodec.TryRead([.. request, 0], out _));
        Assert.Null(JoinCodec.TryReadAccepted([.. accepted, 0]));
    }

    [Theory]
    [InlineData(0u)]
    [InlineData(1u)]
    [InlineData(3u)]
    [InlineData(0x7FFF_FFFFu)]
    [InlineData(0xFFFF_FFFFu)]
    public void A_lying_count_of_members_is_refused(uint count)
    {
        byte[] accepted = Samples.Bytes(Samples.Accepted(Samples.Node(0xA1, "a"), Samples.Guest(0x67, "g")));
        BinaryPrimitives.WriteUInt32LittleEndian(accepted.AsSpan(MemberCountAt), count);
        Assert.Null(JoinCodec.TryReadAccepted(accepted));
    }

    [Theory]
    [InlineData(0u)]
    [InlineData(2u)]
    [InlineData(0x0800_0000u)]
    [InlineData(0xFFFF_FFFFu)]
    public void A_lying_count_of_departed_is_refused(uint count)
    {
        byte[] accepted = Samples.Bytes(Samples.Accepted(Samples.Node(0xA1, "a")));
        BinaryPrimitives.WriteUInt32LittleEndian(accepted.AsSpan(accepted.Length - 37), count);
        Assert.Null(JoinCodec.TryReadAccepted(accepted));
    }

    [Fact]
    public void An_unknown_kind_and_a_name_against_the_rules_are_refused()
    {
        byte[] accepted = Samples.Bytes(Samples.Accepted(Samples.Node(0xA1, "a")));
        byte[] kind = [.. accepted];
        kind[MemberCountAt + 4 + 8] = 3;
        Assert.Null(JoinCodec.TryReadAccepted(kind));
        byte[] name = [.. accepted];
        name[MemberCountAt + 4 + 8 + 1 + 8 + 16 + 8 + 8 + 1] = (byte)'\n';
        Assert.Null(JoinCodec.TryReadAccepted(name));
        byte[] departed = [.. accepted];
        departed[accepted.Length - 33 + 8] = 2;
        Assert.Null(JoinCodec.TryReadAccepted(departed));
    }

    [Fact]
    public void Texts_that_are_not_UTF_8_are_refused_and_not_mended()
    {
        // Mended, they would be longer than they may be on the wire: 255 bytes of nonsense become 765 of replacement characters.
        byte[] request = Samples.Bytes(Samples.Join with { Address = new string('x', 255) });
        request.AsSpan(request.Length - 255).Fill(0xFF);
        Assert.False(JoinCodec.TryRead(request, out _));
        request = Samples.Bytes(Samples.Join);
        request[42] = 0xC3;
        Assert.False(JoinCodec.TryRead(request, out _));
    }

    [Fact]
    public void Random_bytes_are_never_more_than_refused()
    {
        var random = new Random(7);
        byte[] accepted = Samples.Bytes(Samples.Accepted(Samples.Node(0xA1, "a"), Samples.Guest(0x67, "g")));
        for (int round = 0; round < 20_000; round++)
        {
            byte[] bytes = [.. accepted];
            for (int change = random.Next(1, 4); change > 0; change--)
            {
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            }
            if (JoinCodec.TryReadAccepted(bytes) is { } read)
            {
                Assert.Equal(Samples.Hex(bytes), Samples.Hex(Samples.Bytes(read)));
            }
            _ = JoinCodec.TryRead(bytes, out _);
        }
    }

    [Fact]
    public void The_media_type_is_the_same_in_both_forms() =>
        Assert.Equal(WireFormat.MediaType, Encoding.ASCII.GetString(WireFormat.MediaTypeUtf8));

    private static object Facts(Member member) =>
        (member.Id, member.Kind, member.IsReachable, member.Via, member.Token, member.JoinedAt, member.LastNumber, member.Name, member.Address);
}
