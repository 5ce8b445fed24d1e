using Norris.Protocol.Membership;
using Norris.Protocol.Messages;
using Norris.Protocol.Ordering;

namespace Norris.Protocol;

/// <summary>What other nodes ask of this one, and what they answer.</summary>
internal sealed partial class NodeCore
{
    /// <summary>Another node asks what it may ask.</summary>
    private void Hear(CallId call, PeerRequest request)
    {
        switch (request)
        {
            case TakeoverRequest takeover:
                Answer(call, Stance(takeover));
                return;
            case ReachRequest reach:
                Answer(call, reach.Draw == JoiningRank.Of(_state.Token, Position.Start).Draw ? new Reached() : new Refused(RefusalReason.AnotherProcess));
                return;
            case JoinRequest join when Role == NodeRole.Joining && _merge is null:
                _joiner!.HeardOf(join.Token);
                Answer(call, new AlsoJoining(_joiner.Rank));
                return;
            case MeetRequest meet when Role == NodeRole.Hosting:
                Answer(call, _meetings.Decide(meet));
                return;
            case MeetRequest meet when Role == NodeRole.Joining && _merge is null:
                _joiner!.HeardOfHost(meet.Address);
                Answer(call, NotHere());
                return;
            case JoinRequest join when Role == NodeRole.Hosting && IsFenced(join.Promised):
                Renew(join.Promised);
                Answer(call, new Busy(_state.Options.HeartbeatMicroseconds / 10));
                return;
            case JoinRequest join when Role == NodeRole.Hosting:
                _sequencer.Join(call, join);
                return;
            case JoinRequest join when _resignation is not null && !IsFenced(join.Promised) && _sequencer.Counts(join.Token):
                // Its word may be what this host waits for to be able to go.
                // Prevents: a and b leave, c lags behind what they hold of the log and asks to come in again; neither lets it in, neither can commit
                // that the other one is gone without it, and they pass the reign to each other for ever.
                _sequencer.Join(call, join);
                return;
            case Submission { IsForRelay: true } word when Role is NodeRole.Following or NodeRole.TakingOver:
                Answer(call, HearFollower(word));
                return;
            case Submission submission when Role == NodeRole.Hosting:
                Answer(call, _sequencer.TakeIn(submission));
                return;
            case LeaveRequest leave when Role == NodeRole.Hosting || _resignation is not null:
                Answer(call, _sequencer.Leave(leave));
                return;
            case Submission word when Role == NodeRole.Merging:
                Answer(call, _merge!.Hear(word));
                return;
            case Submission word when _resignation is not null:
                Answer(call, _resignation.Hear(word));
                return;
            case Submission word when word.Hops == 0 || _handover is { IsOver: false }:
                // A successor may count on others to pass its word on.
                // Prevents: b, who found the way to host a broken a moment ago, is offered the reign; its word is not heard, and b is taken for lost.
                _follower?.Learn(word.Position);
                Answer(call, _handover?.Hear(word) ?? NotHere(word.Member));
                return;
            default:
                PassOn(call, request);
                return;
        }
    }

