using System.Diagnostics.CodeAnalysis;

namespace Norris.Transport;

/// <summary>A connection, or the reason why there is none.</summary>
/// <param name="Outcome">What happened.</param>
/// <param name="Connection">The caller's to dispose; null unless <see cref="DialOutcome.Connected"/>.</param>
internal readonly record struct DialResult(DialOutcome Outcome, Connection? Connection)
{
    /// <summary>Whether there is a connection.</summary>
    [MemberNotNullWhen(true, nameof(Connection))]
    public bool IsConnected => Connection is not null;
}
