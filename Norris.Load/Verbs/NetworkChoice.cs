using Norris.Load.Networks;
using Norris.Load.Nodes;

namespace Norris.Load.Verbs;

/// <summary>The network that the options ask for.</summary>
internal static class NetworkChoice
{
    /// <summary>Makes it, without anybody in it yet.</summary>
    /// <param name="options">The options.</param>
    /// <param name="nodeOptions">Further options of each node that is started.</param>
    public static LoadNetwork Create(LoadOptions options, params string[] nodeOptions) => options.Targets.Count > 0
        ? new TargetNetwork(options.Targets, options.Nodes, options.TextBytes)
        : CreateLocal(options, nodeOptions);

    /// <summary>Makes one of nodes of this machine, with further options for each.</summary>
    public static LocalNetwork CreateLocal(LoadOptions options, params string[] nodeOptions) => new(options.Binary, options.Nodes, options.TextBytes, nodeOptions);

    /// <summary>Makes one of nodes of this machine that have a secret.</summary>
    public static LocalNetwork CreateSecured(LoadOptions options) => new(options.Binary, options.Nodes, options.TextBytes) { Secret = NodeSecret.Create() };
}