    /// <summary>Another node wants the log, and claims nothing that cannot be.</summary>
    private PeerReply Serve(FollowRequest request)
    {
        switch (Role)
        {
            case NodeRole.Joining when _merge is null:
            case NodeRole.Idle:
            case NodeRole.Gone:
                return new Refused(RefusalReason.NotIn);
            case NodeRole.Following or NodeRole.TakingOver when request.Hops > 0 && _follower is not null:
                return FollowThrough(request);
            case NodeRole.Hosting or NodeRole.HandingOver or NodeRole.Merging:
                break;
            case NodeRole.Following or NodeRole.TakingOver when request.Network != _state.View.Network && !_state.WasIn(request.Network):
                // Prevents: n stands, and looks for the log where the dead host was; a process of another network listens there now and sends n to its
                // host, which says that n is in another network; n takes that for where its own has moved to, and gives up what it was promised.
                return new Refused(RefusalReason.OtherNetwork);
            case NodeRole.Following when _timesUnservable > 0 && !_follower!.HearsHost && request.After.Sequence < _state.Log.Before:
                // This node left the turn to whoever can serve all: who waits for it is to take it.
                // Prevents: c, who stands, cannot serve b, and waits for somebody else to stand; b waits for c, until c goes on without b.
                return new Refused(RefusalReason.NotIn);
            default:
                _follower?.Learn(request.After);
                return NotHere(request.Member);
        }
        if (request.Network != _state.View.Network)
        {
            return new Refused(RefusalReason.OtherNetwork);
        }
        if (_handover is { IsOver: true } && (request.After.Sequence >= _state.Log.Last || _state.View.Find(request.Member) is null))
        {
            // It is in the next reign already, or came in there: what this node lacks itself, it is no judge of.
            return NotHere();
        }
        // Who asks a host that has handed over may still lack its last entries: those are for members of the reign that ended, too.
        if ((FindNode(request.Member, request.Token) ?? _state.FindLeaver(request.Member, request.Token)) is not { } member)
        {
            return new Refused(IsOfOtherSide(request.After) ? RefusalReason.OtherSide : _state.Lost.IsSlow(request.Member) ? RefusalReason.Trimmed : RefusalReason.NotAMember);
        }
        if (Role == NodeRole.Merging && request.Promised > _state.View.Epoch)
        {
            // Prevents, with the majority rule: a was suspended, wakes, and goes over to b's side; b dies; c, who was with b, asks a for the log, is sent
            // back to where their logs part, and gives up what it and b committed.
            return new Busy(_state.Options.HeartbeatMicroseconds / 10);
        }
        if ((Role == NodeRole.Hosting || _handover is { IsClosing: false } || _resignation is not null) && request.Promised > _state.View.Epoch && !_state.Makes(Mistake.NeverRenews))
        {
            // It gave its word to somebody who never came to reign. It takes nothing of this epoch any more, but it does of a later one.
            // Prevents, with the majority rule: a was cut off for long, and leaves; b, who was with c in epoch 2, looks for a host, is sent back by a to
            // where their logs part, and gives up what it and c committed, though it never takes anything of epoch 1.
            Renew(request.Promised);
            return new Busy(_state.Options.HeartbeatMicroseconds / 10);
        }
        return _sequencer.Follow(member, request, mayRelay: Role == NodeRole.Hosting && _state.View.Find(member.Id) is not null);
    }

    /// <summary>Another node answered a call of this one's.</summary>
    public void Step(CallId call, PeerReply reply)
    {
        if (_passedOn.Remove(call, out CallId asked))
        {
            Answer(asked, reply);
            return;
        }
        _candidacy?.Answered(call, reply);
        _follower?.Answered(call, reply);
        _farewell?.Answered(call);
        _lastWord?.Answered(call);
        _meetings.Answered(call, reply);
        _sequencer.Answered(call, reply);
        if (_joiner?.Answered(call, reply) is { } accepted)
        {
            Accepted(accepted);
        }
    }

    /// <summary>A call of this node's brought no answer.</summary>
    public void Failed(CallId call, ExchangeFailure failure)
    {
        if (_passedOn.Remove(call, out CallId asked))
        {
            Answer(asked, new Busy(_state.Options.HeartbeatMicroseconds));
            return;
        }
        _candidacy?.Failed(call, failure);
        _follower?.Failed(call, failure);
        _farewell?.Failed(call);
        _lastWord?.Failed(call, failure);
        _meetings.Failed(call, failure);
        _sequencer.Failed(call, failure);
        _joiner?.Failed(call, failure);
    }

    /// <summary>The answer to this node's wish to follow.</summary>
    public void UpstreamAnswered(StreamId stream, PeerReply reply)
    {
        _follower?.StreamAnswered(stream, reply);
        // With the majority rule that may have made this node take back entries.
        _sequencer.Streams.EndAllBeyond(_state.Log.Last);
    }

