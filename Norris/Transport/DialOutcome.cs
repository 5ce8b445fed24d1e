namespace Norris.Transport;

/// <summary>What became of an attempt to connect.</summary>
internal enum DialOutcome
{
    /// <summary>There is a connection.</summary>
    Connected,

    /// <summary>The machine answered that nobody listens there: the process is certainly not there.</summary>
    Refused,

    /// <summary>No answer within the time-out. This says nothing about the process.</summary>
    TimedOut,

    /// <summary>No way to the machine or its network.</summary>
    Unreachable,

    /// <summary>The name has no address.</summary>
    NameUnknown,

    /// <summary>The machine accepted and broke the connection at once.</summary>
    Reset,

    /// <summary>The caller cancelled.</summary>
    Canceled,

    /// <summary>Whoever listens there belongs to a network with another secret.</summary>
    OtherSecret,

    /// <summary>Whoever listens there speaks no TLS: it belongs to an open network, or is something else.</summary>
    NotTls,

    /// <summary>Something on our side: no descriptors, no rights, no such address family.</summary>
    Other,
}
