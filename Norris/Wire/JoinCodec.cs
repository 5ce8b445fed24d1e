using System.Buffers;
using Norris.Protocol;
using Norris.Protocol.Membership;
using Norris.Protocol.Messages;
using Norris.Protocol.Ordering;

namespace Norris.Wire;

/// <summary>
/// Joining, as bytes. All numbers are little-endian and unsigned; times are microseconds since 1970 on the network's clock.
/// <code>
/// request  = token:128 partition:8 confirmed:64 sent:64 promised:64 name address
/// accepted = member:64 takenIn:64 answered:64 remembered:8 snapshot
/// snapshot = network:64 host:64 position time:64 members:32 *member departed:32 *departed
/// position = epoch:64 sequence:64 digest:64
/// member   = id:64 kind:8 via:64 token:128 joinedAt:64 lastNumber:64 name address
/// departed = id:64 kind:8 token:128 lastNumber:64
/// name     = size:8 *byte          ; UTF-8, as is address
/// </code>
/// </summary>
internal static class JoinCodec
{
    // A guest's name has one byte at least, and its address none.
    private const int MemberBytesMin = 52;
    private const int DepartedBytes = 33;
    private const int AcceptanceBytes = 256;
    private const int NameAndAddressBytes = 40;

    /// <summary>Writes a request.</summary>
    public static void Write(IBufferWriter<byte> output, JoinRequest request)
    {
        var writer = new ByteWriter(output);
        writer.MemberToken(request.Token);
        writer.Byte((byte)request.Partition);
        writer.UInt64(request.Confirmed);
        writer.UInt64(request.Sent);
        writer.UInt64(request.Promised.Value);
        writer.Text(request.Name);
        writer.Text(request.Address);
    }

    /// <summary>Reads a request; false when the bytes are not one.</summary>
    public static bool TryRead(ReadOnlySpan<byte> content, out JoinRequest request)
    {
        var reader = new ByteReader(content);
        MemberToken token = reader.MemberToken();
        byte partition = reader.Byte();
        ulong confirmed = reader.UInt64();
        ulong sent = reader.UInt64();
        var promised = new Epoch(reader.UInt64());
        request = new JoinRequest(token, reader.Text(), reader.Text(), (PartitionRule)partition, confirmed, sent, promised);
        return reader.IsAtEnd && partition <= (byte)PartitionRule.Majority;
    }

    /// <summary>How many bytes an acceptance needs, about and rather more than less: its size is most of what a newcomer costs the host.</summary>
    public static int Estimate(JoinAccepted accepted) =>
        AcceptanceBytes + (accepted.Snapshot.Members.Count * (MemberBytesMin + NameAndAddressBytes)) + (accepted.Snapshot.Departed.Count * DepartedBytes);

    /// <summary>Writes an acceptance.</summary>
    public static void Write(IBufferWriter<byte> output, JoinAccepted accepted)
    {
        var writer = new ByteWriter(output);
        writer.MemberId(accepted.Member);
        writer.Timestamp(accepted.TakenIn);
        writer.Timestamp(accepted.Answered);
        writer.Byte(accepted.IsRemembered ? (byte)1 : (byte)0);
        Snapshot snapshot = accepted.Snapshot;
        writer.UInt64(snapshot.Network);
        writer.MemberId(snapshot.Host);
        writer.Position(snapshot.Position);
        writer.Timestamp(snapshot.Time);
        writer.UInt32((uint)snapshot.Members.Count);
        foreach (Member member in snapshot.Members)
        {
            writer.MemberId(member.Id);
            writer.Byte(MemberKindByte.Of(member.Kind, member.IsReachable));
            writer.MemberId(member.Via);
            writer.MemberToken(member.Token);
            writer.UInt64(member.JoinedAt.Value);
            writer.UInt64(member.LastNumber);
            writer.Text(member.Name);
            writer.Text(member.Address);
        }
        writer.UInt32((uint)snapshot.Departed.Count);
        foreach (Departed departed in snapshot.Departed)
        {
            writer.MemberId(departed.Id);
            writer.Byte((byte)departed.Kind);
            writer.MemberToken(departed.Token);
            writer.UInt64(departed.LastNumber);
        }
    }

    /// <summary>Reads an acceptance; null when the bytes are not one.</summary>
    public static JoinAccepted? TryReadAccepted(ReadOnlySpan<byte> content)
    {
        var reader = new ByteReader(content);
        MemberId self = reader.MemberId();
        Timestamp takenIn = reader.Timestamp();
        Timestamp answered = reader.Timestamp();
        byte remembered = reader.Byte();
        ulong network = reader.UInt64();
        MemberId host = reader.MemberId();
        Position position = reader.Position();
        Timestamp time = reader.Timestamp();

        // A count is believed only as far as the bytes that are there could hold it.
        uint memberCount = reader.UInt32();
        if (memberCount > reader.Rest.Length / MemberBytesMin)
        {
            return null;
        }
        var members = new Member[memberCount];
        for (int i = 0; i < members.Length; i++)
        {
            if (!TryReadMember(ref reader, out members[i]))
            {
                return null;
            }
        }
        uint departedCount = reader.UInt32();
        if (departedCount > reader.Rest.Length / DepartedBytes)
        {
            return null;
        }
        var departed = new Departed[departedCount];
        for (int i = 0; i < departed.Length; i++)
        {
            departed[i] = new Departed(reader.MemberId(), (MemberKind)reader.Byte(), reader.MemberToken(), reader.UInt64());
            if (departed[i].Kind > MemberKind.Guest)
            {
                return null;
            }
        }
        if (!reader.IsAtEnd || remembered > 1)
        {
            return null;
        }
        var snapshot = new Snapshot
        {
            Network = network,
            Host = host,
            Position = position,
            Time = time,
            Members = members,
            Departed = departed,
        };
        return new JoinAccepted(self, snapshot, takenIn, answered, remembered != 0);
    }

    private static bool TryReadMember(ref ByteReader reader, out Member member)
    {
        MemberId id = reader.MemberId();
        byte kind = reader.Byte();
        MemberId via = reader.MemberId();
        MemberToken token = reader.MemberToken();
        ulong joinedAt = reader.UInt64();
        ulong lastNumber = reader.UInt64();
        string name = reader.Text();
        string address = reader.Text();
        member = new Member
        {
            Id = id,
            Kind = MemberKindByte.KindOf(kind),
            IsReachable = MemberKindByte.IsReachable(kind),
            Via = via,
            Token = token,
            JoinedAt = new SequenceNumber(joinedAt),
            LastNumber = lastNumber,
            Name = name,
            Address = address,
        };
        return reader.IsWhole && MemberKindByte.IsValid(kind) && DisplayName.IsValid(name);
    }
}
