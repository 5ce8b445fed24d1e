using Norris.Protocol.Messages;
using Norris.Protocol.Ordering;

namespace Norris.Protocol.Membership;

/// <summary>
/// A node's way into a network, or back into it: it asks one address after the other, goes where it is redirected, and starts over with
/// a growing pause, until it is in or its patience ends.
/// </summary>
internal sealed class Joiner
{
    private const long PauseMicroseconds = 100_000;
    private const long PauseMaxMicroseconds = 2_000_000;
    private const int RedirectsMax = 8;

    private readonly CoreState _state;
    private readonly IReadOnlyList<string> _addresses;
    private readonly Timestamp _giveUpAt;
    private CallId? _call;
    private string _target = "";
    private Timestamp _askedAt;
    private Timestamp _askAt;
    private long _pause = PauseMicroseconds;
    private int _next;
    private int _redirects;
    private (string Address, ExchangeFailure Failure) _lastFailure;

    /// <param name="state">What the roles share.</param>
    /// <param name="addresses">Where to ask, in order; at least one.</param>
    /// <param name="isPatient">True for a member that was away and never gives up.</param>
    public Joiner(CoreState state, IReadOnlyList<string> addresses, bool isPatient)
    {
        Invariant.Holds(addresses.Count > 0, "there is somebody to join through");
        _state = state;
        _addresses = addresses;
        _askAt = state.Now;
        _giveUpAt = isPatient ? new Timestamp(long.MaxValue) : state.Now.Plus(state.Options.JoinPatienceMicroseconds);
    }

    /// <summary>The address that answered with the host's yes.</summary>
    public string Target => _target;

    /// <summary>When the next attempt is due; <see cref="Timestamp.Zero"/> while one is under way.</summary>
    public Timestamp NextDeadline => _call is null ? _askAt : Timestamp.Zero;

    /// <summary>Asks when it is time to. False when patience has ended.</summary>
    public bool Advance()
    {
        if (_call is not null || _state.Now < _askAt)
        {
            return true;
        }
        if (_state.Now >= _giveUpAt)
        {
            _state.Notify(new JoinFailed(_lastFailure.Address, _lastFailure.Failure));
            return false;
        }
        if (_redirects == 0)
        {
            _target = _addresses[_next];
        }
        Ask();
        return true;
    }

    /// <summary>An answer came. The acceptance when this node is a member now, else null: then the attempts go on.</summary>
    public JoinAccepted? Answered(CallId call, PeerReply reply)
    {
        if (call != _call)
        {
            return null;
        }
        _call = null;
        switch (reply)
        {
            case JoinAccepted accepted:
                _state.Clock.Observe(_askedAt, accepted.TakenIn, accepted.Answered, _state.Now);
                return accepted;
            case Redirected redirected when _redirects < RedirectsMax:
                _redirects++;
                _target = redirected.Address;
                _askAt = _state.Now;
                return null;
            case Busy busy:
                // Who is busy may be the host, soon; or one that is only joining itself, perhaps through this very node.
                _redirects = 0;
                _next = (_next + 1) % _addresses.Count;
                _askAt = _state.Now.Plus(busy.RetryAfterMicroseconds);
                return null;
            default:
                Failed(ExchangeFailure.NotNorris);
                return null;
        }
    }

    /// <summary>No answer came.</summary>
    public void Failed(CallId call, ExchangeFailure failure)
    {
        if (call == _call)
        {
            _call = null;
            Failed(failure);
        }
    }

    /// <summary>The acceptance was worth nothing: its snapshot contradicted itself.</summary>
    public void Rejected() => Failed(ExchangeFailure.NotNorris);

    private void Ask()
    {
        _askedAt = _state.Now;
        _call = _state.Call(_target, new JoinRequest(_state.Options.Token, _state.Options.Name, _state.Options.Address));
    }

    private void Failed(ExchangeFailure failure)
    {
        _lastFailure = (_target, failure);
        _state.Notify(new JoinAttemptFailed(_target, failure));
        _redirects = 0;
        _next = (_next + 1) % _addresses.Count;
        _askAt = _state.Now;
        if (_next == 0)
        {
            _askAt = _state.Now.Plus(_pause);
            _pause = Math.Min(_pause * 2, PauseMaxMicroseconds);
        }
    }
}
