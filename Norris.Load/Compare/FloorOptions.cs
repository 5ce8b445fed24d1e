using CommandLine;

namespace Norris.Load.Compare;

/// <summary>The options of <c>floor</c>, the server of the comparison's floor.</summary>
[Verb("floor", Hidden = true, HelpText = "the bare fan-out that compare measures against; started by it")]
internal sealed class FloorOptions
{
    /// <summary>Where it listens on the loopback device.</summary>
    [Option("port", Required = true, HelpText = "where to listen on 127.0.0.1")]
    public int Port { get; set; }

    /// <summary>How long each text is.</summary>
    [Option("text-bytes", Default = 128, HelpText = "how long each text is")]
    public int TextBytes { get; set; }
}
