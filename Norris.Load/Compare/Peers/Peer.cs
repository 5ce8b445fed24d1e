using System.Globalization;
using Norris.Load.Sockets;

namespace Norris.Load.Compare.Peers;

/// <summary>Something that carries what one says to all: Norris, or what people would pick instead.</summary>
internal abstract class Peer(string name) : IAsyncDisposable
{
    /// <summary>How numbers are written.</summary>
    protected static CultureInfo Invariant => CultureInfo.InvariantCulture;

    /// <summary>Its name in the report.</summary>
    public string Name => name;

    /// <summary>What is missing on this machine, in one line; null when it can be started.</summary>
    public abstract string? FindMissing();

    /// <summary>The process that serves, once it was started.</summary>
    public abstract PeerProcess Server { get; }

    /// <summary>Starts it; it listens once this is done.</summary>
    public abstract Task StartAsync(CancellationToken cancellation);

    /// <summary>Connects everybody.</summary>
    /// <param name="loop">What serves their sockets.</param>
    /// <param name="speakers">What each sender says.</param>
    /// <param name="receipts">What each receiver gets.</param>
    /// <returns>The connections of the senders, then those of the receivers.</returns>
    public abstract IReadOnlyList<RoomConnection> Connect(EventLoop loop, IReadOnlyList<Speaker> speakers, IReadOnlyList<Receipt> receipts);

    /// <inheritdoc/>
    public abstract ValueTask DisposeAsync();
}
