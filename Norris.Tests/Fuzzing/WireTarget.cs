using System.Buffers;
using System.Text;
using Norris.Discovery;
using Norris.Protocol.Membership;
using Norris.Protocol.Messages;
using Norris.Protocol.Ordering;
using Norris.Tests.Wire;
using Norris.Wire;

namespace Norris.Tests.Fuzzing;

/// <summary>
/// Everything that nodes send each other as a content. Each form is the only one of what it says, so what is read and written again is
/// the same bytes. The first byte says what the others are.
/// </summary>
internal sealed class WireTarget : FuzzTarget
{
    private const int Kinds = 8;

    public override string What => "the wire format, every codec";

    public override void Run(byte[] input)
    {
        if (input.Length == 0)
        {
            return;
        }
        byte[] rest = input[1..];
        switch (input[0] % Kinds)
        {
            case 0 when JoinCodec.TryRead(rest, out JoinRequest request):
                Same(rest, output => JoinCodec.Write(output, request));
                break;
            case 1 when JoinCodec.TryReadAccepted(rest) is { } accepted:
                Same(rest, output => JoinCodec.Write(output, accepted));
                break;
            case 2 when SubmissionCodec.TryRead(rest, out Submission? submission):
                Same(rest, output => output.Advance(SubmissionCodec.Write(output.GetSpan(SubmissionCodec.BytesOf(submission)), submission)));
                ReadEntries(submission.Entries.Span);
                break;
            case 3 when SubmissionCodec.TryReadAccepted(rest) is { } accepted:
                Same(rest, output => SubmissionCodec.Write(output, accepted));
                break;
            case 4 when TakeoverCodec.TryRead(rest) is { } request:
                Same(rest, output => TakeoverCodec.Write(output, request));
                break;
            case 5 when TakeoverCodec.TryReadAnswer(rest) is { } answer:
                Same(rest, output => Holds(TakeoverCodec.TryWrite(output, answer), "an answer that was read can be written"));
                break;
            case 6:
                ReadEntries(rest);
                break;
            case 7 when SegmentWord.TryRead(rest, out SegmentWord word):
                Same(rest, output => output.Write(word.ToBytes()));
                break;
            default:
                break;
        }
    }

    public override IEnumerable<byte[]> Seeds()
    {
        yield return [0, .. Samples.Bytes(Samples.Join)];
        yield return [1, .. Samples.Bytes(Samples.Accepted(Samples.Node(0xA1, "zoë"), Samples.Guest(0xB0B, "bob")))];
        byte[] entries = Entries();
        foreach (Submission submission in new[] { Samples.Submission(entries), Samples.Submission(default) with { Reports = [new(new(1), new(2), 3)] } })
        {
            byte[] bytes = new byte[SubmissionCodec.BytesOf(submission)];
            SubmissionCodec.Write(bytes, submission);
            yield return [2, .. bytes];
        }
        yield return [3, .. Written(output => SubmissionCodec.Write(output, new SubmissionAccepted(new(1), new(2), new(3))))];
        var takeover = new TakeoverRequest(new(1), 7, new(2), Samples.Token, "10.0.0.1:7000", new(3), IsBinding: true, Samples.Position);
        yield return [4, .. Written(output => TakeoverCodec.Write(output, takeover))];
        yield return [4, .. Written(output => TakeoverCodec.Write(output, new MeetRequest(new(1), "h:1", new SideWeight(3, new(4), new(1)), 7, new(5))))];
        yield return [4, .. Written(output => TakeoverCodec.Write(output, new ReachRequest(7)))];
        yield return [7, .. new SegmentWord(SegmentWordKind.MemberIsHere, 1, 2, 3).ToBytes()];
        foreach (PeerReply answer in new PeerReply[]
        {
            new Promised(Samples.Position, new(9), entries), new PromisedElsewhere(new(3), new(4)), new Met(Meeting.JoinMe, new(1), "h:1"), new Reached(),
        })
        {
            yield return [5, .. Written(output => TakeoverCodec.TryWrite(output, answer))];
        }
        yield return [6, .. entries];
    }

    /// <summary>One entry of each type.</summary>
    public static byte[] Entries() => Written(output =>
    {
        EntryWriter.WriteMessage(output, new(5), new(0xB0B), 1, "hi"u8);
        EntryWriter.WriteJoined(output, new(6), new(0xB0B), 2, new(3), MemberKind.Node, MemberId.None, Samples.Token, "n"u8, "h:1"u8);
        EntryWriter.WriteGuestJoined(output, new(6), new(0xB0B), 2, new(0xB0B), Samples.Token, "g"u8, 4);
        EntryWriter.WriteLeft(output, new(7), MemberId.None, 0, new(3), LeaveReason.Slow);
        EntryWriter.WriteRenamed(output, new(8), new(0xB0B), 3, new(0xB0B), "é"u8);
        EntryWriter.WriteEpochStarted(output, new(9), new(0xB0B), new(2));
    });

    /// <summary>What is written to a fresh output.</summary>
    public static byte[] Written(Action<IBufferWriter<byte>> write)
    {
        var output = new ArrayBufferWriter<byte>(1024);
        write(output);
        return output.WrittenSpan.ToArray();
    }

    private static void ReadEntries(ReadOnlySpan<byte> rest)
    {
        while (Entry.TryRead(rest, out Entry entry))
        {
            byte[] bytes = entry.Bytes.ToArray();
            if (entry.Type == EntryType.EpochStarted)
            {
                // Only hosts write these, without an author.
                bytes.AsSpan(Entry.AuthorOffset, 16).Clear();
            }
            Same(bytes, output => Rewrite(output, new Entry(bytes)));
            Holds(entry.ToString().Length > 0, "an entry can be named");
            rest = rest[bytes.Length..];
        }
    }

    private static void Rewrite(IBufferWriter<byte> output, in Entry entry)
    {
        switch (entry.Type)
        {
            case EntryType.Message:
                EntryWriter.WriteMessage(output, entry.Time, entry.Author, entry.Number, entry.Text);
                break;
            case EntryType.Joined:
                Holds(DisplayName.IsValid(Encoding.UTF8.GetString(entry.JoinedName)), "a name that came in is one");
                EntryWriter.WriteJoined(
                    output, entry.Time, entry.Author, entry.Number, entry.Subject, entry.JoinedKind, entry.JoinedVia, entry.JoinedToken,
                    entry.JoinedName, entry.JoinedRest, entry.IsJoinedReachable);
                break;
            case EntryType.Left:
                EntryWriter.WriteLeft(output, entry.Time, entry.Author, entry.Number, entry.Subject, entry.Reason);
                break;
            case EntryType.Renamed:
                EntryWriter.WriteRenamed(output, entry.Time, entry.Author, entry.Number, entry.Subject, entry.NewName);
                break;
            default:
                Holds(entry.Type == EntryType.EpochStarted, "no other type is well formed");
                EntryWriter.WriteEpochStarted(output, entry.Time, entry.Subject, entry.NewEpoch);
                break;
        }
    }

    private static void Same(byte[] bytes, Action<IBufferWriter<byte>> write)
    {
        byte[] again = Written(write);
        Holds(bytes.AsSpan().SequenceEqual(again), $"written again: {Convert.ToHexString(again)}");
    }
}
