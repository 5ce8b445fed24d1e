using System.Buffers;
using System.Buffers.Text;
using System.Text;
using Norris.Load.Sockets;
using Norris.Protocol.Ordering;
using Norris.Wire;

namespace Norris.Load.Compare.Peers;

/// <summary>A member's log: one request, whose answer is frames without end, in chunks (RFC 9112 section 7.1).</summary>
internal sealed class LogConnection : RoomConnection
{
    // Of an entry that does not lie in one piece: what is looked at, its fixed part and the start of its text.
    private const int LookedAt = Entry.HeaderBytes + RoomText.BytesMin;

    private readonly LightMember _member;
    private readonly Receipt? _receipt;
    private readonly byte[] _piece = new byte[Math.Max(LookedAt, LogFrame.BatchHeaderBytes)];
    private int _pieceBytes;
    private bool _hasAsked;
    private int _chunkLeft;
    private bool _isAfterChunk;
    private int _entriesLeft;
    private int _skip;
    private Position _atEnd;

    /// <summary>Connects.</summary>
    public LogConnection(EventLoop loop, int port, LightMember member, Receipt? receipt)
        : base(loop, Connect(port))
    {
        (_member, _receipt) = (member, receipt);
        Wake();
    }

    /// <inheritdoc/>
    protected override int Refill(Span<byte> output)
    {
        if (_hasAsked)
        {
            return 0;
        }
        _hasAsked = true;
        Position at = _member.Position;
        return Encoding.ASCII.GetBytes(
            $"GET /v1/log?from={at.Sequence.Next}&member={_member.Self}&network={_member.Network:x16}&epoch={at.Epoch}&digest={at.Digest}&promised={at.Epoch} HTTP/1.1\r\n"
            + $"host: norris\r\nauthorization: Bearer {_member.Token}\r\n\r\n", output);
    }

    /// <inheritdoc/>
    protected override int Parse(ReadOnlySpan<byte> received)
    {
        int taken = 0;
        if (!IsReady)
        {
            int head = received.IndexOf("\r\n\r\n"u8);
            if (head < 0)
            {
                return 0;
            }
            if (!received.StartsWith("HTTP/1.1 200"u8))
            {
                Fail($"the host does not serve its log: {Encoding.UTF8.GetString(received)}");
                return received.Length;
            }
            IsReady = true;
            taken = head + 4;
        }
        while (taken < received.Length && Failure is null)
        {
            if (_chunkLeft == 0)
            {
                // chunk = size CRLF data CRLF
                ReadOnlySpan<byte> line = received[taken..];
                int skip = _isAfterChunk ? 2 : 0;
                int end = line.Length <= skip ? -1 : line[skip..].IndexOf((byte)'\n');
                if (end < 0)
                {
                    break;
                }
                if (!Utf8Parser.TryParse(line[skip..], out _chunkLeft, out _, 'x') || _chunkLeft == 0)
                {
                    Fail("the host ended its log");
                    break;
                }
                _isAfterChunk = true;
                taken += skip + end + 1;
                continue;
            }
            int part = Math.Min(_chunkLeft, received.Length - taken);
            Feed(received.Slice(taken, part));
            taken += part;
            _chunkLeft -= part;
        }
        return taken;
    }

    private void Feed(ReadOnlySpan<byte> bytes)
    {
        while (bytes.Length > 0 && Failure is null)
        {
            if (_skip > 0)
            {
                int skipped = Math.Min(_skip, bytes.Length);
                _skip -= skipped;
                bytes = bytes[skipped..];
                continue;
            }
            if (_pieceBytes == 0 && TryTake(bytes, out int taken))
            {
                bytes = bytes[taken..];
                continue;
            }
            // It does not lie in one piece: byte for byte until what is looked at is there.
            _piece[_pieceBytes++] = bytes[0];
            bytes = bytes[1..];
            if (TryTake(_piece.AsSpan(0, _pieceBytes), out _))
            {
                _pieceBytes = 0;
            }
        }
    }

    // A frame's head, or an entry of which at least what is looked at is there.
    private bool TryTake(ReadOnlySpan<byte> bytes, out int taken)
    {
        taken = 0;
        if (_entriesLeft == 0)
        {
            return TryTakeHead(bytes, out taken);
        }
        if (bytes.Length < Entry.HeaderBytes)
        {
            return false;
        }
        int length = bytes[0] | (bytes[1] << 8) | (bytes[2] << 16);
        if (bytes.Length < Math.Min(length, LookedAt))
        {
            return false;
        }
        if (bytes[3] == (byte)EntryType.Message)
        {
            _receipt?.Take(bytes[Entry.HeaderBytes..]);
        }
        if (--_entriesLeft == 0)
        {
            _member.Position = _atEnd;
        }
        taken = Math.Min(length, bytes.Length);
        _skip = length - taken;
        return true;
    }

    private bool TryTakeHead(ReadOnlySpan<byte> bytes, out int taken)
    {
        taken = Math.Min(LogFrame.BatchHeaderBytes, bytes.Length);
        if (bytes[0] == (byte)LogFrameKind.End)
        {
            Fail("the host ended its log");
            return true;
        }
        if (bytes.Length < LogFrame.BatchHeaderBytes)
        {
            return false;
        }
        if (LogFrame.TryRead(new ReadOnlySequence<byte>(bytes[..LogFrame.BatchHeaderBytes].ToArray()), out LogFrame frame, out _) != FrameStatus.Read)
        {
            Fail("the host sent no frame");
            return true;
        }
        _entriesLeft = frame.Batch.Count;
        if (_entriesLeft > 0)
        {
            _atEnd = new Position(frame.Batch.Epoch, new SequenceNumber(frame.Batch.First.Value + (ulong)frame.Batch.Count - 1), frame.Batch.Digest);
        }
        return true;
    }
}
