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
        var joining = new Joining(call, request.Token, state.NetworkNow);
        if (state.View.Find(IdFor(request.Token)) is { } member)
        {
            if (member.Intake.IsLeaving)
            {
                state.Effects.Answers.Add(new Answer(call, new Busy(state.Options.HeartbeatMicroseconds)));
                return false;
            }
            member.Progress.LastHeard = state.Now;
            Accept(joining, member.Id);
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
            var id = new MemberId(new Digest(attempt).After(MemoryMarshal.AsBytes([token.Low, token.High])).Value >> (64 - MemberId.Bits));
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

    /// <summary>
    /// Whether what an author submits is its to submit. What has become void on the way is: see <see cref="Resolve"/>.
    /// </summary>
    public bool MaySubmit(in Entry entry, Member author) => entry.Type switch
    {
        EntryType.Message => true,
        EntryType.Renamed => entry.Subject == author.Id,
        EntryType.Joined => author.Kind == MemberKind.Node && entry.JoinedKind == MemberKind.Guest && entry.Subject.IsNone
            && entry.JoinedVia == author.Id && entry.JoinedAddress.IsEmpty && entry.JoinedToken != MemberToken.None,
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
                    _resolved, entry.Time, entry.Author, entry.Number, subject, entry.JoinedKind, entry.JoinedVia, entry.JoinedToken,
                    FreeName(entry.JoinedName, subject), entry.JoinedAddress);
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

    /// <summary>A member's entry is in the log: answers whoever waited for it.</summary>
    public void Joined(Member member)
    {
        for (int i = 0; i < _joining.Count; i++)
        {
            if (_joining[i].Token == member.Token)
            {
                Accept(_joining[i], member.Id);
            }
        }
        _joining.RemoveAll(joining => joining.Token == member.Token);
    }

    /// <summary>
    /// Whether others can be sent there: visible ASCII that could stand in a URI's authority, and nothing that would end it or the line
    /// that it stands in.
    /// </summary>
    private static bool IsAddress(string address) =>
        address.Length is > 0 and <= byte.MaxValue && !address.AsSpan().ContainsAnyExceptInRange('!', '~') && address.AsSpan().IndexOfAny(NotInAddress) < 0;

    private void Accept(Joining joining, MemberId id) => state.Effects.Answers.Add(new Answer(
        joining.Call, new JoinAccepted(id, Snapshot.Of(state.View, state.Log), joining.TakenIn, state.NetworkNow)));

    private byte[] FreeName(ReadOnlySpan<byte> wanted, MemberId subject) => Encoding.UTF8.GetBytes(DisplayName.MakeUnique(
        Encoding.UTF8.GetString(wanted), name => state.View.FindByName(name) is { } member && member.Id != subject));

    private readonly record struct Joining(CallId Call, MemberToken Token, Timestamp TakenIn);
}
