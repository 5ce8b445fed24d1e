using Norris.Protocol.Membership;
using Norris.Protocol.Messages;

namespace Norris.Protocol.Ordering;

/// <summary>
/// How a node that misses the host takes over. It asks every other node of the view whether it would promise (that binds nobody, and finds
/// out whether the host lives); then for the promise, which binds; takes the longest promised history, fetching what it lacks; and is then
/// the one to start the epoch. A host whose followers promised a later epoch to somebody who never reigned renews its reign the same way.
/// <para>Source: the two phases of Lamport, "The Part-Time Parliament", 1998; view change of Liskov and Cowling, 2012; asking before binding
/// is the PreVote of Ongaro, "Consensus: Bridging Theory and Practice", 2014, section 9.6.</para>
/// <para>Prevents: host dies after it sent #7 to b alone, b showed it; c takes over with #6: b has shown what is not in the order.</para>
/// <para>Prevents: c loses its link to a healthy host and deposes it for everybody.</para>
/// </summary>
internal sealed partial class Candidacy
{
    private const long PauseMicroseconds = 10_000;

    /// <summary>So often one is asked that says it is not in.</summary>
    private const int NotInsMax = 3;

    private readonly CoreState _state;
    private readonly List<Vote> _votes = [];
    private readonly bool _isRenewal;
    private readonly bool _isReturning;
    private readonly int _timesUnservable;
    private readonly SequenceNumber _began;
    private Stage _stage;
    private Timestamp _deadline;
    private Vote? _longest;

    private enum Stage
    {
        /// <summary>Asking who would promise.</summary>
        Sounding,

        /// <summary>Asking for the promise.</summary>
        Binding,

        /// <summary>Fetching what the longest promised history has and this node lacks.</summary>
        Completing,
    }

    /// <param name="state">What the roles share.</param>
    /// <param name="isHostGone">Whether the host's process is known to be gone.</param>
    /// <param name="timesUnservable">How often in a row this node has left the turn to others for those who lack what its log does not go back to.</param>
    /// <param name="isReturning">Whether it is one that was put out, and looked for the others in vain.</param>
    public Candidacy(CoreState state, bool isHostGone, int timesUnservable = 0, bool isReturning = false)
    {
        _state = state;
        _isReturning = isReturning;
        _timesUnservable = timesUnservable;
        _isRenewal = state.View.Host == state.Self;
        _began = state.Log.Last;
        _deadline = state.Now.Plus(state.TimeoutMicroseconds);
        Member? self = state.View.Find(state.Self);
        foreach (Member node in Voters())
        {
            if (node.Id == state.Self)
            {
                continue;
            }
            bool isHost = node.Id == state.View.Host;
            // Where this node itself listens, the one that was there before is gone. With the majority rule the host has a vote like others, and
            // only its machine can say that it is dead.
            bool isGone = (isHost && isHostGone && state.Quorum is null) || node.Address == state.Options.Address || !node.IsReachable;
            bool isMoreSenior = state.View.Find(node.Id) is { } member && (self is null || member.JoinedAt < self.JoinedAt);
            _votes.Add(new Vote(node.Id, node.Address, isHost, isMoreSenior)
            {
                AskAt = state.Now,
                State = isGone ? VoteState.Gone : VoteState.Waiting,
                IsDead = isGone && node.IsReachable,
            });
        }
        if (state.Quorum is null)
        {
            _votes.AddRange(state.Askers.All.Where(asker => asker.Address != state.Options.Address && !_votes.Exists(vote => vote.Member == asker.Id))
                .Select(asker => new Vote(asker.Id, asker.Address, isHost: false, isMoreSenior: false) { AskAt = state.Now }));
        }
    }

    /// <summary>True while this only asks, and binds nobody.</summary>
    public bool IsSounding => _stage == Stage.Sounding;

    /// <summary>With the majority rule: whether it was won without more than half, since the others are dead.</summary>
    public bool IsOfSurvivors { get; private set; }

    /// <summary>How it ended.</summary>
    public CandidacyEnd End { get; private set; }

    /// <summary>Where the host can be reached or followed through, or where to wait or join, as <see cref="End"/> says.</summary>
    public string Address { get; private set; } = "";

    /// <summary>The candidate whose turn it is.</summary>
    public MemberId Other { get; private set; }

