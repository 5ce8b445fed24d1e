namespace Norris.Protocol;

/// <summary>What members do that cannot reach the others. One rule for a network: who follows another is not let in.</summary>
internal enum PartitionRule : byte
{
    /// <summary>Every side goes on, with a host of its own; when they meet again the smaller joins the larger.</summary>
    Continue,

    /// <summary>Only a side with a majority of the last view goes on, and nothing is shown anywhere that a majority does not have.</summary>
    Majority,
}
