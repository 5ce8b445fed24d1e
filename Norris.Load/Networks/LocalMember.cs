using Norris.Load.Nodes;
using Norris.Load.Scenarios;

namespace Norris.Load.Networks;

/// <summary>A node of a network under load: its process, what it sees, and what it says.</summary>
/// <param name="Node">The process.</param>
/// <param name="Observer">What it sees.</param>
internal sealed record LocalMember(LocalNode Node, Observer Observer)
{
    /// <summary>The plot of all members' memory.</summary>
    public const string MemoryPlot = "Memory";

    /// <summary>What it says; null for one that only listens.</summary>
    public NodeVoice? Voice { get; set; }

    /// <summary>Whether nothing was done to it: it must see everything.</summary>
    public bool IsUnharmed { get; init; } = true;

    /// <summary>Whether members tell it of histories that there are not: it says so loudly, as it should.</summary>
    public bool IsLiedTo { get; set; }

    /// <summary>Whether it is still there.</summary>
    public bool IsAlive { get; set; } = true;

    /// <summary>Its resident memory over time.</summary>
    public Gauge MemoryGauge => new(MemoryPlot, Observer.Name, "MiB", ReadMemory);

    // A process that ends just now has no memory to read.
    private double ReadMemory()
    {
        try
        {
            return IsAlive && !Node.HasEnded ? Node.Memory.ResidentMebibytes : double.NaN;
        }
        catch (Exception e) when (e is IOException or FormatException or InvalidOperationException)
        {
            return double.NaN;
        }
    }
}
