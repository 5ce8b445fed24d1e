using System.Buffers;
using System.Runtime.InteropServices;
using System.Text;
using Norris.Protocol.Membership;
using Norris.Protocol.Messages;

namespace Norris.Protocol.Ordering;

/// <summary>
/// The host's rules for who becomes a member, under which id and name, and what a member may submit. Ids come from tokens, so that the
/// same token always joins as the same member, however often it asks and whichever host it asks.
/// </summary>
internal sealed class Admission(CoreState state)
{
    private static readonly SearchValues<char> NotInAddress = SearchValues.Create("/?#@\\\"");

    private readonly List<Joining> _joining = [];
    private readonly List<(SequenceNumber At, Answer Answer)> _accepted = [];
    private readonly ArrayBufferWriter<byte> _resolved = new(512);

    /// <summary>
    /// Begins to admit a node. True when an entry is to be made for it; false when it is a member already, or about to be one: the call is
    /// answered then, or will be.
    /// </summary>
    public bool TryBegin(CallId call, JoinRequest request)
    {
        if (request.Token == MemberToken.None || !DisplayName.IsValid(request.Name) || !IsAddress(request.Address))
        {
            state.Effects.Answers.Add(new Answer(call, new Refused(RefusalReason.Malformed)));
            return false;
        }
        if (request.Partition != state.Options.Partition)
        {
            state.Effects.Answers.Add(new Answer(call, new Refused(RefusalReason.OtherRule)));
            return false;
        }
        var joining = new Joining(call, request.Token, state.NetworkNow, request.Confirmed, request.Sent);
        if (state.View.Find(IdFor(request.Token)) is { } member)
        {
            if (member.Intake.IsLeaving)
            {
                state.Effects.Answers.Add(new Answer(call, new Busy(state.Options.HeartbeatMicroseconds)));
                return false;
            }
            member.Progress.LastHeard = state.Now;
            // It is answered when others have what it is to start from, as at the first time.
            // Prevents: j is in, and the host dies before it says so; the next one tells j at once, from what it alone has, and dies as well.
            _accepted.Add((state.Log.Last, new Answer(call, Acceptance(joining, member))));
            return false;
        }
        if (state.FindLeaver(IdFor(request.Token), request.Token) is { } leaver
            && request.Confirmed <= leaver.LastNumber && state.CommittedSnapshotWith(leaver) is { } committed)
        {
            // Its word counts until it is committed that it is gone. For that it need not come in anew, which could only be committed with it.
            // Prevents: five of eight must have an entry; three have it, and the other three, said to be lost, lag behind what those hold of the
            // log; each of these would make four if it were let in, and waits for another one of them to have that first.
            state.Effects.Answers.Add(new Answer(call, Acceptance(joining, leaver) with { Snapshot = committed }));
            return false;
        }
        bool isFirst = !_joining.Exists(other => other.Token == joining.Token);
        _joining.Add(joining);
        return isFirst;
    }

    /// <summary>The id that goes with a token: the one it has or had, or a free one that it is the first to get.</summary>
    public MemberId IdFor(MemberToken token)
    {
        for (ulong attempt = 0; ; attempt++)
        {
            MemberId id = IdFor(token, attempt);
            if (id.IsNone)
            {
                continue;
            }
            bool isFree = state.View.Find(id) is { } member
                ? member.Token == token
                : !state.View.Departed.Contains(id) || state.View.Departed.Contains(id, token);
            if (isFree)
            {
                return id;
            }
        }
    }

    /// <summary>The id that a token gets when those of the attempts before are taken.</summary>
    public static MemberId IdFor(MemberToken token, ulong attempt) =>
        new(new Digest(attempt).After(MemoryMarshal.AsBytes([token.Low, token.High])).Value >> (64 - MemberId.Bits));

    /// <summary>
    /// Whether what an author submits is its to submit. What has become void on the way is: see <see cref="Resolve"/>.
    /// </summary>
    public bool MaySubmit(in Entry entry, Member author) => entry.Type switch
    {
        EntryType.Message => true,
        EntryType.Renamed => entry.Subject == author.Id,
        EntryType.Joined => author.Kind == MemberKind.Node && entry.JoinedKind == MemberKind.Guest && entry.Subject.IsNone
            && entry.JoinedVia == author.Id && entry.JoinedToken != MemberToken.None,
        EntryType.Left => state.View.Find(entry.Subject) is not { } guest || guest.Via == author.Id,
        EntryType.EpochStarted => false,
        _ => false,
    };