    /// <summary>A candidate asks: is the host missed here too, and what is there to promise?</summary>
    private PeerReply Stance(TakeoverRequest request)
    {
        if (Role == NodeRole.Joining && _merge is not null && _state.Quorum is null)
        {
            return NotHere();
        }
        if (!_state.IsMeant(request.To))
        {
            return new Refused(RefusalReason.AnotherProcess);
        }
        if (_state.Quorum is not null && _state.Self.IsNone)
        {
            // Who only waits to be let in, and counts for a majority already, has nothing and knows nothing of it: that member will not be, and this
            // node asks to be let in as another one.
            // Prevents: a host lets in three and dies; they are half of the view, know nothing of it, and nobody ever has a majority again.
            _state.BecomeAnother();
            return new Refused(RefusalReason.AnotherProcess);
        }
        // Who looks for the others in vain goes on with another one that does, and with one that it knows as long as it has not come in elsewhere.
        // Prevents: e, who knows only the dead, reigns, tells d that it is no member, and leaves; c stands, d says that it is not in, and is put out.
        bool isLookingToo = Role == NodeRole.Joining && _state.Quorum is null && _state.RemovedAt == SequenceNumber.None
            && (request.IsReturning || FindNode(request.Member, request.Token) is not null);
        if (!IsIn || request.To != _state.Self || (Role == NodeRole.Joining && _state.Quorum is null && !isLookingToo) || _handover is { IsOver: true })
        {
            if (_handover is { IsOver: true } && request.To == _state.Self)
            {
                return NotHere();
            }
            _joiner?.LetGo();
            return new Refused(RefusalReason.NotIn);
        }
        if (request.Network != _state.View.Network)
        {
            // Prevents: n asks to join two networks that start at once, and its word comes late to the one that it did not wait for; when that
            // one's host dies, n does not know the candidate, who takes itself for removed and comes back with a gap.
            return new Refused(RefusalReason.OtherNetwork);
        }
        if ((FindNode(request.Member, request.Token) ?? _state.FindLeaver(request.Member, request.Token)) is not { } candidate)
        {
            // Whoever lags may not know of the candidate yet.
            bool isVoter = Role is NodeRole.Following or NodeRole.TakingOver || (Role == NodeRole.Joining && _state.Quorum is not null) || isLookingToo;
            return IsOfOtherSide(request.Position) ? new Refused(RefusalReason.OtherSide)
                : isLookingToo && !IsAhead(request.Position) ? new Refused(RefusalReason.NotIn)
                : !isVoter || !IsAhead(request.Position) ? new Refused(RefusalReason.NotAMember)
                : request.Position.Epoch < _state.View.Epoch || HearsHost(request.Member) || (_state.Quorum is null && _follower is null && !isLookingToo)
                    ? new Busy(_state.Options.HeartbeatMicroseconds / 10)
                    : StanceTowardsUnknown(request);
        }
        if (HearsHost(candidate.Id) && !_state.Makes(Mistake.DeposesAHostThatIsHeard))
        {
            return request.Position.Epoch < _state.View.Epoch && _follower is not null && _state.View.HostMember is { } host
                ? new Redirected(host.Address)
                : new Refused(RefusalReason.HostIsHeard);
        }
        SequenceNumber last = _follower?.LastOpen ?? _state.Log.Last;
        // With the majority rule, who was there in a later epoch has all that was committed before it, whatever else this node has.
        bool isLater = _state.Quorum is not null && request.Position.Epoch > _state.View.Epoch;
        // Prevents, with the majority rule: c and d go on in epoch 1 to #543, while b, with c's promise, began epoch 2 at #64 and is alone at #187;
        // b promises c epoch 4, c finds that it has to give up all since #63, which only others could take back, and so on with d.
        bool isAstray = _state.Quorum is not null && request.Position.Epoch < _state.View.Epoch && request.Position.Sequence > last;
        if (!isLater && (isAstray || !_state.Log.IsOnIt(request.Position, last)))
        {
            if (_state.Quorum is not null && (request.Position.Epoch < _state.View.Epoch || request.Position.Sequence < _state.Log.Before))
            {
                _joiner?.Begin();
            }
            // Prevents: c, at #37 of epoch 1, lost the rest of its side; d and e, at #28 of epoch 2, look for a way back, too; d stands, takes c, whose log
            // begins at #33, for one that is further on its own side, and gives up each time.
            bool isTrimmed = request.Position.Sequence < _state.Log.Before && request.Position.Epoch <= _state.View.Epoch;
            if (isTrimmed && _state.Quorum is null && request.IsReturning)
            {
                _joiner?.BeginBefore();
            }
            return new Refused(isTrimmed ? RefusalReason.Trimmed : RefusalReason.Diverged);
        }
        if (!request.IsBinding)
        {
            // Prevents, with the majority rule: b has an entry that says that a came in anew, after b; a does not; both stand, each the more senior in
            // its own view, and wait for each other for ever.
            bool isFurther = _state.Quorum is not null && Role == NodeRole.TakingOver && IsAhead(request.Position);
            if (!isFurther && !HasLost(request) && IsWaitingForMoreSeniorThan(candidate) is { } other)
            {
                return other;
            }
            if (candidate.IsReachable && _state.View.Find(_state.Self) is { } self && candidate.JoinedAt < self.JoinedAt)
            {
                _follower?.LeaveTurnToSenior();
            }
            return Promise(request, last);
        }
        return candidate.IsReachable ? PromiseOnce(request) : new Refused(RefusalReason.NotAllowed);
    }

