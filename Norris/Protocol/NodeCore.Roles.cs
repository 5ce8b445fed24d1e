using Norris.Protocol.Membership;
using Norris.Protocol.Messages;
using Norris.Protocol.Ordering;

namespace Norris.Protocol;

/// <summary>What a node does in its role, and how it comes from one to the next.</summary>
internal sealed partial class NodeCore
{
    private void StepRole()
    {
        _lastWord?.Advance();
        switch (Role)
        {
            case NodeRole.Joining:
                _joiner!.Advance();
                JoinOn();
                break;
            case NodeRole.Following:
                _follower!.Advance();
                _farewell?.Advance();
                FollowOn();
                break;
            case NodeRole.TakingOver:
                _follower?.Advance();
                if (IsNeedless)
                {
                    GiveUpStanding();
                    break;
                }
                _candidacy!.Advance();
                StandOn();
                break;
            case NodeRole.Hosting:
                _state.Guests.BringBack();
                _sequencer.Advance();
                HostOn();
                break;
            case NodeRole.HandingOver when _resignation is not null:
                _resignation.Advance();
                Resign();
                break;
            case NodeRole.HandingOver:
                _handover!.Advance();
                if (_handover.IsDone)
                {
                    IsNowGone();
                }
                break;
            case NodeRole.Merging:
                _merge!.Advance();
                if (_merge.IsDone)
                {
                    LookForWayBack(GapReason.Merged, _merge.Address);
                }
                break;
            default:
                break;
        }
    }

    private void BeginNetwork()
    {
        Role = NodeRole.Hosting;
        _joiner = null;
        _sequencer.Found();
        _meetings.Start();
        _state.DeliverUpTo(_state.Log.Last);
        IsNowIn();
    }

    private void JoinOn()
    {
        if (_joiner!.HasGoneOn)
        {
            // The host to join was not there, or would not have this node: nobody is sent there any more.
            _merge = null;
        }
        if (_joiner.HasGivenUp)
        {
            Role = NodeRole.Gone;
        }
        else if (_joiner.MustBegin && !_wasIn)
        {
            BeginNetwork();
        }
        else if (_joiner.MustBegin && (_state.Quorum is not null || _state.RemovedAt == SequenceNumber.None))
        {
            // Nobody that this node knows of has a host: the log goes on here, with those who look for one as well. With the majority rule only if
            // enough others say so.
            // Prevents: c and d know of each other; e, who knows neither and reigns, tells c that it is no member, and dies; c and d look for others
            // in vain; c goes on alone, and d is put out, though nobody fell silent.
            _joiner = null;
            _candidacy = new Candidacy(_state, isHostGone: false, isReturning: true);
            Role = NodeRole.TakingOver;
        }
        else if (_joiner.MustBegin)
        {
            // As the log has it, this node left.
            Reign(_state.HighestEpoch.Next, static _ => null);
        }
    }

    private void FollowOn()
    {
        if (_farewell is { HasGivenUp: true })
        {
            IsNowGone();
            return;
        }
        if (_follower!.End == FollowingEnd.None)
        {
            _state.Guests.BringBack();
            _timesUnservable = _follower.IsInTouch ? 0 : _timesUnservable;
        }
        switch (_follower.End)
        {
            case FollowingEnd.MustReign:
                _lastWord = new LastWord(_state, _follower.OldHost);
                IsNowHost();
                break;
            case FollowingEnd.Removed when _farewell is not null:
                IsNowGone();
                break;
            case FollowingEnd.Removed or FollowingEnd.MustRejoin:
                LookForWayBack(_follower.Gap, _follower.Target);
                break;
            case FollowingEnd.None when _wantsToLeave:
                _wantsToLeave = false;
                _farewell ??= new Farewell(_state);
                break;
            case FollowingEnd.None when _follower.MustStand:
                Stand();
                break;
            default:
                LeaveFollowersOfTheDead();
                _sequencer.Streams.OpenUpTo = _follower.OpenUpTo;
                _sequencer.Streams.IsRelay = true;
                break;
        }
    }

    /// <summary>
    /// Whose machine refuses connections is dead: those that follow it through this node are to find that out themselves, now.
    /// <para>Prevents: the host dies; a relay's followers hear of it by the relay's word only, that the host was silent for so long, and refuse the
    /// candidate for half a time-out.</para>
    /// </summary>
    private void LeaveFollowersOfTheDead()
    {
        if (_follower!.IsHostGone && _sequencer.Streams.Count > 0)
        {
            _sequencer.Streams.EndAll(StreamEnd.HostChanged);
        }
    }

    private void Stand()
    {
        LeaveFollowersOfTheDead();
        _follower!.DropOffer();
        _state.Notify(new TakesOver(_state.View.Host));
        _candidacy = new Candidacy(_state, _follower.IsHostGone, _timesUnservable);
        Role = NodeRole.TakingOver;
    }

