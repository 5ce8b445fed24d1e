using System.Buffers;
using Norris.Protocol.Membership;
using Norris.Protocol.Messages;

namespace Norris.Protocol.Ordering;

/// <summary>
/// A member's part: follows the log of the host, submits what waits here with one request in flight, and tells how far it has come.
/// Whatever breaks, it asks again from where it stands: first the host, then, for the way to the host, the other nodes in seniority order.
/// </summary>
internal sealed class Follower
{
    private const long PauseMicroseconds = 20_000;
    private const int SignAfterHeartbeats = 2;

    private readonly CoreState _state;
    private readonly ArrayBufferWriter<byte> _entries = new(4096);
    private readonly HostChange _hostChange;
    private string _target;
    private StreamId _stream;
    private StreamStage _stage;
    private Timestamp _openAt;
    private CallId? _submitting;
    private Timestamp _submittedAt;
    private CallId? _sign;
    private Timestamp _signedAt;
    private SequenceNumber _signed;
    private Timestamp _submitAt;
    private long _submittedMark;
    private SequenceNumber _told;
    private bool _isRepeat;
    private bool _isOutOfTouch;
    private int _detours;

    private enum StreamStage
    {
        Closed,
        Opening,
        Open,
    }

    /// <param name="state">What the roles share.</param>
    /// <param name="target">Where the host is, as far as is known.</param>
    public Follower(CoreState state, string target)
    {
        _state = state;
        _hostChange = new HostChange(state);
        _target = target;
        _openAt = state.Now;
        _submitAt = state.Now;
        state.HostHeardAt = state.Now;
        _told = SequenceNumber.None;
    }

    /// <summary>What the stream brought that ends this following: set once, by <see cref="Receive"/> or an answer.</summary>
    public FollowingEnd End { get; private set; }

    /// <summary>Why this node was removed, when it was.</summary>
    public LeaveReason Removed { get; private set; }

    /// <summary>Where the host is, as far as is known.</summary>
    public string Target => _target;

    /// <summary>Where the host was that handed over to this node.</summary>
    public string OldHost => _hostChange.OldHost;

    /// <summary>Microseconds since the host was last heard.</summary>
    public long SilenceMicroseconds => _state.Now.Since(_state.HostHeardAt);

    /// <summary>Opens the stream and submits when that is due.</summary>
    public void Advance()
    {
        if (End != FollowingEnd.None)
        {
            return;
        }
        if (_stage == StreamStage.Closed && _state.Now >= _openAt)
        {
            _stream = _state.NextStream();
            _stage = StreamStage.Opening;
            _state.Effects.UpstreamChanges.Add(new UpstreamChange(
                _stream, _target, new FollowRequest(_state.Self, _state.Options.Token, _state.Position)));
        }
        if (_stage == StreamStage.Open && SilenceMicroseconds > _state.Options.TimeoutMicroseconds)
        {
            LoseTouch(ExchangeFailure.TimedOut);
        }
        if (_submitting is not null && _stage == StreamStage.Open
            && _state.Now.Since(Timestamp.Max(_submittedAt, _signedAt)) >= SignAfterHeartbeats * _state.Options.HeartbeatMicroseconds)
        {
            GiveSign();
        }
        if (_submitting is null && _stage == StreamStage.Open && _state.Now >= _submitAt
            && (_state.Outbox.HasUnsent || IsToldDue()))
        {
            Submit();
        }
    }

    /// <summary>When there is something to do at the latest.</summary>
    public Timestamp NextDeadline => _stage switch
    {
        StreamStage.Closed => _openAt,
        StreamStage.Open when _submitting is null && _state.Outbox.HasUnsent => _submitAt,
        StreamStage.Open when _submitting is null => Timestamp.Max(_submitAt, _submittedAt.Plus(_state.Options.HeartbeatMicroseconds)),
        _ => _state.Now.Plus(_state.Options.HeartbeatMicroseconds),
    };

