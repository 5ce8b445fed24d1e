using CommandLine;

namespace Norris.Load.Verbs;

/// <summary>The options of <c>soak</c>.</summary>
[Verb("soak", HelpText = "talk for long while the host is killed again and again: does the order hold, does memory?")]
internal sealed class SoakOptions : LoadOptions
{
    /// <summary>How many messages a second.</summary>
    [Option("rate", Default = 0, HelpText = "messages a second in all; 0: half of the knee, which is looked for first")]
    public int Rate { get; set; }

    /// <summary>For how long.</summary>
    [Option("minutes", Default = 2.0, HelpText = "for how long")]
    public double Minutes { get; set; }

    /// <summary>How often the host is killed.</summary>
    [Option("kill-every", Default = 20.0, HelpText = "seconds between kills of the host, each followed by a new node; 0: never")]
    public double KillEverySeconds { get; set; }

    /// <summary>How much of the log nodes hold.</summary>
    [Option("retention", Default = "64MiB", HelpText = "the nodes' own option of this name: memory grows until so much is held")]
    public string Retention { get; set; } = "";

    /// <inheritdoc/>
    public override string? FindMistake() => base.FindMistake() ?? this switch
    {
        { Rate: < 0 or > 1_000_000 } => $"--rate {Rate}: 0 to 1000000 is accepted",
        { Minutes: not (> 0 and <= 100_000) } => FormattableString.Invariant($"--minutes {Minutes}: more than 0 and up to 100000 is accepted"),
        { KillEverySeconds: not (0 or (>= 5 and <= 86_400)) } => FormattableString.Invariant($"--kill-every {KillEverySeconds}: 0, or 5 to 86400 is accepted"),
        { Nodes: < 3, Targets.Count: 0, KillEverySeconds: > 0 } => $"--nodes {Nodes}: 3 at least where the host is killed",
        { Targets.Count: > 0, KillEverySeconds: > 0 } => "--target: nothing is killed there, so say --kill-every 0",
        _ => null,
    };
}