    private PeerReply PromiseOnce(TakeoverRequest request)
    {
        bool isFree = _state.Promise.Admits(request.Epoch, request.Member) || _state.Makes(Mistake.PromisesAnEpochTwice);
        if (!isFree || request.Epoch <= _state.View.Epoch)
        {
            return new PromisedElsewhere(_state.HighestEpoch, _state.Promise.Candidate);
        }
        Bind(request);
        return Promise(request, _state.Log.Last);
    }

    /// <summary>
    /// A candidate that is further than this node, which lags behind its entry and misses the host too, has the better right. Whether the one's
    /// log goes on from the other's, the candidate sees from the promised position.
    /// <para>Prevents: n is let in when all who can be in its log are about to leave or die; it follows nobody yet when they do, takes the
    /// others, who ask for its promise, for strangers, and goes on by itself.</para>
    /// One that stands already is the more senior of the two, since the other came in later: it asks that one as well, and goes on.
    /// <para>Prevents: b is at #34 and stands; d, who came in at #39, asks it; b waits for d, which cannot serve b and leaves the turn to it; d waits
    /// in vain, and goes on without b, though c, who lives, has #35.</para>
    /// <para>Prevents, with the majority rule: b is at #96 and stands, with c's promise and c's entries up to #99; d, let in at #99, stands as well and
    /// asks b, which gives its turn up for d; c says to d that it waits for b; so b and d take turns for ever.</para>
    /// </summary>
    private PeerReply StanceTowardsUnknown(TakeoverRequest request)
    {
        if (request.IsBinding)
        {
            return PromiseOnce(request);
        }
        if (_candidacy?.TryAsk(request.Member, request.Address) == true)
        {
            return new PromisedElsewhere(_state.HighestEpoch, _state.Self);
        }
        if (_follower is not null)
        {
            GiveUpStanding();
            _follower.Resume(request.Address, request.Member, isPromised: false);
        }
        return Promise(request, _state.Log.Last);
    }

    /// <summary>
    /// Whether somebody at this position has more than this node; with the majority rule who was there in a later epoch has, whatever this one
    /// has besides.
    /// </summary>
    private bool IsAhead(in Position position) => position.Sequence > _state.Log.Last
        ? _state.Quorum is null || position.Epoch >= _state.View.Epoch
        : _state.Quorum is not null && position.Epoch > _state.View.Epoch;