    /// <summary>The epoch to start, once won.</summary>
    public Epoch Epoch { get; private set; }

    /// <summary>When there is something to do.</summary>
    public Timestamp NextDeadline
    {
        get
        {
            Timestamp next = _deadline;
            foreach (Vote vote in _votes)
            {
                if (vote.State == VoteState.Waiting && vote.AskAt < next)
                {
                    next = vote.AskAt;
                }
            }
            return next;
        }
    }

    /// <summary>How far a node that promised is; null when it did not.</summary>
    public SequenceNumber? PromisedBy(MemberId member) =>
        _votes.Find(vote => vote.Member == member) is { State: VoteState.Granted } vote ? vote.IsAstray ? SequenceNumber.None : vote.Position.Sequence : null;

    /// <summary>
    /// This node stood still, or its clock jumped: the others get their time again, since they may have answered meanwhile.
    /// <para>Prevents: the candidate's machine stands still for a second with the answers on the way; it starts the epoch without the others' entries.</para>
    /// </summary>
    public void Forgive() => _deadline = _state.Now.Plus(_state.TimeoutMicroseconds);

    /// <summary>Takes the next step.</summary>
    public void Advance()
    {
        if (End != CandidacyEnd.None)
        {
            return;
        }
        if (_stage == Stage.Completing)
        {
            Complete();
            return;
        }
        bool isDecided = true;
        foreach (Vote vote in _votes)
        {
            if (vote.State == VoteState.Waiting && _state.Now >= vote.AskAt)
            {
                Ask(vote, isBinding: _stage == Stage.Binding);
            }
            isDecided &= vote.State is VoteState.Granted or VoteState.Gone || (vote.IsHost && !_isRenewal && MayPassOver(vote));
        }
        if (isDecided || _state.Now >= _deadline)
        {
            Conclude();
        }
    }

    /// <summary>
    /// Somebody else who stands is further, and came in after what this node has: it is asked as well. False when it is too late for that.
    /// </summary>
    public bool TryAsk(MemberId member, string address)
    {
        if (_stage == Stage.Completing || End != CandidacyEnd.None)
        {
            return false;
        }
        if (!_votes.Exists(vote => vote.Member == member))
        {
            _votes.Add(new Vote(member, address, isHost: false, isMoreSenior: false) { AskAt = _state.Now });
            _deadline = _state.Now.Plus(_state.TimeoutMicroseconds);
        }
        return true;
    }

    /// <summary>A member answered.</summary>
    public void Answered(CallId call, PeerReply reply)
    {
        if (End != CandidacyEnd.None || _votes.Find(vote => vote.Call == call) is not { } vote)
        {
            return;
        }
        vote.Call = null;
        switch (reply)
        {
            case Promised promised:
                _state.ToldOf(promised.Highest);
                vote.State = VoteState.Granted;
                (vote.Position, vote.Committed) = (promised.Position, promised.Committed);
                vote.Entries = promised.Entries;
                break;
            case PromisedElsewhere other:
                _state.ToldOf(other.Epoch);
                Yield(vote, other);
                break;
            case Refused { Reason: RefusalReason.HostIsHeard }:
                Finish(CandidacyEnd.HostIsHeard, vote.IsHost ? "" : vote.Address);
                break;
            case Redirected { Address: var address } when address == _state.Options.Address:
                // It takes this node for the host, and is on its way here.
                AskAgain(vote, PauseMicroseconds);
                break;
            case Redirected redirected:
                Finish(CandidacyEnd.Elsewhere, redirected.Address);
                break;
            case Refused { Reason: RefusalReason.NotAMember }:
                Finish(CandidacyEnd.MustRejoin, vote.Address);
                break;
            case Refused { Reason: RefusalReason.NotIn } when vote.NotIns++ < NotInsMax:
                // The old host may have let it in a moment ago, and the word of that is still on its way.
                AskAgain(vote, PauseMicroseconds);
                break;
            case Refused { Reason: RefusalReason.AnotherProcess or RefusalReason.OtherNetwork }:
                // A process that is in another network by now has given up all that it had in this one.
                (vote.State, vote.IsDead) = (VoteState.Gone, true);
                break;
            case Refused { Reason: RefusalReason.Trimmed }:
                (vote.State, vote.IsAhead) = (VoteState.Gone, true);
                break;
            case Busy busy:
                AskAgain(vote, Math.Min(busy.RetryAfterMicroseconds, PauseMicroseconds));
                break;
            default:
                // It is not in itself, or has another history than this node.
                vote.State = VoteState.Gone;
                break;
        }
    }

