using Norris.Protocol.Membership;
using Norris.Protocol.Messages;

namespace Norris.Protocol;

/// <summary>What a node that is not the host passes on to it, for others whose own way there is broken.</summary>
internal sealed partial class NodeCore
{
    private readonly Dictionary<CallId, CallId> _passedOn = [];

    /// <summary>Passes on to the host what somebody asks whose own way there is broken; says where the host is to everybody else.</summary>
    private void PassOn(CallId call, PeerRequest request)
    {
        if (request.Hops == 0 || Role != NodeRole.Following || !_follower!.IsInTouch)
        {
            Answer(call, NotHere((request as Submission)?.Member ?? MemberId.None));
            return;
        }
        int hops = _follower.Hops > 0 ? request.Hops - 1 : 0;
        if (_follower.Hops > 0 && hops == 0)
        {
            Answer(call, new Busy(_state.Options.HeartbeatMicroseconds));
            return;
        }
        if (_passedOn.Count >= QueueLimits.PassedOnMax)
        {
            Answer(call, new Busy(_state.Options.HeartbeatMicroseconds));
            return;
        }
        _passedOn.Add(_state.Call(_follower.Target, request with { Hops = hops }), call);
    }

    /// <summary>
    /// What waits for another's answer is to be asked again: of this node, which is host itself now, or of others.
    /// <para>Prevents: b passes on to host a, which stands still, that d wants to join, and takes over; d asks b; a wakes up and lets d in, in the reign
    /// that is over, and b passes that on.</para>
    /// </summary>
    private void DropPassedOn()
    {
        foreach (CallId asked in _passedOn.Values)
        {
            Answer(asked, new Busy(_state.Options.HeartbeatMicroseconds));
        }
        _passedOn.Clear();
    }
}
