using Norris.Protocol;
using Norris.Protocol.Membership;
using Norris.Protocol.Ordering;
using Norris.Transport.Secure;

namespace Norris.Node;

/// <summary>What a node is started with.</summary>
/// <param name="Core">What the protocol is told.</param>
/// <param name="Join">Addresses to join through, as HOST:PORT; none to start a network.</param>
internal sealed record NodeSettings(NodeCoreOptions Core, IReadOnlyList<string> Join)
{
    /// <summary>
    /// How long an exchange with another node may take: no less than the time-out, since who is to be waited for patiently would only get the
    /// same question again, on one more connection.
    /// </summary>
    public TimeSpan ExchangeTimeout { get; init; } = AtLeast(TimeSpan.FromSeconds(5), Core);

    /// <summary>How long a connection to another node may take to come about; no less than the time-out either.</summary>
    public TimeSpan ConnectTimeout { get; init; } = AtLeast(TimeSpan.FromSeconds(2), Core);

    /// <summary>So long a newcomer waits for others to be found before it begins a network; zero when nobody is looked for.</summary>
    public TimeSpan Search { get; init; }

    /// <summary>
    /// What those who share a secret say on their segment, so that others are not tried: drawn from the secret by the slow derivation, and for nothing
    /// else, since everybody on the segment reads it. 0 in an open network.
    /// </summary>
    public ulong NetworkTag { get; init; }

    /// <summary>What this process is known by on its segment: where it stands among those that only join.</summary>
    public ulong SegmentInstance => JoiningRank.Of(Core.Token, Position.Start).Draw;

    /// <summary>What this node proves with that it belongs; null in an open network.</summary>
    public MemberCredentials? Credentials { get; init; }

    /// <summary>
    /// The same for a network with a secret: the token by which the others know this node is its key's, so that nobody speaks for it who has not the key.
    /// </summary>
    public NodeSettings Proving(MemberCredentials credentials) =>
        this with { Credentials = credentials, NetworkTag = credentials.NetworkTag, Core = Core with { Token = new MemberToken(credentials.Key.Low, credentials.Key.High) } };

    /// <summary>How long a guest's session lasts without a request or an open stream.</summary>
    public TimeSpan GuestPatience { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>How many guests this node holds sessions for.</summary>
    public int GuestsMax { get; init; } = QueueLimits.GuestsMax;

    /// <summary>How many of them may come from one address of another machine.</summary>
    public int GuestsPerAddressMax { get; init; } = AddressLimits.GuestsMax;

    /// <summary>How far a reader of the event streams may lag, in bytes, before it is let go.</summary>
    public long EventBacklogBytesMax { get; init; } = QueueLimits.EventsBytesMax;

    private static TimeSpan AtLeast(TimeSpan usual, NodeCoreOptions core)
    {
        var timeout = TimeSpan.FromMicroseconds(core.TimeoutMicroseconds);
        return timeout > usual ? timeout : usual;
    }
}
