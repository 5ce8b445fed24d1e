using Norris.Options;

namespace Norris.Terminal;

/// <summary>What a node says when it starts: where it is, how others come in, and who can.</summary>
internal static class Banner
{
    /// <summary>The lines, without their ends.</summary>
    /// <param name="options">What the node was told.</param>
    /// <param name="listening">The address that it listens on.</param>
    /// <param name="address">The address at which others reach it.</param>
    /// <param name="web">Where the page is; null when it is where others reach the node.</param>
    public static IReadOnlyList<string> Of(NodeOptions options, string listening, string address, string? web)
    {
        bool isLocal = address.StartsWith("127.", StringComparison.Ordinal) || address.StartsWith("[::1]", StringComparison.Ordinal);
        // On the same machine the default port is taken by this node; elsewhere a node should be reachable, to be able to follow as host.
        string where = isLocal ? "127.0.0.1:0" : "0.0.0.0:7000";
        var lines = new List<string>
        {
            listening == address ? $"listening on {listening}" : $"listening on {listening}, reached at {address}",
            $"others join with: norris --listen {where} --join {address}",
            $"in a browser: {web ?? $"http://{address}/"}",
        };
        lines.Add(options.IsSecured ? "a secured network: only who has its secret can join"
            : isLocal ? "an open network, on this machine alone; --listen 0.0.0.0:7000 is for all"
            : "an open network: whoever reaches this address can read and speak");
        if (options.Join.Count > 0)
        {
            lines.Add($"joining through {string.Join(", ", options.Join)} ...");
        }
        if (options.JoinAuto)
        {
            lines.Add("looking for others on this segment ...");
        }
        return lines;
    }
}
