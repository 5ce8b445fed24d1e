using CommandLine;

namespace Norris.Load;

/// <summary>The options of <c>idle</c>.</summary>
[Verb("idle", HelpText = "how fast does a node start, and how little does it need?")]
internal sealed class IdleOptions
{
    /// <summary>How often.</summary>
    [Option("runs", Default = 20, HelpText = "how often to start a host and a member")]
    public int Runs { get; set; }

    /// <summary>Whether each run is done twice, in turns: open, and with a secret.</summary>
    [Option("secured", HelpText = "do each run twice, in turns: open, and with a secret")]
    public bool IsCompared { get; set; }

    /// <summary>The program.</summary>
    [Option("binary", Default = "artifacts/norris", HelpText = "the program to run")]
    public string Binary { get; set; } = "";

    /// <summary>What is wrong with the values, in one line; null if nothing is.</summary>
    public string? FindMistake() => this switch
    {
        { Runs: < 1 or > 1000 } => $"--runs {Runs}: 1 to 1000 is accepted",
        _ when !File.Exists(Binary) => $"--binary {Binary}: there is no such file; build it with: make binary",
        _ => null,
    };
}
