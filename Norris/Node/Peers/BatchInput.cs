using System.Buffers;
using System.Threading.Tasks.Sources;
using Norris.Protocol.Messages;

namespace Norris.Node.Peers;

/// <summary>
/// A batch on its way from the stream to the loop: one object for all batches of a stream, which waits until the loop has copied what
/// it needs.
/// </summary>
internal sealed class BatchInput(StreamId stream) : NodeInput, IValueTaskSource
{
    // Whoever waits goes on elsewhere: the loop is not the place to read sockets.
    private ManualResetValueTaskSourceCore<bool> _taken = new() { RunContinuationsAsynchronously = true };
    private ReadOnlySequence<byte> _entries;
    private BatchHeader _header;

    /// <summary>How many bytes the last frame took, header included.</summary>
    public int Consumed { get; set; }

    /// <summary>Hands a batch to the loop; completes when its bytes are no longer needed.</summary>
    public ValueTask HandOverAsync(in BatchHeader header, ReadOnlySequence<byte> entries, NodeLoop loop)
    {
        _taken.Reset();
        _header = header;
        _entries = entries;
        var taken = new ValueTask(this, _taken.Version);
        loop.Post(this);
        return taken;
    }

    /// <inheritdoc/>
    public override void Apply(NodeLoop loop)
    {
        if (_entries.IsSingleSegment)
        {
            loop.Core.Receive(stream, _header, _entries.FirstSpan);
        }
        else
        {
            byte[] joined = ArrayPool<byte>.Shared.Rent(_header.Bytes);
            _entries.CopyTo(joined);
            loop.Core.Receive(stream, _header, joined.AsSpan(0, _header.Bytes));
            ArrayPool<byte>.Shared.Return(joined);
        }
        _taken.SetResult(true);
    }

    /// <inheritdoc/>
    public override void Abandon() => _taken.SetResult(true);

    void IValueTaskSource.GetResult(short token) => _taken.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource.GetStatus(short token) => _taken.GetStatus(token);

    void IValueTaskSource.OnCompleted(
        Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _taken.OnCompleted(continuation, state, token, flags);
}
