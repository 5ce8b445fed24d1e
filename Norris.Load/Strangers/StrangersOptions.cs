using CommandLine;
using Norris.Load.Verbs;

namespace Norris.Load.Strangers;

/// <summary>The options of <c>strangers</c>.</summary>
[Verb("strangers", HelpText = "who has not the secret tries to get in, again and again, while others talk: does anybody, and do the others notice?")]
internal sealed class StrangersOptions : LoadOptions
{
    /// <summary>How many messages a second.</summary>
    [Option("rate", Default = 500, HelpText = "messages a second in all")]
    public int Rate { get; set; }

    /// <summary>For how long, once alone and once with strangers.</summary>
    [Option("seconds", Default = 30.0, HelpText = "for how long, once in peace and once not")]
    public double Seconds { get; set; }

    /// <summary>How many try at once.</summary>
    [Option("strangers", Default = 12, HelpText = "how many try at a time, of each kind in turn, 1 to 600")]
    public int Strangers { get; set; }

    /// <summary>How much slower the others may become.</summary>
    [Option("slower-limit", Default = 5.0, HelpText = "per cent by which the others' rate may be lower, else the status is 1")]
    public double SlowerLimitPercent { get; set; }

    /// <inheritdoc/>
    public override string? FindMistake() => base.FindMistake() ?? FindMistake(Rate) ?? FindMistake("seconds", Seconds) ?? this switch
    {
        { Strangers: not (>= 1 and <= 600) } => FormattableString.Invariant($"--strangers {Strangers}: 1 to 600 is accepted"),
        { SlowerLimitPercent: not (>= 0 and <= 100) } => FormattableString.Invariant($"--slower-limit {SlowerLimitPercent}: 0 to 100 is accepted"),
        { Targets.Count: > 0 } => "--target: strangers come to nodes of this machine that it starts itself",
        _ => null,
    };
}
