using Norris.Protocol.Messages;
using Norris.Protocol.Ordering;

namespace Norris.Protocol.Membership;

/// <summary>
/// How a follower leaves: when all that it submitted is in the log it says goodbye, and again until its left entry comes down the log.
/// If nobody can be reached for it, it goes all the same, and the others will find it lost.
/// </summary>
internal sealed class Farewell(CoreState state)
{
    /// <summary>How many time-outs the host may be silent before the node goes without a goodbye.</summary>
    private const int PatienceTimeouts = 5;

    private CallId? _call;
    private Timestamp _askAt = state.Now;

    /// <summary>True when nobody answered in all this time.</summary>
    public bool HasGivenUp { get; private set; }

    /// <summary>When there is something to do.</summary>
    public Timestamp NextDeadline => CanAsk ? _askAt : GiveUpAt;

    private Timestamp GiveUpAt => state.HostHeardAt.Plus(PatienceTimeouts * state.Options.TimeoutMicroseconds);

    /// <summary>A host that has resigned waits for the next one.</summary>
    private bool CanAsk => _call is null && state.Outbox.Count == 0 && state.View.HostMember is { } host && host.Id != state.Self;

    /// <summary>Says goodbye when it is time to.</summary>
    public void Advance()
    {
        if (state.Now >= GiveUpAt)
        {
            HasGivenUp = true;
        }
        else if (CanAsk && state.Now >= _askAt)
        {
            _call = state.Call(state.View.HostMember!.Address, new LeaveRequest(state.Self, state.Token));
        }
    }

    /// <summary>The goodbye was answered.</summary>
    public void Answered(CallId call) => Ended(call);

    /// <summary>The goodbye did not arrive.</summary>
    public void Failed(CallId call) => Ended(call);

    private void Ended(CallId call)
    {
        if (call == _call)
        {
            _call = null;
            _askAt = state.Now.Plus(state.Options.HeartbeatMicroseconds);
        }
    }
}
