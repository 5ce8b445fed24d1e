using CommandLine;
using Norris.Load.Compare;
using Norris.Load.Sockets;
using Norris.Protocol.Ordering;

namespace Norris.Load.Crowd;

/// <summary>The options of <c>crowd</c>.</summary>
[Verb("crowd", HelpText = "a thousand members: how soon are all in, do all get the same storm, and what does it need?")]
internal sealed class CrowdOptions
{
    /// <summary>How many members in all.</summary>
    [Option("members", Default = 1000, HelpText = "how many members in all, the host too, 2 to 10000")]
    public int Members { get; set; }

    /// <summary>How many of them are processes.</summary>
    [Option("processes", Default = 20, HelpText = "how many of them are processes, the host too; the others are whole nodes within this program")]
    public int Processes { get; set; }

    /// <summary>How many of them are guests.</summary>
    [Option("guests", Default = 50, HelpText = "how many of them are guests, over HTTP, at the processes in turn")]
    public int Guests { get; set; }

    /// <summary>How many messages in all.</summary>
    [Option("messages", Default = 10_000, HelpText = "how many messages in all, everybody says as many")]
    public int Messages { get; set; }

    /// <summary>How long each text is.</summary>
    [Option("text-bytes", Default = 128, HelpText = "how long each text is, 32 to 65536")]
    public int TextBytes { get; set; }

    /// <summary>How long all rest between the joins and the storm.</summary>
    [Option("rest", Default = 3.0, HelpText = "seconds that all rest before the storm, to see what that costs; 0 to 600")]
    public double RestSeconds { get; set; }

    /// <summary>How long the joins may take.</summary>
    [Option("join-limit", Default = 5.0, HelpText = "seconds that all the joins may take")]
    public double JoinLimitSeconds { get; set; }

    /// <summary>How much memory the host may have.</summary>
    [Option("host-limit", Default = 200.0, HelpText = "MiB that the host may have at any time")]
    public double HostLimitMebibytes { get; set; }

    /// <summary>How much memory an idle node may have.</summary>
    [Option("node-limit", Default = 20.0, HelpText = "MiB that a node may have when all are in and nothing is said yet")]
    public double NodeLimitMebibytes { get; set; }

    /// <summary>More options for all nodes.</summary>
    [Option("node-options", Default = "--timeout 60s --heartbeat 1s", HelpText = "further options of all nodes, with blanks between them; by default patient ones, since all of them share this machine's processors")]
    public string NodeOptions { get; set; } = "";

    /// <summary>Where the report goes.</summary>
    [Option("report", Default = "", HelpText = "a directory for report.html, report.md and CSV files")]
    public string ReportFolder { get; set; } = "";

    /// <summary>The program.</summary>
    [Option("binary", Default = "artifacts/norris", HelpText = "the program to run")]
    public string Binary { get; set; } = "";

    /// <summary>How many are nodes within this program.</summary>
    public int Inside => Members - Processes - Guests;

    /// <summary>What is wrong with the values, in one line; null if nothing is.</summary>
    public string? FindMistake() => this switch
    {
        { Members: < 2 or > 10_000 } => $"--members {Members}: 2 to 10000 is accepted",
        { Processes: < 1 or > 1000 } => $"--processes {Processes}: 1 to 1000 is accepted",
        { Guests: < 0 or > 1000 } => $"--guests {Guests}: 0 to 1000 is accepted",
        { Inside: < 0 } => $"--members {Members}: no less than --processes and --guests together is accepted",
        { Messages: < 1 or > 10_000_000 } => $"--messages {Messages}: 1 to 10000000 is accepted",
        { TextBytes: < RoomText.BytesMin or > Entry.TextBytesMax } => $"--text-bytes {TextBytes}: {RoomText.BytesMin} to {Entry.TextBytesMax} is accepted",
        { RestSeconds: not (>= 0 and <= 600) } => FormattableString.Invariant($"--rest {RestSeconds}: 0 to 600 is accepted"),
        { JoinLimitSeconds: not > 0 } => FormattableString.Invariant($"--join-limit {JoinLimitSeconds}: more than 0 is accepted"),
        { HostLimitMebibytes: not > 0 } => FormattableString.Invariant($"--host-limit {HostLimitMebibytes}: more than 0 is accepted"),
        { NodeLimitMebibytes: not > 0 } => FormattableString.Invariant($"--node-limit {NodeLimitMebibytes}: more than 0 is accepted"),
        // A node within this program listens, has both ends of what it follows and submits to, and some to spare while it joins; a process has three pipes
        // and an inquiry, a guest two connections.
        _ when Descriptors.FindShortage((8 * Inside) + (4 * Processes) + (2 * Guests)) is { } shortage => $"--members {Members}: {shortage}",
        _ when FindMistakeInNodeOptions() is { } mistake => $"--node-options {NodeOptions}: {mistake}",
        _ when !File.Exists(Binary) => $"--binary {Binary}: there is no such file; build it with: make binary",
        _ when File.Exists(ReportFolder) => $"--report {ReportFolder}: there is a file of that name; a directory is accepted",
        _ => null,
    };

    private string? FindMistakeInNodeOptions()
    {
        try
        {
            _ = CrowdNode.OptionsOf("m0", "127.0.0.1:7000", NodeOptions);
            return null;
        }
        catch (ArgumentException e)
        {
            return e.Message;
        }
    }
}
