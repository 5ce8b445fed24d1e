namespace Norris.Load.Verification;

/// <summary>One entry as a node printed it, small enough that hundreds of thousands are kept for each node.</summary>
/// <param name="Sequence">Its place in the log.</param>
/// <param name="TimeTicks">Its time, in units of 100ns since the year 1.</param>
/// <param name="Sender">Which node's storm it belongs to; negative if it is not a message of the storm.</param>
/// <param name="Number">The sender's number for it, from 1.</param>
/// <param name="Fingerprint">The hash of the whole printed line.</param>
internal readonly record struct Delivery(ulong Sequence, long TimeTicks, int Sender, int Number, ulong Fingerprint)
{
    /// <summary>The <see cref="Sender"/> of whatever was not said by the storm.</summary>
    public const int Stranger = -1;

    /// <summary>What a person needs to find it again.</summary>
    public string Describe() => Sender < 0 ? "an entry that the storm did not write" : $"message {Number} of node {Sender}";
}
