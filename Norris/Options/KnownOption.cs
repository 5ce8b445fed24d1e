namespace Norris.Options;

/// <summary>
/// An option, as everything that is told about options needs to know it: <see cref="ArgumentScan"/> how it is spelled and what may stand after it,
/// <see cref="ManualPage"/> what it is for, <see cref="ShellCompletion"/> which values there are.
/// </summary>
/// <param name="Name">With its leading dashes.</param>
/// <param name="Takes">What its value is, in the words of an error; null for a switch.</param>
/// <param name="Repeats">Whether it may be given more than once, its values adding up.</param>
internal sealed record KnownOption(string Name, string? Takes = null, bool Repeats = false)
{
    /// <summary>What stands for its value, as in <c>ADDR:PORT</c>; null for a switch.</summary>
    public string? Value { get; init; }

    /// <summary>The values that there are, or the usual ones of many; empty where anything may be given.</summary>
    public IReadOnlyList<string> Choices { get; init; } = [];

    /// <summary>Whether other values than <see cref="Choices"/> are possible.</summary>
    public bool IsOpen { get; init; }

    /// <summary>Whether its value is the name of a file.</summary>
    public bool IsFile { get; init; }

    /// <summary>What it is for: sentences, the first of which can stand alone.</summary>
    public required string Details { get; init; }

    /// <summary>What goes without it; empty where that needs no word.</summary>
    public string Default { get; init; } = "";

    /// <summary>Every option of this release; <see cref="CommandLineOptions"/> has a property for each.</summary>
    public static IReadOnlyList<KnownOption> All { get; } =
    [
        new("--listen", "an ADDR:PORT")
        {
            Value = "ADDR:PORT",
            Details = "Where to listen. 0.0.0.0 is all addresses of this machine, and port 0 lets the system pick one, which is printed.",
            Default = "127.0.0.1:7000",
        },
        new("--join", "an ADDR:PORT or auto", Repeats: true)
        {
            Value = "ADDR:PORT[,...]",
            Choices = ["auto"],
            IsOpen = true,
            Details = "Members to join through. They are tried in order, again and again for ten seconds; any member will do, and the node's own address may be among "
                + "them: who finds none of the others starts the network. With auto, others are looked for on the local segment, too.",
            Default = "none, which starts a network",
        },
        new("--advertise", "an ADDR:PORT")
        {
            Value = "ADDR:PORT",
            Details = "The address at which others reach this node. Needed where they know this machine by another address than it does itself.",
            Default = "the address listened on, or the one on the way to the first member to join through",
        },
        new("--name", "a NAME")
        {
            Value = "NAME",
            Details = "The name to go by. If somebody has it, -2 is appended, or -3.",
            Default = "the login name, or node-PORT",
        },
        new("--headless")
        {
            Details = "Run without a person. Nothing is read from standard input, and the node runs until it gets a signal.",
        },
        new("--output", "text, json or none")
        {
            Value = "FORM",
            Choices = ["text", "json", "none"],
            Details = "How what happens is printed on standard output. JSON is one object a line, for programs.",
            Default = "text",
        },
        new("--partition", "continue or majority")
        {
            Value = "RULE",
            Choices = ["continue", "majority"],
            Details = "What a side does that is cut off from the others. It goes on, and merges when they meet again; or only a majority of the members goes on. The same at all nodes.",
            Default = "continue",
        },
        new("--reorder-window", "auto or a DURATION")
        {
            Value = "TIME",
            Choices = ["auto", "0", "20ms"],
            IsOpen = true,
            Details = "How long the host waits for messages that were sent earlier and arrive later. Auto follows the delays that are measured, up to 50ms.",
            Default = "auto",
        },
        new("--heartbeat", "a DURATION")
        {
            Value = "TIME",
            Details = "How often a node says that it lives.",
            Default = "100ms",
        },
        new("--timeout", "a DURATION")
        {
            Value = "TIME",
            Details = "After how long a silent node is suspected. At least three heartbeats.",
            Default = "1s",
        },
        new("--retention", "a number of BYTES")
        {
            Value = "BYTES",
            Details = "How much of the log is held for members that lag. Who lags further is put out.",
            Default = "64MiB",
        },
        new("--fan-out", "a number of nodes")
        {
            Value = "N",
            Details = "How many nodes the host serves itself. Others pass the log on to the rest.",
            Default = "64",
        },
        new("--secret-file", "a PATH")
        {
            Value = "PATH",
            IsFile = true,
            Details = "The file with the network's secret. Only who has it comes in, and TLS 1.3 keeps what is said from others. With two lines, both secrets are taken "
                + "and the first is shown. NORRIS_SECRET in the environment may hold it instead.",
            Default = "none, which is an open network",
        },
        new("--web", "an ADDR:PORT")
        {
            Value = "ADDR:PORT",
            Details = "Where the page and scripts are served in a network with a secret, to who has the key that is printed at the start. NORRIS_WEB_KEY in the "
                + "environment, 32 hexadecimal digits, makes it the same at every start.",
            Default = "127.0.0.1:0",
        },
        new("--new-secret")
        {
            Details = "Print a new secret and end.",
        },
        new("--log-level", "a LEVEL")
        {
            Value = "LEVEL",
            Choices = ["trace", "debug", "information", "warning", "error", "none"],
            Details = "The least severe diagnostics that are printed on standard error.",
            Default = "warning, and error where a person sits at a terminal",
        },
        new("--man")
        {
            Details = "Print this manual page and end.",
        },
        new("--completion", "bash, zsh or fish")
        {
            Value = "SHELL",
            Choices = ShellCompletion.Shells,
            Details = "Print what a shell needs to complete these options and end.",
        },
        new("--help")
        {
            Details = "Print the options on one screen and end.",
        },
        new("-h")
        {
            Details = "The same.",
        },
        new("--version")
        {
            Details = "Print the version and end.",
        },
    ];

    /// <summary>The option spelled <paramref name="name"/>, or null.</summary>
    public static KnownOption? Find(string name) => All.FirstOrDefault(option => option.Name == name);
}
