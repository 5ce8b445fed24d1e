using System.Net;
using Norris.Protocol.Messages;
using Norris.Transport;

namespace Norris.Node.Peers;

/// <summary>Turns the HOST:PORT of another node into where to connect to.</summary>
internal sealed class PeerAddresses(Resolver resolver)
{
    /// <summary>Why the last name that did not resolve did not; null when all did.</summary>
    public string? LastFailure { get; private set; }

    /// <summary>The end point, or why there is none.</summary>
    public async ValueTask<(IPEndPoint? EndPoint, ExchangeFailure Failure)> FindAsync(string address, CancellationToken cancellationToken)
    {
        if (IPEndPoint.TryParse(address, out IPEndPoint? endPoint) && endPoint.Port != 0)
        {
            return (endPoint, default);
        }
        int colon = address.LastIndexOf(':');
        if (colon <= 0 || !ushort.TryParse(address.AsSpan(colon + 1), out ushort port) || port == 0)
        {
            return (null, ExchangeFailure.NameUnknown);
        }
        Resolution resolution = await resolver.ResolveAsync(address[..colon], cancellationToken);
        if (resolution.Failure is { } failure)
        {
            LastFailure = failure;
            return (null, ExchangeFailure.NameUnknown);
        }
        return (new IPEndPoint(resolution.Addresses[0], port), default);
    }
}