    /// <summary>This node's own timers were late by so much: the host's silence meanwhile is not the host's fault.</summary>
    public void Forgive(long stallMicroseconds) => _state.HostHeardAt = _state.HostHeardAt.Plus(stallMicroseconds);

    /// <summary>The node asked for the log was not the host, or refused.</summary>
    public void StreamAnswered(StreamId stream, PeerReply reply)
    {
        if (stream != _stream || _stage != StreamStage.Opening || End != FollowingEnd.None)
        {
            return;
        }
        if (EndsFollowing(reply))
        {
            return;
        }
        switch (reply)
        {
            case FollowAccepted:
                _stage = StreamStage.Open;
                _state.HostHeardAt = _state.Now;
                _detours = 0;
                if (_isOutOfTouch)
                {
                    _isOutOfTouch = false;
                    _state.Notify(new HostReachable(_target));
                }
                break;
            case Redirected redirected:
                _stage = StreamStage.Closed;
                Retarget(redirected.Address);
                break;
            case Busy busy:
                // Who is busy may be the next host, soon; or one that is only joining, where the host was once.
                _stage = StreamStage.Closed;
                Retarget(NextDetour());
                _openAt = _state.Now.Plus(busy.RetryAfterMicroseconds);
                break;
            case Refused { Reason: RefusalReason.Trimmed }:
                Finish(FollowingEnd.MustRejoin, LeaveReason.Slow);
                break;
            default:
                StreamClosed(stream, ExchangeFailure.NotNorris);
                break;
        }
    }

    /// <summary>The stream broke, or never came to be.</summary>
    public void StreamClosed(StreamId stream, ExchangeFailure failure)
    {
        if (stream == _stream && _stage != StreamStage.Closed)
        {
            LoseTouch(failure);
        }
    }

    /// <summary>The host ended the stream and said why.</summary>
    public void StreamEnded(StreamId stream, StreamEnd reason)
    {
        if (stream != _stream || _stage == StreamStage.Closed)
        {
            return;
        }
        switch (reason)
        {
            case StreamEnd.NotAMember:
                Finish(FollowingEnd.MustRejoin, LeaveReason.Lost);
                break;
            case StreamEnd.Trimmed:
                Finish(FollowingEnd.MustRejoin, LeaveReason.Slow);
                break;
            default:
                LoseTouch(ExchangeFailure.Reset);
                break;
        }
    }

    /// <summary>
    /// Takes a batch in: whole and in turn, or not at all as far as the people at this node can see. What the host may not do ends the
    /// stream, with a word to the people.
    /// </summary>
    public void Receive(StreamId stream, in BatchHeader header, ReadOnlySpan<byte> entries)
    {
        if (stream != _stream || _stage != StreamStage.Open)
        {
            return;
        }
        _state.HostHeardAt = _state.Now;
        if (header.Epoch < _state.View.Epoch || header.First != _state.Log.Last.Next || entries.Length != header.Bytes)
        {
            Misbehaved("sent entries out of turn");
            return;
        }
        MemberId host = _state.View.Host;
        for (int i = 0; i < header.Count; i++)
        {
            if (!Entry.TryRead(entries, out Entry entry) || entry.Time < _state.Log.LastTime)
            {
                Misbehaved("sent an entry that is not well formed");
                return;
            }
            if (_hostChange.Concerns(entry) ? !_hostChange.TryTake(entry) : !_state.TryFold(entry, _state.Log.Last.Next))
            {
                Misbehaved("sent an entry that does not follow from the log");
                return;
            }
            _state.Log.Append(entry.Bytes);
            if (entry.Type == EntryType.Left && entry.Subject == _state.Self)
            {
                Removed = entry.Reason;
            }
            entries = entries[entry.Bytes.Length..];
        }
        if (!entries.IsEmpty)
        {
            Misbehaved("sent more bytes than entries");
            return;
        }
        if (_state.Log.Digest != header.Digest)
        {
            _state.Notify(new Diverged(_state.Log.Last, _state.Log.Digest, header.Digest));
            Finish(FollowingEnd.MustRejoin, LeaveReason.Lost);
            return;
        }
        Received(header.Stable, host);
    }

