using Norris.Protocol.Messages;

namespace Norris.Node.Peers;

/// <summary>What came of a call of this node's: a reply, or why there is none.</summary>
internal sealed class CallEndedInput(CallId call, PeerReply? reply, ExchangeFailure failure) : NodeInput
{
    public override void Apply(NodeLoop loop)
    {
        if (reply is not null)
        {
            loop.Core.Step(call, reply);
        }
        else
        {
            loop.Core.Failed(call, failure);
        }
    }
}

/// <summary>What another node asks of this one; <see cref="Reply"/> completes with the answer.</summary>
internal sealed class PeerRequestInput(PeerRequest request) : NodeInput
{
    private readonly TaskCompletionSource<PeerReply> _reply = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>The answer.</summary>
    public Task<PeerReply> Reply => _reply.Task;

    public override void Apply(NodeLoop loop) => loop.Core.Step(loop.Await(_reply), request);

    public override void Abandon() => _reply.TrySetResult(new Busy(100_000));
}
