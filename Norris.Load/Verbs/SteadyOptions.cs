using CommandLine;

namespace Norris.Load.Verbs;

/// <summary>The options of <c>steady</c>.</summary>
[Verb("steady", HelpText = "messages at a fixed rate: how long until the last member has each?")]
internal sealed class SteadyOptions : LoadOptions
{
    /// <summary>How many messages a second.</summary>
    [Option("rate", Default = 1000, HelpText = "messages a second in all")]
    public int Rate { get; set; }

    /// <summary>For how long.</summary>
    [Option("seconds", Default = 20.0, HelpText = "for how long")]
    public double Seconds { get; set; }

    /// <summary>The latency that must not be exceeded; 0 for any.</summary>
    [Option("p99-limit", Default = 0.0, HelpText = "milliseconds that the 99th percentile may have, else the status is 1; 0: any")]
    public double P99LimitMs { get; set; }

    /// <inheritdoc/>
    public override string? FindMistake() => base.FindMistake() ?? FindMistake(Rate) ?? FindMistake("seconds", Seconds)
        ?? (P99LimitMs < 0 ? FormattableString.Invariant($"--p99-limit {P99LimitMs}: 0 or more is accepted") : null);
}