    /// <summary>The host took a submission, or not.</summary>
    public void Answered(CallId call, PeerReply reply)
    {
        if (End != FollowingEnd.None)
        {
            return;
        }
        if (call == _sign && reply is SubmissionAccepted && _hostChange.IsOffer && _signed == _state.Log.Last)
        {
            Accede();
            return;
        }
        if (call != _submitting)
        {
            return;
        }
        _submitting = null;
        if (EndsFollowing(reply))
        {
            return;
        }
        switch (reply)
        {
            case SubmissionAccepted accepted:
                _state.Clock.Observe(_submittedAt, accepted.TakenIn, accepted.Answered, _state.Now);
                _isRepeat = false;
                if (_hostChange.IsOffer && _told == _state.Log.Last)
                {
                    Accede();
                }
                break;
            case Busy busy:
                _state.Outbox.SendAgainFrom(_submittedMark);
                _isRepeat = true;
                _submitAt = _state.Now.Plus(busy.RetryAfterMicroseconds);
                break;
            case Redirected redirected:
                SubmitAgain();
                Retarget(redirected.Address);
                CloseStream();
                break;
            default:
                SubmitAgain();
                _state.Notify(new HostMisbehaved(_target, $"did not take a submission ({reply})"));
                break;
        }
    }

    /// <summary>No answer to a submission: it is sent again, and its numbers make that harmless.</summary>
    public void Failed(CallId call, ExchangeFailure failure)
    {
        if (call == _submitting)
        {
            _submitting = null;
            SubmitAgain();
            if (failure == ExchangeFailure.ConnectionRefused && _stage == StreamStage.Open)
            {
                LoseTouch(failure);
            }
        }
    }

    /// <summary>Another node asks this one as if it were the host: where that one stands may prove that it is.</summary>
    public void Learn(in Position position)
    {
        if (End == FollowingEnd.None && _hostChange.IsProvedBy(position))
        {
            Accede();
        }
    }

    /// <summary>Leaves the stream: this node follows no more.</summary>
    public void Stop() => CloseStream();

    private void Received(SequenceNumber stable, MemberId host)
    {
        if (stable > _state.Stable && stable <= _state.Log.Last)
        {
            _state.Stable = stable;
        }
        _state.DeliverUpTo(_hostChange.IsPending ? _hostChange.Before : _state.Log.Last);
        if (_state.View.Find(_state.Self) is null)
        {
            Finish(FollowingEnd.Removed, Removed);
            return;
        }
        if (_state.View.Host == host)
        {
            return;
        }
        // What is on its way to the old host is not waited for.
        _submitting = null;
        SubmitAgain();
        _submitAt = _state.Now;
        _state.Clock.StartOver();
        if (_target != _state.View.HostMember!.Address)
        {
            CloseStream();
            Retarget(_state.View.HostMember.Address);
        }
    }

    /// <summary>Whether an answer says that this node is none of the host's, or what it has is not: then it has to join again.</summary>
    private bool EndsFollowing(PeerReply reply)
    {
        if (reply is not Refused { Reason: RefusalReason.NotAMember or RefusalReason.Diverged } refused)
        {
            return false;
        }
        if (refused.Reason == RefusalReason.Diverged)
        {
            _state.Notify(new Diverged(_state.Log.Last, _state.Log.Digest, default));
        }
        Finish(FollowingEnd.MustRejoin, LeaveReason.Lost);
        return true;
    }

    private void Accede()
    {
        _hostChange.Accept();
        Finish(FollowingEnd.MustReign, default);
    }

    /// <summary>
    /// A position is told at once by the most senior follower, whose word lets the host show what it ordered; by the others with what
    /// they submit, or once a heartbeat.
    /// </summary>
    private bool IsToldDue() =>
        _state.Now.Since(_submittedAt) >= _state.Options.HeartbeatMicroseconds
        || ((_hostChange.IsOffer || IsWitness()) && _told != Told.Sequence);

