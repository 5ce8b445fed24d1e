using Norris.Http;
using Norris.Protocol.Messages;
using Norris.Wire;

namespace Norris.Node.Peers;

/// <summary>
/// Another node wants the log. Accepted, the response has begun and its stream belongs to the loop; refused, nothing was written.
/// </summary>
internal sealed class FollowInput(FollowRequest request, HttpExchange exchange) : NodeInput
{
    private readonly TaskCompletionSource<(PeerReply, Downstream?)> _result = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>The answer, and the stream when it is a yes.</summary>
    public Task<(PeerReply Reply, Downstream? Stream)> Result => _result.Task;

    public override void Apply(NodeLoop loop)
    {
        PeerReply reply = loop.Core.Follow(request);
        if (reply is FollowAccepted accepted)
        {
            var downstream = new Downstream(accepted.Stream, exchange.StartStream(200, WireFormat.MediaTypeUtf8));
            loop.Add(downstream);
            _result.SetResult((reply, downstream));
            return;
        }
        _result.SetResult((reply, null));
    }

    public override void Abandon() => _result.TrySetResult((new Busy(100_000), null));
}
