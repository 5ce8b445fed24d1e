using Norris.Protocol.Membership;

namespace Norris.Protocol.Ordering;

/// <summary>
/// Following through a relay that the host named: the log comes from there, what is to be ordered goes to the host itself. Whatever is amiss
/// with the relay, the host is asked for another one; and to serve this node itself, once two did not.
/// </summary>
internal sealed partial class HostLink
{
    /// <summary>So often in a row a relay may say that it cannot serve now.</summary>
    private const int BusyRelayMax = 4;

    /// <summary>Who lost two relays within so many time-outs asks the host to serve it itself.</summary>
    private const int TimeoutsToForgetLoss = 10;

    private MemberId _without;
    private string _namer = "";
    private int _busyRelay;
    private int _lostRelays;
    private Timestamp _lostRelayAt;
    private Timestamp _openedAt;
    private SequenceNumber _relayHad;
    private Timestamp _relayHadAt;

    /// <summary>The relay that the host sent this node to, and that it follows, or is about to; nobody when it follows the host itself.</summary>
    public MemberId Relay { get; private set; }

    /// <summary>Whether a relay passes the log on to this node, which has its own way to the host.</summary>
    public bool IsRelayed => !Relay.IsNone;

    /// <summary>Whether it was sent to its relay by the host that its log names: one that lags may have been by a later one.</summary>
    public bool IsRelayedByHost => IsRelayed && _namer == HostAddress;

    /// <summary>Who is told what is to be ordered: the host, or a member through whom it is reached.</summary>
    public string SubmitTarget => IsRelayed ? _namer : Target;

    /// <summary>How many nodes may pass on what goes to <see cref="SubmitTarget"/>.</summary>
    public int SubmitHops => IsRelayed ? 0 : Hops;

    /// <summary>The host sends this node to a relay.</summary>
    public void Relayed(MemberId relay, string address)
    {
        Close();
        Heard();
        _namer = Target;
        Turn(address, hops: 1);
        (Relay, _busyRelay, _relayHad) = (relay, 0, SequenceNumber.None);
        _openAt = _state.Now;
    }

    /// <summary>The relay cannot serve this node now: it may in a moment, or another one has to.</summary>
    public void RelayIsBusy(long retryAfterMicroseconds)
    {
        Close();
        _openAt = _state.Now.Plus(Math.Min(retryAfterMicroseconds, PauseMicroseconds));
        if (++_busyRelay > BusyRelayMax)
        {
            LeaveRelay();
        }
    }

    /// <summary>The relay says how far it is.</summary>
    public void RelayHas(SequenceNumber last)
    {
        if (_relayHad <= _state.Log.Last)
        {
            (_relayHad, _relayHadAt) = (last, _state.Now);
        }
    }

    /// <summary>True when the relay has had nothing from the host for the time-out, and the host lives.</summary>
    private bool IsRelayCutOff => _state.Now.Since(Timestamp.Max(_state.LogHeardAt, _openedAt)) > _state.TimeoutMicroseconds && !IsHostMissed;

    /// <summary>
    /// True when what the relay had half a time-out ago has not come here, though this node has followed it for as long: it sends too slowly. Where it
    /// has nothing itself, that is not its fault.
    /// <para>Prevents: relay b's line carries a tenth of what is said; those that follow through b, one after the other, are put out for being slow.</para>
    /// </summary>
    private bool IsRelaySlow => _relayHad > _state.Log.Last
        && _state.Now.Since(Timestamp.Max(_relayHadAt, _openedAt)) > _state.Options.TimeoutMicroseconds / 2;

    /// <summary>
    /// The relay serves this node no more, or never did: the host is asked for another one. Where the host is gone as well, that shows at once.
    /// Without <paramref name="isItsFault"/> it may be the same one again, or none is needed.
    /// </summary>
    public void LeaveRelay(bool isItsFault = true)
    {
        MemberId relay = Relay;
        Close();
        Turn(_namer, hops: 0);
        _openAt = _state.Now;
        if (isItsFault)
        {
            bool isRecent = _lostRelays > 0 && _state.Now.Since(_lostRelayAt) <= TimeoutsToForgetLoss * _state.Options.TimeoutMicroseconds;
            (_lostRelays, _lostRelayAt) = (isRecent ? _lostRelays + 1 : 1, _state.Now);
            _without = _lostRelays > 1 ? _state.Self : relay;
        }
    }
}