    private bool IsWitness()
    {
        foreach (Member member in _state.View.BySeniority)
        {
            if (member.Kind == MemberKind.Node && member.Id != _state.View.Host)
            {
                return member.Id == _state.Self;
            }
        }
        return false;
    }

    private void Submit()
    {
        _entries.ResetWrittenCount();
        _submittedMark = _state.Outbox.SentMark;
        Timestamp oldest = _state.Outbox.TakeUnsent(_entries);
        Position position = Told;
        _told = position.Sequence;
        _submittedAt = _state.Now;
        _submitting = _state.Call(_target, new Submission(
            _state.Self, _state.Options.Token, position, _state.NetworkNow, _isRepeat ? Timestamp.Zero : oldest, _entries.WrittenMemory));
    }

    /// <summary>What the host is told; to an offer of the reign, all that there is.</summary>
    private Position Told => _hostChange.IsOffer ? _state.Position : _state.Acknowledged;

    /// <summary>
    /// A submission that takes long, or was lost, does not keep the host from hearing that this node is alive, and how far it is.
    /// <para>Prevents: b sends 256 kB over a slow line; the host hears nothing for a second and removes b; b comes back and sends them again.</para>
    /// </summary>
    private void GiveSign()
    {
        Position position = Told;
        _signed = position.Sequence;
        _signedAt = _state.Now;
        _sign = _state.Call(_target, new Submission(
            _state.Self, _state.Options.Token, position, _state.NetworkNow, Timestamp.Zero, default));
    }

    private void SubmitAgain()
    {
        _state.Outbox.SendAgain();
        _isRepeat = true;
        _submitAt = _state.Now.Plus(PauseMicroseconds);
    }

    private void Misbehaved(string what)
    {
        _state.Notify(new HostMisbehaved(_target, what));
        Finish(FollowingEnd.MustRejoin, LeaveReason.Lost);
    }

    private void LoseTouch(ExchangeFailure failure)
    {
        if (_hostChange.IsOffer && failure == ExchangeFailure.ConnectionRefused && _target == OldHost && _state.View.NodeCount == 2)
        {
            // The old host is gone, and there is nobody else whom it could have asked instead.
            Accede();
            return;
        }
        if (!_isOutOfTouch)
        {
            _isOutOfTouch = true;
            _state.Notify(new HostUnreachable(_target, failure));
        }
        CloseStream();
        Retarget(NextDetour());
        _openAt = _state.Now.Plus(PauseMicroseconds);
    }

    /// <summary>Where to ask next when the host does not answer: the host again, and in between one of the others for the way to it.</summary>
    private string NextDetour()
    {
        string host = _state.View.HostMember?.Address ?? _target;
        _detours++;
        if (_detours % 2 == 1)
        {
            return host;
        }
        var ways = new List<string>();
        _state.AddWays(ways);
        ways.Remove(host);
        return ways.Count == 0 ? host : ways[((_detours / 2) - 1) % ways.Count];
    }

    private void Retarget(string address)
    {
        if (address == _state.Options.Address)
        {
            // Who says so knows that this node took over, or does not know yet that another one did.
            if (_hostChange.IsOffer)
            {
                Accede();
            }
            else
            {
                _openAt = _state.Now.Plus(PauseMicroseconds);
            }
            return;
        }
        _target = address;
        _openAt = _state.Now;
    }

    private void CloseStream()
    {
        if (_stage != StreamStage.Closed)
        {
            _stage = StreamStage.Closed;
            _state.Effects.UpstreamChanges.Add(new UpstreamChange(_stream, _target, null));
        }
    }

    private void Finish(FollowingEnd end, LeaveReason reason)
    {
        if (End != FollowingEnd.None)
        {
            return;
        }
        CloseStream();
        End = end;
        Removed = reason;
    }
}
