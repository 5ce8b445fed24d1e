using Norris.Protocol.Membership;
using Norris.Protocol.Messages;

namespace Norris.Protocol.Ordering;

/// <summary>
/// A member's part: folds and delivers the log that comes in over its <see cref="HostLink"/>, and has what waits here brought to the host
/// by its <see cref="Submitter"/>. When the host is missed, it says when it is this node's turn to take over.
/// </summary>
internal sealed class Follower
{
    private readonly CoreState _state;
    private readonly HostChange _hostChange;
    private readonly HostLink _link;
    private readonly Submitter _submitter;
    private Timestamp _missedAt;
    private Timestamp _notBefore;
    private Timestamp _notBeforeSenior;

    /// <param name="state">What the roles share.</param>
    /// <param name="target">Where the host is, as far as is known.</param>
    public Follower(CoreState state, string target)
    {
        _state = state;
        _hostChange = new HostChange(state);
        _link = new HostLink(state, target);
        _submitter = new Submitter(state, _link, _hostChange);
    }

    /// <summary>What ends this following: set once.</summary>
    public FollowingEnd End { get; private set; }

    /// <summary>Why this node missed what it has to join again for.</summary>
    public GapReason Gap { get; private set; }

    /// <summary>Where the host is, as far as is known, or a member through whom it is reached.</summary>
    public string Target => _link.Target;

    /// <summary>How many nodes may pass on what goes to <see cref="Target"/>.</summary>
    public int Hops => _link.Hops;

    /// <summary>Where the host was that handed over to this node.</summary>
    public string OldHost => _hostChange.OldHost;

    /// <summary>The relay that passes the log on to this node; nobody when it follows the host itself, or through another one by its own choice.</summary>
    public MemberId Relay => _link.Relay;

    /// <summary>True while nobody is to take over from the host, as far as this node can tell.</summary>
    public bool HearsHost => _link.HearsHost;

    /// <summary>True while the log comes in.</summary>
    public bool IsInTouch => _link.IsOpen;

    /// <summary>True while this node waits for a candidate to reign whom it promised to follow.</summary>
    public bool IsAwaiting => _link.IsAwaiting;

    /// <summary>Whom it waits for, or waited for last.</summary>
    public MemberId Awaited { get; private set; }

    /// <summary>True when the host's process is known to be gone.</summary>
    public bool IsHostGone => _link.IsHostGone;

    /// <summary>The last entry that may be passed on to others: what is only an offer may be taken back. Null when all may.</summary>
    public SequenceNumber? OpenUpTo => _hostChange.IsPending ? _hostChange.Before : null;

    /// <summary>The last entry that others may be told of and given.</summary>
    public SequenceNumber LastOpen => OpenUpTo ?? _state.Log.Last;

    /// <summary>True when it is this node's turn to stand as a candidate.</summary>
    public bool MustStand => End == FollowingEnd.None && _link.IsHostMissed && _missedAt != Timestamp.Zero && _state.Now >= StandAt;

    /// <summary>When there is something to do at the latest.</summary>
    public Timestamp NextDeadline => _link.IsOpen && _submitter.NextDeadline < _link.NextDeadline ? _submitter.NextDeadline : _link.NextDeadline;

    /// <summary>When it will be this node's turn to stand; <see cref="Timestamp.Zero"/> while the host is not missed.</summary>
    public Timestamp NextTurn => _link.IsHostMissed && _missedAt != Timestamp.Zero ? StandAt : Timestamp.Zero;

    private Timestamp StandAt => Timestamp.Max(Timestamp.Max(_missedAt.Plus(Rank() * _state.Options.HeartbeatMicroseconds / 2), _notBefore), _notBeforeSenior);

    /// <summary>Opens the stream and submits when that is due; notices when the host is missed.</summary>
    public void Advance()
    {
        if (End != FollowingEnd.None)
        {
            return;
        }
        if (_link.IsRelayedByHost && _state.View.CountSeniors(_state.Self, _state.Options.FanOut) < _state.Options.FanOut)
        {
            // It follows the host itself now: the more so as it may be the next host, which is told by the host itself.
            _link.LeaveRelay(isItsFault: false);
        }
        _link.Advance();
        if (_link.IsOpen)
        {
            _submitter.Advance();
        }
        CheckOffer();
        if (!_link.IsHostMissed)
        {
            (_missedAt, _notBeforeSenior) = (Timestamp.Zero, Timestamp.Zero);
        }
        else if (_missedAt == Timestamp.Zero)
        {
            _missedAt = _state.Now;
        }
    }

