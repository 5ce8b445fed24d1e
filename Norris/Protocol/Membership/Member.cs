using Norris.Protocol.Ordering;

namespace Norris.Protocol.Membership;

/// <summary>
/// One member as the log describes it. Everything here is a fold over the
/// log and so the same at every node but the last four: what this node, or the host alone, keeps about the member meanwhile.
/// </summary>
internal sealed class Member
{
    private Member? _frozen;

    // Only a host has them: everybody else holds as many members, and has nothing to say of them there.
    private Intake? _intake;
    private FollowerProgress? _progress;

    /// <summary>Who it is.</summary>
    public required MemberId Id { get; init; }

    /// <summary>What it is.</summary>
    public required MemberKind Kind { get; init; }

    /// <summary>What it proves itself with; <see cref="MemberToken.None"/> for a guest, whose session its node checks.</summary>
    public required MemberToken Token { get; init; }

    /// <summary>What it is called now; unique in the view.</summary>
    public required string Name { get; set; }

    /// <summary>Where others reach a node, as ADDRESS:PORT; empty for a guest.</summary>
    public required string Address { get; init; }

    /// <summary>
    /// Whether the host could reach it at its address when it came in. One that it could not takes part like all others, but is sent to nobody: it is
    /// never host, passes no log on, and its word does not count as one that others can ask for.
    /// </summary>
    public bool IsReachable { get; init; } = true;

    /// <summary>The node that holds a guest's session; nobody for a node.</summary>
    public required MemberId Via { get; init; }

    /// <summary>The entry by which it joined: lower is more senior.</summary>
    public required SequenceNumber JoinedAt { get; init; }

    /// <summary>The number of its last entry in the log: the next one is exactly one more.</summary>
    public ulong LastNumber { get; set; }

    /// <summary>At whoever folded its joined entry: whether the network knew how far it had got when it came back.</summary>
    public bool IsRemembered { get; init; }

    /// <summary>
    /// The facts that the log decides as they are now, for snapshots: the same copy as long as they are the same, so not to be changed.
    /// <para>Prevents: a thousand nodes join at once, each gets a snapshot of all, and a million members are in memory.</para>
    /// </summary>
    public Member Frozen() => _frozen is { } frozen && frozen.LastNumber == LastNumber && ReferenceEquals(frozen.Name, Name) ? frozen : _frozen = Copy();

    /// <summary>A copy of the facts that the log decides.</summary>
    public Member Copy() => new()
    {
        Id = Id,
        Kind = Kind,
        Token = Token,
        Name = Name,
        Address = Address,
        IsReachable = IsReachable,
        Via = Via,
        JoinedAt = JoinedAt,
        LastNumber = LastNumber,
        NumberBefore = LastNumber,
    };

    /// <summary>A copy of what this node's fold knows.</summary>
    public Member Clone() => new()
    {
        Id = Id,
        Kind = Kind,
        Token = Token,
        Name = Name,
        Address = Address,
        IsReachable = IsReachable,
        Via = Via,
        JoinedAt = JoinedAt,
        LastNumber = LastNumber,
        NumberBefore = NumberBefore,
        IsRemembered = IsRemembered,
    };

    /// <summary>At this node: its last number before the first entry of its that this log brought here.</summary>
    public ulong NumberBefore { get; init; }

    /// <summary>At this node: whether it is the node itself or one of its guests, so that its entries confirm what waits here.</summary>
    public bool IsLocal { get; set; }

    /// <summary>At the host: what has been taken in from this member but is not in the log yet.</summary>
    public Intake Intake => _intake ??= new Intake();

    /// <summary>At the host: how far this node has come with the log.</summary>
    public FollowerProgress Progress => _progress ??= new FollowerProgress();
}
