using Norris.Protocol.Membership;
using Norris.Protocol.Messages;

namespace Norris.Protocol.Ordering;

/// <summary>
/// A follower's way to the host's log: the stream, where it goes, and whether the host is missed. Whatever breaks, it asks again: first the
/// host, then, for the way to the host, the other nodes in seniority order. When only its own way to the host is broken, it follows
/// through a member that still hears the host.
/// </summary>
internal sealed partial class HostLink
{
    private const long PauseMicroseconds = 20_000;

    /// <summary>Pauses while this node waits for the candidate to reign to whom it gave its promise: it will in a moment.</summary>
    private const long ShortPauseMicroseconds = 4_000;

    /// <summary>Of all nodes together, one asks in such a while: for each node, pauses may grow by so much.</summary>
    private const long PauseForEachMicroseconds = 1_000;

    private const int DoublingsMax = 16;

    /// <summary>Within so many heartbeats everybody notices that a process is gone.</summary>
    private const int NoticeHeartbeats = 3;

    private readonly CoreState _state;
    private Timestamp _streamHeardAt;
    private StreamStage _stage;
    private StreamId _stream;
    private Timestamp _openAt;
    private Timestamp _goneAt;
    private Timestamp _brokenAt;
    private bool _isOutOfTouch;
    private bool _isAwaiting;
    private string _awaited = "";
    private int _detours;
    private int _pauses;
    private SequenceNumber _asked;
    private SequenceNumber? _agreed;
    private SequenceNumber _disagreed;

    private enum StreamStage
    {
        Closed,
        Opening,
        Open,
    }

    /// <param name="state">What the roles share.</param>
    /// <param name="target">Where the host is, as far as is known.</param>
    public HostLink(CoreState state, string target)
    {
        _state = state;
        Target = target;
        _openAt = state.Now;
        (state.HostHeardAt, state.LogHeardAt) = (state.Now, state.Now);
    }

    /// <summary>Who is asked: the host, as far as is known, or a member through whom the host is reached.</summary>
    public string Target { get; private set; }

    /// <summary>How many nodes may pass on what goes to <see cref="Target"/>; 0 when that is to be the host itself.</summary>
    public int Hops { get; private set; }

    /// <summary>Whether that is where the host is, as the log says, rather than where somebody sent this node.</summary>
    public bool IsAtHosts => Target == HostAddress;

    /// <summary>Whether another node said that the host is there.</summary>
    public bool WasSent { get; private set; }

    /// <summary>True while batches come in.</summary>
    public bool IsOpen => _stage == StreamStage.Open;

    /// <summary>Microseconds since the host was last heard.</summary>
    public long SilenceMicroseconds => _state.Now.Since(_state.HostHeardAt);

    /// <summary>True when the host's machine refuses connections: its process is gone.</summary>
    public bool IsHostGone { get; private set; }

    /// <summary>True while others may not have noticed yet that the host's process is gone.</summary>
    public bool HasHostJustGone => IsHostGone && _state.Now.Since(_goneAt) <= NoticeHeartbeats * _state.Options.HeartbeatMicroseconds;

    /// <summary>True when the host is missed: gone, or silent past the time-out.</summary>
    public bool IsHostMissed => IsHostGone || SilenceMicroseconds > _state.TimeoutMicroseconds;

    /// <summary>
    /// True while nobody who asks is to take over: the host was heard within half a time-out. Half, since not everybody misses the same
    /// sign of life first.
    /// </summary>
    public bool HearsHost => !IsHostGone && !_isAwaiting && SilenceMicroseconds <= _state.TimeoutMicroseconds / 2 && !IsBroken;

    /// <summary>
    /// True when the stream broke and the host has not been heard in any way for half a heartbeat since. A dying process can take one more
    /// connection that it never answers.
    /// </summary>
    private bool IsBroken => _brokenAt != Timestamp.Zero && _state.Now.Since(_brokenAt) > _state.Options.HeartbeatMicroseconds / 2;

    /// <summary>True while this node waits for the candidate to reign whom it promised to follow, and may still hope.</summary>
    public bool IsAwaiting => _isAwaiting && !IsHostGone && SilenceMicroseconds <= _state.TimeoutMicroseconds;