    /// <summary>A member did not answer.</summary>
    public void Failed(CallId call, ExchangeFailure failure)
    {
        if (End != CandidacyEnd.None || _votes.Find(vote => vote.Call == call) is not { } vote)
        {
            return;
        }
        vote.Call = null;
        if (failure is ExchangeFailure.ConnectionRefused or ExchangeFailure.TimedOut or ExchangeFailure.NotNorris or ExchangeFailure.OtherVersion)
        {
            vote.State = VoteState.Gone;
            vote.IsDead = failure == ExchangeFailure.ConnectionRefused;
            return;
        }
        AskAgain(vote, PauseMicroseconds);
    }

    private void AskAgain(Vote vote, long afterMicroseconds) => (vote.State, vote.AskAt) = (VoteState.Waiting, _state.Now.Plus(afterMicroseconds));

    private void Ask(Vote vote, bool isBinding)
    {
        vote.State = VoteState.Asked;
        vote.Call = _state.Call(vote.Address, new TakeoverRequest(
            vote.Member, _state.View.Network, _state.Self, _state.Token, _state.Options.Address, isBinding ? Epoch : _state.HighestEpoch.Next, isBinding, _state.Position)
        { IsReturning = _isReturning });
    }

    private void Conclude()
    {
        foreach (Vote vote in _votes)
        {
            if (vote.State != VoteState.Granted)
            {
                (vote.State, vote.Call) = (VoteState.Gone, null);
            }
        }
        if (!HasQuorum())
        {
            Finish(CandidacyEnd.NoMajority, "");
        }
        else if (MayLeaveTheTurn && !MayLeaveBehind && (HasToServeTheUnservable() || HasMissedMore()))
        {
            // Prevents: d joins at #145 and the host dies; b, who is at #142, has not noticed yet; d gets all promises, cannot serve b, gives its
            // membership up, and comes back with a gap. Whoever is at #142 was in before d: it stands as well, and takes #143 on from others.
            // If nobody can who lives, b is left behind the next time.
            // Prevents: n lags at #88; c, at #94, asks for its promise and dies; d and e, who came in at #90, live, and stand a little later; n,
            // who knows neither, goes on alone.
            Finish(CandidacyEnd.CannotServe, "");
        }
        else if (MayLeaveTheTurn && _timesUnservable == 1 && HasToServeTheUnservable() && FindElder() is { } elder)
        {
            // Prevents: c, in since #11, is at #20, and has waited for somebody more senior who died since; d, in since #17, stands, cannot serve b, who is
            // at #12, and goes on with what c has; b comes back with a gap, though c has all that it lacks.
            Other = elder.Member;
            Finish(CandidacyEnd.CannotServe, elder.Address);
        }
        else if (_stage == Stage.Sounding && Ahead is { } ahead && !IsAnyFurther())
        {
            Finish(CandidacyEnd.MustRejoin, ahead.Address);
        }
        else if (_stage == Stage.Sounding && !_state.IsReachable && _votes.Exists(static vote => vote.State == VoteState.Granted))
        {
            // Those who would have this node cannot reach it: one of them is to stand.
            Finish(CandidacyEnd.CannotReign, "");
        }
        else if (_stage == Stage.Sounding)
        {
            Bind();
        }
        else
        {
            _stage = Stage.Completing;
            Complete();
        }
    }

    /// <summary>Whether one that promises lacks what this node's log does not go back to.</summary>
    private bool HasToServeTheUnservable() => _votes.Exists(vote => vote.State == VoteState.Granted && vote.Position.Sequence < _state.Log.Before);

    /// <summary>Whether somebody else may stand in its place: nobody is bound yet, and every side goes on.</summary>
    private bool MayLeaveTheTurn => _stage == Stage.Sounding && !_isRenewal && _state.Quorum is null;

    /// <summary>Whether it may go on without those who lack what this node's log does not go back to.</summary>
    private bool MayLeaveBehind => _timesUnservable > 0;

