using CommandLine;
using Norris.Load.Verbs;
using Norris.Load.Verification;
using Norris.Protocol.Ordering;

namespace Norris.Load;

/// <summary>The options of <c>storm</c>.</summary>
[Verb("storm", HelpText = "everybody speaks at once: is the order kept, and how fast is it?")]
internal sealed class StormOptions
{
    /// <summary>How many nodes.</summary>
    [Option("nodes", Default = 5, HelpText = "how many nodes, 1 to 64")]
    public int Nodes { get; set; }

    /// <summary>How many messages each node says.</summary>
    [Option("messages", Default = 100_000, HelpText = "how many messages each of them says")]
    public int Messages { get; set; }

    /// <summary>How long each text is.</summary>
    [Option("text-bytes", Default = 128, HelpText = "how long each text is, 24 to 65536")]
    public int TextBytes { get; set; }

    /// <summary>How often.</summary>
    [Option("runs", Default = 3, HelpText = "how often to do it")]
    public int Runs { get; set; }

    /// <summary>How nodes print: not at all, which measures the order, or as JSON, every line of which is read and compared.</summary>
    [Option("output", Default = "none", HelpText = "none, or json to have every printed line compared")]
    public string Output { get; set; } = "none";

    /// <summary>Whether each run is done twice, in turns: in an open network, and in one with a secret.</summary>
    [Option("secured", HelpText = "do each run twice, in turns: open, and with a secret")]
    public bool IsCompared { get; set; }

    /// <summary>Whether nodes print JSON.</summary>
    public bool IsPrinted => Output == "json";

    /// <summary>The program.</summary>
    [Option("binary", Default = "artifacts/norris", HelpText = "the program to run")]
    public string Binary { get; set; } = "";

    /// <summary>Nodes that are there already.</summary>
    [Option("target", Default = "", HelpText = "HOST:PORT[,...]: nodes that are there; --nodes guests come in through them, and nothing is started or killed")]
    public string Target { get; set; } = "";

    /// <summary>What is done in the middle of it.</summary>
    [Option("at-half", Default = "", HelpText = "with --target: a shell command to run when half of the messages are ordered")]
    public string AtHalf { get; set; } = "";

    /// <summary>The addresses of <see cref="Target"/>; none for local nodes.</summary>
    public IReadOnlyList<string> Targets => Target.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    /// <summary>What is wrong with the values, in one line; null if nothing is.</summary>
    public string? FindMistake() => this switch
    {
        { Nodes: < 1 or > 64 } => $"--nodes {Nodes}: 1 to 64 is accepted",
        { Messages: < 1 or > 10_000_000 } => $"--messages {Messages}: 1 to 10000000 is accepted",
        { TextBytes: < StormText.BytesMin or > Entry.TextBytesMax } => $"--text-bytes {TextBytes}: {StormText.BytesMin} to {Entry.TextBytesMax} is accepted",
        { Runs: < 1 or > 1000 } => $"--runs {Runs}: 1 to 1000 is accepted",
        { Output: not ("none" or "json") } => $"--output {Output}: none and json are accepted",
        _ when Targets.FirstOrDefault(static each => !LoadOptions.IsAddress(each)) is { } wrong => $"--target {wrong}: HOST:PORT[,...] is accepted",
        { IsCompared: true, Targets.Count: > 0 } => "--secured: only for nodes that are started here, not with --target",
        { AtHalf.Length: > 0, Targets.Count: 0 } => "--at-half: only with --target",
        _ when Targets.Count == 0 && !File.Exists(Binary) => $"--binary {Binary}: there is no such file; build it with: make binary",
        _ => null,
    };
}
