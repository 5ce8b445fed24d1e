using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;

namespace Norris.Discovery;

/// <summary>
/// One of this machine's addresses, and the multicast group as it is heard and spoken to from there: what is said here comes from this address, and
/// only what was said on its link is heard. What is said goes no further than the link (TTL 1), and to other nodes on this machine, too.
/// <para>
/// The group is in the IPv4 local scope (RFC 2365, section 6.1). The socket is bound to it, so that nothing which was sent to this machine alone is
/// heard.
/// </para>
/// </summary>
internal sealed class SegmentLink : IDisposable
{
    /// <summary>Where nodes meet: the group, and the port of it.</summary>
    public static IPEndPoint Group { get; } = new(IPAddress.Parse("239.255.78.82"), 7000);

    // linux/in.h: only what this socket joined is for it, and not what another one on this machine did.
    private const int IpLevel = 0;
    private const int IpMulticastAll = 49;

    private readonly Socket _socket;
    private readonly IPEndPoint _group;

    private SegmentLink(Socket socket, IPAddress address, IPEndPoint group) => (_socket, Address, _group) = (socket, address, group);

    /// <summary>This machine's address on the link.</summary>
    public IPAddress Address { get; }

    /// <summary>The addresses of this machine that a node which listens there can look for others from, one for each of its links.</summary>
    /// <param name="listening">One address, or the one that stands for all.</param>
    public static IReadOnlyList<IPAddress> AddressesFor(IPAddress listening) =>
        listening.Equals(IPAddress.Any) ? [.. NetworkInterface.GetAllNetworkInterfaces().Select(FirstOf).OfType<IPAddress>()] : [listening];

    /// <summary>Joins the group on the link of one of this machine's addresses.</summary>
    /// <exception cref="SocketException">The machine does not have that address, its link has no multicast, or it is not allowed.</exception>
    public static SegmentLink Open(IPAddress address, IPEndPoint group)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        try
        {
            socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
            socket.SetRawSocketOption(IpLevel, IpMulticastAll, BitConverter.GetBytes(0));
            socket.Bind(group);
            socket.SetSocketOption(SocketOptionLevel.IP, SocketOptionName.AddMembership, new MulticastOption(group.Address, address));
            socket.SetSocketOption(SocketOptionLevel.IP, SocketOptionName.MulticastInterface, BitConverter.ToInt32(address.GetAddressBytes()));
            socket.SetSocketOption(SocketOptionLevel.IP, SocketOptionName.MulticastTimeToLive, 1);
            socket.SetSocketOption(SocketOptionLevel.IP, SocketOptionName.MulticastLoopback, true);
            return new SegmentLink(socket, address, group);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Says something to everybody on the link. A datagram may be lost: who wants to be heard says it again.</summary>
    /// <exception cref="SocketException">It could not be sent.</exception>
    public void Say(SegmentWord word) => _socket.SendTo(word.ToBytes(), _group);

    /// <summary>Waits for the next datagram: how many bytes it has, of which no more than fit are in the buffer, and where it came from.</summary>
    public ValueTask<SocketReceiveFromResult> HearAsync(Memory<byte> buffer) =>
        _socket.ReceiveFromAsync(buffer, SocketFlags.None, _group);

    /// <inheritdoc/>
    public void Dispose() => _socket.Dispose();

    private static IPAddress? FirstOf(NetworkInterface card)
    {
        bool isUsable = card.OperationalStatus == OperationalStatus.Up
            && (card.SupportsMulticast || card.NetworkInterfaceType == NetworkInterfaceType.Loopback);
        return isUsable
            ? card.GetIPProperties().UnicastAddresses.FirstOrDefault(static each => each.Address.AddressFamily == AddressFamily.InterNetwork)?.Address
            : null;
    }
}