    /// <summary>
    /// Whether somebody at this position goes by another log than this one, though not by an older one. Neither has to give up its own to a
    /// stranger for that: where two sides meet, their hosts decide.
    /// <para>Prevents: a and b, whom alone n knows, die, and n goes on by itself; c and d, who have more, ask n for its promise, hear that they
    /// are no members, and give up what they have for what n has.</para>
    /// </summary>
    private bool IsOfOtherSide(in Position position) => _state.Quorum is null && position.Epoch >= _state.View.Epoch
        && (position.Sequence > _state.Log.Last
            ? Role == NodeRole.Hosting
            : position.Sequence >= _state.Log.Before ? !_state.Log.IsOnIt(position, _state.Log.Last)
            : position.Epoch > _state.View.Epoch);

    private bool HearsHost(MemberId candidate) => Role switch
    {
        NodeRole.Following => _follower!.HearsHost && candidate != _state.View.Host,
        NodeRole.Hosting or NodeRole.HandingOver or NodeRole.Merging => !_sequencer.Watch.IsStalled,
        _ => false,
    };

    /// <summary>
    /// Whether this node waits for one to reign that reigned already, as whoever asks knows, who misses it by now.
    /// <para>Prevents: b and c promise a, and ask it for its log; a begins its reign, is followed by d, and dies, and its machine never says so to b
    /// and c; they wait for it, and d, who waits for them, goes on without them at last.</para>
    /// </summary>
    private bool HasLost(TakeoverRequest request) =>
        Role == NodeRole.Following && request.Position.Epoch > _state.View.Epoch && request.Position.Epoch >= _state.Promise.Epoch;

    private PromisedElsewhere? IsWaitingForMoreSeniorThan(Member candidate)
    {
        MemberId other = Role == NodeRole.TakingOver ? _state.Self
            : _follower is { IsAwaiting: true } && _state.Promise.Epoch > _state.View.Epoch && _state.Promise.Candidate == _follower.Awaited ? _follower.Awaited
            : MemberId.None;
        return other != candidate.Id && _state.View.Find(other) is { } awaited && awaited.JoinedAt < candidate.JoinedAt
            ? new PromisedElsewhere(_state.HighestEpoch, other)
            : null;
    }

    private void Bind(TakeoverRequest request)
    {
        var promise = new Promise(request.Epoch, request.Member);
        if (_state.Promise == promise && _candidacy is null)
        {
            return;
        }
        _state.Promise = _state.Makes(Mistake.ForgetsItsPromise) ? default : promise;
        _state.Saw(request.Epoch);
        if (_follower is null)
        {
            _sequencer.StepDown();
            _follower = new Follower(_state, request.Address);
        }
        _wantsToLeave |= _resignation is not null;
        _joiner?.LetGo();
        (_joiner, _resignation) = (null, null);
        _follower.DropOffer();
        _follower.Resume(request.Address, request.Member, isPromised: true);
        _candidacy = null;
        Role = NodeRole.Following;
    }

    private Promised Promise(TakeoverRequest request, SequenceNumber last)
    {
        ReadOnlyMemory<byte> tail = default;
        _state.Askers.Heard(request, _state.View);
        if (request.IsBinding && request.Position.Sequence < last && _state.Log.IsOnIt(request.Position, last))
        {
            // The candidate keeps it beyond this moment.
            tail = _state.Log.Read(request.Position.Sequence.Next, last, LogSegment.SegmentBytes).Memory.ToArray();
        }
        return new Promised(new Position(_state.View.Epoch, last, _state.Log.DigestAt(last)), _state.HighestEpoch, tail)
        {
            Committed = _state.ShowableAnywhere < last ? _state.ShowableAnywhere : last,
        };
    }

