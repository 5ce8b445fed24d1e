using System.IO.Pipelines;
using System.Net;

namespace Norris.Transport;

/// <summary>
/// A two-way stream of bytes with one peer: a pipe to read from and an output to write to. It knows nothing of what the
/// bytes mean. What a peer does (ends, resets, falls silent) is a value here (<see cref="InputEnd"/>,
/// <see cref="FlushOutcome"/>), never an exception. A layer that changes the bytes, such as TLS, is a connection which
/// holds the connection below it.
/// </summary>
/// <remarks>
/// One reader and one writer at a time; <see cref="Abort"/> may be called from any thread at any time. The owner disposes
/// the connection once its own reads and writes have returned, which gives the pooled memory back.
/// </remarks>
internal abstract class Connection : IAsyncDisposable
{
    private readonly CancellationTokenSource _closed = new();
    private int _end;
    private int _disposed;

    /// <summary>What the peer sent. It completes without an error however the connection ends; <see cref="InputEnd"/> says how.</summary>
    public abstract PipeReader Input { get; }

    /// <summary>What goes to the peer.</summary>
    public abstract ConnectionOutput Output { get; }

    /// <summary>The peer's address; null when the transport has none.</summary>
    public abstract EndPoint? RemoteEndPoint { get; }

    /// <summary>Our address on this connection; null when the transport has none.</summary>
    public abstract EndPoint? LocalEndPoint { get; }

    /// <summary>The key that the peer proved to have, and with it that it knows the network's secret; none when the transport asks for no proof.</summary>
    public virtual Secure.PeerKey PeerKey => default;

    /// <summary>How the input ended; <see cref="ConnectionEnd.Open"/> while more may come. Set before the input completes.</summary>
    public ConnectionEnd InputEnd => (ConnectionEnd)Volatile.Read(ref _end);

    /// <summary>Cancelled once nothing more will come from the peer, whatever the reason, even while nobody reads or writes.</summary>
    public CancellationToken Closed => _closed.Token;

    /// <summary>Called once, when the connection has been disposed; a listener counts with it.</summary>
    internal Action? Released { get; set; }

    /// <summary>Ends the connection at once: the peer sees a reset, pending reads and flushes return. Safe from any thread, idempotent.</summary>
    public abstract void Abort();

    /// <summary>
    /// Ends our side, then reads and forgets what the peer still sends until it ends its own side, so that it can read our
    /// last bytes before a reset could erase them (RFC 9112 section 9.6). Call it when nobody else reads the input.
    /// </summary>
    /// <param name="lingerTimeout">How long to wait for the peer before <see cref="Abort"/>.</param>
    public abstract ValueTask CloseAsync(TimeSpan lingerTimeout);

    /// <summary>Aborts what is still open and gives all memory back.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
        {
            return;
        }

        Abort();
        await ReleaseAsync();
        Released?.Invoke();
    }

    /// <summary>Waits until no operation touches the connection's memory, and returns that memory to its pools.</summary>
    protected abstract ValueTask ReleaseAsync();

    /// <summary>Remembers the first reason for the end of the input.</summary>
    protected void EndInput(ConnectionEnd end) => Interlocked.CompareExchange(ref _end, (int)end, (int)ConnectionEnd.Open);

    /// <summary>Tells those who wait on <see cref="Closed"/>. What a listener of the token throws is its own affair and stops nobody.</summary>
    protected void SignalClosed()
    {
        try
        {
            _closed.Cancel();
        }
        catch (AggregateException)
        {
            // A callback failed; the connection is over all the same.
        }
    }

    /// <summary>Reads and forgets input until the peer ends it, or aborts after <paramref name="timeout"/>.</summary>
    protected async ValueTask DrainAsync(TimeSpan timeout, TimeProvider clock)
    {
        await using ITimer timer = clock.CreateTimer(static self => ((Connection)self!).Abort(), this, timeout, Timeout.InfiniteTimeSpan);
        while (true)
        {
            ReadResult read = await Input.ReadAsync();
            Input.AdvanceTo(read.Buffer.End);
            if (read.IsCompleted)
            {
                return;
            }
        }
    }
}
