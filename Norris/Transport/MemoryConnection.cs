using System.IO.Pipelines;
using System.Net;

namespace Norris.Transport;

/// <summary>
/// The in-memory twin of <see cref="SocketConnection"/>: two ends joined by two pipes, with the same back-pressure, the
/// same end of input and the same aborts, but no kernel. Whole servers run on it in tests.
/// </summary>
internal sealed class MemoryConnection : Connection
{
    private readonly Lock _gate = new();
    private readonly Pipe _pipe;
    private readonly MemoryOutput _output;
    private readonly TimeProvider _clock;
    private MemoryConnection _peer = null!;
    private bool _inputEnded;

    private MemoryConnection(ConnectionLimits limits, TimeProvider clock, EndPoint local, EndPoint remote)
    {
        _clock = clock;
        _pipe = new Pipe(new PipeOptions(
            pauseWriterThreshold: limits.InputPauseBytes,
            resumeWriterThreshold: limits.InputResumeBytes,
            minimumSegmentSize: limits.BlockBytes,
            useSynchronizationContext: false));
        _output = new MemoryOutput(this, limits.BlockBytes);
        LocalEndPoint = local;
        RemoteEndPoint = remote;
    }

    /// <inheritdoc/>
    public override PipeReader Input => _pipe.Reader;

    /// <inheritdoc/>
    public override ConnectionOutput Output => _output;

    /// <inheritdoc/>
    public override EndPoint? RemoteEndPoint { get; }

    /// <inheritdoc/>
    public override EndPoint? LocalEndPoint { get; }

    /// <summary>Makes two ends of one connection.</summary>
    public static (MemoryConnection Client, MemoryConnection Server) CreatePair(ConnectionLimits limits, TimeProvider clock)
    {
        IPEndPoint clientAddress = new(IPAddress.Loopback, 49152);
        IPEndPoint serverAddress = new(IPAddress.Loopback, 80);
        MemoryConnection client = new(limits, clock, clientAddress, serverAddress);
        MemoryConnection server = new(limits, clock, serverAddress, clientAddress);
        client._peer = server;
        server._peer = client;
        return (client, server);
    }

    /// <inheritdoc/>
    public override void Abort()
    {
        EndReceiving(ConnectionEnd.Aborted);
        _peer.EndReceiving(ConnectionEnd.Reset);
    }

    /// <summary>Ends our side in good order (FIN) and goes on reading.</summary>
    public void FinishSending() => _peer.EndReceiving(ConnectionEnd.Finished);

    /// <inheritdoc/>
    public override async ValueTask CloseAsync(TimeSpan lingerTimeout)
    {
        FinishSending();
        await DrainAsync(lingerTimeout, _clock);
    }

    /// <inheritdoc/>
    protected override ValueTask ReleaseAsync()
    {
        _pipe.Reader.Complete();
        _output.Release();
        return ValueTask.CompletedTask;
    }

    /// <summary>Copies what the peer sends into our input; waits while the input is full.</summary>
    private ValueTask<FlushResult> ReceiveAsync(List<ArraySegment<byte>> segments)
    {
        lock (_gate)
        {
            if (_inputEnded)
            {
                return new(new FlushResult(isCanceled: false, isCompleted: true));
            }

            foreach (ArraySegment<byte> segment in segments)
            {
                Span<byte> room = _pipe.Writer.GetSpan(segment.Count);
                segment.AsSpan().CopyTo(room);
                _pipe.Writer.Advance(segment.Count);
            }

            return _pipe.Writer.FlushAsync();
        }
    }

    private void EndReceiving(ConnectionEnd end)
    {
        lock (_gate)
        {
            if (_inputEnded)
            {
                return;
            }

            _inputEnded = true;
            EndInput(end);
            _pipe.Writer.CancelPendingFlush();
            _pipe.Writer.Complete();
        }

        SignalClosed();
    }

    /// <summary>Hands segments to the peer's input.</summary>
    private sealed class MemoryOutput(MemoryConnection owner, int blockBytes) : ConnectionOutput(blockBytes)
    {
        protected override async ValueTask<FlushOutcome> SendAsync(List<ArraySegment<byte>> segments, CancellationToken cancellationToken)
        {
            using CancellationTokenRegistration abort = cancellationToken.UnsafeRegister(
                static connection => ((MemoryConnection)connection!).Abort(), owner);
            FlushResult flush = await owner._peer.ReceiveAsync(segments);
            return flush.IsCompleted || flush.IsCanceled ? FlushOutcome.Closed : FlushOutcome.Flushed;
        }
    }
}
