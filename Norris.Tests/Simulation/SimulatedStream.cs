using Norris.Protocol;
using Norris.Protocol.Messages;
using Norris.Protocol.Ordering;

namespace Norris.Tests.Simulation;

/// <summary>
/// One following of the log: a connection from a follower to whom it follows, with what is in flight on it. Across a cut it stalls, and
/// goes on when the cut heals, unless somebody gives up on it.
/// </summary>
internal sealed class SimulatedStream
{
    private const int InFlightMax = 64 * 1024;
    private const int BatchBytesMax = 32 * 1024;
    private const int HeaderBytes = 48;

    private readonly Cluster _cluster;
    private readonly SimulatedNode _follower;
    private readonly UpstreamChange _change;
    private readonly Link _there;
    private readonly Link _back;
    private readonly Queue<Action> _pipe = new();
    private readonly Action _arriveNext;
    private SimulatedNode? _host;
    private StreamId _downstream;
    private long _lastArrival;
    private int _inFlight;
    private bool _isAnswered;
    private bool _isBroken;
    private bool _isEnding;

    public SimulatedStream(Cluster cluster, SimulatedNode follower, UpstreamChange change)
    {
        (_cluster, _follower, _change) = (cluster, follower, change);
        int machine = cluster.MachineAt(change.Address);
        _there = cluster.Network.Between(follower.Machine, machine);
        _back = cluster.Network.Between(machine, follower.Machine);
        _arriveNext = () => _back.Pass(ArriveNext);
    }

    public SimulatedNode Follower => _follower;

    public SimulatedNode? Host => _host;

    private bool IsFull => _inFlight >= InFlightMax;

    public void Open()
    {
        _there.Carry(() => _back.Pass(Connected));
        _cluster.Events.After(SimulatedNetwork.CallTimeout, () =>
        {
            if (!_isAnswered)
            {
                Break(ExchangeFailure.TimedOut);
            }
        });
        if (_there.BreakPerMille > 0 && _there.Random.Chance(_there.BreakPerMille))
        {
            _cluster.Events.After(_there.Random.LogUniform(200, 4_000_000), () =>
            {
                if (!_cluster.IsCalm)
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
            bool isWrong = !_cluster.IsCalm && _cluster.Plan.WrongDigestPerMille > 0 && _back.Random.Chance(_cluster.Plan.WrongDigestPerMille);
            BatchHeader header = isWrong ? batch.Header with { Digest = new Digest(~batch.Header.Digest.Value) } : batch.Header;
            byte[] copy = [];
            if (header.Count > 0)
            {
                copy = batch.Slice.Memory.ToArray();
                _host.HoldLease(batch.Slice);
            }
            _inFlight += bytes;
            Send(bytes, () => _follower.Process(_ =>
            {
                _follower.Conduct.Receive(_change.Stream, header, copy, isWrong);
                _there.Pass(() => Acknowledged(bytes));
            }));
        }
    }

    /// <summary>The host ends the stream: the word comes behind what is in flight.</summary>
    public void End(StreamEnd reason)
    {
        _isEnding = true;
        Send(0, () =>
        {
            _isAnswered = true;
            _cluster.Network.Forget(this);
            _follower.Process(core => core.UpstreamEnded(_change.Stream, reason));
        });
    }

    /// <summary>The host's process ends: what it wrote still arrives.</summary>
    public void Close()
    {
        if (!_isBroken && !_isEnding)
        {
            _isEnding = true;
            Send(0, () => Break(ExchangeFailure.Reset));
        }
    }

    /// <summary>The host's process died: its machine says so, when it can.</summary>
    public void Die()
    {
        if (!_isBroken && !_isEnding)
        {
            _isEnding = true;
            _cluster.Events.After(_back.Random.LogUniform(50, _cluster.Plan.NoticeMax), () => _back.Pass(() => Break(ExchangeFailure.Reset)));
        }
    }

    /// <summary>The follower lets go of it, or died.</summary>
    public void Leave()
    {
        if (!_isBroken)
        {
            _isBroken = true;
            _cluster.Network.Forget(this);
            _there.Carry(TellHost);
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
        _cluster.Network.Forget(this);
        long notice = failure == ExchangeFailure.Reset && !_isEnding ? _back.Random.LogUniform(50, _cluster.Plan.NoticeMax) : 0;
        _follower.Say($"loses its stream: {failure}");
        _cluster.Events.After(notice, () => _follower.Process(core => core.UpstreamClosed(_change.Stream, failure)));
        _cluster.Events.After(_there.Random.LogUniform(50, 300_000), () => _there.Pass(TellHost));
    }

    private void Connected()
    {
        if (_isBroken)
        {
            return;
        }
        int machine = _cluster.MachineAt(_change.Address);
        bool isOutOfReach = _cluster.IsOutOfReach(machine) && machine != _follower.Machine;
        if (isOutOfReach && !SimulatedNetwork.IsRefusedAt(machine))
        {
            return;
        }
        if (isOutOfReach || _cluster.At(machine) is not { } host)
        {
            _back.Carry(() => Break(ExchangeFailure.ConnectionRefused));
            return;
        }
        host.Process(core =>
        {
            if (_isBroken)
            {
                return;
            }
            PeerReply reply = core.Follow(_change.Request!);
            _host = host;
            _cluster.Count($"Answer to a follower, {reply.GetType().Name}");
            if (host.IsTraced)
            {
                host.Say($"answers {_follower.Name}, {TraceWords.Of(_change.Request!)}: {TraceWords.Of(reply)}");
            }
            if (reply is FollowAccepted accepted)
            {
                _downstream = accepted.Stream;
                host.AddDownstream(accepted.Stream, this);
            }
            else
            {
                _isEnding = true;
            }
            Send(0, () =>
            {
                _isAnswered = true;
                if (_isEnding && _downstream.Value == 0)
                {
                    _cluster.Network.Forget(this);
                }
                _follower.Process(c => c.UpstreamAnswered(_change.Stream, reply));
            });
        });
    }

    private void Acknowledged(int bytes)
    {
        bool wasFull = IsFull;
        _inFlight -= bytes;
        if (wasFull && _host is { } host && !_isBroken)
        {
            _cluster.Events.After(_there.Delay(), () => host.Process(static _ => { }));
        }
    }

    private void TellHost()
    {
        if (_host is { } host && _downstream.Value != 0)
        {
            host.Process(core =>
            {
                host.RemoveDownstream(_downstream);
                core.DownstreamClosed(_downstream);
            });
        }
    }

    private void Send(int bytes, Action arrive)
    {
        _lastArrival = Math.Max(_cluster.Events.Now + _back.Delay(bytes), _lastArrival);
        _pipe.Enqueue(arrive);
        _cluster.Events.At(_lastArrival, _arriveNext);
    }

    private void ArriveNext()
    {
        if (!_isBroken)
        {
            _pipe.Dequeue()();
        }
    }
}
