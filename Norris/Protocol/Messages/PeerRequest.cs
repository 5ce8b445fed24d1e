using Norris.Protocol.Membership;
using Norris.Protocol.Ordering;

namespace Norris.Protocol.Messages;

/// <summary>Names a request and its answer to the node that carries them; means nothing to the other side.</summary>
internal readonly record struct CallId(ulong Value);

/// <summary>Names one following of the log: upstream, from a host; or downstream, by a follower.</summary>
internal readonly record struct StreamId(ulong Value);

/// <summary>What one node asks of another.</summary>
internal abstract record PeerRequest
{
    /// <summary>The most nodes that a request passes through on its way to the host.</summary>
    public const int HopsMax = 3;

    /// <summary>
    /// How many more nodes may pass this on to the host, when the way there is broken; 0 when whoever is asked and is not the host says
    /// where the host is instead.
    /// </summary>
    public int Hops { get; init; }

    /// <summary>
    /// What shows the host that a request which others pass on is its asker's; opaque here. Empty where no proof is asked for, and where whoever asks is known by
    /// its connection.
    /// </summary>
    public string Proof { get; init; } = "";
}

/// <summary>
/// A node wants to become a member, or to come back as the one it was. The token makes it exactly once: the same token is the same member.
/// </summary>
/// <param name="Token">The proof, and the key.</param>
/// <param name="Name">What it wants to be called.</param>
/// <param name="Address">Where others reach it.</param>
/// <param name="Partition">The rule that it was started with: it must be the network's.</param>
/// <param name="Confirmed">The last of its own entries that it saw in a log, by number; 0 at the first time.</param>
/// <param name="Sent">The last that it sent anywhere.</param>
/// <param name="Promised">It takes nothing of an earlier epoch of its network than this.</param>
internal sealed record JoinRequest(
    MemberToken Token, string Name, string Address, PartitionRule Partition = default, ulong Confirmed = 0, ulong Sent = 0, Epoch Promised = default)
    : PeerRequest;

/// <summary>
/// What a follower tells the host: how far it has come, and its and its guests' next entries, oldest first. Empty of entries it is a
/// sign of life.
/// </summary>
/// <param name="Member">Who tells.</param>
/// <param name="Token">The proof.</param>
/// <param name="Host">Whose reign the position's epoch is: the hosts of two sides may count to the same one.</param>
/// <param name="Position">The last entry it has.</param>
/// <param name="SentAt">When this was sent, on the network's clock as the sender reads it.</param>
/// <param name="OldestAt">When the oldest of the entries was sent by its author; zero when there are none or any is repeated.</param>
/// <param name="Entries">Encoded entries, one after the other; the core's memory, which it may use again after the effects were carried out.</param>
internal sealed record Submission(
    MemberId Member, MemberToken Token, MemberId Host, Position Position, Timestamp SentAt, Timestamp OldestAt, ReadOnlyMemory<byte> Entries) : PeerRequest
{
    /// <summary>Whether it is for the relay that serves the sender, which reports it, and not for the host.</summary>
    public bool IsForRelay { get; init; }

    /// <summary>What the sender, as a relay, heard of those that follow through it.</summary>
    public IReadOnlyList<PositionReport> Reports { get; init; } = [];
}

/// <summary>A member says goodbye. Sent when everything it submitted is in the log.</summary>
internal sealed record LeaveRequest(MemberId Member, MemberToken Token) : PeerRequest;

/// <summary>
/// A member of <paramref name="Network"/> wants the log from the entry after <paramref name="After"/> on, as a stream. It has promised <paramref name="Promised"/> and takes
/// nothing of an earlier epoch.
/// </summary>
internal sealed record FollowRequest(MemberId Member, MemberToken Token, ulong Network, Position After, Epoch Promised) : PeerRequest
{
    /// <summary>The relay that is meant, when one is: another process may listen where that one did. Nobody when any member will do, or the host.</summary>
    public MemberId Relay { get; init; }

    /// <summary>The relay that did not serve it any more, or never did: another one is wanted. Nobody at first; the asker itself when no relay served it.</summary>
    public MemberId Without { get; init; }
}

/// <summary>
/// A member wants to start <paramref name="Epoch"/>, since it misses the host. Not binding, it only asks whether the other would
/// promise; binding, a yes is a promise not to accept an earlier epoch any more.
/// </summary>
/// <param name="To">Who is asked: another process may listen where that one did.</param>
/// <param name="Network">The candidate's network: who is asked may be in another one.</param>
/// <param name="Member">The candidate.</param>
/// <param name="Token">The proof.</param>
/// <param name="Address">Where it is reached: who lags may not know it yet.</param>
/// <param name="Epoch">The epoch to start.</param>
/// <param name="IsBinding">Whether a yes is a promise.</param>
/// <param name="Position">The last entry that the candidate has.</param>
internal sealed record TakeoverRequest(
    MemberId To, ulong Network, MemberId Member, MemberToken Token, string Address, Epoch Epoch, bool IsBinding, Position Position) : PeerRequest
{
    /// <summary>Whether the candidate was put out, and looked for the others in vain: who does as well may go on with it.</summary>
    public bool IsReturning { get; init; }
}

/// <summary>A host asks a newcomer, at the address that it gave, whether it is there.</summary>
/// <param name="Draw">The hash of the newcomer's token that its joining rank has, too: only it has that one, and it is no secret.</param>
internal sealed record ReachRequest(ulong Draw) : PeerRequest;

/// <summary>A host asks somebody who may be the host of others, so that the smaller side can join the larger.</summary>
/// <param name="Host">Who asks.</param>
/// <param name="Address">Where it is reached.</param>
/// <param name="Weight">How much its side weighs.</param>
/// <param name="Network">The network that it is host of.</param>
/// <param name="SentAt">When it asks, on that network's clock.</param>
internal sealed record MeetRequest(MemberId Host, string Address, SideWeight Weight, ulong Network, Timestamp SentAt) : PeerRequest;
