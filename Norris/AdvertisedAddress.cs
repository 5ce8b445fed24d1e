using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using Norris.Discovery;
using Norris.Options;

namespace Norris;

/// <summary>
/// The address that a node tells the others to reach it at. Told, it is that; listening on one address, it is that one; listening on
/// all, it is the one on the route to the first node to join through, or to those on the segment, or else the machine's first real one.
/// </summary>
internal static class AdvertisedAddress
{
    /// <summary>Finds it.</summary>
    /// <param name="options">What was asked for.</param>
    /// <param name="listening">Where the node really listens.</param>
    public static string Derive(NodeOptions options, IPEndPoint listening)
    {
        if (options.Advertise is { } told)
        {
            return told.ToString();
        }
        bool isAny = listening.Address.Equals(IPAddress.Any) || listening.Address.Equals(IPAddress.IPv6Any);
        IPAddress address = !isAny
            ? listening.Address
            : (options.Join.Count > 0 ? OnTheRouteTo(options.Join[0]) : options.JoinAuto ? OnTheRouteTo(SegmentLink.Group) : null) ?? FirstOfThisMachine(listening.AddressFamily) ?? LoopbackOf(listening);
        return new IPEndPoint(address, listening.Port).ToString();
    }

    /// <summary>Which of this machine's addresses packets to there would carry; a datagram socket knows without sending any.</summary>
    private static IPAddress? OnTheRouteTo(HostAndPort other)
    {
        IPAddress? there = other.Address ?? (other.Host == "localhost" ? IPAddress.Loopback : null);
        return there is null ? null : OnTheRouteTo(new IPEndPoint(there, other.Port));
    }

    private static IPAddress? OnTheRouteTo(IPEndPoint there)
    {
        try
        {
            using var socket = new Socket(there.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
            socket.Connect(there);
            return (socket.LocalEndPoint as IPEndPoint)?.Address;
        }
        catch (SocketException)
        {
            return null;
        }
    }

    private static IPAddress? FirstOfThisMachine(AddressFamily family)
    {
        foreach (NetworkInterface card in NetworkInterface.GetAllNetworkInterfaces())
        {
            if (card.OperationalStatus != OperationalStatus.Up || card.NetworkInterfaceType == NetworkInterfaceType.Loopback)
            {
                continue;
            }
            foreach (UnicastIPAddressInformation address in card.GetIPProperties().UnicastAddresses)
            {
                if (address.Address.AddressFamily == family && !address.Address.IsIPv6LinkLocal)
                {
                    return address.Address;
                }
            }
        }
        return null;
    }

    private static IPAddress LoopbackOf(IPEndPoint listening) =>
        listening.AddressFamily == AddressFamily.InterNetworkV6 ? IPAddress.IPv6Loopback : IPAddress.Loopback;
}
