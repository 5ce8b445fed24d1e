namespace Norris.Protocol.Ordering;

/// <summary>What a candidate knows of another node's word.</summary>
internal enum VoteState
{
    /// <summary>It is to be asked.</summary>
    Waiting,

    /// <summary>It was asked.</summary>
    Asked,

    /// <summary>It would promise, or did.</summary>
    Granted,

    /// <summary>It is not to be had.</summary>
    Gone,
}
