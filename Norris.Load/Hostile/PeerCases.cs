using System.Buffers.Binary;
using System.Text;
using Norris.Protocol;
using Norris.Protocol.Membership;
using Norris.Protocol.Messages;
using Norris.Protocol.Ordering;
using Norris.Wire;

namespace Norris.Load.Hostile;

/// <summary>What a host hears that only nodes say: from who is no member, and from a member that lies.</summary>
internal static class PeerCases
{
    private static readonly MemberToken Nobody = new(0x1234, 0x5678);

    /// <summary>What somebody says who is no member. None of it changes anything.</summary>
    public static IEnumerable<HostileCase> OfStrangers()
    {
        byte[] join = Mole.Join(Nobody);
        for (int length = 0; length < join.Length; length += 5)
        {
            yield return Post($"{length} bytes of a join", "/v1/members", join[..length], "400");
        }
        yield return Post("a join and a byte", "/v1/members", [.. join, 0], "400");
        yield return Post("a join without a token", "/v1/members", Mole.Join(MemberToken.None), "400");
        yield return Post("a join under a rule that there is not", "/v1/members", With(join, 16, 2), "400");
        yield return Post("a join under the other rule", "/v1/members", Mole.Join(Nobody, rule: PartitionRule.Majority), "406");
        yield return Post("a name that is no UTF-8", "/v1/members", With(join, 42, 0xFF), "400");
        yield return Post("a name that is longer than all", "/v1/members", With(join, 41, 0xFF), "400");
        foreach (string name in new[] { "", " mole", "mole ", "a\nb", "a\e[2Jb", "a\u202Eb", "a\u200Bb", "a\u2028b", new string('x', 65) })
        {
            yield return Post($"the name {Uri.EscapeDataString(name)}", "/v1/members", Mole.Join(Nobody, name), "400");
        }
        foreach (string address in new[] { "", "a b:1", "h:1/x", "u@h:1", "h:1?x", "h:1#x", "h:1\r\nX: y", "h\\:1", "hé:1" })
        {
            yield return Post($"the address {Uri.EscapeDataString(address)}", "/v1/members", Mole.Join(Nobody, address: address), "400");
        }
        Submission submission = new(new MemberId(1), Nobody, new MemberId(2), new Position(new(1), new(1), new(1)), new(1), default, Message(new MemberId(1), 1));
        byte[] word = Bytes(submission);
        for (int length = 0; length < SubmissionCodec.HeaderBytes; length += 15)
        {
            yield return Post($"{length} bytes of a submission", "/v1/messages", word[..length], "400");
        }
        yield return Post("a submission of nobody", "/v1/messages", word, "401");
        yield return Post("a submission for a relay that says 2", "/v1/messages", With(word, 72, 2), "400");
        yield return Post("65,535 reports that are not there", "/v1/messages", With(With(word, 73, 0xFF), 74, 0xFF), "400");
        yield return Post("a submission that is a flood of zeros", "/v1/messages", new byte[500_000], "401");
        yield return Post("a submission that is a flood of ones", "/v1/messages", [.. Enumerable.Repeat((byte)0xFF, 500_000)], "400");
        foreach (byte kind in new byte[] { 0, 6, 7, 128, 255 })
        {
            yield return Post($"a takeover of the kind {kind}", "/v1/epochs", [kind, .. new byte[90]], "400");
        }
        byte[] takeover = Mole.Written(output => TakeoverCodec.Write(output, new TakeoverRequest(
            new MemberId(1), 1, new MemberId(2), Nobody, "h:1", new(ulong.MaxValue), IsBinding: true, new Position(new(ulong.MaxValue), new(ulong.MaxValue), default))));
        for (int length = 0; length < takeover.Length; length += 12)
        {
            yield return Post($"{length} bytes of a takeover", "/v1/epochs", takeover[..length], "400");
        }
        yield return Post("a takeover of the last reign of all", "/v1/epochs", takeover, "400");
        yield return Post("a takeover of whoever is not here", "/v1/epochs", With([.. takeover[..41], 9, 0, 0, 0, 0, 0, 0, 0, .. takeover[49..]], 0, 2), "421");
        yield return Post("a takeover and a byte", "/v1/epochs", [.. takeover, 0], "400");
        yield return Post("a meeting that breaks off", "/v1/epochs", [3, 1, 2, 3], "400");
        yield return new("peers: a takeover as text", Encoding.ASCII.GetBytes("POST /v1/epochs HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\n\r\nx"), "415");
        yield return new("peers: a join as text", Encoding.ASCII.GetBytes("POST /v1/members HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\n\r\nx"), "415");
        yield return new("peers: a join in a newer format", Encoding.ASCII.GetBytes("POST /v1/members HTTP/1.1\r\nHost: h\r\nContent-Type: application/vnd.norris.2\r\nContent-Length: 1\r\n\r\nx"), "415");
        yield return new("peers: a goodbye of nobody", Encoding.ASCII.GetBytes($"DELETE /v1/members/00000001 HTTP/1.1\r\nHost: h\r\nAuthorization: Bearer {Nobody}\r\n\r\n"), "401");
        yield return new("peers: a goodbye without a token", Encoding.ASCII.GetBytes("DELETE /v1/members/00000001 HTTP/1.1\r\nHost: h\r\n\r\n"), "401");
    }

