using System.Diagnostics.CodeAnalysis;

namespace Norris.Transport.Secure;

/// <summary>What became of a handshake.</summary>
internal enum HandshakeOutcome
{
    /// <summary>Each side knows a secret of the other.</summary>
    Done,

    /// <summary>The other side belongs to a network with another secret.</summary>
    OtherSecret,

    /// <summary>The other side showed no certificate.</summary>
    NoCertificate,

    /// <summary>The other side does not speak TLS.</summary>
    NotTls,

    /// <summary>It took too long.</summary>
    TimedOut,

    /// <summary>It was the oldest of too many that were unfinished.</summary>
    GaveWay,

    /// <summary>The other side left, speaks no TLS 1.3, or did not take what we showed.</summary>
    Broken,
}

/// <summary>A connection to a member, or the reason why there is none.</summary>
/// <param name="Outcome">What happened.</param>
/// <param name="Connection">The caller's to dispose; null unless <see cref="HandshakeOutcome.Done"/>.</param>
internal readonly record struct TlsHandshake(HandshakeOutcome Outcome, TlsConnection? Connection)
{
    /// <summary>Whether there is a connection.</summary>
    [MemberNotNullWhen(true, nameof(Connection))]
    public bool IsDone => Connection is not null;
}
