using Norris.Transport;

namespace Norris.Http;

/// <summary>What became of a request, as far as a client knows.</summary>
internal enum RequestOutcome
{
    /// <summary>There is a response.</summary>
    Answered,

    /// <summary>The machine answered that nobody listens there; the request was not sent.</summary>
    Refused,

    /// <summary>The deadline passed; whether the request was carried out is unknown.</summary>
    TimedOut,

    /// <summary>No way to the machine; the request was not sent.</summary>
    Unreachable,

    /// <summary>The name has no address; the request was not sent.</summary>
    NameUnknown,

    /// <summary>The connection broke or ended before the response was whole; whether the request was carried out is unknown.</summary>
    Reset,

    /// <summary>The response breaks RFC 9112, or the client's limits; the connection is closed.</summary>
    MalformedResponse,

    /// <summary>Whoever answers belongs to a network with another secret; the request was not sent.</summary>
    OtherSecret,

    /// <summary>Whoever answers speaks no TLS, where only TLS will do; the request was not sent.</summary>
    NotTls,

    /// <summary>The caller cancelled.</summary>
    Canceled,

    /// <summary>Something on our side kept us from connecting.</summary>
    Other,
}

/// <summary>From one room's words to the other's.</summary>
internal static class RequestOutcomes
{
    /// <summary>What an attempt to connect means for the request behind it.</summary>
    public static RequestOutcome ToRequestOutcome(this DialOutcome outcome) => outcome switch
    {
        DialOutcome.Refused => RequestOutcome.Refused,
        DialOutcome.TimedOut => RequestOutcome.TimedOut,
        DialOutcome.Unreachable => RequestOutcome.Unreachable,
        DialOutcome.NameUnknown => RequestOutcome.NameUnknown,
        DialOutcome.Reset => RequestOutcome.Reset,
        DialOutcome.OtherSecret => RequestOutcome.OtherSecret,
        DialOutcome.NotTls => RequestOutcome.NotTls,
        DialOutcome.Canceled => RequestOutcome.Canceled,
        _ => RequestOutcome.Other,
    };
}
