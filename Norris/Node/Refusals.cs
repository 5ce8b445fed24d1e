namespace Norris.Node;

/// <summary>Why a node turned somebody away, beside a full queue and malformed HTTP.</summary>
internal enum Refusal
{
    /// <summary>A browser came by a name that the node does not go by.</summary>
    UnknownHost,

    /// <summary>A page from elsewhere asked.</summary>
    OtherSite,

    /// <summary>Nodes came in faster from one address than they may.</summary>
    JoinsFromOneAddress,

    /// <summary>One address has as many guests here as it may.</summary>
    GuestsFromOneAddress,
}

/// <summary>How often each was. Any thread.</summary>
internal sealed class Refusals
{
    private static readonly string[] Names = ["unknown_host", "other_site", "joins_from_one_address", "guests_from_one_address"];

    private readonly long[] _counts = new long[Names.Length];

    /// <summary>Every reason, with how often it was.</summary>
    public IEnumerable<(string Reason, long Count)> All => Names.Select((name, index) => (name, Volatile.Read(ref _counts[index])));

    /// <summary>Counts one.</summary>
    public void Count(Refusal refusal) => Interlocked.Increment(ref _counts[(int)refusal]);
}
