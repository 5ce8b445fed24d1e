using System.Buffers;
using System.Buffers.Binary;
using System.Text;
using System.Text.Json;
using Norris.Node.Delivery;
using Norris.Protocol;
using Norris.Protocol.Membership;
using Norris.Protocol.Messages;
using Norris.Protocol.Ordering;
using Norris.Tests.Protocol;
using Norris.Tests.Wire;
using Norris.Wire;

namespace Norris.Tests.Fuzzing;

/// <summary>
/// What comes down a log stream, taken in by a follower and shown to its people. An even first byte: the rest is the stream itself. An odd
/// one: the rest is entries, which are made to follow from the log, so that they get as far as a hostile host's could.
/// </summary>
internal sealed class StreamTarget : FuzzTarget
{
    private const long Now = 1_000_000_000;
    private static readonly MemberId Host = new(1);
    private static readonly MemberId Self = new(2);
    private static readonly MemberId[] Authors = [MemberId.None, Host, Self, new(3), new(4)];

    public override string What => "the log stream, up to what people are shown";

    public override void Run(byte[] input)
    {
        if (input.Length == 0)
        {
            return;
        }
        byte[] rest = input[1..];
        if ((input[0] & 1) == 0)
        {
            HoldsHoweverCut(rest, cuts => FollowRaw(rest, cuts));
        }
        else
        {
            FollowMended(rest);
        }
    }

    public override IEnumerable<byte[]> Seeds()
    {
        byte[] one = WireTarget.Written(output => EntryWriter.WriteMessage(output, new(2), Host, 1, "hi"u8));
        byte[] batch =
        [
            .. WireTarget.Written(output => LogFrame.WriteBatchHeader(
                output, new BatchHeader(new(1), new(11), 1, one.Length, new Digest(10).After(one), new(10), new(10), 0))),
            .. one,
        ];
        yield return [0, .. batch, .. WireTarget.Written(output => LogFrame.WriteEnd(output, StreamEnd.Trimmed))];
        yield return [0, .. WireTarget.Written(output => LogFrame.WriteBatchHeader(output, new BatchHeader(new(1), new(11), 0, 0, new(10), new(10), new(10), 5, true)))];
        yield return [1, .. WireTarget.Entries()];
        yield return [1, .. WireTarget.Written(output =>
        {
            EntryWriter.WriteRenamed(output, new(8), new(1), 1, new(2), "nam\u00e9"u8);
            EntryWriter.WriteMessage(output, new(9), new(2), 1, "\u001b[31m\u202Ex"u8);
            EntryWriter.WriteLeft(output, new(10), MemberId.None, 0, new(4), LeaveReason.Left);
        })];
        // This node's guests come, are lost, and come back with each other's ids.
        yield return [1, .. WireTarget.Written(static output =>
        {
            foreach (ulong guest in (ulong[])[9, 10])
            {
                WriteGuest(output, guest, guest);
            }
            foreach (ulong guest in (ulong[])[9, 10])
            {
                EntryWriter.WriteLeft(output, new(12), MemberId.None, 0, new(guest), LeaveReason.Lost);
            }
            WriteGuest(output, 9, 11);
            EntryWriter.WriteLeft(output, new(12), MemberId.None, 0, new(9), LeaveReason.Lost);
            WriteGuest(output, 10, 11);
        })];
        // One comes with the id of this node, which was put out.
        yield return [1, .. WireTarget.Written(static output =>
        {
            WriteGuest(output, 9, 9);
            EntryWriter.WriteLeft(output, new(12), MemberId.None, 0, Self, LeaveReason.Lost);
            WriteGuest(output, Self.Value, 11);
            EntryWriter.WriteJoined(output, new(13), MemberId.None, 0, Self, MemberKind.Guest, Self, new MemberToken(12, 12), "g"u8, default);
            EntryWriter.WriteJoined(output, new(14), MemberId.None, 0, Self, MemberKind.Guest, Self, new MemberToken(9, 9), "h"u8, default);
        })];
    }

    private static void WriteGuest(IBufferWriter<byte> output, ulong id, ulong token) => EntryWriter.WriteJoined(
        output, new(11), Self, 1, new(id), MemberKind.Guest, Self, new MemberToken(token, token), Encoding.UTF8.GetBytes($"g{id}{token}"), default);

