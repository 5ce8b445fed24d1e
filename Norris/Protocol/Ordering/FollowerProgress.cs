using Norris.Protocol.Membership;

namespace Norris.Protocol.Ordering;

/// <summary>How far one node has come with the log, as it told the host, and when the host last heard from it.</summary>
internal sealed class FollowerProgress
{
    /// <summary>The last entry that the node said it has.</summary>
    public SequenceNumber Acknowledged { get; set; }

    /// <summary>The last entry that it was sent.</summary>
    public SequenceNumber Sent { get; set; }

    /// <summary>When the host last heard from it, on the host's own clock.</summary>
    public Timestamp LastHeard { get; set; }

    /// <summary>The same, without what this host's own lateness excuses.</summary>
    public Timestamp HeardAt { get; set; }

    /// <summary>True once it has acknowledged anything in this reign: only such a node can succeed.</summary>
    public bool HasFollowed { get; set; }

    /// <summary>The relay that the host sent it to; nobody when the host serves it itself.</summary>
    public MemberId Relay { get; set; }

    /// <summary>Starts a reign, or a membership: nothing acknowledged, just heard.</summary>
    public void Reset(Timestamp now)
    {
        Acknowledged = SequenceNumber.None;
        Sent = SequenceNumber.None;
        LastHeard = now;
        HeardAt = now;
        HasFollowed = false;
        Relay = MemberId.None;
    }
}
