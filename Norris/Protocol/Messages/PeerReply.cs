using Norris.Protocol.Membership;
using Norris.Protocol.Ordering;

namespace Norris.Protocol.Messages;

/// <summary>What a node answers another.</summary>
internal abstract record PeerReply;

/// <summary>The joiner is a member: the log goes on for it after the snapshot. The two times are the host's, on the network's clock.</summary>
internal sealed record JoinAccepted(MemberId Member, Snapshot Snapshot, Timestamp TakenIn, Timestamp Answered) : PeerReply;

/// <summary>The submission is in the host's hands. The two times are the host's, on the network's clock.</summary>
internal sealed record SubmissionAccepted(Timestamp TakenIn, Timestamp Answered) : PeerReply;

/// <summary>The goodbye will be in the log.</summary>
internal sealed record LeaveAccepted : PeerReply;

/// <summary>The log follows on the stream named <paramref name="Stream"/>.</summary>
internal sealed record FollowAccepted(StreamId Stream) : PeerReply;

/// <summary>Another node is the host: ask there.</summary>
internal sealed record Redirected(string Address) : PeerReply;

/// <summary>Not now; ask again after so many microseconds.</summary>
internal sealed record Busy(long RetryAfterMicroseconds) : PeerReply;

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
}
