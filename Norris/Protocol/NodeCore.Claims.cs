using Norris.Protocol.Messages;

namespace Norris.Protocol;

/// <summary>Where other nodes' requests come in: what claims something that cannot be goes no further.</summary>
internal sealed partial class NodeCore
{
    /// <summary>Another node asks; the answer is among the effects, at once or later.</summary>
    public void Step(CallId call, PeerRequest request)
    {
        if (IsImpossible(request))
        {
            Answer(call, new Refused(RefusalReason.Malformed));
            return;
        }
        Hear(call, request);
    }

    /// <summary>Another node wants the log. When it is accepted, its stream is taken from with <see cref="TryTakeBatch"/>.</summary>
    public PeerReply Follow(FollowRequest request) => IsImpossible(request) ? new Refused(RefusalReason.Malformed) : Serve(request);

    private bool IsImpossible(PeerRequest request) => request switch
    {
        TakeoverRequest takeover => _state.IsOutOfReach(takeover.Epoch),
        JoinRequest join => _state.IsOutOfReach(join.Promised),
        FollowRequest follow => _state.IsOutOfReach(follow.Promised),
        _ => false,
    };
}
