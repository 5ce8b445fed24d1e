using CommandLine;

namespace Norris.Load.Verbs;

/// <summary>Who comes and goes in a storm of joins.</summary>
internal enum Newcomer
{
    /// <summary>A session over HTTP.</summary>
    Guest,

    /// <summary>A process of its own, whose start counts.</summary>
    Node,
}

/// <summary>The options of <c>join-storm</c>.</summary>
[Verb("join-storm", HelpText = "many come and go while others talk: how soon is each let in?")]
internal sealed class JoinStormOptions : LoadOptions
{
    /// <summary>How many messages a second.</summary>
    [Option("rate", Default = 500, HelpText = "messages a second that the others say in all")]
    public int Rate { get; set; }

    /// <summary>How many come a second.</summary>
    [Option("joins", Default = 50, HelpText = "how many come each second, 1 to 10000")]
    public int Joins { get; set; }

    /// <summary>How long they stay.</summary>
    [Option("stay", Default = 0.5, HelpText = "seconds that each stays")]
    public double StaySeconds { get; set; }

    /// <summary>For how long.</summary>
    [Option("seconds", Default = 20.0, HelpText = "for how long")]
    public double Seconds { get; set; }

    /// <summary>Who comes.</summary>
    [Option("kind", Default = Newcomer.Guest, HelpText = "who comes: guest, over HTTP; or node, a process of its own")]
    public Newcomer Kind { get; set; }

    /// <inheritdoc/>
    public override string? FindMistake() => base.FindMistake() ?? FindMistake(Rate) ?? FindMistake("seconds", Seconds) ?? this switch
    {
        { Joins: < 1 or > 10_000 } => $"--joins {Joins}: 1 to 10000 is accepted",
        { StaySeconds: not (>= 0 and <= 3600) } => FormattableString.Invariant($"--stay {StaySeconds}: 0 to 3600 is accepted"),
        { Kind: Newcomer.Node, Targets.Count: > 0 } => "--kind node: nothing is started at a --target; guest is accepted",
        _ => null,
    };
}
