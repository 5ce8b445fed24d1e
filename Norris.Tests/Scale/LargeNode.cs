using Norris.Protocol;
using Norris.Protocol.Messages;
using Norris.Protocol.Ordering;

namespace Norris.Tests.Scale;

/// <summary>One node of a large network: the core, its line to the others, and what it sent.</summary>
internal sealed class LargeNode
{
    private const int BatchBytesMax = 32 * 1024;

    private readonly LargeNetwork _network;
    private readonly Dictionary<StreamId, LargeStream> _downstreams = [];
    private readonly Dictionary<CallId, (LargeNode From, CallId Id)> _asked = [];
    private LargeStream? _upstream;
    private ulong _lastAsked;
    private long _wakeAt = long.MaxValue;
    private long _lineFreeAt;

    public LargeNode(LargeNetwork network, int index, NodeCoreOptions options)
    {
        _network = network;
        Index = index;
        Address = options.Address;
        Core = new NodeCore(options);
    }

    public int Index { get; }

    public string Address { get; }

    public NodeCore Core { get; }

    public bool IsAlive { get; private set; } = true;

    /// <summary>Bytes sent, all told.</summary>
    public long BytesSent { get; private set; }

    /// <summary>Batches sent down the streams, and calls and answers.</summary>
    public long Sends { get; private set; }

    /// <summary>Called when it may show more than before.</summary>
    public Action<LargeNode>? OnDelivered { get; set; }

    public void Process(Action<NodeCore> input)
    {
        if (!IsAlive)
        {
            return;
        }
        SequenceNumber before = Core.Deliverable;
        Core.Advance(new Timestamp(LargeNetwork.Epoch + _network.Now));
        input(Core);
        Core.Settle();
        CarryOut();
        foreach (LargeStream stream in _downstreams.Values.ToArray())
        {
            Pump(stream);
        }
        CarryOut();
        if (Core.Deliverable != before)
        {
            OnDelivered?.Invoke(this);
        }
        PlanWake();
    }

    /// <summary>When something of so many bytes that leaves now arrives: the line carries one thing after the other.</summary>
    public long Send(int bytes)
    {
        BytesSent += bytes;
        Sends++;
        _lineFreeAt = Math.Max(_lineFreeAt, _network.Now) + (bytes * 1_000_000L / _network.BytesPerSecond);
        return _lineFreeAt + _network.LatencyMicroseconds;
    }

    public void Ask(LargeNode from, CallId id, PeerRequest request) => Process(core =>
    {
        var here = new CallId(++_lastAsked);
        _asked.Add(here, (from, id));
        core.Step(here, request);
    });

    public void Die()
    {
        IsAlive = false;
        _upstream?.Leave();
        foreach (LargeStream stream in _downstreams.Values)
        {
            stream.Break(ExchangeFailure.Reset);
        }
        foreach ((LargeNode from, CallId id) in _asked.Values)
        {
            _network.After(_network.LatencyMicroseconds, () => from.Process(core => core.Failed(id, ExchangeFailure.Reset)));
        }
    }

    public void Serve(LargeStream stream) => _downstreams.Add(stream.Downstream, stream);

    public void Forget(StreamId stream)
    {
        if (_downstreams.Remove(stream))
        {
            Process(core => core.DownstreamClosed(stream));
        }
    }

    private void Pump(LargeStream stream)
    {
        while (_downstreams.ContainsKey(stream.Downstream) && Core.TryTakeBatch(stream.Downstream, BatchBytesMax, out LogBatch batch))
        {
            byte[] entries = batch.Header.Count > 0 ? batch.Slice.Memory.ToArray() : [];
            if (batch.Header.Count > 0)
            {
                Core.Log.Release(batch.Slice);
            }
            stream.Carry(batch.Header, entries);
        }
    }

    private void CarryOut()
    {
        Effects effects = Core.Effects;
        foreach (Answer answer in effects.Answers)
        {
            Assert.True(_asked.Remove(answer.Id, out (LargeNode From, CallId Id) asked));
            PeerReply reply = answer.Reply;
            _network.At(Send(LargeNetwork.AnswerBytes(reply)), () => asked.From.Process(core => core.Step(asked.Id, reply)));
        }
        foreach (OutboundCall call in effects.Calls)
        {
            _network.Call(this, call);
        }
        foreach (UpstreamChange change in effects.UpstreamChanges)
        {
            _upstream?.Leave();
            _upstream = change.Request is null ? null : new LargeStream(_network, this, change);
            _upstream?.Open();
        }
        foreach (EndedStream ended in effects.EndedStreams)
        {
            if (_downstreams.Remove(ended.Stream, out LargeStream? stream))
            {
                stream.End(ended.Reason);
            }
        }
        effects.Clear();
    }

    private void PlanWake()
    {
        // The far future where nothing is due: later than any wake.
        long due = Core.NextDeadline.Microseconds - LargeNetwork.Epoch;
        if (due < _wakeAt)
        {
            _wakeAt = Math.Max(due, _network.Now);
            _network.At(_wakeAt, Wake);
        }
    }

    private void Wake()
    {
        if (_wakeAt == _network.Now)
        {
            _wakeAt = long.MaxValue;
            Process(static _ => { });
        }
    }
}
