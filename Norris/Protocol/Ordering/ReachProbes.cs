using Norris.Protocol.Membership;
using Norris.Protocol.Messages;

namespace Norris.Protocol.Ordering;

/// <summary>
/// Whether newcomers can be reached where they say: the host asks each there, before it comes in, whether it is the one. Who does not answer comes in
/// all the same, as one that others are not sent to: it cannot be host, nor pass the log on.
/// <para>Prevents: n comes in from behind a firewall, the host hands its reign over to n, or dies, and n stands; everybody looks for a host where
/// nobody reaches one.</para>
/// </summary>
internal sealed class ReachProbes(CoreState state)
{
    private readonly List<Probe> _probes = [];

    /// <summary>When there is something to do at the latest; <see cref="Timestamp.Zero"/> when nobody is asked.</summary>
    public Timestamp NextDeadline { get; private set; }

    /// <summary>Asks a newcomer.</summary>
    public void Begin(JoinRequest request)
    {
        _probes.Add(new Probe(request, state.Now.Plus(state.Options.ReachPatienceMicroseconds)) { AskAt = state.Now });
        NextDeadline = state.Now;
    }

    /// <summary>Asks again who is due; then one of those of whom it is known by now whether they can be reached, or null.</summary>
    public (JoinRequest Request, bool IsReachable)? TakeDecided()
    {
        NextDeadline = Timestamp.Zero;
        for (int i = 0; i < _probes.Count; i++)
        {
            Probe probe = _probes[i];
            if (probe.IsReachable is null && state.Now >= probe.Deadline)
            {
                probe.IsReachable = false;
            }
            if (probe.IsReachable is { } isReachable)
            {
                _probes.RemoveAt(i);
                NextDeadline = state.Now;
                return (probe.Request, isReachable);
            }
            if (probe.Call is null && state.Now >= probe.AskAt)
            {
                probe.Call = state.Call(probe.Request.Address, new ReachRequest(JoiningRank.Of(probe.Request.Token, Position.Start).Draw));
            }
            Timestamp next = probe.Call is null ? Timestamp.Min(probe.AskAt, probe.Deadline) : probe.Deadline;
            NextDeadline = NextDeadline == Timestamp.Zero ? next : Timestamp.Min(NextDeadline, next);
        }
        return null;
    }

    /// <summary>Somebody answered there: the newcomer, or another process.</summary>
    public void Answered(CallId call, PeerReply reply)
    {
        if (_probes.Find(probe => probe.Call == call) is not { } probe)
        {
            return;
        }
        probe.Call = null;
        if (reply is Busy)
        {
            probe.AskAt = state.Now.Plus(state.Options.HeartbeatMicroseconds);
        }
        else
        {
            probe.IsReachable = reply is Reached;
        }
    }

    /// <summary>Nobody answered. A call may be lost on its way; a machine that refuses connections does so again.</summary>
    public void Failed(CallId call, ExchangeFailure failure)
    {
        if (_probes.Find(probe => probe.Call == call) is { } probe)
        {
            (probe.Call, probe.AskAt) = (null, state.Now.Plus(state.Options.HeartbeatMicroseconds));
            probe.IsReachable = failure is ExchangeFailure.ConnectionRefused or ExchangeFailure.NameUnknown or ExchangeFailure.NotNorris ? false : null;
        }
    }

    /// <summary>The reign is over: whoever waits asks again.</summary>
    public void Clear()
    {
        _probes.Clear();
        NextDeadline = Timestamp.Zero;
    }

    private sealed class Probe(JoinRequest request, Timestamp deadline)
    {
        public JoinRequest Request => request;

        public Timestamp Deadline => deadline;

        public Timestamp AskAt { get; set; }

        public CallId? Call { get; set; }

        public bool? IsReachable { get; set; }
    }
}
