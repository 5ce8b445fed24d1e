using Norris.Http;
using Norris.Protocol.Messages;
using Norris.Wire;

namespace Norris.Node.Peers;

/// <summary>
/// One follower's stream. The loop writes to it what accumulated, straight from the log's memory, in one send; while a send is in
/// flight more accumulates, and that is the next one.
/// </summary>
internal sealed class Downstream(StreamId stream, ContentWriter writer)
{
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private LogBatch _inFlight;
    private StreamEnd? _end;
    private bool _isWriting;

    /// <summary>Which follower's.</summary>
    public StreamId Stream => stream;

    /// <summary>Completes when nothing more is written.</summary>
    public Task Ended => _ended.Task;

    /// <summary>On the loop: writes what there is, as long as the kernel takes it at once.</summary>
    public void Pump(NodeLoop loop)
    {
        while (!_isWriting && _end is null && loop.Core.TryTakeBatch(stream, LogFrame.BatchBytesMax, out LogBatch batch))
        {
            LogFrame.WriteBatchHeader(writer, batch.Header);
            if (batch.Header.Count > 0)
            {
                writer.WriteBorrowed(batch.Slice.Memory);
            }
            _inFlight = batch;
            Flush(loop);
        }
    }

    /// <summary>On the loop: ends the stream with a word why, after what is in flight.</summary>
    public void End(NodeLoop loop, StreamEnd reason)
    {
        _end ??= reason;
        if (!_isWriting)
        {
            WriteEnd(loop);
        }
    }

    private void Flush(NodeLoop loop)
    {
        ValueTask<bool> flush = writer.FlushAsync();
        if (flush.IsCompletedSuccessfully)
        {
            Flushed(loop, flush.Result);
            return;
        }
        _isWriting = true;
        _ = AwaitAsync(flush, loop);
    }

    private async Task AwaitAsync(ValueTask<bool> flush, NodeLoop loop)
    {
        bool isAlive = await flush;
        loop.Post(new FlushedInput(this, isAlive));
    }

    private void Flushed(NodeLoop loop, bool isAlive)
    {
        _isWriting = false;
        if (_inFlight.Header.Count > 0)
        {
            loop.Core.Log.Release(_inFlight.Slice);
        }
        _inFlight = default;
        if (!isAlive)
        {
            Close(loop);
        }
        else if (_end is not null)
        {
            WriteEnd(loop);
        }
    }

    private void WriteEnd(NodeLoop loop)
    {
        if (_ended.Task.IsCompleted)
        {
            return;
        }
        LogFrame.WriteEnd(writer, _end!.Value);
        _ = CompleteAsync();
        loop.Remove(this);
    }

    private async Task CompleteAsync()
    {
        await writer.CompleteAsync();
        _ended.TrySetResult();
    }

    private void Close(NodeLoop loop)
    {
        loop.Core.DownstreamClosed(stream);
        loop.Remove(this);
        _ended.TrySetResult();
    }

    /// <summary>A send that did not complete at once has completed.</summary>
    private sealed class FlushedInput(Downstream downstream, bool isAlive) : NodeInput
    {
        public override void Apply(NodeLoop loop) => downstream.Flushed(loop, isAlive);

        // The node was over before its follower had read everything: nobody will write the end now, and the handler must not wait for it.
        public override void Abandon() => downstream._ended.TrySetResult();
    }

    /// <summary>The follower's connection is gone, as the server noticed.</summary>
    internal sealed class GoneInput(Downstream downstream) : NodeInput
    {
        public override void Apply(NodeLoop loop)
        {
            // A send in flight comes back with the news by itself, and gives the log's memory back first.
            if (!downstream._isWriting)
            {
                downstream.Close(loop);
            }
        }
    }
}
