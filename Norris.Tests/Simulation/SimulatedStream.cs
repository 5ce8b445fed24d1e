using Norris.Protocol;
using Norris.Protocol.Messages;

namespace Norris.Tests.Simulation;

/// <summary>One following of the log: a connection from a follower to a host, with what is in flight on it.</summary>
internal sealed class SimulatedStream(Cluster cluster, SimulatedNode follower, UpstreamChange change)
{
    private const int InFlightMax = 64 * 1024;
    private const int BatchBytesMax = 32 * 1024;
    private const int HeaderBytes = 48;

    private readonly Queue<Action> _pipe = new();
    private SimulatedNode? _host;
    private StreamId _downstream;
    private long _lastArrival;
    private int _inFlight;
    private bool _isBroken;
    private bool _isEnding;

    public SimulatedNode Follower => follower;

    public SimulatedNode? Host => _host;

    public bool IsOpen => _host is not null && !_isBroken;

    private SimulatedNetwork Network => cluster.Network;

    private bool IsFull => _inFlight >= InFlightMax;

    public void Open()
    {
        cluster.Events.After(Network.Delay(follower.Address, change.Address), () =>
        {
            if (_isBroken)
            {
                return;
            }
            if (Network.IsCut(follower.Address, change.Address))
            {
                cluster.Events.After(SimulatedNetwork.CallTimeout, () => Break(ExchangeFailure.TimedOut));
                return;
            }
            if (cluster.At(change.Address) is not { } host)
            {
                Break(ExchangeFailure.ConnectionRefused);
                return;
            }
            host.Process(core =>
            {
                if (_isBroken)
                {
                    return;
                }
                PeerReply reply = core.Follow(change.Request!);
                if (reply is FollowAccepted accepted)
                {
                    _host = host;
                    _downstream = accepted.Stream;
                    host.AddDownstream(accepted.Stream, this);
                }
                Send(host, 0, () => follower.Process(c => c.UpstreamAnswered(change.Stream, reply)));
                if (reply is not FollowAccepted)
                {
                    Network.Forget(this);
                }
            });
        });
        if (cluster.Plan.StreamsBreak && !cluster.IsCalm && cluster.Random.Chance(300))
        {
            cluster.Events.After(cluster.Random.LogUniform(200, 4_000_000), () =>
            {
                if (!cluster.IsCalm)
                {
                    Break(ExchangeFailure.Reset);
                }
            });
        }
    }

    /// <summary>The host writes what the connection takes.</summary>
    public void Pump()
    {
        while (!IsFull && !_isBroken && !_isEnding && _host!.Core.TryTakeBatch(_downstream, BatchBytesMax, out LogBatch batch))
        {
            int bytes = HeaderBytes + batch.Header.Bytes;
            BatchHeader header = batch.Header;
            byte[] copy = [];
            if (header.Count > 0)
            {
                copy = batch.Slice.Memory.ToArray();
                _host.HoldLease(batch.Slice);
            }
            _inFlight += bytes;
            Send(_host, bytes, () => follower.Process(core =>
            {
                bool wasFull = IsFull;
                _inFlight -= bytes;
                core.Receive(change.Stream, header, copy);
                if (wasFull && _host is { } host && !_isBroken)
                {
                    cluster.Events.After(Network.Delay(follower.Address, host.Address), () => host.Process(static _ => { }));
                }
            }));
        }
    }

    /// <summary>The host ends the stream: the word comes behind what is in flight.</summary>
    public void End(StreamEnd reason)
    {
        _isEnding = true;
        Send(_host!, 0, () =>
        {
            Network.Forget(this);
            follower.Process(core => core.UpstreamEnded(change.Stream, reason));
        });
    }

    /// <summary>The host's process ends: what it wrote still arrives.</summary>
    public void Close()
    {
        if (!_isBroken && !_isEnding)
        {
            _isEnding = true;
            Send(_host!, 0, () => Break(ExchangeFailure.Reset));
        }
    }

    /// <summary>The follower lets go of it.</summary>
    public void Leave()
    {
        if (!_isBroken)
        {
            _isBroken = true;
            Network.Forget(this);
            TellHost(follower.IsAlive ? Network.Delay(follower.Address, change.Address) : 100);
        }
    }

    /// <summary>The connection breaks: what is in flight is lost, and each side notices in its own time.</summary>
    public void Break(ExchangeFailure failure)
    {
        if (_isBroken)
        {
            return;
        }
        _isBroken = true;
        Network.Forget(this);
        long notice = failure == ExchangeFailure.Reset ? cluster.Random.LogUniform(50, 300_000) : Network.Delay(change.Address, follower.Address);
        cluster.Events.After(notice, () => follower.Process(core => core.UpstreamClosed(change.Stream, failure)));
        TellHost(cluster.Random.LogUniform(50, 300_000));
    }

    private void TellHost(long after)
    {
        if (_host is { } host)
        {
            cluster.Events.After(after, () => host.Process(core =>
            {
                host.RemoveDownstream(_downstream);
                core.DownstreamClosed(_downstream);
            }));
        }
    }

    private void Send(SimulatedNode host, int bytes, Action arrive)
    {
        _lastArrival = Math.Max(cluster.Events.Now + Network.Delay(host.Address, follower.Address, bytes), _lastArrival);
        _pipe.Enqueue(arrive);
        cluster.Events.At(_lastArrival, () => ArriveNext(host));
    }

    private void ArriveNext(SimulatedNode host)
    {
        if (_isBroken)
        {
            return;
        }
        if (Network.IsCut(host.Address, follower.Address))
        {
            // A reliable connection sends again until the cut heals; or until somebody gives up on it.
            cluster.Events.After(50_000, () => ArriveNext(host));
            return;
        }
        _pipe.Dequeue()();
    }
}
