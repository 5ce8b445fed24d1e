using CommandLine;

namespace Norris.Load.Verbs;

/// <summary>The options of <c>slow-member</c>.</summary>
[Verb("slow-member", HelpText = "one member does not read: what does that cost the others, and what becomes of it?")]
internal sealed class SlowMemberOptions : LoadOptions
{
    /// <summary>How many messages a second.</summary>
    [Option("rate", Default = 10_000, HelpText = "messages a second that the others say in all")]
    public int Rate { get; set; }

    /// <summary>How long each part takes.</summary>
    [Option("seconds", Default = 15.0, HelpText = "how long each part takes: before, slow, and after")]
    public double Seconds { get; set; }

    /// <summary>How fast the slow one reads.</summary>
    [Option("slow-rate", Default = 0, HelpText = "bytes a second that the slow one reads while it is slow; 0: nothing")]
    public int SlowRate { get; set; }

    /// <summary>How much of the log nodes hold.</summary>
    [Option("retention", Default = "4MiB", HelpText = "the nodes' own option of this name")]
    public string Retention { get; set; } = "";

    /// <inheritdoc/>
    public override string? FindMistake() => base.FindMistake() ?? FindMistake(Rate) ?? FindMistake("seconds", Seconds) ?? this switch
    {
        { Targets.Count: > 0 } => "--target: the slow one is a node of this machine, so none is accepted",
        { SlowRate: < 0 or > 1_000_000_000 } => $"--slow-rate {SlowRate}: 0 to 1000000000 is accepted",
        _ => null,
    };
}
