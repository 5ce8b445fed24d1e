using System.Reflection;

namespace Norris.Options;

/// <summary>What <c>--help</c> and <c>--version</c> answer. The help fits a screen of 24 lines of 80 characters.</summary>
internal static class HelpText
{
    /// <summary>The help, with its line ends.</summary>
    public const string Help = """
        norris: group chat with no server; everybody sees every message in one order.

        norris [--listen ADDR:PORT] [--join ADDR:PORT[,...]] [OPTION...]
          --listen ADDR:PORT      where to listen; port 0 picks one [127.0.0.1:7000]
          --join ADDR:PORT[,...]  members, or auto: look around [none: start a network]
          --advertise ADDR:PORT   the address that others dial [derived]
          --name NAME             display name [the login name, or node-PORT]
          --headless              no prompt, read no input, run until SIGTERM
          --output FORM           print entries as text, json or none [text]
          --partition RULE        when cut off: continue, or majority only [continue]
          --reorder-window TIME   wait for earlier messages: auto, 0, 20ms... [auto]
          --heartbeat, --timeout TIME  between a node's signs of life [100ms], and
                                  silence after which it is suspected [1s]
          --retention BYTES       log held for members that lag [64MiB]
          --fan-out N             nodes that the host serves before others relay [64]
          --secret-file PATH      let in only who has this secret [NORRIS_SECRET]
          --web ADDR:PORT         page and scripts, with a secret [127.0.0.1:0]
          --log-level LEVEL       trace debug information warning error none [by use]
          --man, --completion SHELL, --new-secret, --help, --version    print, and end

          norris --listen 0.0.0.0:7000 --join 192.0.2.1:7000
          uptime | norris --listen 127.0.0.1:0 --join localhost:7000 --output none
        Each line of a piped input is a message. Exit: 0 left, 1 failed, 2 bad usage.

        """;

    /// <summary>The name and the version, with its line end.</summary>
    public static string Version => $"norris {VersionNumber}\n";

    /// <summary>The version's number.</summary>
    public static string VersionNumber { get; } = FindVersionNumber();

    private static string FindVersionNumber()
    {
        // The informational version may carry a source revision after a plus sign: nobody asked for that.
        string version = typeof(HelpText).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion
            ?? typeof(HelpText).Assembly.GetName().Version?.ToString(3) ?? "unknown";
        int plus = version.IndexOf('+', StringComparison.Ordinal);
        return plus < 0 ? version : version[..plus];
    }
}
