using Norris.Load.Networks;

namespace Norris.Load.Verbs;

/// <summary>The network that the options ask for.</summary>
internal static class NetworkChoice
{
    /// <summary>Makes it, without anybody in it yet.</summary>
    public static LoadNetwork Create(LoadOptions options) => new LocalNetwork(options.Binary, options.Nodes, options.TextBytes);
}
