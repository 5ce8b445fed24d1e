using Norris.Load.Verification;

namespace Norris.Load.Nodes;

/// <summary>What a node prints with <c>--output json</c>, read on a thread of its own as fast as it comes.</summary>
internal sealed class NodeOutput
{
    private readonly PrintedLines.Taker? _taker;
    private readonly List<Delivery> _deliveries = [];
    private readonly TaskCompletionSource<(string Address, long At)> _listening = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<long> _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _lastSequence;

    /// <summary>Starts to read.</summary>
    /// <param name="stream">The node's standard output.</param>
    /// <param name="taker">Gets every line, on the reading thread, and then nothing is kept here; null to keep the entries.</param>
    public NodeOutput(Stream stream, PrintedLines.Taker? taker = null)
    {
        _taker = taker;
        // Whoever waits for an event that never came reports that; the exception itself is nobody's news.
        _ = _listening.Task.ContinueWith(task => task.Exception, TaskScheduler.Default);
        _ = _ready.Task.ContinueWith(task => task.Exception, TaskScheduler.Default);
        Ended = Task.Factory.StartNew(() => Read(stream), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
    }

    /// <summary>Completes when the node prints no more.</summary>
    public Task Ended { get; }

    /// <summary>Where the node listens, and the timestamp at which it said so.</summary>
    public Task<(string Address, long At)> Listening => _listening.Task;

    /// <summary>The timestamp at which the node said that it is ready.</summary>
    public Task<long> Ready => _ready.Task;

    /// <summary>The sequence number of the entry kept last.</summary>
    public ulong LastSequence => (ulong)Volatile.Read(ref _lastSequence);

    /// <summary>All entries that were kept, once <see cref="Ended"/> is complete.</summary>
    public IReadOnlyList<Delivery> Deliveries => Ended.IsCompleted ? _deliveries : throw new InvalidOperationException("The node still prints.");

    private void Read(Stream stream)
    {
        try
        {
            PrintedLines.Read(stream, Take);
        }
        finally
        {
            var end = new ViolationException("a node ended its output before it was ready");
            _listening.TrySetException(end);
            _ready.TrySetException(end);
        }
    }

    private void Take(ReadOnlySpan<byte> line, long at)
    {
        _taker?.Invoke(line, at);
        if (_taker is null && PrintedLine.TryReadEntry(line, out Delivery delivery))
        {
            _deliveries.Add(delivery);
            Volatile.Write(ref _lastSequence, (long)delivery.Sequence);
        }
        else if (!_listening.Task.IsCompleted && PrintedLine.IsType(line, "listening"u8) && PrintedLine.ReadText(line, ",\"address\":\""u8) is { } address)
        {
            _listening.TrySetResult((address, at));
        }
        else if (PrintedLine.IsType(line, "ready"u8))
        {
            _ready.TrySetResult(at);
        }
    }
}