    /// <summary>What a member says that means harm. All that comes of it is what it may say in its own name.</summary>
    public static IEnumerable<(string Name, Func<Mole, byte[]> Bytes, string Answers)> OfMembers() =>
    [
        ("a word in another's name", mole => Mole.Post(mole.Submission(Message(mole.Other, 1))), "403"),
        ("a word in the host's name", mole => Mole.Post(mole.Submission(Message(mole.Host, 1))), "403"),
        // Who is not in any more is taken for one that left meanwhile: what it said goes with it.
        ("a word in nobody's name", mole => Mole.Post(mole.Submission(Message(MemberId.None, 0))), "200"),
        ("another renamed", mole => Mole.Post(mole.Submission(Entry(o => EntryWriter.WriteRenamed(o, mole.Now, mole.Self, 1, mole.Other, "x"u8)))), "403"),
        ("the host put out", mole => Mole.Post(mole.Submission(Entry(o => EntryWriter.WriteLeft(o, mole.Now, mole.Self, 1, mole.Host, LeaveReason.Lost)))), "403"),
        ("itself put out as lost", mole => Mole.Post(mole.Submission(Entry(o => EntryWriter.WriteLeft(o, mole.Now, mole.Self, 1, mole.Self, LeaveReason.Lost)))), "403"),
        ("a reign of its own, in nobody's name", mole => Mole.Post(mole.Submission(Reign(mole))), "200"),
        ("a reign of its own", mole => Mole.Post(mole.Submission(By(mole.Self, Reign(mole)))), "403"),
        ("another node let in", mole => Mole.Post(mole.Submission(Joined(mole, MemberKind.Node, MemberId.None, mole.Self))), "403"),
        ("a guest of another's", mole => Mole.Post(mole.Submission(Joined(mole, MemberKind.Guest, MemberId.None, mole.Other))), "403"),
        ("a guest with an id of its choice", mole => Mole.Post(mole.Submission(Joined(mole, MemberKind.Guest, mole.Other, mole.Self))), "403"),
        ("a name with an escape", mole => Mole.Post(mole.Submission(Entry(o => EntryWriter.WriteRenamed(o, mole.Now, mole.Self, 1, mole.Self, "a\e[2J"u8)))), "400"),
        ("a name that turns direction", mole => Mole.Post(mole.Submission(Entry(o => EntryWriter.WriteRenamed(o, mole.Now, mole.Self, 1, mole.Self, "a\u202Eb"u8)))), "400"),
        ("its second word first", mole => Mole.Post(mole.Submission(Message(mole.Self, 2))), "422"),
        ("its last word of all", mole => Mole.Post(mole.Submission(Message(mole.Self, ulong.MaxValue))), "422"),
        ("an entry of a newer kind", mole => Mole.Post(mole.Submission(With(Message(mole.Self, 1), 3, 9))), "400"),
        ("an entry that says it is longer", mole => Mole.Post(mole.Submission(With(Message(mole.Self, 1), 0, 0xFF))), "400"),
        ("an entry that says it is 16 MiB", mole => Mole.Post(mole.Submission(With(With(With(Message(mole.Self, 1), 0, 0xFF), 1, 0xFF), 2, 0xFF))), "400"),
        ("an entry that says it is empty", mole => Mole.Post(mole.Submission(With(Message(mole.Self, 1), 0, 0))), "400"),
        ("half an entry", mole => Mole.Post(mole.Submission(Message(mole.Self, 1)[..20])), "400"),
        ("a position that is not there yet", mole => Mole.Post(mole.Submission([]) with { Position = mole.Snapshot.Position with { Sequence = new(ulong.MaxValue) } }), "409"),
        ("a position with another digest", mole => Mole.Post(mole.Submission([]) with { Position = mole.Snapshot.Position with { Digest = new(1) } }), "409"),
        ("a position from before it came", mole => Mole.Post(mole.Submission([]) with { Position = mole.Snapshot.Position with { Sequence = new(1) } }), "401"),
        ("its word of an older reign", mole => Mole.Post(mole.Submission(Message(mole.Self, 1)) with { Position = mole.Snapshot.Position with { Epoch = Epoch.None } }), "200"),
        ("another's id with its own token", mole => Mole.Post(mole.Submission([]) with { Member = mole.Other }), "401"),
        ("its own id with another token", mole => Mole.Post(mole.Submission([]) with { Token = Nobody }), "401"),
        ("a word from the end of time", mole => Mole.Post(mole.Submission(Entry(o => EntryWriter.WriteMessage(o, new(long.MaxValue), mole.Self, 1, "x"u8)))), "200"),
        ("a word from before time", mole => Mole.Post(mole.Submission(Entry(o => EntryWriter.WriteMessage(o, new(long.MinValue), mole.Self, 1, "x"u8)))), "200"),
        ("sent at the end of time", mole => Mole.Post(mole.Submission([]) with { SentAt = new(long.MaxValue), OldestAt = new(long.MinValue) }), "200"),
        ("a word that is no UTF-8", mole => Mole.Post(mole.Submission(Entry(o => EntryWriter.WriteMessage(o, mole.Now, mole.Self, 1, [0xFF, 0xC3, 0x1B])))), "200"),
        ("a word full of terminal commands", mole => Mole.Post(mole.Submission(Entry(o => EntryWriter.WriteMessage(o, mole.Now, mole.Self, 1, "\e]0;x\a\e[2J\u009B31m\u202E"u8)))), "200"),
        ("reports of others", mole => Mole.Post(mole.Submission([]) with { Reports = [new(mole.Other, new(ulong.MaxValue), 0), new(mole.Host, new(1), uint.MaxValue)] }), "200"),
        ("3,000 reports of nobody", mole => Mole.Post(mole.Submission([]) with { Reports = [.. Enumerable.Range(0, 3000).Select(static i => new PositionReport(new((ulong)i), new((ulong)i), 0))] }), "200"),
        ("the log from before it came", mole => mole.Follow(1), "410"),
        ("the log from what is not there yet", mole => mole.Follow(ulong.MaxValue), "409"),
        ("the log of another network", mole => mole.Follow(mole.Snapshot.Position.Sequence.Value + 1, network: 1), "417"),
        ("the log with another digest", mole => mole.Follow(mole.Snapshot.Position.Sequence.Value + 1, digest: 1), "409"),
        ("the log as another", mole => mole.Follow(mole.Snapshot.Position.Sequence.Value + 1, member: mole.Other), "401"),
        ("a takeover while the host is heard", mole => Mole.Post("/v1/epochs", Takeover(mole, mole.Snapshot.Position.Epoch.Value + 1, isBinding: false)), "412"),
        ("a binding takeover of the last reign of all", mole => Mole.Post("/v1/epochs", Takeover(mole, ulong.MaxValue, isBinding: true)), "400"),
        ("the log, and a promise in the last reign of all", mole => mole.Follow(mole.Snapshot.Position.Sequence.Value + 1, promised: ulong.MaxValue), "400"),
        ("in again, and a promise in the last reign of all", mole => Mole.Post("/v1/members", Mole.Join(mole.Token, promised: ulong.MaxValue)), "400"),
        ("another put out by it", mole => Encoding.ASCII.GetBytes($"DELETE /v1/members/{mole.Other} HTTP/1.1\r\nHost: h\r\nAuthorization: Bearer {mole.Token}\r\n\r\n"), "401"),
        ("in again with a count from the end", mole => Mole.Post("/v1/members", Mole.Join(mole.Token, confirmed: ulong.MaxValue, sent: ulong.MaxValue)), "503"),
        ("nothing at all, ever again", _ => [], ""),
    ];

