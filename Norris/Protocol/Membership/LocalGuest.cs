namespace Norris.Protocol.Membership;

/// <summary>A guest whose session this node holds: what outlives the node's own place in the log.</summary>
internal sealed class LocalGuest(MemberId id, MemberToken token, string name)
{
    /// <summary>Its member; another one when the id was taken while it was away.</summary>
    public MemberId Id { get; set; } = id;

    /// <summary>What it is known by wherever its node is in.</summary>
    public MemberToken Token => token;

    /// <summary>What it was called last, and is to be called again.</summary>
    public string Name { get; set; } = name;

    /// <summary>True once its joined entry was delivered: its session has begun, or is about to.</summary>
    public bool IsConfirmed { get; set; }

    /// <summary>True while it is no member, since its node was not.</summary>
    public bool IsAway { get; set; }

    /// <summary>True while the entry that brings it back waits to be ordered.</summary>
    public bool IsOnItsWay { get; set; }

    /// <summary>True once its session is over: it is not brought back.</summary>
    public bool IsLeaving { get; set; }
}
