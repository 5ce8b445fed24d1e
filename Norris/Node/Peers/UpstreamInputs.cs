using Norris.Protocol.Messages;

namespace Norris.Node.Peers;

/// <summary>The answer to this node's wish to follow.</summary>
internal sealed class UpstreamAnsweredInput(StreamId stream, PeerReply reply) : NodeInput
{
    public override void Apply(NodeLoop loop) => loop.Core.UpstreamAnswered(stream, reply);
}

/// <summary>The host ended the stream and said why.</summary>
internal sealed class UpstreamEndedInput(StreamId stream, StreamEnd reason) : NodeInput
{
    public override void Apply(NodeLoop loop) => loop.Core.UpstreamEnded(stream, reason);
}

/// <summary>The stream broke, or never came to be.</summary>
internal sealed class UpstreamClosedInput(StreamId stream, ExchangeFailure failure) : NodeInput
{
    public override void Apply(NodeLoop loop) => loop.Core.UpstreamClosed(stream, failure);
}
