using Norris.Protocol.Messages;
using Norris.Protocol.Ordering;

namespace Norris.Protocol.Membership;

/// <summary>
/// A node's way into a network, or back into it: it asks one address after the other, goes where it is redirected, and starts over with
/// a growing pause, until it is in or its patience ends. When everybody that it finds is only joining too, one of them has to begin.
/// </summary>
internal sealed class Joiner
{
    private const long PauseMicroseconds = 100_000;
    private const long PauseMaxMicroseconds = 2_000_000;
    private const int RedirectsMax = 8;

    /// <summary>So many times in a row nobody knew of a host before this node begins: others may only just be starting.</summary>
    private const int RoundsBeforeBeginning = 3;

    /// <summary>So many time-outs a member that was away looks for the others before it goes on by itself.</summary>
    private const int TimeoutsBeforeGoingOn = 2;

    private const int TriesInVainMax = 3;

    /// <summary>A round takes no longer, but where several addresses do not answer at all.</summary>
    private const int TimeoutsToRemember = 5;

    private readonly CoreState _state;
    private readonly List<string> _addresses;
    private readonly bool _isReturning;
    private readonly Timestamp _begunAt;
    private readonly Timestamp _mayBeginAt;
    private readonly bool _isOwnListed;
    private CallId? _call;
    private string _redirector = "";
    private Timestamp _askedAt;
    private Timestamp _askAt;
    private long _pause = PauseMicroseconds;
    private int _next;
    private int _redirects;
    private int _roundsWithoutHost;
    private bool _foundHost;
    private string? _host;
    private JoiningRank? _first;
    private Timestamp _firstHeardAt;

    // Hosts that looked for others here, and how often this node tried to join them there in vain.
    private readonly Dictionary<string, int> _inVain = new(StringComparer.Ordinal);
    private (string Address, ExchangeFailure Failure) _lastFailure;

    /// <param name="state">What the roles share.</param>
    /// <param name="addresses">Where to ask, in order.</param>
    /// <param name="isReturning">True for a member that was away, which never gives up.</param>
    /// <param name="searchMicroseconds">So long more addresses may be found before this node begins.</param>
    public Joiner(CoreState state, IReadOnlyList<string> addresses, bool isReturning, long searchMicroseconds = 0)
    {
        _state = state;
        _isOwnListed = addresses.Contains(state.Options.Address);
        _addresses = [.. addresses.Where(address => address != state.Options.Address)];
        Invariant.Holds(_addresses.Count > 0 || _isOwnListed || isReturning, "there is somebody to join through");
        _isReturning = isReturning;
        _askAt = state.Now;
        _begunAt = state.Now;
        _mayBeginAt = state.Now.Plus(searchMicroseconds);
    }

    /// <summary>Where this node stands among those that only join.</summary>
    public JoiningRank Rank => JoiningRank.Of(_state.Token, _isReturning ? _state.Position : Position.Start);

    /// <summary>The address that answered with the host's yes.</summary>
    public string Target { get; private set; } = "";

    /// <summary>How many nodes passed the request on at most; 0 when the host itself answered.</summary>
    public int Hops { get; private set; }

    /// <summary>When the next attempt is due; <see cref="Timestamp.Zero"/> while one is under way.</summary>
    public Timestamp NextDeadline => _call is null ? _askAt : Timestamp.Zero;

    /// <summary>True when this node is the one to begin: nobody that it finds knows of a host.</summary>
    public bool MustBegin { get; private set; }

    /// <summary>True once the first address was asked in vain.</summary>
    public bool HasGoneOn { get; private set; }

    /// <summary>True when patience has ended, or no patience would help.</summary>
    public bool HasGivenUp { get; private set; }

