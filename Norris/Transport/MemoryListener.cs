using System.Threading.Channels;

namespace Norris.Transport;

/// <summary>The in-memory twin of <see cref="Listener"/>: whoever calls <see cref="Connect"/> is accepted.</summary>
internal sealed class MemoryListener(ConnectionLimits limits, TimeProvider clock) : IConnectionSource
{
    private readonly Channel<Connection> _waiting = Channel.CreateUnbounded<Connection>();

    /// <summary>Connects; the other end waits to be accepted.</summary>
    public MemoryConnection Connect()
    {
        (MemoryConnection client, MemoryConnection server) = MemoryConnection.CreatePair(limits, clock);
        if (!_waiting.Writer.TryWrite(server))
        {
            server.Abort();
        }

        return client;
    }

    /// <summary>Accepts nobody any more.</summary>
    public void Stop() => _waiting.Writer.TryComplete();

    /// <inheritdoc/>
    public async ValueTask<Connection?> AcceptAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await _waiting.Reader.ReadAsync(cancellationToken);
        }
        catch (Exception e) when (e is OperationCanceledException or ChannelClosedException)
        {
            return null;
        }
    }
}
