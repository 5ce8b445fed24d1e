using Norris.Protocol.Membership;
using Norris.Protocol.Ordering;

namespace Norris.Protocol.Messages;

/// <summary>What a node answers another.</summary>
internal abstract record PeerReply;

/// <summary>The joiner is a member: the log goes on for it after the snapshot. The two times are the host's, on the network's clock.</summary>
/// <param name="Member">Who the joiner is.</param>
/// <param name="Snapshot">Where it starts.</param>
/// <param name="TakenIn">When the host took the request in.</param>
/// <param name="Answered">When it answered.</param>
/// <param name="IsRemembered">
/// Whether the network knew how far the joiner's submissions got; if not, it is in doubt whether what was sent and is not confirmed was ordered.
/// </param>
internal sealed record JoinAccepted(
    MemberId Member, Snapshot Snapshot, Timestamp TakenIn, Timestamp Answered, bool IsRemembered = true) : PeerReply;

/// <summary>Whoever was asked to let somebody in is only joining itself. The one of those whose rank goes before the others' begins.</summary>
internal sealed record AlsoJoining(JoiningRank Rank) : PeerReply;

/// <summary>
/// A member's yes to a candidate: where it stands, the highest epoch that it knows of, and the entries that come after the candidate's
/// position, as far as they fit.
/// </summary>
internal sealed record Promised(Position Position, Epoch Highest, ReadOnlyMemory<byte> Entries) : PeerReply
{
    /// <summary>With the majority rule: up to where it knows that what it has is committed.</summary>
    public SequenceNumber Committed { get; init; }
}

/// <summary>A member has promised that epoch to somebody else.</summary>
internal sealed record PromisedElsewhere(Epoch Epoch, MemberId Candidate) : PeerReply;

/// <summary>The newcomer that was meant is here.</summary>
internal sealed record Reached : PeerReply;

/// <summary>What comes of two hosts meeting, as <paramref name="Host"/> decides, which was asked and is reached at <paramref name="Address"/>.</summary>
internal sealed record Met(Meeting Meeting, MemberId Host, string Address) : PeerReply;

/// <summary>What comes of two hosts meeting. The numbers are on the wire.</summary>
internal enum Meeting : byte
{
    /// <summary>The asker's side is to join this one.</summary>
    JoinMe = 1,

    /// <summary>Not now, or the other way round: then this one asks itself.</summary>
    Later,
}

/// <summary>
/// The submission is in the host's hands, or the word in the relay's. The two times are its own, on the network's clock; the last entry is the last
/// one that it can pass on.
/// </summary>
internal sealed record SubmissionAccepted(Timestamp TakenIn, Timestamp Answered, SequenceNumber Last) : PeerReply;

/// <summary>The goodbye will be in the log.</summary>
internal sealed record LeaveAccepted : PeerReply;

/// <summary>The log follows on the stream named <paramref name="Stream"/>.</summary>
internal sealed record FollowAccepted(StreamId Stream) : PeerReply;

/// <summary>The host serves others itself: follow it through <paramref name="Relay"/>, a member which is reached at <paramref name="Address"/>.</summary>
internal sealed record RelayedBy(MemberId Relay, string Address) : PeerReply;

/// <summary>Another node is the host: ask there.</summary>
internal sealed record Redirected(string Address) : PeerReply;

/// <summary>Not now; ask again after so many microseconds.</summary>
internal sealed record Busy(long RetryAfterMicroseconds) : PeerReply
{
    /// <summary>Whether who asked to be let in may be in the log by now all the same: the reign ended before it could be told.</summary>
    public bool IsInDoubt { get; init; }
}

/// <summary>No.</summary>
internal sealed record Refused(RefusalReason Reason) : PeerReply;

/// <summary>Why a node refuses what another asks.</summary>
internal enum RefusalReason
{
    /// <summary>No member with this id and token is in the view.</summary>
    NotAMember = 1,

    /// <summary>The entries asked for are no longer held: join again, with a gap.</summary>
    Trimmed,

    /// <summary>The asker's history is not this one: its digest differs, or it has what was never ordered here.</summary>
    Diverged,

    /// <summary>The bytes are not what the protocol says.</summary>
    Malformed,

    /// <summary>An entry came before an earlier one of the same author: send again from the first that is not in the log.</summary>
    OutOfTurn,

    /// <summary>An entry that its sender may not submit.</summary>
    NotAllowed,

    /// <summary>No takeover: the host is heard here.</summary>
    HostIsHeard,

    /// <summary>No promise, and no log: whoever was asked is no member itself now, or stood, and left the turn to whoever can serve who asks.</summary>
    NotIn,

    /// <summary>No promise: another process listens where that member did, which is dead.</summary>
    AnotherProcess,

    /// <summary>The network goes by another partition rule than the joiner.</summary>
    OtherRule,

    /// <summary>Whoever was asked is in another network.</summary>
    OtherNetwork,

    /// <summary>
    /// The asker's history is not this one, nor older: each of the two is right on its side, and their hosts will meet.
    /// </summary>
    OtherSide,
}

/// <summary>Why an exchange with another node brought no answer.</summary>
internal enum ExchangeFailure
{
    /// <summary>Its machine refused the connection: nobody listens there.</summary>
    ConnectionRefused = 1,

    /// <summary>The connection broke.</summary>
    Reset,

    /// <summary>No answer in time.</summary>
    TimedOut,

    /// <summary>The network says there is no way there.</summary>
    Unreachable,

    /// <summary>The name means no address.</summary>
    NameUnknown,

    /// <summary>Something answered that does not speak this protocol.</summary>
    NotNorris,

    /// <summary>A node answered that speaks another version of this protocol.</summary>
    OtherVersion,

    /// <summary>The network there goes by another partition rule than this node.</summary>
    OtherRule,

    /// <summary>The network there has another secret than this node.</summary>
    OtherSecret,

    /// <summary>The network there has a secret, and this node none.</summary>
    NeedsSecret,

    /// <summary>What answers there has no secret, and this node one.</summary>
    IsOpen,
}
