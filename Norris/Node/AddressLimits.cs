namespace Norris.Node;

/// <summary>
/// What one address may cost a node, so that there is room for the others. How many connections, is in <c>HttpLimits</c>. Addresses of the
/// machine itself are exempt: whoever is there has other means. Those of IPv6 count by their first 64 bits, which one machine has all of.
/// </summary>
internal static class AddressLimits
{
    /// <summary>Nodes that may ask to come in from one address at once, beyond <see cref="JoinsPerSecond"/>: 503, and they ask again.</summary>
    public const int JoinsAtOnceMax = 256;

    /// <summary>Nodes that may ask to come in from one address each second, after those.</summary>
    public const int JoinsPerSecond = 32;

    /// <summary>Guests that one address may have at a node. Beyond: 429.</summary>
    public const int GuestsMax = 1000;
}