    /// <summary>
    /// The entry as it goes into the log: whoever joins gets its id here, and whoever takes a name gets one that is free at this
    /// very point of the order. What has become void keeps its number, which later ones count on, and changes nothing: its author is
    /// renamed to the name it has; when it has no author, nothing is left of it. Everything else goes as it is.
    /// <para>Prevents: node n says as #4 that its guest left, and as #5 that its guest's session ended; refusing #5 would refuse all after it.</para>
    /// </summary>
    public ReadOnlySpan<byte> Resolve(in Entry entry)
    {
        _resolved.ResetWrittenCount();
        switch (entry.Type)
        {
            case EntryType.Joined:
                MemberId subject = IdFor(entry.JoinedToken);
                if (state.View.Find(subject) is not null)
                {
                    return Void(entry);
                }
                EntryWriter.WriteJoined(
                    _resolved, entry.Time, entry.Author, entry.Author.IsNone ? LastNumberOf(subject, entry.JoinedToken) : entry.Number, subject, entry.JoinedKind, entry.JoinedVia, entry.JoinedToken,
                    FreeName(entry.JoinedName, subject), entry.JoinedRest, entry.IsJoinedReachable);
                return _resolved.WrittenSpan;
            case EntryType.Renamed:
                EntryWriter.WriteRenamed(
                    _resolved, entry.Time, entry.Author, entry.Number, entry.Subject, FreeName(entry.NewName, entry.Subject));
                return _resolved.WrittenSpan;
            case EntryType.Left when state.View.Find(entry.Subject) is null:
                return Void(entry);
            default:
                return entry.Bytes;
        }
    }

    private ReadOnlySpan<byte> Void(in Entry entry)
    {
        if (state.View.Find(entry.Author) is { } author)
        {
            EntryWriter.WriteRenamed(_resolved, entry.Time, author.Id, entry.Number, author.Id, Encoding.UTF8.GetBytes(author.Name));
        }
        return _resolved.WrittenSpan;
    }

    /// <summary>
    /// A member's entry is in the log: whoever waited for it is answered, with the log up to there; but not before somebody else has the
    /// entry, if there is somebody.
    /// <para>Prevents: host lets j in and dies; nobody else has j's entry; j has begun where the others never were.</para>
    /// </summary>
    public void Joined(Member member)
    {
        foreach (Joining joining in _joining)
        {
            if (joining.Token == member.Token)
            {
                _accepted.Add((state.Log.Last, new Answer(joining.Call, Acceptance(joining, member))));
            }
        }
        _joining.RemoveAll(joining => joining.Token == member.Token);
    }

    /// <summary>
    /// Answers those whose entry others have; while all others wait, the first of them. With the majority rule, those who make a majority of those
    /// who have it: with its snapshot a node has the entry, and holds it against every other host. Until then, who is a member as of what is
    /// committed starts from there: nobody can take that back, and the rest of the log it gets like all others.
    /// <para>Source: InstallSnapshot of Ongaro, 2014, section 5.3: it covers only what is committed.</para>
    /// <para>Prevents: a host alone tells j and k at once that they are in, and dies when only k has followed; j knows of nobody else and goes
    /// on by itself; k, whose people saw more, hears there that it is no member.</para>
    /// </summary>
    public void AnswerUpTo(SequenceNumber showable, FollowerWatch watch)
    {
        MemberId first = _accepted.Count > 0 && state.Quorum is null ? FindFirst() : MemberId.None;
        for (int i = 0; i < _accepted.Count; i++)
        {
            (SequenceNumber at, Answer answer) = _accepted[i];
            MemberId id = ((JoinAccepted)answer.Reply).Member;
            Member? member = state.View.Find(id);
            if (state.Quorum is null && (member is null || member.JoinedAt > at || member.Intake.IsLeaving))
            {
                // It waited so long that it was put out, or is about to be.
                // Prevents: host a, who hears nothing of the two that it let in, decides that both are lost; b, whose word was what c waited for,
                // is there at last; c is told that it is in, and put out a moment later, when that has its place in the log.
                state.Effects.Answers.Add(answer with { Reply = new Busy(state.Options.HeartbeatMicroseconds) { IsInDoubt = true } });
                _accepted.RemoveAt(i--);
                continue;
            }
            bool isAtOnce = id == first || state.Makes(Mistake.AnswersNewcomersAtOnce);
            if (state.Quorum is null ? at <= showable || isAtOnce : watch.IsCommittedWith(id, at))
            {
                if (member is not null)
                {
                    // Until now it could not follow, and so not be heard.
                    member.Progress.LastHeard = state.Now;
                }
                state.Effects.Answers.Add(answer);
                _accepted.RemoveAt(i--);
            }
            else if (member is not null && state.CommittedSnapshotWith(member) is { } committed)
            {
                member.Progress.LastHeard = state.Now;
                state.Effects.Answers.Add(answer with { Reply = (JoinAccepted)answer.Reply with { Snapshot = committed } });
                _accepted.RemoveAt(i--);
            }
        }
    }

