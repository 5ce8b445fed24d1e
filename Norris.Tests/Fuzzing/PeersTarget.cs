using System.Buffers.Binary;
using Norris.Protocol;
using Norris.Protocol.Membership;
using Norris.Protocol.Messages;
using Norris.Protocol.Ordering;
using Norris.Tests.Wire;
using Norris.Wire;

namespace Norris.Tests.Fuzzing;

/// <summary>
/// A host, and what anybody may send it, one thing after the other:
/// <code>
/// input = *op
/// op    = kind:8 length:16 *byte       ; bits 5 to 7 of the kind say what is mended, so that it gets further than a guess would
/// </code>
/// However that is, each call is answered once at most, and its log is one that others can fold.
/// </summary>
internal sealed class PeersTarget : FuzzTarget
{
    private const int MendWho = 0x80;
    private const int MendWhere = 0x40;
    private const int MendEntries = 0x20;
    private const int OpsMax = 64;

    public override string What => "a host that gets anything from anybody";

    public override void Run(byte[] input)
    {
        var host = new Host();
        ReadOnlySpan<byte> rest = input;
        for (int ops = 0; rest.Length >= 3 && ops < OpsMax; ops++)
        {
            int length = Math.Min(BinaryPrimitives.ReadUInt16LittleEndian(rest[1..]), rest.Length - 3);
            host.Take(rest[0], rest.Slice(3, length).ToArray());
            rest = rest[(3 + length)..];
        }
    }

    public override IEnumerable<byte[]> Seeds()
    {
        byte[] message = WireTarget.Written(output => EntryWriter.WriteMessage(output, new(5), new(2), 1, "hi"u8));
        byte[] guest = WireTarget.Written(output => EntryWriter.WriteJoined(
            output, new(5), new(2), 1, MemberId.None, MemberKind.Guest, new(2), new(7, 7), "g"u8, []));
        yield return Op(0, Samples.Bytes(Samples.Join));
        yield return [.. Op(1 | MendWho | MendWhere | MendEntries, Submission([.. message, .. guest])), .. Op(5, [0, 0, 1, 0])];
        yield return [.. Op(4 | MendWho | MendWhere, new byte[32]), .. Op(5, [0xFF, 0xFF, 0xFF, 0]), .. Op(3 | MendWho, new byte[24])];
        var takeover = new TakeoverRequest(new(1), 7, new(2), Samples.Token, "10.0.0.1:7000", new(3), IsBinding: true, Samples.Position);
        yield return Op(2 | MendWho, WireTarget.Written(output => TakeoverCodec.Write(output, takeover)));
        yield return Op(2, WireTarget.Written(output => TakeoverCodec.Write(output, new MeetRequest(new(9), "h:1", new SideWeight(3, new(4), new(9)), 8, new(5)))));
        yield return [.. Op(7, "said here"u8.ToArray()), .. Op(6, WireTarget.Written(output => TakeoverCodec.TryWrite(output, new Met(Meeting.JoinMe, new(9), "h:1"))))];
    }

    private static byte[] Submission(byte[] entries)
    {
        Submission submission = Samples.Submission(entries);
        byte[] bytes = new byte[SubmissionCodec.BytesOf(submission)];
        SubmissionCodec.Write(bytes, submission);
        return bytes;
    }

    private static byte[] Op(byte kind, byte[] content) => [kind, (byte)content.Length, (byte)(content.Length >> 8), .. content];

    private sealed class Host
    {
        private readonly NodeCore _core = new(new NodeCoreOptions { Token = new(1, 1), Name = "host", Address = "10.0.0.1:7000", ReorderWindowMicroseconds = 0 });
        private readonly View _mirror = new();
        private readonly HashSet<CallId> _answered = [];
        private readonly MemberToken _token = new(2, 2);
        private readonly MemberId _member;
        private SequenceNumber _checked;
        private Timestamp _checkedTime;
        private ulong _calls;
        private long _now = 1_000_000_000;

        public Host()
        {
            _core.Advance(new(_now));
            _core.Found();
            Ask(new JoinRequest(_token, "member", "10.0.0.2:7000"));
            _member = _core.View.BySeniority[^1].Id;
        }

