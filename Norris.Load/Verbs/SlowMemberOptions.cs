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

    /// <summary>What the others must keep of their rate.</summary>
    [Option("least-rate", Default = 0.9, HelpText = "what the others must keep of their rate in each part; less: status 1")]
    public double LeastRate { get; set; }

    /// <summary>How much memory is too much.</summary>
    [Option("memory-limit", Default = 128, HelpText = "MiB that the host, and the slow one, may take at most; more: status 1")]
    public int MemoryLimit { get; set; }

    /// <inheritdoc/>
    public override string? FindMistake() => base.FindMistake() ?? FindMistake(Rate) ?? FindMistake("seconds", Seconds) ?? this switch
    {
        { Targets.Count: > 0 } => "--target: the slow one is a node of this machine, so none is accepted",
        { LeastRate: not (>= 0 and <= 1) } => $"--least-rate {LeastRate}: 0 to 1 is accepted",
        { MemoryLimit: < 1 } => $"--memory-limit {MemoryLimit}: 1 or more is accepted",
        { SlowRate: < 0 or > 1_000_000_000 } => $"--slow-rate {SlowRate}: 0 to 1000000000 is accepted",
        _ => null,
    };
}
