using CommandLine;
using Norris.Load.Faults;
using Norris.Protocol;

namespace Norris.Load;

/// <summary>The options of <c>failover</c>.</summary>
[Verb("failover", HelpText = "the host fails amid the talk: is anything lost, and how soon does it go on?")]
internal sealed class FailoverOptions
{
    /// <summary>How many nodes.</summary>
    [Option("nodes", Default = 5, HelpText = "how many nodes, 2 to 64 (3 at least for a partition)")]
    public int Nodes { get; set; }

    /// <summary>How many messages a second.</summary>
    [Option("rate", Default = 1000, HelpText = "how many messages a second all of them say together")]
    public int Rate { get; set; }

    /// <summary>How often.</summary>
    [Option("runs", Default = 10, HelpText = "how often to do it")]
    public int Runs { get; set; }

    /// <summary>What happens to the host.</summary>
    [Option("fault", Default = Fault.Kill, HelpText = "what happens to the host: kill, stop, or partition (which needs root, ip and nft)")]
    public Fault Fault { get; set; }

    /// <summary>What the nodes do that are cut off.</summary>
    [Option("partition", Default = PartitionRule.Continue, HelpText = "the nodes' own option of this name: continue or majority")]
    public PartitionRule Partition { get; set; }

    /// <summary>Whether the nodes have a secret.</summary>
    [Option("secured", HelpText = "the nodes have a secret")]
    public bool IsSecured { get; set; }

    /// <summary>Decides when and to whom things happen.</summary>
    [Option("seed", Default = 1, HelpText = "decides when things happen, and who is cut off with the host")]
    public int Seed { get; set; }

    /// <summary>How long to do nothing to anybody.</summary>
    [Option("quiet-minutes", Default = 0.0, HelpText = "do nothing to anybody for so long, instead, and count what the nodes think happened")]
    public double QuietMinutes { get; set; }

    /// <summary>Whether the processors are kept busy.</summary>
    [Option("burden", HelpText = "keep all processors busy with something else meanwhile")]
    public bool IsBurdened { get; set; }

    /// <summary>The program.</summary>
    [Option("binary", Default = "artifacts/norris", HelpText = "the program to run")]
    public string Binary { get; set; } = "";

    /// <summary>What is wrong with the values, in one line; null if nothing is.</summary>
    public string? FindMistake() => this switch
    {
        { Nodes: < 2 or > 64 } => $"--nodes {Nodes}: 2 to 64 is accepted",
        { Nodes: 2, Fault: Fault.Partition } => "--nodes 2: 3 at least for a partition",
        { Rate: < 10 or > 1_000_000 } => $"--rate {Rate}: 10 to 1000000 is accepted",
        { Runs: < 1 or > 10_000 } => $"--runs {Runs}: 1 to 10000 is accepted",
        { QuietMinutes: < 0 or > 10_000 } => $"--quiet-minutes {QuietMinutes}: 0 to 10000 is accepted",
        _ when !File.Exists(Binary) => $"--binary {Binary}: there is no such file; build it with: make binary",
        { Fault: Fault.Partition, QuietMinutes: 0 } when !BridgedNetwork.IsPossible => $"--fault partition: {BridgedNetwork.Obstacle} (it needs root, ip and nft)",
        _ => null,
    };
}