    /// <summary>Asks when it is time to.</summary>
    public void Advance()
    {
        if (_call is not null || _state.Now < _askAt || MustBegin || HasGivenUp)
        {
            return;
        }
        if (_addresses.Count == 0)
        {
            EndRound();
            return;
        }
        if (!_isReturning && _state.Now.Since(_begunAt) >= _state.Options.JoinPatienceMicroseconds)
        {
            if (_isOwnListed && _roundsWithoutHost > 0 && IsFirst)
            {
                // Prevents: the same list is on every machine, and the first that is switched on waits at the addresses of the others, which are silent,
                // for longer than its patience lasts: it starts no network.
                MustBegin = true;
                return;
            }
            _state.Notify(new JoinFailed(_lastFailure.Address, _lastFailure.Failure));
            HasGivenUp = true;
            return;
        }
        if (_redirects == 0 && Hops == 0)
        {
            Target = _addresses[_next];
        }
        Ask();
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
                // Samples of another host, perhaps of another network, are not to be mixed with this one.
                _state.Clock.StartOver();
                _state.Clock.Observe(_askedAt, accepted.TakenIn, accepted.Answered, _state.Now);
                return accepted;
            case Redirected redirected when _redirects < RedirectsMax && redirected.Address != _state.Options.Address:
                _redirects++;
                (_redirector, Target, Hops) = (Target, redirected.Address, 0);
                _askAt = _state.Now;
                return null;
            case AlsoJoining other:
                HeardOf(other.Rank);
                GoOn(_state.Now);
                return null;
            case Busy busy:
                // Who is busy may be the host, soon.
                _foundHost = true;
                if (busy.IsInDoubt)
                {
                    LeaveInDoubt();
                }
                GoOn(_state.Now.Plus(busy.RetryAfterMicroseconds));
                return null;
            case Refused { Reason: RefusalReason.OtherRule } when _isReturning:
                Failed(ExchangeFailure.OtherRule);
                return null;
            case Refused { Reason: RefusalReason.OtherRule }:
                // No other try would end otherwise: whoever started this node has to choose.
                _state.Notify(new JoinFailed(Target, ExchangeFailure.OtherRule));
                HasGivenUp = true;
                return null;
            default:
                Failed(ExchangeFailure.NotNorris);
                return null;
        }
    }

    /// <summary>
    /// With the majority rule: one that stands has less than this node, which is the one to stand.
    /// <para>Prevents: a reigns, b later; both lose touch and look for each other; a, by its rank, goes first, and b refuses it for ever.</para>
    /// <para>Prevents: a, at #234, and b, whose log begins at #277, look for each other; a stands first, b has nothing to promise that a could
    /// take, and takes a for somebody who will be host soon.</para>
    /// </summary>
    public void Begin()
    {
        if (_isReturning)
        {
            LetGo();
            MustBegin = true;
        }
    }

    /// <summary>
    /// Where every side goes on: one that has looked in vain for long stands, whom this node cannot promise anything, since its log begins later.
    /// It looks for the others itself, has more, and goes first, if it has looked for as long as who is first does.
    /// <para>Prevents: c, d and e are let in at #15, #19 and #21, and the host dies before any of them follows it; c, who knows of nobody else, stands,
    /// hears from the others that they begin later, and looks for a host; so do they, in turns.</para>
    /// </summary>
    public void BeginBefore()
    {
        if (HasLookedFor(TimeoutsBeforeGoingOn))
        {
            Begin();
        }
    }

    /// <summary>
    /// A host looks for others here: a member that was away goes there next, however long its pause is by now.
    /// <para>Prevents: n looks for the others every other second; c, who reigns since a moment after n looked last, asks n for its host; n goes on by
    /// itself before it looks again.</para>
    /// One that was tried there in vain is no reason to wait, but with the majority rule, where what that one has may be committed.
    /// <para>Prevents: all others are dead, and c, who reigns where nobody reaches it, asks n again and again; n waits for a host that it cannot join,
    /// and those who look for one as well wait for n, for ever.</para>
    /// </summary>
    public void HeardOfHost(string address)
    {
        bool isInVain = _state.Quorum is null && _inVain.GetValueOrDefault(address) >= TriesInVainMax;
        if (!_isReturning || MustBegin || address == _state.Options.Address || isInVain)
        {
            return;
        }
        _inVain.TryAdd(address, 0);
        _foundHost = true;
        _host = address;
        if (_call is null)
        {
            GoToHost();
        }
    }

    /// <summary>One more node was found that may be in, or be joining as well: it is asked next.</summary>
    public void Found(string address)
    {
        if (_isReturning || MustBegin || HasGivenUp || address == _state.Options.Address || _addresses.Contains(address))
        {
            return;
        }
        _addresses.Add(address);
        if (_call is null && _redirects == 0 && Hops == 0)
        {
            _next = _addresses.Count - 1;
            _askAt = _state.Now;
        }
    }

    /// <summary>Another node that only joins asked this one.</summary>
    public void HeardOf(MemberToken token) => HeardOf(JoiningRank.Of(token, Position.Start));

    /// <summary>
    /// Somebody who misses the host was told that this node is not in, and may go on without it: an answer that is still under way counts no more.
    /// <para>Prevents: n was let in, and the host dies with its word on the way; the others go on without n, who says that it is not in; then
    /// the word comes, n is in, and comes back to the others with a gap.</para>
    /// It may have been let in there all the same.
    /// <para>Prevents: n has #1 in the log and sent #2 and #3; it asks another network, whose count of it goes on from #3, and is back with its own
    /// before it hears of that; later the two become one, where the count is #3, and n takes #2 and #3 for ordered.</para>
    /// </summary>
    public void LetGo()
    {
        if (_call is not null)
        {
            _call = null;
            LeaveInDoubt();
            ForgetWay();
            _askAt = _state.Now;
        }
    }

    /// <summary>No answer came.</summary>
    public void Failed(CallId call, ExchangeFailure failure)
    {
        if (call != _call)
        {
            return;
        }
        _call = null;
        LeaveInDoubt();
        if (_redirector.Length > 0 && Hops == 0 && failure is not (ExchangeFailure.NotNorris or ExchangeFailure.OtherVersion))
        {
            // The host lives, says whoever sent this node there; only the way is broken.
            (Target, Hops, _redirector) = (_redirector, PeerRequest.HopsMax, "");
            _askAt = _state.Now;
            return;
        }
        Failed(failure);
    }

    /// <summary>
    /// Who goes first is remembered beyond the round in which it was heard of: it may take longer with its own.
    /// <para>Prevents: c and d join through a, who is dead, and b; b, who joins through a alone, goes first, and hears of each of them in every other
    /// round of its own; it is alone in those between, and begins no network; c and d wait for it.</para>
    /// </summary>
    private void HeardOf(JoiningRank other)
    {
        if (_first is not { } first || !first.GoesBefore(other))
        {
            (_first, _firstHeardAt) = (other, _state.Now);
        }
    }

    private void LeaveInDoubt()
    {
        (ulong confirmed, ulong sent) = _state.OwnNumbers();
        if (sent > confirmed)
        {
            _state.JoinsInDoubt.Add(sent);
        }
    }

    /// <summary>The acceptance was worth nothing: its snapshot contradicted itself.</summary>
    public void Rejected() => Failed(ExchangeFailure.NotNorris);

    private void Ask()
    {
        _askedAt = _state.Now;
        (ulong confirmed, ulong sent) = _state.OwnNumbers();
        _call = _state.Call(Target, new JoinRequest(
            _state.Token, _state.Options.Name, _state.Options.Address, _state.Options.Partition, confirmed, sent, _state.Fence)
        { Hops = Hops });
    }

    private void Failed(ExchangeFailure failure)
    {
        _lastFailure = (Target, failure);
        if (_inVain.TryGetValue(Target, out int tries))
        {
            _inVain[Target] = tries + 1;
        }
        if (!_isReturning && _addresses.Count == 1
            && failure is (ExchangeFailure.OtherSecret or ExchangeFailure.NeedsSecret or ExchangeFailure.IsOpen))
        {
            // As with the other rule; where there are more addresses, another one may be of this node's network.
            _state.Notify(new JoinFailed(Target, failure));
            HasGivenUp = true;
            return;
        }
        _state.Notify(new JoinAttemptFailed(Target, failure));
        GoOn(_state.Now);
    }

    private void GoOn(Timestamp at)
    {
        HasGoneOn = true;
        ForgetWay();
        _next = (_next + 1) % _addresses.Count;
        _askAt = at;
        if (_next == 0)
        {
            EndRound();
        }
        GoToHost();
    }

    private void GoToHost()
    {
        if (_host is not { } host)
        {
            return;
        }
        if (!_addresses.Contains(host))
        {
            _addresses.Add(host);
        }
        _next = _addresses.IndexOf(host);
        _host = null;
        ForgetWay();
        _askAt = _state.Now;
    }

    /// <summary>The next address is asked itself, wherever the last one led.</summary>
    private void ForgetWay() => (_redirects, Hops, _redirector) = (0, 0, "");

    private void EndRound()
    {
        _askAt = Timestamp.Max(_askAt, _state.Now.Plus(_pause));
        _pause = Math.Min(_pause * 2, PauseMaxMicroseconds);
        bool isAlone = _foundHost || (_first is null && !_isOwnListed && !_isReturning);
        _roundsWithoutHost = isAlone ? 0 : _roundsWithoutHost + 1;
        MustBegin = _isReturning
            ? _roundsWithoutHost > 0 && HasLookedFor(IsFirst ? TimeoutsBeforeGoingOn : 2 * TimeoutsBeforeGoingOn)
            : _roundsWithoutHost >= RoundsBeforeBeginning && IsFirst && _state.Now >= _mayBeginAt;
        if (_isOwnListed && _state.Now < _mayBeginAt && _askAt > _mayBeginAt)
        {
            _askAt = _mayBeginAt;
        }
        _foundHost = false;
        if (_state.Now.Since(_firstHeardAt) >= TimeoutsToRemember * _state.Options.TimeoutMicroseconds)
        {
            _first = null;
        }
    }

    private bool IsFirst => _first is not { } first || !first.GoesBefore(Rank);

    private bool HasLookedFor(int timeouts) => _state.Now.Since(_begunAt) >= timeouts * _state.Options.TimeoutMicroseconds;
}
