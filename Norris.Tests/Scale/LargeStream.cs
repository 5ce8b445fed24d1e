using Norris.Protocol;
using Norris.Protocol.Messages;

namespace Norris.Tests.Scale;

/// <summary>One following of the log in a large network, over a connection on which nothing is lost.</summary>
internal sealed class LargeStream(LargeNetwork network, LargeNode follower, UpstreamChange change)
{
    private const int HeaderBytes = 48;

    private LargeNode? _host;
    private bool _isOver;

    /// <summary>What it is called where it is served.</summary>
    public StreamId Downstream { get; private set; }

    public void Open() => network.At(follower.Send(LargeNetwork.RequestBytes), Arrive);

    /// <summary>What the one that is followed sends.</summary>
    public void Carry(BatchHeader header, byte[] entries) =>
        Arrive(_host!.Send(HeaderBytes + entries.Length), core => core.Receive(change.Stream, header, entries));

    /// <summary>The one that is followed ends it.</summary>
    public void End(StreamEnd reason) => Arrive(_host!.Send(HeaderBytes), core => core.UpstreamEnded(change.Stream, reason));

    /// <summary>The connection is gone.</summary>
    public void Break(ExchangeFailure failure) => Arrive(network.Now + network.LatencyMicroseconds, core => core.UpstreamClosed(change.Stream, failure));

    /// <summary>The follower lets go of it.</summary>
    public void Leave()
    {
        _isOver = true;
        network.After(network.LatencyMicroseconds, () => _host?.Forget(Downstream));
    }

    private void Arrive()
    {
        if (network.At(change.Address) is not { IsAlive: true } host)
        {
            Break(ExchangeFailure.ConnectionRefused);
            return;
        }
        host.Process(core =>
        {
            if (_isOver)
            {
                return;
            }
            PeerReply reply = core.Follow(change.Request!);
            _host = host;
            if (reply is FollowAccepted accepted)
            {
                Downstream = accepted.Stream;
                host.Serve(this);
            }
            Arrive(host.Send(LargeNetwork.AnswerBytes(reply)), c => c.UpstreamAnswered(change.Stream, reply));
        });
    }

    private void Arrive(long at, Action<NodeCore> input) => network.At(at, () =>
    {
        if (!_isOver)
        {
            follower.Process(input);
        }
    });
}
