using Norris.Protocol.Messages;

namespace Norris.Protocol.Ordering;

/// <summary>
/// A new host's word to the one that handed over to it: that it knows, and reigns. It is repeated until it was heard or the old host is
/// gone, since that one waits for it before it goes.
/// </summary>
internal sealed class LastWord
{
    private const long PauseMicroseconds = 20_000;

    /// <summary>How many time-outs it is repeated for, and the old host waits for it.</summary>
    public const int PatienceTimeouts = 5;

    private readonly CoreState _state;
    private readonly string _address;
    private readonly Position _position;
    private readonly Timestamp _giveUpAt;
    private CallId? _call;
    private Timestamp _askAt;
    private bool _isHeard;

    public LastWord(CoreState state, string oldHost)
    {
        _state = state;
        _address = oldHost;
        _position = state.Position;
        _askAt = state.Now;
        _giveUpAt = state.Now.Plus(PatienceTimeouts * state.Options.TimeoutMicroseconds);
    }

    /// <summary>When it is to be said again; <see cref="Timestamp.Zero"/> when not.</summary>
    public Timestamp NextDeadline => _isHeard || _call is not null || _state.Now >= _giveUpAt ? Timestamp.Zero : _askAt;

    /// <summary>Says it when it is time to.</summary>
    public void Advance()
    {
        if (!_isHeard && _call is null && _state.Now >= _askAt && _state.Now < _giveUpAt)
        {
            _call = _state.Call(_address, new Submission(
                _state.Self, _state.Token, _state.Self, _position, _state.NetworkNow, Timestamp.Zero, default));
        }
    }

    /// <summary>The old host answered.</summary>
    public void Answered(CallId call) => _isHeard |= call == _call;

    /// <summary>The old host did not answer.</summary>
    public void Failed(CallId call, ExchangeFailure failure)
    {
        if (call == _call)
        {
            _call = null;
            _askAt = _state.Now.Plus(PauseMicroseconds);
            _isHeard = failure == ExchangeFailure.ConnectionRefused;
        }
    }
}