    /// <summary>When there is something to do at the latest; <see cref="Timestamp.Zero"/> when only an answer can bring anything new.</summary>
    public Timestamp NextDeadline =>
        _stage == StreamStage.Closed ? _openAt
        : (!IsHostMissed && _state.HostHeardAt < _streamHeardAt ? _state.HostHeardAt : _streamHeardAt).Plus(_state.TimeoutMicroseconds + 1);

    /// <summary>Opens the stream when that is due; leaves one that has fallen silent.</summary>
    public void Advance()
    {
        if (_stage == StreamStage.Closed && _state.Now >= _openAt)
        {
            _asked = After.Sequence;
            _stream = _state.NextStream();
            _stage = StreamStage.Opening;
            _streamHeardAt = _state.Now;
            Next = After.Sequence.Next;
            _state.Effects.UpstreamChanges.Add(new UpstreamChange(_stream, Target, new FollowRequest(
                _state.Self, _state.Token, _state.View.Network, After, _state.Fence)
            { Hops = Hops, Relay = Relay, Without = _without }));
        }
        if (IsRelayed && IsOpen && (IsRelayCutOff || IsRelaySlow))
        {
            LeaveRelay();
        }
        if (_stage != StreamStage.Closed && _state.Now.Since(_streamHeardAt) > _state.TimeoutMicroseconds)
        {
            Lose(ExchangeFailure.TimedOut);
        }
    }

    /// <summary>After which entry the log is asked for: the last one, unless the host has something else there.</summary>
    private Position After
    {
        get
        {
            if (_agreed is not { } agreed || _state.Log.Last <= agreed || _disagreed > _state.Log.Last)
            {
                return _state.Position;
            }
            var middle = new SequenceNumber(agreed.Value + ((_disagreed.Value - agreed.Value) / 2));
            return _state.Position with { Sequence = middle, Digest = _state.Log.DigestAt(middle) };
        }
    }

    /// <summary>
    /// With the majority rule: the host has something else at the position that was asked for. This node looks for the last entry that both
    /// have, by halves, and gives up nothing before it is found, since others may count on what it has. False when there is none.
    /// <para>Source: the consistency check of Ongaro and Ousterhout, 2014, section 5.3.</para>
    /// </summary>
    public bool TryDisagree()
    {
        Close();
        SequenceNumber known = _state.ShowableAnywhere > _state.Log.Before ? _state.ShowableAnywhere : _state.Log.Before;
        if (_agreed is null)
        {
            (_agreed, _disagreed) = (known, _asked);
        }
        _disagreed = _asked;
        if (_disagreed <= known)
        {
            _agreed = null;
            return false;
        }
        _agreed = _agreed < _disagreed ? _agreed : known;
        _openAt = _state.Now;
        return true;
    }

    /// <summary>The host has the entry that was asked for. True when it is the last one that both have.</summary>
    public bool Agrees()
    {
        if (_agreed is null || _asked == _state.Log.Last)
        {
            _agreed = null;
            return true;
        }
        if (_disagreed == _asked.Next)
        {
            _agreed = null;
            _state.TruncateAfter(_asked);
            return true;
        }
        _agreed = _asked;
        Close();
        _openAt = _state.Now;
        return false;
    }

    /// <summary>Whether what comes in on a stream is for this one, at this stage.</summary>
    public bool IsOpening(StreamId stream) => stream == _stream && _stage == StreamStage.Opening;

    /// <summary>Whether batches on this stream are to be taken.</summary>
    public bool IsReading(StreamId stream) => stream == _stream && _stage == StreamStage.Open;

    /// <summary>The entry that comes next in the stream, as far as this node asked for it and has read.</summary>
    public SequenceNumber Next { get; set; }

    /// <summary>Whether this stream is the one in use, at whatever stage.</summary>
    public bool IsInUse(StreamId stream) => stream == _stream && _stage != StreamStage.Closed;

    /// <summary>The stream is there.</summary>
    public void Opened()
    {
        _stage = StreamStage.Open;
        _openedAt = _state.Now;
        (_detours, _pauses, _busyRelay, _without) = (0, 0, 0, MemberId.None);
        _streamHeardAt = _state.Now;
        if (Hops == 0)
        {
            _state.LogHeardAt = _state.Now;
            Heard();
        }
        if (_isOutOfTouch)
        {
            _isOutOfTouch = false;
            _state.Notify(new HostReachable(Target));
        }
    }