    private static string FollowRaw(byte[] stream, int[] cuts)
    {
        var outcome = new StringBuilder();
        (NodeCore core, StreamId id) = Following();
        var shown = new Shown(core);
        ReadOnlySequence<byte> rest = default;
        int start = 0;
        foreach (int end in cuts.Append(stream.Length))
        {
            // What was not taken, and what comes now, each a segment of its own.
            rest = rest.IsEmpty ? new(stream.AsMemory(start..end)) : Samples.Cut(stream.AsMemory((int)(start - rest.Length)..end), (int)rest.Length);
            start = end;
            FrameStatus status;
            while ((status = LogFrame.TryRead(rest, out LogFrame frame, out int headerBytes)) == FrameStatus.Read)
            {
                if (frame.Kind == LogFrameKind.End)
                {
                    core.UpstreamEnded(id, frame.End);
                }
                else if (rest.Length < headerBytes + frame.Batch.Bytes)
                {
                    break;
                }
                else
                {
                    core.Receive(id, frame.Batch, rest.Slice(headerBytes, frame.Batch.Bytes).ToArray());
                }
                rest = rest.Slice(frame.Kind == LogFrameKind.End ? headerBytes : headerBytes + frame.Batch.Bytes);
                core.Settle();
                shown.Show();
            }
            if (status == FrameStatus.Malformed)
            {
                outcome.Append("malformed ");
                break;
            }
        }
        return outcome.Append($"{core.Role} {core.Position} {core.Deliverable} {string.Join(' ', core.Effects.Notices)}").ToString();
    }

    private static void FollowMended(ReadOnlySpan<byte> entries)
    {
        (NodeCore core, StreamId id) = Following();
        var shown = new Shown(core);
        while (Entry.TryReadLength(entries, out int length) && length <= entries.Length)
        {
            byte[] bytes = entries[..length].ToArray();
            entries = entries[length..];
            MemberId author = Authors[bytes[Entry.AuthorOffset] % Authors.Length];
            BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(Entry.AuthorOffset), author.Value);
            ulong number = author.IsNone ? new Entry(bytes).Number : (core.View.Find(author)?.LastNumber ?? 0) + 1;
            BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(Entry.NumberOffset), number);
            EntryWriter.SetTime(bytes, Timestamp.Max(new Entry(bytes).Time, core.Log.LastTime));
            var header = new BatchHeader(
                core.View.Epoch, core.Log.Last.Next, 1, length, core.Log.Digest.After(bytes), core.Log.Last, core.Log.Last, 0);
            core.Receive(id, header, bytes);
            core.Settle();
            shown.Show();
        }
        Holds(core.Deliverable <= core.Log.Last, "no more is deliverable than there is");
    }

    private static (NodeCore Core, StreamId Stream) Following()
    {
        var core = new NodeCore(new NodeCoreOptions { Token = SomeNode.TokenOf(Self), Name = "n2", Address = SomeNode.AddressOf(Self) });
        core.Advance(new(Now));
        core.Join([SomeNode.AddressOf(Host)]);
        core.Settle();
        var snapshot = new Snapshot
        {
            Network = 7,
            Host = Host,
            Position = new(new(1), new(10), new(10)),
            Time = new(1),
            Members = [SomeNode.Of(Host), SomeNode.Of(Self), SomeNode.Of(new(3)), Samples.Guest(4, "guest")],
            Departed = [],
        };
        core.Step(core.Effects.Calls[0].Id, new JoinAccepted(Self, snapshot, new(Now), new(Now)));
        core.Settle();
        core.Advance(new(Now + 1000));
        core.Settle();
        StreamId stream = core.Effects.UpstreamChanges[^1].Stream;
        core.UpstreamAnswered(stream, new FollowAccepted(stream));
        core.Settle();
        core.Effects.Clear();
        return (core, stream);
    }

    /// <summary>Shows what is delivered in every form, as a node does.</summary>
    private sealed class Shown(NodeCore core)
    {
        private readonly JsonEventWriter _json = new();
        private readonly TextEventWriter _text = new(TimeZoneInfo.Utc);
        private readonly ArrayBufferWriter<byte> _output = new();
        private readonly Roster _roster = Norris.Node.Delivery.Presenter.RosterOf(Snapshot.Of(core.View, core.Log));
        private SequenceNumber _last = core.Log.Last;

        public void Show()
        {
            while (_last < core.Deliverable && _last >= core.Log.Before)
            {
                _last = _last.Next;
                var entry = new Entry(core.Log.Read(_last, _last, 1).Memory.Span);
                _output.ResetWrittenCount();
                _json.Write(_output, _roster, _last, entry);
                using var document = JsonDocument.Parse(_output.WrittenMemory);
                Holds(document.RootElement.GetProperty("seq").GetUInt64() == _last.Value, "JSON says the place");
                _output.ResetWrittenCount();
                _text.Write(_output, _roster, entry);
                foreach (Rune rune in Encoding.UTF8.GetString(_output.WrittenSpan).EnumerateRunes())
                {
                    Holds(rune.Value == '\n' || (!Rune.IsControl(rune) && !DirectionControls.Contains(rune.Value)), $"U+{rune.Value:X4} is shown as it is");
                }
                _roster.Apply(entry);
            }
        }
    }
}