    /// <summary>This node's own timers were late by so much: the host's silence meanwhile is not the host's fault.</summary>
    public void Forgive(long stallMicroseconds) => _link.Forgive(stallMicroseconds);

    /// <summary>Whoever was asked for the log says yes, or where it is, or no.</summary>
    public void StreamAnswered(StreamId stream, PeerReply reply)
    {
        if (!_link.IsOpening(stream) || End != FollowingEnd.None)
        {
            return;
        }
        switch (reply)
        {
            case FollowAccepted when _link.Agrees():
                _link.Opened();
                break;
            case RelayedBy relay when _link.Agrees():
                _link.Relayed(relay.Relay, relay.Address);
                break;
            case FollowAccepted or RelayedBy:
                break;
            case Busy busy when _link.IsRelayed:
                _link.RelayIsBusy(busy.RetryAfterMicroseconds);
                break;
            case not null when _link.IsRelayed:
                // The host served this node a moment ago: only it says what is amiss.
                _link.LeaveRelay();
                break;
            case Redirected { Address: var address } when address == _state.Options.Address:
                AskedAsHost();
                break;
            case Redirected redirected:
                _link.Redirected(redirected.Address);
                break;
            case Busy busy:
                _link.Busy(busy.RetryAfterMicroseconds);
                break;
            case Refused { Reason: RefusalReason.NotIn }:
            case Refused { Reason: RefusalReason.OtherNetwork } when _link.IsAtHosts:
                _link.IsNotIn();
                break;
            case Refused { Reason: RefusalReason.OtherSide } when _link.IsAtHosts:
                Finish(FollowingEnd.MustRejoin, GapReason.Lost);
                break;
            case Refused { Reason: RefusalReason.OtherSide }:
            case Refused { Reason: RefusalReason.OtherNetwork } when !_link.WasSent:
                // Prevents: n misses the host and looks for it where a member once was; a process of another network listens there now, and n
                // gives its own network up for that one.
                _link.Busy(_state.Options.HeartbeatMicroseconds);
                break;
            case Refused { Reason: RefusalReason.NotAMember or RefusalReason.OtherNetwork }:
                Finish(FollowingEnd.MustRejoin, GapReason.Lost);
                break;
            case Refused { Reason: RefusalReason.Diverged } when _state.Quorum is not null && _link.TryDisagree():
                break;
            case Refused { Reason: RefusalReason.Diverged }:
                Finish(FollowingEnd.MustRejoin, GapReason.Lost);
                break;
            case Refused { Reason: RefusalReason.Trimmed }:
                Finish(FollowingEnd.MustRejoin, GapReason.Slow);
                break;
            default:
                _link.Lose(ExchangeFailure.NotNorris);
                break;
        }
    }

    /// <summary>The stream broke, or never came to be.</summary>
    public void StreamClosed(StreamId stream, ExchangeFailure failure)
    {
        if (!_link.IsInUse(stream) || End != FollowingEnd.None)
        {
            return;
        }
        if (_hostChange.IsOffer && failure == ExchangeFailure.ConnectionRefused && _link.Target == OldHost && _state.View.NodeCount == 2)
        {
            // The old host is gone, and there is nobody else whom it could have asked instead.
            Accede();
            return;
        }
        _link.Lose(failure);
    }

    /// <summary>The host ended the stream and said why.</summary>
    public void StreamEnded(StreamId stream, StreamEnd reason)
    {
        if (!_link.IsInUse(stream) || End != FollowingEnd.None)
        {
            return;
        }
        switch (reason)
        {
            case StreamEnd.NotAMember when _link.Hops > 0:
                _link.Lose(ExchangeFailure.Reset);
                break;
            case StreamEnd.NotAMember:
                Finish(FollowingEnd.MustRejoin, GapReason.Lost);
                break;
            case StreamEnd.Trimmed:
                Finish(FollowingEnd.MustRejoin, GapReason.Slow);
                break;
            case StreamEnd.Merged:
                Finish(FollowingEnd.MustRejoin, GapReason.Merged);
                break;
            default:
                _link.Lose(ExchangeFailure.Reset);
                break;
        }
    }