    /// <summary>
    /// A host becomes a candidate for a later epoch than one that its followers promised. If it was about to leave, it leaves then.
    /// <para>Prevents: b promised epoch 3 to c, who dies; host a of epoch 2 leaves, and waits for b, who takes nothing of epoch 2.</para>
    /// </summary>
    private void Renew(Epoch promised)
    {
        _wantsToLeave |= _handover is not null || _resignation is not null;
        (_handover, _resignation) = (null, null);
        _sequencer.Watch.IsLeaving = false;
        _state.Saw(promised);
        _candidacy = new Candidacy(_state, isHostGone: false);
        Role = NodeRole.TakingOver;
    }

    private void StandOn()
    {
        if (_candidacy!.End == CandidacyEnd.None)
        {
            if (IsNeedless || _follower is { End: not FollowingEnd.None })
            {
                GiveUpStanding();
            }
            return;
        }
        Candidacy candidacy = _candidacy;
        if (candidacy.End == CandidacyEnd.Won && candidacy.Epoch <= _state.View.Epoch && _follower is not null)
        {
            // Prevents: the promises are there at last, and meanwhile the log came in with that epoch, which another one has started.
            GiveUpStanding();
            return;
        }
        if (candidacy.End == CandidacyEnd.Won)
        {
            IsOfSurvivors = candidacy.IsOfSurvivors;
            Reign(candidacy.Epoch, candidacy.PromisedBy);
            return;
        }
        if (candidacy.End == CandidacyEnd.Again)
        {
            _candidacy = new Candidacy(_state, isHostGone: _follower is null or { IsHostGone: true }, _timesUnservable);
            _candidacy.Advance();
            return;
        }
        if (candidacy.End == CandidacyEnd.MustRejoin)
        {
            _candidacy = null;
            LookForWayBack(GapReason.Lost, candidacy.Address);
            return;
        }
        if (candidacy.End == CandidacyEnd.NoMajority)
        {
            _state.Majority(isThere: false);
        }
        if (_state.Quorum is not null && _follower is null && _state.IsRemovedForGood)
        {
            _candidacy = null;
            LookForWayBack(_gapReason, "");
            return;
        }
        _timesUnservable = candidacy.End == CandidacyEnd.CannotServe ? _timesUnservable + 1 : 0;
        _follower ??= new Follower(_state, candidacy.Address.Length > 0 ? candidacy.Address : _state.Options.Address);
        GiveUpStanding();
        switch (candidacy.End)
        {
            case CandidacyEnd.HostIsHeard:
                _follower.StandDown(candidacy.Address.Length > 0 ? candidacy.Address : null);
                break;
            case CandidacyEnd.Elsewhere:
                // The way there takes a moment; standing again meanwhile would only cut it short.
                _follower.Resume(candidacy.Address, MemberId.None, isPromised: false);
                break;
            case CandidacyEnd.AnothersTurn:
                _follower.Resume(candidacy.Address, candidacy.Other, isPromised: false);
                break;
            case CandidacyEnd.CannotServe when candidacy.Address.Length > 0:
                _follower.LeaveTurnTo(candidacy.Address, candidacy.Other);
                break;
            default:
                _follower.Wait(_state.Options.TimeoutMicroseconds / 2);
                break;
        }
    }

    /// <summary>
    /// Whether the host is heard again while this node stands, and nobody was bound yet; or makes an offer, which others wait for.
    /// <para>Prevents: n's machine stands still while it stands; then it takes a batch with an offer, and the promises; it begins its reign on top
    /// of two entries that it has not folded in.</para>
    /// </summary>
    private bool IsNeedless => _candidacy!.End == CandidacyEnd.None && _state.Promise.Epoch <= _state.View.Epoch
        && (_follower is { IsInTouch: true, HearsHost: true } || _follower?.OpenUpTo is not null);

    private void GiveUpStanding()
    {
        _candidacy = null;
        Role = NodeRole.Following;
    }

    private void Reign(Epoch epoch, Func<MemberId, SequenceNumber?> promisedBy)
    {
        _state.Saw(epoch);
        _sequencer.StepDown();
        _sequencer.TakeOver(epoch, promisedBy);
        _state.ReturnByItself();
        IsNowHost(isTakeover: true);
    }

    private void IsNowHost(bool isTakeover = false)
    {
        _follower?.Stop();
        (_follower, _candidacy, _joiner, _merge, _resignation) = (null, null, null, null, null);
        Role = NodeRole.Hosting;
        DropPassedOn();
        if (!isTakeover)
        {
            _sequencer.Start();
        }
        _sequencer.Streams.OpenUpTo = null;
        _sequencer.Streams.IsRelay = false;
        _meetings.Start();
        _state.Guests.BringBack();
        if (_farewell is not null || _wantsToLeave)
        {
            (_farewell, _wantsToLeave) = (null, false);
            Leave();
        }
    }