    /// <summary>Something came down the stream; whoever sent it heard the host so long ago.</summary>
    public void StreamHeard(long silenceMicroseconds)
    {
        _streamHeardAt = _state.Now;
        _state.LogHeardAt = Timestamp.Max(_state.LogHeardAt, _state.Now.Plus(-silenceMicroseconds));
        Heard(silenceMicroseconds);
    }

    /// <summary>The stream's own silence while this node stood still is nobody's fault.</summary>
    public void Forgive(long stallMicroseconds)
    {
        _streamHeardAt = _streamHeardAt.Plus(stallMicroseconds);
        _state.HostHeardAt = _state.HostHeardAt.Plus(stallMicroseconds);
        _state.LogHeardAt = _state.LogHeardAt.Plus(stallMicroseconds);
    }

    /// <summary>The host gave a sign of life, so long ago.</summary>
    public void Heard(long silenceMicroseconds = 0)
    {
        Timestamp at = _state.Now.Plus(-silenceMicroseconds);
        _state.HostHeardAt = Timestamp.Max(_state.HostHeardAt, at);
        (_isAwaiting, _awaited, _brokenAt) = (false, "", Timestamp.Zero);
        if (at > _goneAt)
        {
            IsHostGone = false;
        }
    }

    /// <summary>Another node named the host.</summary>
    public void Redirected(string address)
    {
        Close();
        Turn(address, hops: 0, wasSent: true);
        _openAt = _detours++ < 8 ? _state.Now : AfterPause(PauseMicroseconds);
    }

    /// <summary>Whoever was asked is busy: it may be the next host, soon; or one that is only joining, where the host was once.</summary>
    public void Busy(long retryAfterMicroseconds)
    {
        Close();
        if (_isAwaiting)
        {
            _openAt = AfterPause(ShortPauseMicroseconds);
            return;
        }
        NextDetour(mayGoThrough: false);
        _openAt = AfterPause(Math.Min(retryAfterMicroseconds, PauseMicroseconds));
    }

    /// <summary>Whoever answers at the host's address is no member of anything: another process than the host's, which is gone.</summary>
    public void IsNotIn()
    {
        Close();
        if (IsAtHosts || _isAwaiting)
        {
            Fail(ExchangeFailure.ConnectionRefused);
        }
        else
        {
            Busy(PauseMicroseconds);
        }
    }

    /// <summary>The stream broke, or never came to be.</summary>
    public void Lose(ExchangeFailure failure)
    {
        bool wasOpen = _stage == StreamStage.Open;
        if (IsRelayed)
        {
            LeaveRelay();
            return;
        }
        Close();
        if (wasOpen && failure == ExchangeFailure.Reset)
        {
            // A connection may break for many reasons; one more attempt tells whether the host's process is gone, at once.
            _openAt = _state.Now;
            _brokenAt = _state.Now;
            return;
        }
        Fail(failure);
    }

    /// <summary>
    /// Follows the host through a member that still hears it; but when the host's process has only just gone, that member is about to notice, too.
    /// </summary>
    public void GoThrough(string address)
    {
        if (IsOpen || HasHostJustGone)
        {
            return;
        }
        Close();
        Turn(address, PeerRequest.HopsMax);
        _openAt = _state.Now;
    }

    /// <summary>The direct way to the host is good again.</summary>
    public void GoDirect()
    {
        if (Hops > 0 && _state.View.HostMember is { } host)
        {
            Close();
            Turn(host.Address, hops: 0);
            _openAt = _state.Now;
        }
    }

    /// <summary>The host is host no more, and nobody else is yet.</summary>
    public void HostResigned()
    {
        TryLater();
        _state.Resigned.Add(_state.View.Host);
        _goneAt = IsHostGone ? _goneAt : _state.Now;
        IsHostGone = true;
    }

    /// <summary>This node promised to follow a candidate: it waits for that one alone.</summary>
    public void Await(string address, bool isPromised)
    {
        if (!isPromised && _isAwaiting && address == Target && _stage != StreamStage.Closed)
        {
            return;
        }
        Close();
        Turn(address, hops: 0);
        if (isPromised || address != _awaited)
        {
            // Who only leaves the turn to the same one again and again does not wait for ever.
            _state.HostHeardAt = _state.Now;
        }
        _awaited = address;
        (IsHostGone, _isAwaiting, _detours, _pauses) = (false, true, 0, 0);
        _openAt = AfterPause(ShortPauseMicroseconds);
    }

