using CommandLine;

namespace Norris.Load.Verbs;

/// <summary>The options of <c>ramp</c>.</summary>
[Verb("ramp", HelpText = "ever more messages a second: which rate is the highest that holds?")]
internal sealed class RampOptions : LoadOptions
{
    /// <summary>The first rate.</summary>
    [Option("from", Default = 4000, HelpText = "messages a second in all to begin with")]
    public int From { get; set; }

    /// <summary>The last.</summary>
    [Option("to", Default = 500_000, HelpText = "the highest rate to try")]
    public int To { get; set; }

    /// <summary>How long each.</summary>
    [Option("level-seconds", Default = 5.0, HelpText = "how long to try each rate, 4 at least")]
    public double LevelSeconds { get; set; }

    /// <summary>What latency holds.</summary>
    [Option("p99-limit", Default = 50.0, HelpText = "milliseconds that the 99th percentile may have at a rate that holds")]
    public double P99LimitMs { get; set; }

    /// <summary>How exactly to find it.</summary>
    [Option("precision", Default = 0.1, HelpText = "how near the rate that does not hold must be to the knee, 0.01 to 1")]
    public double Precision { get; set; }

    /// <inheritdoc/>
    public override string? FindMistake() => base.FindMistake() ?? this switch
    {
        { From: < 1 or > 1_000_000 } => $"--from {From}: 1 to 1000000 is accepted",
        { To: < 1 or > 1_000_000 } => $"--to {To}: 1 to 1000000 is accepted",
        _ when To < From => $"--to {To}: no less than --from ({From}) is accepted",
        { LevelSeconds: not (>= 4 and <= 3600) } => FormattableString.Invariant($"--level-seconds {LevelSeconds}: 4 to 3600 is accepted"),
        { P99LimitMs: not (> 0 and <= 60_000) } => FormattableString.Invariant($"--p99-limit {P99LimitMs}: more than 0 and up to 60000 is accepted"),
        { Precision: not (>= 0.01 and <= 1) } => FormattableString.Invariant($"--precision {Precision}: 0.01 to 1 is accepted"),
        _ => null,
    };
}