    /// <summary>
    /// A host that hears no majority asks all nodes whether they would have it again: those who are dead say so, or their machines do; those
    /// who have another host by now say that.
    /// </summary>
    private void SoundOut()
    {
        if (!_sequencer.Watch.IsStalled)
        {
            _candidacy = null;
            return;
        }
        if (_candidacy is null)
        {
            if (_state.Now < _soundsAt)
            {
                return;
            }
            _candidacy = new Candidacy(_state, isHostGone: false);
        }
        _candidacy.Advance();
        if (_candidacy.End is CandidacyEnd.None or CandidacyEnd.Won or CandidacyEnd.Again)
        {
            // Bound once, this node is no host any more, but a candidate.
            Role = _candidacy.IsSounding && _candidacy.End == CandidacyEnd.None ? NodeRole.Hosting : NodeRole.TakingOver;
            return;
        }
        Candidacy candidacy = _candidacy;
        (_candidacy, _soundsAt) = (null, _state.Now.Plus(_state.Options.TimeoutMicroseconds / 2));
        if (candidacy.End is CandidacyEnd.MustRejoin or CandidacyEnd.Elsewhere)
        {
            LookForWayBack(GapReason.Lost, candidacy.Address);
        }
        else if (candidacy.End == CandidacyEnd.NoMajority)
        {
            _state.Majority(isThere: false);
        }
    }

    /// <summary>With the majority rule, a host that leaves becomes a member that leaves.</summary>
    private void Resign()
    {
        if (_resignation!.IsDone && _resignation.Successor.IsNone)
        {
            IsNowGone();
        }
        else if (_resignation.IsDone)
        {
            MemberId successor = _resignation.Successor;
            string address = _state.View.Find(successor)!.Address;
            _resignation = null;
            _sequencer.StepDown();
            _sequencer.Streams.EndAll(StreamEnd.HostChanged);
            _follower = new Follower(_state, address);
            _follower.Resume(address, successor, isPromised: false);
            _farewell = new Farewell(_state);
            Role = NodeRole.Following;
        }
    }

    private void HostOn()
    {
        if (_state.Quorum is not null)
        {
            SoundOut();
            if (Role != NodeRole.Hosting)
            {
                return;
            }
        }
        _meetings.Advance();
        if (_meetings.Heavier is { } heavier && _sequencer.Watch.IsStalled)
        {
            LookForWayBack(GapReason.Lost, heavier);
        }
        else if (_meetings.Heavier is { } address && !_state.Makes(Mistake.KeepsBothHosts))
        {
            _candidacy = null;
            _merge = new Merge(_state, _sequencer, address);
            Role = NodeRole.Merging;
        }
    }

    /// <summary>The others go on without this node: it joins again, as who it was.</summary>
    private void LookForWayBack(GapReason reason, string first)
    {
        _gapReason = reason;
        _wantsToLeave |= _resignation is not null;
        _follower?.DropOffer();
        _follower?.Stop();
        (_follower, _candidacy, _resignation) = (null, null, null);
        _sequencer.StepDown();
        _sequencer.Streams.EndAll(reason == GapReason.Merged ? StreamEnd.Merged : StreamEnd.HostChanged);
        if (_farewell is not null && _state.Outbox.Count == 0)
        {
            IsNowGone();
            return;
        }
        _wantsToLeave |= _farewell is not null;
        _farewell = null;
        var addresses = new List<string>();
        if (first.Length > 0 && first != _state.Options.Address)
        {
            addresses.Add(first);
        }
        _state.AddWays(addresses);
        Role = NodeRole.Joining;
        _joiner = new Joiner(_state, addresses, isReturning: true);
    }

    private void Accepted(JoinAccepted accepted)
    {
        SequenceNumber after = _state.Deliverable;
        bool goesOn = accepted.Member == _state.Self && _state.HasMoreThan(accepted.Snapshot);
        if (!goesOn && !_state.TryStartFrom(accepted.Snapshot, accepted.Member, accepted.IsRemembered))
        {
            _joiner!.Rejected();
            return;
        }
        bool isReachable = _state.View.Find(_state.Self) is not { IsReachable: false };
        if (_state.IsReachable && !isReachable)
        {
            _state.Notify(new OutOfReach(_state.Options.Address));
        }
        _state.IsReachable = isReachable;
        _follower = new Follower(_state, _joiner!.Target);
        if (_joiner.Hops > 0)
        {
            _follower.StandDown(_joiner.Target);
        }
        (_joiner, _merge) = (null, null);
        Role = NodeRole.Following;
        if (goesOn)
        {
            return;
        }
        if (_wasIn)
        {
            _state.Notify(new Gap(after, accepted.Member, _gapReason, accepted.Snapshot));
        }
        else
        {
            IsNowIn();
        }
    }

    private void IsNowIn()
    {
        _wasIn = true;
        _state.Notify(new Ready(_state.Self, _state.View.Find(_state.Self)!.Name, Snapshot.Of(_state.View, _state.Log)));
    }

    private void IsNowGone()
    {
        _follower?.Stop();
        _sequencer.StepDown();
        _sequencer.Streams.EndAll(StreamEnd.Stopping);
        DropPassedOn();
        (_joiner, _follower, _farewell, _lastWord, _candidacy) = (null, null, null, null, null);
        Role = NodeRole.Gone;
        _state.Notify(new HasLeft());
    }
}
