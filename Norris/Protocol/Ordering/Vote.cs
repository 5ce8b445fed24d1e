using Norris.Protocol.Membership;
using Norris.Protocol.Messages;

namespace Norris.Protocol.Ordering;

/// <summary>Another node's word in a candidacy.</summary>
internal sealed class Vote(MemberId member, string address, bool isHost, bool isMoreSenior)
{
    /// <summary>Whose it is.</summary>
    public MemberId Member => member;

    /// <summary>Where that one is asked.</summary>
    public string Address => address;

    /// <summary>Whether it is the host that is missed.</summary>
    public bool IsHost => isHost;

    /// <summary>Whether it is more senior than the candidate.</summary>
    public bool IsMoreSenior => isMoreSenior;

    /// <summary>What is known of it.</summary>
    public VoteState State { get; set; }

    /// <summary>Its machine said that its process is gone.</summary>
    public bool IsDead { get; set; }

    /// <summary>It promised, but has something else than this node's history.</summary>
    public bool IsAstray { get; set; }

    /// <summary>Its log begins after this node's ends.</summary>
    public bool IsAhead { get; set; }

    /// <summary>How often it said that it is not in.</summary>
    public int NotIns { get; set; }

    /// <summary>The question that is under way.</summary>
    public CallId? Call { get; set; }

    /// <summary>When to ask, while it is to be asked.</summary>
    public Timestamp AskAt { get; set; }

    /// <summary>Where it stands, once it promised.</summary>
    public Position Position { get; set; }

    /// <summary>With the majority rule: up to where it knows that what it has is committed.</summary>
    public SequenceNumber Committed { get; set; }

    /// <summary>What it has after where this node stands, or the beginning of it.</summary>
    public ReadOnlyMemory<byte> Entries { get; set; }
}
