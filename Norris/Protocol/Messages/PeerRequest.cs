using Norris.Protocol.Membership;
using Norris.Protocol.Ordering;

namespace Norris.Protocol.Messages;

/// <summary>Names a request and its answer to the node that carries them; means nothing to the other side.</summary>
internal readonly record struct CallId(ulong Value);

/// <summary>Names one following of the log: upstream, from a host; or downstream, by a follower.</summary>
internal readonly record struct StreamId(ulong Value);

/// <summary>What one node asks of another.</summary>
internal abstract record PeerRequest;

/// <summary>
/// A node wants to become a member, or to come back as the one it was. The token makes it exactly once: the same token is the same member.
/// </summary>
internal sealed record JoinRequest(MemberToken Token, string Name, string Address) : PeerRequest;

/// <summary>
/// What a follower tells the host: how far it has come, and its and its guests' next entries, oldest first. Empty of entries it is a
/// sign of life.
/// </summary>
/// <param name="Member">Who tells.</param>
/// <param name="Token">The proof.</param>
/// <param name="Position">The last entry it has.</param>
/// <param name="SentAt">When this was sent, on the network's clock as the sender reads it.</param>
/// <param name="OldestAt">When the oldest of the entries was sent by its author; zero when there are none or any is repeated.</param>
/// <param name="Entries">Encoded entries, one after the other; the core's memory, which it may use again after the effects were carried out.</param>
internal sealed record Submission(
    MemberId Member, MemberToken Token, Position Position, Timestamp SentAt, Timestamp OldestAt, ReadOnlyMemory<byte> Entries) : PeerRequest;

/// <summary>A member says goodbye. Sent when everything it submitted is in the log.</summary>
internal sealed record LeaveRequest(MemberId Member, MemberToken Token) : PeerRequest;

/// <summary>A member wants the log from the entry after <paramref name="After"/> on, as a stream.</summary>
internal sealed record FollowRequest(MemberId Member, MemberToken Token, Position After) : PeerRequest;