    /// <summary>
    /// Takes a batch in: whole and in turn, or not at all as far as the people at this node can see. What the host may not do ends the
    /// stream, with a word to the people.
    /// </summary>
    public void Receive(StreamId stream, in BatchHeader header, ReadOnlySpan<byte> entries)
    {
        if (!_link.IsReading(stream) || End != FollowingEnd.None)
        {
            return;
        }
        if (header.Epoch < _state.View.Epoch || (header.Epoch < _state.Fence && !_state.Makes(Mistake.AcceptsTheOldEpoch)))
        {
            // Fencing: the word was given to accept nothing of that epoch any more.
            _link.Lose(ExchangeFailure.Reset);
            return;
        }
        _state.Follows(header.Epoch);
        _state.Majority(!header.IsStalled);
        _link.StreamHeard(header.SilenceMicroseconds);
        if (header.First == _link.Next && header.First != _state.Log.Last.Next)
        {
            // Prevents: n stands, and asks c for the log after #291; meanwhile it takes #292 to #307 with a promise; the log comes from #292 on, as it
            // was asked for, and n takes c for one that sends nonsense.
            _link.Reopen();
            return;
        }
        if (header.First != _state.Log.Last.Next || entries.Length != header.Bytes)
        {
            Misbehaved("sent entries out of turn");
            return;
        }
        Epoch epoch = _state.View.Epoch;
        bool isRemoved = false;
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
                isRemoved = true;
                Gap = entry.Reason == LeaveReason.Slow ? GapReason.Slow : GapReason.Lost;
            }
            entries = entries[entry.Bytes.Length..];
            if (isRemoved && _state.Quorum is null)
            {
                // P8: what follows is for those who are in. A member that passes the log on may not have known yet. With the majority rule it is
                // taken, since others may need this node's word that it has it, and shown to nobody.
                break;
            }
        }
        if (!entries.IsEmpty && (!isRemoved || _state.Quorum is not null))
        {
            Misbehaved("sent more bytes than entries");
            return;
        }
        if (entries.IsEmpty && _state.Log.Digest != header.Digest && !_state.Makes(Mistake.DoesNotCompareDigests))
        {
            _state.Notify(new Diverged(_state.Log.Last, _state.Log.Digest, header.Digest));
            Finish(FollowingEnd.MustRejoin, GapReason.Lost);
            return;
        }
        _link.Next = _state.Log.Last.Next;
        Received(header, epoch, isRemoved);
    }

    /// <summary>A call of this node's was answered.</summary>
    public void Answered(CallId call, PeerReply reply)
    {
        if (End != FollowingEnd.None)
        {
            return;
        }
        if (reply is Redirected { Address: var address } && address == _state.Options.Address)
        {
            reply = new Busy(_state.Options.HeartbeatMicroseconds / 10);
            if (_hostChange.IsOffer)
            {
                Accede();
                return;
            }
        }
        _submitter.Answered(call, reply);
        if (_submitter.Refusal is not null)
        {
            Finish(FollowingEnd.MustRejoin, GapReason.Lost);
            return;
        }
        CheckOffer();
    }

    /// <summary>A call of this node's brought no answer.</summary>
    public void Failed(CallId call, ExchangeFailure failure) => _submitter.Failed(call, failure);

    /// <summary>Another node asks this one as if it were the host: where that one stands may prove that it is.</summary>
    public void Learn(in Position position)
    {
        if (End == FollowingEnd.None && _hostChange.IsProvedBy(position))
        {
            Accede();
        }
    }

    /// <summary>This node gave its promise to a candidate, or leaves the turn to it: it waits for that one.</summary>
    public void Resume(string awaitedAddress, MemberId awaited, bool isPromised)
    {
        _notBefore = _state.Now.Plus(_state.Options.HeartbeatMicroseconds / 5);
        if (awaitedAddress == _state.Options.Address)
        {
            return;
        }
        Awaited = awaited;
        (_missedAt, _notBeforeSenior) = (Timestamp.Zero, Timestamp.Zero);
        _submitter.StartOver();
        _link.Await(awaitedAddress, isPromised);
    }

    /// <summary>
    /// This node leaves the turn to one that can serve all, which may have left it as well, a moment ago, and for as long as <see cref="Wait"/> says.
    /// <para>Prevents: b, who can serve c, waits in vain for one that had more, and pauses; d, who cannot, leaves the turn to b, and takes it again
    /// a moment before b does; c comes back with a gap.</para>
    /// </summary>
    public void LeaveTurnTo(string address, MemberId elder)
    {
        Resume(address, elder, isPromised: false);
        Wait(_state.Options.TimeoutMicroseconds / 2);
    }

    /// <summary>The host lives, others say, and this node's turn has not come: it asks again later, and follows through one that hears it.</summary>
    public void StandDown(string? through)
    {
        // When the host's process has just gone, the others are about to notice it, too.
        _notBefore = _state.Now.Plus(_state.Options.HeartbeatMicroseconds / (_link.HasHostJustGone ? 10 : 1));
        if (through is not null)
        {
            _link.GoThrough(through);
        }
    }

    /// <summary>
    /// A more senior member asks whether this node would promise: it stands, and is not joined at once, though only once for each host that is missed, since
    /// it may be one that cannot reign.
    /// <para>Prevents: the host of a thousand dies; asking all takes a second, and meanwhile twenty others stand, who each ask all.</para>
    /// </summary>
    public void LeaveTurnToSenior()
    {
        if (_notBeforeSenior == Timestamp.Zero)
        {
            _notBeforeSenior = _state.Now.Plus(_state.Options.TimeoutMicroseconds / 4);
        }
    }

    /// <summary>Not now: nobody would have it, or too few can be reached.</summary>
    public void Wait(long microseconds) => _notBefore = _state.Now.Plus(microseconds);

    /// <summary>Drops what was only an offer: nobody else has it, or whoever has it will say so.</summary>
    public void DropOffer()
    {
        if (_hostChange.TryDrop())
        {
            // Prevents: the log was asked for from after the offer, and comes from there.
            _link.Reopen();
        }
    }

    /// <summary>Leaves the stream: this node follows no more.</summary>
    public void Stop() => _link.Close();

    private void Received(in BatchHeader header, Epoch epoch, bool isRemoved)
    {
        if (header.Stable > _state.Stable && header.Stable <= _state.Log.Last)
        {
            _state.Stable = header.Stable;
        }
        _state.Commit(header.Committed);
        SequenceNumber showable = _state.ShowableHere;
        _state.DeliverUpTo(_hostChange.IsPending && _hostChange.Before < showable ? _hostChange.Before : showable);
        if (_state.Quorum is null ? isRemoved : _state.IsRemovedForGood)
        {
            // With the majority rule, this node's word counts until a majority has heard that it is gone.
            Finish(FollowingEnd.Removed, Gap);
            return;
        }
        if (_state.View.Epoch == epoch)
        {
            return;
        }
        // What is on its way to the old host is not waited for; one that renewed its reign has forgotten what it held back.
        _submitter.StartOver();
        _state.Clock.StartOver();
        _link.HostChanged(_state.View.HostMember!.Address);
    }

    /// <summary>Others think that this node is the host: they know that it took the offer it has, or do not know yet that another one did.</summary>
    private void AskedAsHost()
    {
        if (_hostChange.IsOffer)
        {
            Accede();
        }
        else if (_state.Quorum is not null && _link.IsAtHosts)
        {
            // The host wants to go, and leaves the turn to this node.
            _link.HostResigned();
        }
        else
        {
            _link.TryLater();
        }
    }

    private void CheckOffer()
    {
        if ((_submitter.IsOfferConfirmed || _state.Makes(Mistake.TakesAnOfferAtOnce)) && _hostChange.IsOffer)
        {
            Accede();
        }
    }

    private void Accede()
    {
        _hostChange.Accept();
        Finish(FollowingEnd.MustReign, default);
    }

    /// <summary>How many nodes but the host stand before this one.</summary>
    private int Rank()
    {
        // Who leaves would only have to resign again.
        int rank = _state.View.CountCandidatesBefore(_state.Self);
        return _state.IsLeaving && _state.Quorum is not null ? rank + _state.View.NodeCount : rank;
    }

    private void Misbehaved(string what)
    {
        _state.Notify(new HostMisbehaved(_link.Target, what));
        Finish(FollowingEnd.MustRejoin, GapReason.Lost);
    }

    private void Finish(FollowingEnd end, GapReason reason)
    {
        if (End != FollowingEnd.None)
        {
            return;
        }
        _link.Close();
        End = end;
        Gap = reason;
    }
}
