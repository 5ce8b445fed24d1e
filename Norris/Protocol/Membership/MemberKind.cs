namespace Norris.Protocol.Membership;

/// <summary>What a member is to the network. The numbers are on the wire.</summary>
internal enum MemberKind : byte
{
    /// <summary>Runs the binary, holds the log, can become the host.</summary>
    Node = 0,

    /// <summary>Came through a node's client API; that node holds its session.</summary>
    Guest = 1,
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