    private static byte[] Joined(Mole mole, MemberKind kind, MemberId subject, MemberId via) =>
        Entry(o => EntryWriter.WriteJoined(o, mole.Now, mole.Self, 1, subject, kind, via, new(7, 7), "x"u8, kind == MemberKind.Node ? "h:1"u8 : []));

    private static byte[] Reign(Mole mole) => Entry(o => EntryWriter.WriteEpochStarted(o, mole.Now, mole.Self, new(99)));

    private static byte[] By(MemberId author, byte[] entry)
    {
        BinaryPrimitives.WriteUInt64LittleEndian(entry.AsSpan(Protocol.Ordering.Entry.AuthorOffset), author.Value);
        BinaryPrimitives.WriteUInt64LittleEndian(entry.AsSpan(Protocol.Ordering.Entry.NumberOffset), 1);
        return entry;
    }

    private static byte[] Takeover(Mole mole, ulong epoch, bool isBinding) => Mole.Written(output => TakeoverCodec.Write(
        output, new TakeoverRequest(mole.Host, mole.Snapshot.Network, mole.Self, mole.Token, "127.0.0.1:1", new(epoch), isBinding, mole.Snapshot.Position)));

    private static byte[] Message(MemberId author, ulong number) => Entry(o => EntryWriter.WriteMessage(o, new(1), author, number, "x"u8));

    private static byte[] Entry(Action<System.Buffers.IBufferWriter<byte>> write) => Mole.Written(write);

    private static byte[] Bytes(Submission submission)
    {
        byte[] bytes = new byte[SubmissionCodec.BytesOf(submission)];
        SubmissionCodec.Write(bytes, submission);
        return bytes;
    }

    private static byte[] With(byte[] bytes, int at, byte value)
    {
        byte[] changed = [.. bytes];
        changed[at] = value;
        return changed;
    }

    private static HostileCase Post(string name, string target, byte[] content, string answers) => new($"peers: {name}", Mole.Post(target, content), answers);
}