    /// <summary>The log names another host.</summary>
    public void HostChanged(string address)
    {
        (IsHostGone, _detours, _pauses) = (false, 0, 0);
        if (IsRelayed)
        {
            // Who reigns says through whom it is to be followed, and knows of it then.
            _namer = address;
            LeaveRelay(isItsFault: false);
        }
        if (Hops == 0 && Target != address)
        {
            Close();
            Turn(address, hops: 0);
            _openAt = _state.Now;
        }
    }

    /// <summary>Looks again after a pause.</summary>
    public void TryLater()
    {
        Close();
        if (IsRelayed)
        {
            Turn(_namer, hops: 0);
        }
        _openAt = AfterPause(PauseMicroseconds);
    }

    /// <summary>Asks the same one again, from another position.</summary>
    public void Reopen()
    {
        if (_stage != StreamStage.Closed)
        {
            Close();
            _openAt = _state.Now;
        }
    }

    /// <summary>Follows no more, or from another position.</summary>
    public void Close()
    {
        if (_stage != StreamStage.Closed)
        {
            _stage = StreamStage.Closed;
            _state.Effects.UpstreamChanges.Add(new UpstreamChange(_stream, Target, null));
        }
    }

    private void Fail(ExchangeFailure failure)
    {
        bool wasAwaited = _isAwaiting;
        if (failure == ExchangeFailure.ConnectionRefused && Hops == 0 && (wasAwaited || IsAtHosts))
        {
            _goneAt = IsHostGone ? _goneAt : _state.Now;
            IsHostGone = true;
        }
        if (!_isOutOfTouch && !wasAwaited)
        {
            _isOutOfTouch = true;
            _state.Notify(new HostUnreachable(Target, failure));
        }
        if (!wasAwaited || IsHostGone)
        {
            bool isSilent = failure is ExchangeFailure.TimedOut or ExchangeFailure.Unreachable;
            if (isSilent && _detours % 2 == 0)
            {
                // The same way would only keep this node waiting again: another one first.
                _detours++;
            }
            NextDetour(mayGoThrough: isSilent);
        }
        _openAt = AfterPause(PauseMicroseconds);
    }

    /// <summary>
    /// Each pause in a row is twice as long as the one before, until all nodes together ask a thousand times a second, or this one once in a heartbeat.
    /// <para>Prevents: the host of a thousand dies; all the others ask the one that takes over 250 times a second whether it reigns already.</para>
    /// <para>Prevents: two speak over a link that breaks all the time; pausing ever longer, one finds the other too seldom to hear it in time.</para>
    /// </summary>
    private Timestamp AfterPause(long firstMicroseconds)
    {
        long longest = Math.Min(_state.View.NodeCount * PauseForEachMicroseconds, _state.Options.HeartbeatMicroseconds);
        return _state.Now.Plus(Math.Min(firstMicroseconds << Math.Min(_pauses++, DoublingsMax), Math.Max(firstMicroseconds, longest)));
    }

    private string HostAddress => _state.View.HostMember?.Address ?? Target;

    /// <summary>Where to ask next when the host does not answer: the host again, and in between one of the others for the way to it.</summary>
    /// <param name="mayGoThrough">
    /// Whether the log may come through the other one: not when a connection broke, which may mean that the host has just died.
    /// <para>Prevents: the host dies; b and c both have their next connection reset, and follow it through each other for half a time-out.</para>
    /// </param>
    private void NextDetour(bool mayGoThrough)
    {
        string host = HostAddress;
        _detours++;
        if (_detours % 2 == 1)
        {
            Turn(host, hops: 0);
            return;
        }
        var ways = new List<string>();
        _state.AddWays(ways);
        ways.Remove(host);
        // While the host is heard some other way, only this node's own way to it is broken: others can pass its log on.
        int hops = mayGoThrough && SilenceMicroseconds <= _state.TimeoutMicroseconds && !IsHostGone ? PeerRequest.HopsMax : 0;
        if (ways.Count == 0)
        {
            Turn(host, hops: 0);
        }
        else
        {
            Turn(ways[((_detours / 2) - 1) % ways.Count], hops);
        }
    }

    private void Turn(string address, int hops, bool wasSent = false)
    {
        WasSent = wasSent;
        // Where one host agrees with this node, another one need not.
        _agreed = address == Target ? _agreed : null;
        (Target, Hops, Relay) = (address, hops, MemberId.None);
    }
}