        public void Take(byte kind, byte[] content)
        {
            switch (kind & 7)
            {
                case 0 when JoinCodec.TryRead(content, out JoinRequest join):
                    Ask((kind & MendWho) != 0 ? join with { Token = _token } : join);
                    break;
                case 1 when SubmissionCodec.TryRead(content, out Submission? submission):
                    Ask(Mended(kind, submission));
                    break;
                case 2 when TakeoverCodec.TryRead(content) is { } request:
                    Ask(request is TakeoverRequest takeover && (kind & MendWho) != 0
                        ? takeover with { To = _core.Self, Network = _core.View.Network, Member = _member, Token = _token, Position = (kind & MendWhere) != 0 ? _core.Position : takeover.Position }
                        : request);
                    break;
                case 3:
                    var reader = new ByteReader(content);
                    Ask(new LeaveRequest((kind & MendWho) != 0 ? _member : reader.MemberId(), (kind & MendWho) != 0 ? _token : reader.MemberToken()));
                    break;
                case 4:
                    Follow(kind, content);
                    break;
                case 5 when content.Length >= 4:
                    _now += BinaryPrimitives.ReadUInt32LittleEndian(content) % 10_000_000;
                    _core.Advance(new(_now));
                    Settle();
                    break;
                case 6 when TakeoverCodec.TryReadAnswer(content) is { } answer && _core.Effects.Calls.Count > 0:
                    CallId call = _core.Effects.Calls[^1].Id;
                    _core.Effects.Calls.RemoveAt(_core.Effects.Calls.Count - 1);
                    _core.Step(call, answer);
                    Settle();
                    break;
                case 7:
                    _core.TrySubmitMessage(_core.Self, content.AsSpan(0, Math.Min(content.Length, Entry.TextBytesMax)), out _);
                    Settle();
                    break;
                default:
                    break;
            }
        }

        private Submission Mended(byte kind, Submission submission)
        {
            if ((kind & MendWho) != 0)
            {
                submission = submission with { Member = _member, Token = _token, Host = _core.Self };
            }
            if ((kind & MendWhere) != 0)
            {
                submission = submission with { Position = _core.Position };
            }
            if ((kind & MendEntries) == 0)
            {
                return submission;
            }
            byte[] entries = submission.Entries.ToArray();
            ulong number = _core.View.Find(_member)?.LastNumber ?? 0;
            for (int at = 0; Entry.TryReadLength(entries.AsSpan(at), out int length); at += length)
            {
                BinaryPrimitives.WriteUInt64LittleEndian(entries.AsSpan(at + Entry.AuthorOffset), _member.Value);
                BinaryPrimitives.WriteUInt64LittleEndian(entries.AsSpan(at + Entry.NumberOffset), ++number);
                if (at + length > entries.Length)
                {
                    break;
                }
            }
            return submission with { Entries = entries };
        }

        private void Follow(byte kind, byte[] content)
        {
            var reader = new ByteReader(content);
            var request = new FollowRequest(
                (kind & MendWho) != 0 ? _member : reader.MemberId(), (kind & MendWho) != 0 ? _token : reader.MemberToken(),
                (kind & MendWho) != 0 ? _core.View.Network : reader.UInt64(), (kind & MendWhere) != 0 ? _core.Position : reader.Position(), new(reader.UInt64()));
            if (_core.Follow(request) is FollowAccepted accepted)
            {
                Settle();
                while (_core.TryTakeBatch(accepted.Stream, 1 << 16, out LogBatch batch))
                {
                    if (batch.Header.Count > 0)
                    {
                        _core.Log.Release(batch.Slice);
                    }
                }
            }
            Settle();
        }

        private void Ask(PeerRequest request)
        {
            _core.Step(new CallId(++_calls), request);
            Settle();
        }

        private void Settle()
        {
            _core.Settle();
            foreach (Answer answer in _core.Effects.Answers)
            {
                Holds(answer.Id.Value <= _calls && _answered.Add(answer.Id), "each call is answered once");
            }
            _core.Effects.Answers.Clear();
            _core.Effects.Ordered.Clear();
            _core.Effects.Notices.Clear();
            Holds(_core.Deliverable <= _core.Log.Last && _core.Stable <= _core.Log.Last, "no more is deliverable or stable than there is");
            while (_checked < _core.Log.Last && _checked >= _core.Log.Before)
            {
                _checked = _checked.Next;
                var entry = new Entry(_core.Log.Read(_checked, _checked, 1).Memory.Span);
                Holds(Entry.TryRead(entry.Bytes, out _), "what is ordered is well formed");
                Holds(entry.Time >= _checkedTime, "times never decrease");
                Holds(_mirror.TryApply(entry, _checked, out _), $"{entry.ToString()} follows from the log");
                _checkedTime = entry.Time;
            }
        }
    }
}