    /// <summary>One that has no less than this node, and was in before the entries that somebody lacks: its log may well go back to them.</summary>
    private Vote? FindElder()
    {
        SequenceNumber lacking = _votes.Where(static vote => vote.State == VoteState.Granted).Min(static vote => vote.Position.Sequence);
        return _votes.Find(vote => vote.State == VoteState.Granted && vote.Position.Sequence >= _state.Log.Last
            && _state.View.Find(vote.Member) is { } member && member.JoinedAt <= lacking);
    }

    /// <summary>Whether somebody had more than this node and all that it finds: others that it does not know of may have that as well.</summary>
    private bool HasMissedMore() => _state.Askers.Furthest > _state.Log.Last && !IsAnyFurther();

    /// <summary>Whether one that promises has more than this node.</summary>
    private bool IsAnyFurther() => _votes.Exists(vote => vote.State == VoteState.Granted && vote.Position.Sequence > _state.Log.Last);

    private void Bind()
    {
        _stage = Stage.Binding;
        Epoch = (_state.Makes(Mistake.CountsEpochsByTheLog) ? _state.View.Epoch : _state.HighestEpoch).Next;
        _state.Saw(Epoch);
        _state.Promise = new Promise(Epoch, _state.Self);
        _deadline = _state.Now.Plus(_state.TimeoutMicroseconds);
        foreach (Vote vote in _votes)
        {
            if (vote.State is VoteState.Granted)
            {
                Ask(vote, isBinding: true);
            }
        }
        if (_votes.TrueForAll(static vote => vote.State == VoteState.Gone))
        {
            Conclude();
        }
    }

    /// <summary>Of two candidates the more senior one goes on; the other waits for it.</summary>
    private void Yield(Vote vote, PromisedElsewhere other)
    {
        Vote? candidate = _votes.Find(v => v.Member == other.Candidate);
        if (candidate is { IsMoreSenior: true, IsDead: false })
        {
            Other = candidate.Member;
            Finish(CandidacyEnd.AnothersTurn, candidate.Address);
        }
        else if (_stage == Stage.Binding)
        {
            foreach (Vote granted in _votes)
            {
                granted.State = granted.State == VoteState.Gone ? VoteState.Gone : VoteState.Granted;
                granted.Call = null;
            }
            Bind();
        }
        else
        {
            AskAgain(vote, PauseMicroseconds);
        }
    }

    /// <summary>
    /// One whose log begins after all that this node has. Where nobody who lives has what lies between, it is this node that comes in anew.
    /// <para>Prevents: n is let in at #63, and hears of that when the others are at #110 and have let go of #64; the host dies; n asks them,
    /// whom it cannot follow, takes them for lost, and goes on by itself.</para>
    /// </summary>
    private Vote? Ahead => _state.Quorum is null ? _votes.Find(static vote => vote.IsAhead) : null;

    private bool HasQuorum()
    {
        if (_state.Quorum is not { } quorum)
        {
            return true;
        }
        foreach (Vote vote in _votes)
        {
            if (vote.IsDead)
            {
                quorum.IsDead(vote.Member);
            }
        }
        return quorum.IsEnough(HasPromised) || _state.Makes(Mistake.ReignsWithoutAMajority);
    }

    /// <summary>
    /// Whether the missed host's answer is not waited for. With the majority rule only while asking who would promise, and not when it left the
    /// turn to this node: then it is there to answer.
    /// <para>Prevents: a host resigns and waits to say goodbye; its successor does not wait for its promise, and says that it is lost.</para>
    /// </summary>
    private bool MayPassOver(Vote host) =>
        _state.Quorum is null || (_stage == Stage.Sounding && !_state.Resigned.Contains(host.Member) && HasQuorum());

    private bool HasPromised(Member node) =>
        node.Id == _state.Self || _votes.Exists(vote => vote.Member == node.Id && vote.State == VoteState.Granted);

    /// <summary>Whose promise is asked for.</summary>
    private IEnumerable<Member> Voters() => _state.Quorum?.Nodes() ?? _state.View.BySeniority.Where(static member => member.Kind == MemberKind.Node);

    private void Finish(CandidacyEnd end, string address) => (End, Address) = (end, address);
}