    /// <summary>A member whose own way to the host is broken follows through this one.</summary>
    private PeerReply FollowThrough(FollowRequest request)
    {
        if (!request.Relay.IsNone && request.Relay != _state.Self)
        {
            // Prevents: relay a dies, and e starts on its machine and follows d, who follows c; c is sent to a and follows e: none of them gets
            // anything any more.
            return new Refused(RefusalReason.AnotherProcess);
        }
        if (!_follower!.IsInTouch || !_follower.HearsHost || request.Promised > _state.View.Epoch || (FindNode(request.Member, request.Token) ?? _state.FindLeaver(request.Member, request.Token)) is not { } member
            || !_state.Log.IsOnIt(request.After, _follower.LastOpen) || request.After.Sequence > _state.Log.Last)
        {
            // What this node does not know or have, the host may: it is no judge of that.
            return new Busy(_state.Options.HeartbeatMicroseconds / 4);
        }
        return _sequencer.Streams.Open(member, request.After);
    }

    /// <summary>
    /// One that follows through this node says how far it is, and those that follow through it. Only what is on this log is passed on: the host
    /// knows of this node that it is on its own.
    /// </summary>
    private PeerReply HearFollower(Submission word)
    {
        Position position = word.Position;
        if (_follower is not { IsInTouch: true, HearsHost: true } || word.Host != _state.View.Host || position.Epoch != _state.View.Epoch
            || (FindNode(word.Member, word.Token) ?? _state.FindLeaver(word.Member, word.Token)) is not { } member
            || position.Sequence > _follower.LastOpen || position.Sequence < _state.Log.Before)
        {
            return new Busy(_state.Options.HeartbeatMicroseconds / 4);
        }
        if (_state.Log.DigestAt(position.Sequence) != position.Digest && !_state.Makes(Mistake.DoesNotCompareDigests))
        {
            return new Refused(RefusalReason.Diverged);
        }
        if (!_state.Makes(Mistake.ReportsNobody))
        {
            _state.Reports.Take(member.Id, _state.Makes(Mistake.ReportsItsOwnPosition) ? _state.Log.Last : position.Sequence, ageMicroseconds: 0);
            foreach (PositionReport report in word.Reports)
            {
                if (report.Sequence <= position.Sequence)
                {
                    _state.Reports.Take(report.Member, report.Sequence, report.AgeMicroseconds);
                }
            }
        }
        return new SubmissionAccepted(_state.NetworkNow, _state.NetworkNow, _follower.LastOpen);
    }

    /// <summary>
    /// What a node says that cannot do what only the host can: who is, or that it does not know yet. A candidate that is waited for is not told
    /// that it is the host itself: whoever was offered the reign takes that for a sign that the offer stands.
    /// <para>Prevents: c stands, d waits for c; c hears host a again, which leaves and offers c the reign; d's word sends c to itself; c reigns,
    /// and a, which heard nothing from c, takes the offer back and hands over to e: two orders in one reign.</para>
    /// </summary>
    private PeerReply NotHere(MemberId asker = default)
    {
        string? host = Role switch
        {
            NodeRole.Joining => _merge?.Address,
            NodeRole.Following when _follower!.HearsHost => _state.View.HostMember?.Address,
            NodeRole.Following when _follower!.IsAwaiting && (asker.IsNone || asker != _follower.Awaited || _state.Quorum is not null) => _follower.Target,
            NodeRole.HandingOver when _handover is { IsOver: true } => _state.View.HostMember?.Address,
            _ => null,
        };
        return host is not null && host != _state.Options.Address ? new Redirected(host) : new Busy(_state.Options.HeartbeatMicroseconds / 4);
    }

    /// <summary>Whether somebody takes nothing of this host's reign any more: it promised another, or was with a later host.</summary>
    private bool IsFenced(Epoch promised) => _state.Quorum is not null && promised > _state.View.Epoch;

    private Member? FindNode(MemberId id, MemberToken token) =>
        _state.View.Find(id) is { Kind: MemberKind.Node } member && member.Token == token ? member : null;

    private void Answer(CallId call, PeerReply reply) => _state.Effects.Answers.Add(new Answer(call, reply));
}
