namespace Norris.Protocol.Membership;

/// <summary>What a member is to the network. The numbers are on the wire.</summary>
internal enum MemberKind : byte
{
    /// <summary>Runs the binary, holds the log, can become the host.</summary>
    Node = 0,

    /// <summary>Came through a node's client API; that node holds its session.</summary>
    Guest = 1,
}

/// <summary>
/// The byte that says what a member is, in a joined entry and in a snapshot: its kind, or 2 for a node that the host could not reach at the address
/// that it gave. Such a node takes part, and cannot be host.
/// </summary>
internal static class MemberKindByte
{
    private const byte NodeOutOfReach = 2;

    /// <summary>The byte of a member.</summary>
    public static byte Of(MemberKind kind, bool isReachable) => kind == MemberKind.Node && !isReachable ? NodeOutOfReach : (byte)kind;

    /// <summary>Whether it is one of these.</summary>
    public static bool IsValid(byte value) => value <= NodeOutOfReach;

    /// <summary>What the member is.</summary>
    public static MemberKind KindOf(byte value) => value == NodeOutOfReach ? MemberKind.Node : (MemberKind)value;

    /// <summary>False for a node that cannot be host.</summary>
    public static bool IsReachable(byte value) => value != NodeOutOfReach;
}

/// <summary>Why a member is no longer in the view. The numbers are on the wire.</summary>
internal enum LeaveReason : byte
{
    /// <summary>It said so.</summary>
    Left = 0,

    /// <summary>It fell silent, or its machine refused connections, or the node that held its session is gone.</summary>
    Lost = 1,

    /// <summary>It lagged so far behind that the others would have had to wait for it.</summary>
    Slow = 2,
}
