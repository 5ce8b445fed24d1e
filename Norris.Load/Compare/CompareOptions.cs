using CommandLine;

namespace Norris.Load.Compare;

/// <summary>The options of <c>compare</c>.</summary>
[Verb("compare", HelpText = "the same work on Norris, on what people would pick instead, and on a bare fan-out, in turns")]
internal sealed class CompareOptions
{
    /// <summary>How many speak.</summary>
    [Option("senders", Default = 10, HelpText = "how many speak")]
    public int Senders { get; set; }

    /// <summary>How many listen.</summary>
    [Option("receivers", Default = 10, HelpText = "how many get everything")]
    public int Receivers { get; set; }

    /// <summary>How many messages in all.</summary>
    [Option("messages", Default = 3_000_000, HelpText = "how many messages in all; slow peers get a part of it")]
    public int Messages { get; set; }

    /// <summary>How long each text is.</summary>
    [Option("text-bytes", Default = 128, HelpText = "how long each text is, 32 to 65536")]
    public int TextBytes { get; set; }

    /// <summary>How many messages a second in all; 0 for as many as are accepted.</summary>
    [Option("rate", Default = 0, HelpText = "messages a second in all, latency measured; 0: as fast as they are taken")]
    public int Rate { get; set; }

    /// <summary>How often.</summary>
    [Option("runs", Default = 5, HelpText = "how often, all peers in turn")]
    public int Runs { get; set; }

    /// <summary>Which of them.</summary>
    [Option("peers", Default = "floor,norris,nats,redis,mosquitto,rabbitmq", HelpText = "which: floor, norris, nats, redis, mosquitto, rabbitmq")]
    public string Peers { get; set; } = "";

    /// <summary>Norris's hold-back window.</summary>
    [Option("reorder-window", Default = "auto", HelpText = "norris's --reorder-window")]
    public string ReorderWindow { get; set; } = "auto";

    /// <summary>The program.</summary>
    [Option("binary", Default = "artifacts/norris", HelpText = "the program to run")]
    public string Binary { get; set; } = "";

    /// <summary>What is wrong with the values, in one line; null if nothing is.</summary>
    public string? FindMistake() => this switch
    {
        { Senders: < 1 or > 1000 } => $"--senders {Senders}: 1 to 1000 is accepted",
        { Receivers: < 1 or > 1000 } => $"--receivers {Receivers}: 1 to 1000 is accepted",
        { Messages: < 1 or > 100_000_000 } => $"--messages {Messages}: 1 to 100000000 is accepted",
        { TextBytes: < RoomText.BytesMin or > 65536 } => $"--text-bytes {TextBytes}: {RoomText.BytesMin} to 65536 is accepted",
        { Rate: < 0 or > 1_000_000 } => $"--rate {Rate}: 0 to 1000000 is accepted",
        { Runs: < 1 or > 1000 } => $"--runs {Runs}: 1 to 1000 is accepted",
        _ when Peers.Split(',').FirstOrDefault(static peer => !Comparison.Known.Contains(peer)) is { } unknown =>
            $"--peers {unknown}: {string.Join(", ", Comparison.Known)} are accepted",
        // A member of Norris has a connection for the log, one for submissions, and at first one for joining.
        _ when Sockets.Descriptors.FindShortage(Math.Max(Senders + Receivers, 3 * Math.Max(Senders, Receivers))) is { } shortage => $"--receivers {Receivers}: {shortage}",
        _ when !File.Exists(Binary) => $"--binary {Binary}: there is no such file; build it with: make binary",
        _ => null,
    };
}
