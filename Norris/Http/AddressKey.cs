using System.Net;
using System.Net.Sockets;

namespace Norris.Http;

/// <summary>Whom to count what an address costs: the address; for IPv6 the network of 64 bits that it is in, since its owner has all of that.</summary>
internal static class AddressKey
{
    /// <summary>The key of a peer's address; null when it is this machine's own, or unknown.</summary>
    public static IPAddress? OfOther(EndPoint? remote, EndPoint? local) =>
        Of(remote) is { } key && !IPAddress.IsLoopback(key) && !key.Equals(Of(local)) ? key : null;

    /// <summary>The key of an address; null when there is none.</summary>
    public static IPAddress? Of(EndPoint? endPoint)
    {
        if (endPoint is not IPEndPoint { Address: var address })
        {
            return null;
        }
        if (address.IsIPv4MappedToIPv6)
        {
            return address.MapToIPv4();
        }
        if (address.AddressFamily != AddressFamily.InterNetworkV6 || IPAddress.IsLoopback(address))
        {
            return address;
        }
        Span<byte> bytes = stackalloc byte[16];
        address.TryWriteBytes(bytes, out _);
        bytes[8..].Clear();
        return new IPAddress(bytes);
    }
}