    /// <summary>The most senior of those who wait, when there is nobody but them who could have their entries.</summary>
    private MemberId FindFirst()
    {
        MemberId first = MemberId.None;
        foreach (Member member in state.View.BySeniority)
        {
            if (member.Kind != MemberKind.Node || member.Id == state.Self)
            {
                continue;
            }
            if (!_accepted.Exists(accepted => ((JoinAccepted)accepted.Answer.Reply).Member == member.Id))
            {
                if (!member.IsReachable)
                {
                    // Whatever it has, nobody can ask it for that.
                    continue;
                }
                return MemberId.None;
            }
            first = first.IsNone ? member.Id : first;
        }
        return first;
    }

    /// <summary>The reign is over: whoever waits is to ask again.</summary>
    public void Dismiss()
    {
        foreach (Joining joining in _joining)
        {
            state.Effects.Answers.Add(new Answer(joining.Call, new Busy(state.Options.HeartbeatMicroseconds)));
        }
        foreach ((_, Answer answer) in _accepted)
        {
            state.Effects.Answers.Add(new Answer(answer.Id, new Busy(state.Options.HeartbeatMicroseconds) { IsInDoubt = true }));
        }
        _joining.Clear();
        _accepted.Clear();
    }

    /// <summary>
    /// What a node's count goes on from. Whom the network remembers: what it remembers, or what the node saw in another log meanwhile. Whom it
    /// does not: all that the node ever sent, since any of it may have been ordered (P4).
    /// </summary>
    private ulong LastNumberOf(MemberId id, MemberToken token)
    {
        ulong confirmed = 0;
        ulong sent = 0;
        foreach (Joining joining in _joining)
        {
            if (joining.Token == token && !state.Makes(Mistake.CountsFromOneAgain))
            {
                (confirmed, sent) = (Math.Max(confirmed, joining.Confirmed), Math.Max(sent, joining.Sent));
            }
        }
        return state.View.Departed.TryFind(id, token, out Departed departed) ? Math.Max(departed.LastNumber, confirmed) : Math.Max(confirmed, sent);
    }

    /// <summary>
    /// Whether others can be sent there: visible ASCII that could stand in a URI's authority, and nothing that would end it or the line
    /// that it stands in.
    /// </summary>
    private static bool IsAddress(string address) =>
        address.Length is > 0 and <= byte.MaxValue && !address.AsSpan().ContainsAnyExceptInRange('!', '~') && address.AsSpan().IndexOfAny(NotInAddress) < 0;

    private JoinAccepted Acceptance(Joining joining, Member member) => new(
        member.Id, Snapshot.Of(state.View, state.Log), joining.TakenIn, state.NetworkNow,
        IsRemembered: member.IsRemembered || joining.Sent == joining.Confirmed || WasIn(member, joining));

    /// <summary>
    /// Whether a member that asks again was told before that it is in: then what the network counts of it is all that was ordered.
    /// <para>Prevents: n loses its place in the log and asks again; what it had under way is in doubt, though the host knows.</para>
    /// </summary>
    private static bool WasIn(Member member, in Joining joining) => member.Progress.HasFollowed || joining.Sent > member.NumberBefore;

    /// <summary>The name that a member gets who wants this one.</summary>
    public byte[] FreeName(ReadOnlySpan<byte> wanted, MemberId subject) => Encoding.UTF8.GetBytes(DisplayName.MakeUnique(
        Encoding.UTF8.GetString(wanted), name => state.View.FindByName(name) is { } member && member.Id != subject));

    private readonly record struct Joining(CallId Call, MemberToken Token, Timestamp TakenIn, ulong Confirmed, ulong Sent);
}
