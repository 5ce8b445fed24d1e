using System.Globalization;
using System.Net;
using Microsoft.Extensions.Logging;
using Norris.Protocol;
using Norris.Protocol.Membership;

namespace Norris.Options;

/// <summary>What a node is told when it starts: every value checked, alone and against the others.</summary>
internal sealed record NodeOptions
{
    /// <summary>Where to listen; port 0 lets the system pick one.</summary>
    public required IPEndPoint Listen { get; init; }

    /// <summary>Members to join through, in the order in which they are tried; empty starts a network, unless others are looked for.</summary>
    public required IReadOnlyList<HostAndPort> Join { get; init; }

    /// <summary>Whether others are looked for on the segment, too, and the node is found there; it starts a network when nobody else is in one.</summary>
    public required bool JoinAuto { get; init; }

    /// <summary>The address that others dial; null derives it from <see cref="Listen"/> and the route to the host.</summary>
    public required HostAndPort? Advertise { get; init; }

    /// <summary>The display name asked for; null when neither an option nor the login gives one (see <see cref="NameFor"/>).</summary>
    public required string? Name { get; init; }

    /// <summary>Whether to leave standard input alone and run until a signal.</summary>
    public required bool Headless { get; init; }

    /// <summary>How entries are printed.</summary>
    public required OutputForm Output { get; init; }

    /// <summary>What a side does that cannot reach the others; the same at all nodes of a network.</summary>
    public required PartitionRule Partition { get; init; }

    /// <summary>The hold-back window, 0 to <see cref="Timeout"/>; null follows the measured delays.</summary>
    public required TimeSpan? ReorderWindow { get; init; }

    /// <summary>How often a member says that it lives: 1 ms to 1 minute.</summary>
    public required TimeSpan Heartbeat { get; init; }

    /// <summary>After how long a silent member is suspected: at least three heartbeats, at most 1 hour.</summary>
    public required TimeSpan Timeout { get; init; }

    /// <summary>
    /// How much of the log to hold for members that lag, in bytes: at least <see cref="OptionsReader.RetentionBytesMin"/>; null holds 64 MiB, or a quarter of
    /// the memory where that is less.
    /// </summary>
    public required long? RetentionBytes { get; init; }

    /// <summary>How many nodes the host, or a relay, serves itself before others do: at least 1.</summary>
    public required int FanOut { get; init; }

    /// <summary>The file with the network's secret; null when there is none, or <see cref="Secret"/>.</summary>
    public required string? SecretFile { get; init; }

    /// <summary>The secret itself, from the environment; null when there is none, or <see cref="SecretFile"/>.</summary>
    public required string? Secret { get; init; }

    /// <summary>Where the page and scripts are served when there is a secret; port 0 lets the system pick one.</summary>
    public required IPEndPoint Web { get; init; }

    /// <summary>The key that people and scripts show there; none for a fresh one at every start.</summary>
    public required MemberToken WebKey { get; init; }

    /// <summary>Whether only those come in who have the network's secret.</summary>
    public bool IsSecured => SecretFile is not null || Secret is not null;

    /// <summary>The least severe diagnostics to print on standard error; null: warnings, but errors only where a person is at a terminal.</summary>
    public required LogLevel? LogLevel { get; init; }

    /// <summary>The display name of a node that came to listen on <paramref name="port"/>: the one asked for, or node-PORT.</summary>
    public string NameFor(int port) => Name ?? string.Create(CultureInfo.InvariantCulture, $"node-{port}");
}
