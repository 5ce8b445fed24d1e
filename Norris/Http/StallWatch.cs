using System.Runtime.CompilerServices;
using Norris.Transport;

namespace Norris.Http;

/// <summary>Flushes a connection's output, and aborts the connection when the peer takes nothing for too long.</summary>
internal sealed class StallWatch : IDisposable
{
    private readonly Connection _connection;
    private readonly TimeSpan _timeout;
    private readonly Deadline _deadline;

    public StallWatch(Connection connection, TimeSpan timeout, TimeProvider clock)
    {
        _connection = connection;
        _timeout = timeout;
        _deadline = new Deadline(clock, connection.Abort);
    }

    /// <summary>Sends what is queued. False when the peer is gone, or was given up.</summary>
    public ValueTask<bool> FlushAsync(CancellationToken cancellationToken = default)
    {
        ValueTask<FlushOutcome> flush = _connection.Output.FlushAsync(cancellationToken);
        return flush.IsCompletedSuccessfully ? new(flush.Result == FlushOutcome.Flushed) : WatchAsync(flush);
    }

    /// <inheritdoc/>
    public void Dispose() => _deadline.Dispose();

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<bool> WatchAsync(ValueTask<FlushOutcome> flush)
    {
        _deadline.Set(_timeout);
        try
        {
            return await flush == FlushOutcome.Flushed;
        }
        finally
        {
            _deadline.Clear();
        }
    }
}
