using CommandLine;
using Norris.Load.Verification;
using Norris.Protocol.Ordering;

namespace Norris.Load.Verbs;

/// <summary>The options that all verbs with scenarios have.</summary>
internal abstract class LoadOptions
{
    /// <summary>How many nodes; or guests, at a target.</summary>
    [Option("nodes", Default = 5, HelpText = "how many nodes, 2 to 64; with --target: how many guests")]
    public int Nodes { get; set; }

    /// <summary>How long each text is.</summary>
    [Option("text-bytes", Default = 128, HelpText = "how long each text is, 24 to 65536")]
    public int TextBytes { get; set; }

    /// <summary>How long the load is there before anything counts.</summary>
    [Option("warm-up", Default = 2.0, HelpText = "seconds of the same load before anything is measured, 0 to 600")]
    public double WarmUpSeconds { get; set; }

    /// <summary>Nodes that are there already.</summary>
    [Option("target", Default = "", HelpText = "HOST:PORT[,...]: nodes that are there; come in as guests, and neither start nor kill anything")]
    public string Target { get; set; } = "";

    /// <summary>Where the report goes.</summary>
    [Option("report", Default = "", HelpText = "a directory for report.html, report.md and CSV files")]
    public string ReportFolder { get; set; } = "";

    /// <summary>The program.</summary>
    [Option("binary", Default = "artifacts/norris", HelpText = "the program to run")]
    public string Binary { get; set; } = "";

    /// <summary>The addresses of <see cref="Target"/>; none for local nodes.</summary>
    public IReadOnlyList<string> Targets => Target.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    /// <summary>What is wrong with the values, in one line; null if nothing is.</summary>
    public virtual string? FindMistake() => this switch
    {
        { Nodes: < 2 or > 64 } => $"--nodes {Nodes}: 2 to 64 is accepted",
        { TextBytes: < StormText.BytesMin or > Entry.TextBytesMax } => $"--text-bytes {TextBytes}: {StormText.BytesMin} to {Entry.TextBytesMax} is accepted",
        { WarmUpSeconds: not (>= 0 and <= 600) } => FormattableString.Invariant($"--warm-up {WarmUpSeconds}: 0 to 600 is accepted"),
        _ when Targets.FirstOrDefault(static each => !IsAddress(each)) is { } wrong => $"--target {wrong}: HOST:PORT[,...] is accepted",
        _ when Targets.Count == 0 && !File.Exists(Binary) => $"--binary {Binary}: there is no such file; build it with: make binary",
        _ when File.Exists(ReportFolder) => $"--report {ReportFolder}: there is a file of that name; a directory is accepted",
        _ => null,
    };

    /// <summary>What is wrong with a rate, in one line; null if nothing is.</summary>
    protected static string? FindMistake(int rate) => rate is < 1 or > 1_000_000 ? $"--rate {rate}: 1 to 1000000 is accepted" : null;

    /// <summary>What is wrong with a time, in one line; null if nothing is.</summary>
    protected static string? FindMistake(string option, double seconds) =>
        seconds is > 0 and <= 86_400 ? null : FormattableString.Invariant($"--{option} {seconds}: more than 0 and up to 86400 is accepted");

    /// <summary>Whether this is a HOST:PORT.</summary>
    public static bool IsAddress(string text) =>
        text.LastIndexOf(':') is > 0 and var colon && ushort.TryParse(text.AsSpan(colon + 1), out ushort port) && port > 0
        && Uri.TryCreate($"http://{text}", UriKind.Absolute, out Uri? uri) && uri.Port == port && uri.PathAndQuery == "/" && uri.UserInfo.Length == 0;
}
