using CommandLine;
using Norris.Load.Verbs;

namespace Norris.Load.Hostile;

/// <summary>The options of <c>hostile</c>.</summary>
[Verb("hostile", HelpText = "hostile bytes on the host, again and again, while others talk: is each answered, and do the others notice?")]
internal sealed class HostileOptions : LoadOptions
{
    /// <summary>How many messages a second.</summary>
    [Option("rate", Default = 500, HelpText = "messages a second in all")]
    public int Rate { get; set; }

    /// <summary>For how long, once alone and once with hostile bytes.</summary>
    [Option("seconds", Default = 30.0, HelpText = "for how long, once in peace and once not; at least 20")]
    public double Seconds { get; set; }

    /// <summary>How many connections are opened that say nothing.</summary>
    [Option("connections", Default = 2000, HelpText = "connections that say nothing, held open meanwhile, 0 to 10000")]
    public int Connections { get; set; }

    /// <summary>How much slower the others may become.</summary>
    [Option("slower-limit", Default = 5.0, HelpText = "per cent by which the others' rate may be lower, else the status is 1")]
    public double SlowerLimitPercent { get; set; }

    /// <inheritdoc/>
    public override string? FindMistake() => base.FindMistake() ?? FindMistake(Rate) ?? this switch
    {
        { Seconds: not (>= 20 and <= 3600) } => FormattableString.Invariant($"--seconds {Seconds}: 20 to 3600 is accepted"),
        { Connections: not (>= 0 and <= 10_000) } => FormattableString.Invariant($"--connections {Connections}: 0 to 10000 is accepted"),
        { SlowerLimitPercent: not (>= 0 and <= 100) } => FormattableString.Invariant($"--slower-limit {SlowerLimitPercent}: 0 to 100 is accepted"),
        { Targets.Count: > 0 } => "--target: hostile bytes are for nodes of this machine that it starts itself",
        _ => null,
    };
}
