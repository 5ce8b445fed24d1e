using System.Buffers;
using System.Buffers.Binary;
using System.Buffers.Text;
using System.Text;
using Norris.Load.Sockets;
using Norris.Protocol.Messages;
using Norris.Protocol.Ordering;
using Norris.Wire;

namespace Norris.Load.Compare.Peers;

/// <summary>A member's submissions: one request in flight, with all that is due.</summary>
internal sealed class SubmissionConnection : RoomConnection
{
    // Where the content begins, the length is written with so many digits.
    private const int LengthDigits = 6;

    private static readonly int ContentStart = Head.Length + LengthDigits + 4;

    private readonly LightMember _member;
    private readonly Speaker? _speaker;
    private ulong _number;
    private bool _isInFlight;
    private bool _isDue;
    private bool _isRefused;
    private Timestamp _sentAt;

    private static ReadOnlySpan<byte> Head =>
        "POST /v1/messages HTTP/1.1\r\nhost: norris\r\ncontent-type: application/vnd.norris.1\r\ncontent-length: "u8;

    /// <summary>Connects.</summary>
    public SubmissionConnection(EventLoop loop, int port, LightMember member, Speaker? speaker)
        : base(loop, Connect(port)) => (_member, _speaker, IsReady) = (member, speaker, true);

    /// <summary>Says once more what the host did not take; or, when that is due, how far the member is.</summary>
    public void Beat(bool isSignDue)
    {
        if (_isRefused)
        {
            // With how far the member is now: the host waits for just that.
            _isRefused = false;
            WriteHeader(Last[ContentStart..], hasEntries: Last.Length > ContentStart + SubmissionCodec.HeaderBytes);
            SayAgain();
        }
        else if (isSignDue && !_isInFlight && Failure is null)
        {
            _isDue = true;
            Wake();
        }
    }

    /// <inheritdoc/>
    protected override int Parse(ReadOnlySpan<byte> received)
    {
        int head = received.IndexOf("\r\n\r\n"u8);
        if (head < 0)
        {
            return 0;
        }
        ReadOnlySpan<byte> length = "Content-Length: "u8;
        int at = received[..head].IndexOf(length);
        bool isBusy = received.StartsWith("HTTP/1.1 503"u8);
        if ((!isBusy && !received.StartsWith("HTTP/1.1 200"u8)) || at < 0 || !Utf8Parser.TryParse(received[(at + length.Length)..], out int bytes, out _))
        {
            Fail($"the host did not take a submission: {Encoding.UTF8.GetString(received)}");
            return received.Length;
        }
        if (received.Length < head + 4 + bytes)
        {
            return 0;
        }
        if (!isBusy && SubmissionCodec.TryReadAccepted(received.Slice(head + 4, bytes)) is { } accepted)
        {
            _member.Clock.Observe(_sentAt, accepted.TakenIn, accepted.Answered, LightMember.OwnNow);
        }
        // A host whose members are behind takes no more for a while: the same once more at the next beat.
        (_isInFlight, _isRefused) = (isBusy, isBusy);
        return head + 4 + bytes;
    }

    /// <inheritdoc/>
    protected override int Refill(Span<byte> output)
    {
        if (_isInFlight || (!_isDue && _speaker is not { HasMore: true }))
        {
            return 0;
        }
        (_isInFlight, _isDue) = (true, false);
        Head.CopyTo(output);
        Timestamp now = _member.Now;
        int count = ContentStart + SubmissionCodec.HeaderBytes;
        int entryBytes = Entry.HeaderBytes + (_speaker?.TextBytes ?? 0);
        while (_speaker is { HasMore: true } && output.Length - count > entryBytes)
        {
            // entry = length:24 type:8 time:64 author:64 number:64 text
            Span<byte> entry = output.Slice(count, entryBytes);
            BinaryPrimitives.WriteUInt32LittleEndian(entry, (uint)entryBytes | ((uint)EntryType.Message << 24));
            BinaryPrimitives.WriteInt64LittleEndian(entry[4..], now.Microseconds);
            BinaryPrimitives.WriteUInt64LittleEndian(entry[12..], _member.Self.Value);
            BinaryPrimitives.WriteUInt64LittleEndian(entry[20..], ++_number);
            _speaker.Say(entry[Entry.HeaderBytes..]);
            count += entryBytes;
        }
        WriteHeader(output[ContentStart..], hasEntries: count > ContentStart + SubmissionCodec.HeaderBytes);
        Span<byte> digits = output.Slice(Head.Length, LengthDigits);
        Utf8Formatter.TryFormat(count - ContentStart, digits, out _, new StandardFormat('D', LengthDigits));
        "\r\n\r\n"u8.CopyTo(output[(ContentStart - 4)..]);
        return count;
    }

    private void WriteHeader(Span<byte> output, bool hasEntries)
    {
        _sentAt = LightMember.OwnNow;
        Timestamp now = _member.Clock.At(_sentAt);
        SubmissionCodec.Write(output, new Submission(
            _member.Self, _member.Token, _member.Host, _member.Position, now, hasEntries ? now : Timestamp.Zero, default));
    }
}
