using System.Buffers;
using Norris.Protocol.Messages;

namespace Norris.Wire;

/// <summary>
/// Taking over, and two hosts meeting, as bytes.
/// <code>
/// request   = takeover / meet
/// takeover  = kind:8 to:64 network:64 member:64 token:128 epoch:64 position address ; kind 1 asks whether, kind 2 for the promise; 4 and 5, one that was put out
/// meet      = kind:8 host:64 network:64 nodes:32 epoch:64 address ; kind 3
/// answer    = promised / elsewhere / met
/// promised  = kind:8 position highest:64 *entry                  ; kind 1
/// elsewhere = kind:8 epoch:64 candidate:64                       ; kind 2
/// met       = kind:8 meeting:8 host:64 address                   ; kind 3, meeting 1 join me, 2 later
/// </code>
/// </summary>
internal static class TakeoverCodec
{
    private const byte Sounding = 1;
    private const byte Binding = 2;
    private const byte Meet = 3;
    private const byte Reach = 6;
    private const byte ReturningOffset = 3;
    private const byte PromisedKind = 1;
    private const byte ElsewhereKind = 2;
    private const byte MetKind = 3;
    private const byte ReachedKind = 4;
    private const int PromisedHeaderBytes = 41;

    /// <summary>Writes a takeover or a meeting.</summary>
    public static void Write(IBufferWriter<byte> output, PeerRequest request)
    {
        var writer = new ByteWriter(output);
        switch (request)
        {
            case TakeoverRequest takeover:
                writer.Byte((byte)((takeover.IsBinding ? Binding : Sounding) + (takeover.IsReturning ? ReturningOffset : 0)));
                writer.MemberId(takeover.To);
                writer.UInt64(takeover.Network);
                writer.MemberId(takeover.Member);
                writer.MemberToken(takeover.Token);
                writer.UInt64(takeover.Epoch.Value);
                writer.Position(takeover.Position);
                writer.Text(takeover.Address);
                break;
            case MeetRequest meet:
                writer.Byte(Meet);
                writer.MemberId(meet.Host);
                writer.UInt64(meet.Network);
                writer.UInt32(meet.Weight.Nodes);
                writer.UInt64(meet.Weight.Epoch.Value);
                writer.Timestamp(meet.SentAt);
                writer.Text(meet.Address);
                break;
            case ReachRequest reach:
                writer.Byte(Reach);
                writer.UInt64(reach.Draw);
                break;
            default:
                throw new ArgumentException($"{request.GetType().Name} is none of these", nameof(request));
        }
    }

    /// <summary>Reads a takeover or a meeting; null when the bytes are neither.</summary>
    public static PeerRequest? TryRead(ReadOnlySpan<byte> content)
    {
        var reader = new ByteReader(content);
        byte kind = reader.Byte();
        PeerRequest? request = null;
        bool isReturning = kind > Meet;
        if (kind is Sounding or Binding or Sounding + ReturningOffset or Binding + ReturningOffset)
        {
            var takeover = new TakeoverRequest(
                reader.MemberId(), reader.UInt64(), reader.MemberId(), reader.MemberToken(), "", new(reader.UInt64()), IsBinding: kind is Binding or Binding + ReturningOffset, reader.Position())
            { IsReturning = isReturning };
            request = takeover with { Address = reader.Text() };
        }
        else if (kind == Meet)
        {
            Protocol.Membership.MemberId host = reader.MemberId();
            ulong network = reader.UInt64();
            var weight = new SideWeight(reader.UInt32(), new(reader.UInt64()), host);
            Protocol.Ordering.Timestamp sentAt = reader.Timestamp();
            request = new MeetRequest(host, reader.Text(), weight, network, sentAt);
        }
        else if (kind == Reach)
        {
            request = new ReachRequest(reader.UInt64());
        }
        return reader.IsAtEnd ? request : null;
    }

    /// <summary>Writes an answer; false when it is none of these.</summary>
    public static bool TryWrite(IBufferWriter<byte> output, PeerReply reply)
    {
        var writer = new ByteWriter(output);
        switch (reply)
        {
            case Promised promised:
                writer.Byte(PromisedKind);
                writer.Position(promised.Position);
                writer.UInt64(promised.Highest.Value);
                writer.UInt64(promised.Committed.Value);
                output.Write(promised.Entries.Span);
                return true;
            case PromisedElsewhere elsewhere:
                writer.Byte(ElsewhereKind);
                writer.UInt64(elsewhere.Epoch.Value);
                writer.MemberId(elsewhere.Candidate);
                return true;
            case Reached:
                writer.Byte(ReachedKind);
                return true;
            case Met met:
                writer.Byte(MetKind);
                writer.Byte((byte)met.Meeting);
                writer.MemberId(met.Host);
                writer.Text(met.Address);
                return true;
            default:
                return false;
        }
    }

    /// <summary>Reads an answer; null when the bytes are none.</summary>
    public static PeerReply? TryReadAnswer(ReadOnlyMemory<byte> content)
    {
        var reader = new ByteReader(content.Span);
        switch (reader.Byte())
        {
            case PromisedKind:
                Protocol.Ordering.Position position = reader.Position();
                Protocol.Ordering.Epoch highest = new(reader.UInt64());
                // The bytes are the connection's; the candidate keeps them.
                Protocol.Ordering.SequenceNumber committed = new(reader.UInt64());
                return reader.IsWhole ? new Promised(position, highest, content[PromisedHeaderBytes..].ToArray()) { Committed = committed } : null;
            case ElsewhereKind:
                var elsewhere = new PromisedElsewhere(new(reader.UInt64()), reader.MemberId());
                return reader.IsAtEnd ? elsewhere : null;
            case ReachedKind:
                return reader.IsAtEnd ? new Reached() : null;
            case MetKind:
                var meeting = (Meeting)reader.Byte();
                var met = new Met(meeting, reader.MemberId(), reader.Text());
                return reader.IsAtEnd && meeting is >= Meeting.JoinMe and <= Meeting.Later ? met : null;
            default:
                return null;
        }
    }
}
