namespace Norris.Load.Faults;

/// <summary>What is done to the host.</summary>
internal enum Fault
{
    /// <summary>Its process is killed.</summary>
    Kill,

    /// <summary>Its process is stopped until the others have gone on, and then goes on itself.</summary>
    Stop,

    /// <summary>It and less than half of the others are cut off until both sides have a host, and then find each other again.</summary>
    Partition,
}
