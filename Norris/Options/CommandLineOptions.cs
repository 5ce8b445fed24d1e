using CommandLine;

namespace Norris.Options;

/// <summary>
/// What CommandLineParser fills in: every value still the text that was typed, null where it was not. <see cref="OptionsParser"/>
/// turns it into <see cref="NodeOptions"/>, because only there is a bad value reported in the words that the user typed.
/// </summary>
/// <remarks>Read by reflection: whoever publishes it keeps the type whole (<see cref="OptionsParser.Parse"/> says so to the trimmer).</remarks>
internal sealed class CommandLineOptions
{
    /// <summary>Where to listen.</summary>
    [Option("listen")]
    public string? Listen { get; set; }

    /// <summary>Members to join through, in the order in which they are tried.</summary>
    [Option("join", Separator = ',')]
    public IEnumerable<string> Join { get; set; } = [];

    /// <summary>The address that others dial.</summary>
    [Option("advertise")]
    public string? Advertise { get; set; }

    /// <summary>The display name.</summary>
    [Option("name")]
    public string? Name { get; set; }

    /// <summary>No prompt, and nothing read from standard input.</summary>
    [Option("headless")]
    public bool Headless { get; set; }

    /// <summary>How entries are printed.</summary>
    [Option("output")]
    public string? Output { get; set; }

    /// <summary>What a side does that cannot reach the others.</summary>
    [Option("partition")]
    public string? Partition { get; set; }

    /// <summary>The hold-back window.</summary>
    [Option("reorder-window")]
    public string? ReorderWindow { get; set; }

    /// <summary>How often a member says that it lives.</summary>
    [Option("heartbeat")]
    public string? Heartbeat { get; set; }

    /// <summary>After how long a silent member is suspected.</summary>
    [Option("timeout")]
    public string? Timeout { get; set; }

    /// <summary>How much of the log to hold.</summary>
    [Option("retention")]
    public string? Retention { get; set; }

    /// <summary>How many nodes the host serves itself.</summary>
    [Option("fan-out")]
    public string? FanOut { get; set; }

    /// <summary>The file with the network's secret.</summary>
    [Option("secret-file")]
    public string? SecretFile { get; set; }

    /// <summary>Where the page and scripts are served when there is a secret.</summary>
    [Option("web")]
    public string? Web { get; set; }

    /// <summary>Print a new secret and end.</summary>
    [Option("new-secret")]
    public bool NewSecret { get; set; }

    /// <summary>The least severe diagnostics to print.</summary>
    [Option("log-level")]
    public string? LogLevel { get; set; }

    /// <summary>Print the help and end.</summary>
    [Option('h', "help")]
    public bool Help { get; set; }

    /// <summary>Print the manual page and end.</summary>
    [Option("man")]
    public bool Manual { get; set; }

    /// <summary>The shell for which to print the completion and end.</summary>
    [Option("completion")]
    public string? Completion { get; set; }

    /// <summary>Print the version and end.</summary>
    [Option("version")]
    public bool Version { get; set; }
}
