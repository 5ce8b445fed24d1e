namespace Norris.Protocol.Ordering;

/// <summary>What an entry of the log says. The numbers are on the wire.</summary>
internal enum EntryType : byte
{
    /// <summary>A member said something.</summary>
    Message = 1,

    /// <summary>A member came into the view.</summary>
    Joined = 2,

    /// <summary>A member is no longer in the view.</summary>
    Left = 3,

    /// <summary>A member goes by another name.</summary>
    Renamed = 4,

    /// <summary>A host began to order.</summary>
    EpochStarted = 5,
}
