using Norris.Protocol.Messages;
using Norris.Protocol.Ordering;

namespace Norris.Protocol.Membership;

/// <summary>
/// How a host looks for others who may have a host of their own: the nodes that the log lost, and the --join addresses where none of its
/// members is, for as long as it lives. Of two hosts that meet, the one whose side weighs less joins the other.
/// <para>Prevents: a and b join each other at the same moment, each because the other weighs more than it did: nobody is host.</para>
/// </summary>
internal sealed class Meetings(CoreState state, FollowerWatch watch)
{
    private const long PauseMaxMicroseconds = 10_000_000;

    /// <summary>Whom this host has asked in vain for so many time-outs it cannot reach, which is to join it then, whatever the two weigh.</summary>
    private const int InVainTimeouts = 5;
    private const int InVainMax = 64;

    /// <summary>For so many time-outs a host does not join one that it told to join it.</summary>
    private const int StandsByTimeouts = 3;

    private readonly Dictionary<string, Search> _searches = new(StringComparer.Ordinal);
    private readonly Dictionary<MemberId, Timestamp> _told = [];
    private readonly List<string> _targets = [];
    private readonly Dictionary<string, Timestamp> _inVainSince = new(StringComparer.Ordinal);
    private readonly Acquaintances _acquaintances = new(state);
    private Timestamp _lookAt;
    private string? _claimed;

    /// <summary>The host to join; null while there is none.</summary>
    public string? Heavier { get; private set; }

    /// <summary>When there is something to do.</summary>
    public Timestamp NextDeadline => _targets.Count == 0 && _claimed is null && state.Lost.All.Count == 0 && state.JoinAddresses.Count == 0 ? Timestamp.Zero : _lookAt;

    /// <summary>A reign begins.</summary>
    public void Start() => (Heavier, _claimed, _lookAt) = (null, null, state.Now);

    /// <summary>Asks whom it is time to ask.</summary>
    public void Advance()
    {
        if (state.Now < _lookAt)
        {
            return;
        }
        _lookAt = state.Now.Plus(state.Options.TimeoutMicroseconds / 2);
        FindTargets();
        foreach (string target in _targets)
        {
            if (!_searches.TryGetValue(target, out Search? search))
            {
                _searches.Add(target, search = new Search(target));
            }
            if (search.Call is null && state.Now >= search.AskAt)
            {
                search.Asked = target;
                Ask(search, hops: 0);
            }
        }
        if (_searches.Count > _targets.Count)
        {
            // Who was asked for once is heard out, however late the answer comes.
            // Prevents: a and b are on their own, and the way there and back takes longer than half a time-out; each forgets that it asked before it
            // hears the answer, and so for ever.
            foreach (string gone in _searches.Where(pair => pair.Value.Call is null && !_targets.Contains(pair.Key)).Select(static pair => pair.Key).ToArray())
            {
                _searches.Remove(gone);
            }
        }
    }

    /// <summary>Another host asks: which of the two is to join the other?</summary>
    public Met Decide(MeetRequest request)
    {
        SideWeight own = Weigh();
        if (state.Quorum is not null && (request.Network == state.View.Network || own.Nodes == 0 || request.Weight.Nodes == 0))
        {
            return DecideByEpoch(request, own);
        }
        if (_acquaintances.CountsSince(request) is not { } since)
        {
            return Answer(Meeting.Later);
        }
        own = Weigh(since);
        // Prevents: u began a network, and nobody reaches it there; it is later than this one, which is to join u, and asks it in vain, for ever.
        // With the majority rule, too: these are two networks, and none of what one committed is the other's.
        if (request.Weight < own || IsOutOfReach(request.Address))
        {
            _told[request.Host] = state.Now;
            return Answer(Meeting.JoinMe);
        }
        if (!(request.Weight > own) || StandsByWhatItTold(request.Host))
        {
            return Answer(Meeting.Later);
        }
        Claim(request.Address);
        return Answer(Meeting.Later);
    }

    /// <summary>
    /// With the majority rule, of two hosts of one network only the later one can be heard by a majority, however many the former one hears; and
    /// a side without a majority waits for its own majority, and for nobody else.
    /// </summary>
    private Met DecideByEpoch(MeetRequest request, SideWeight own)
    {
        if (request.Network != state.View.Network)
        {
            return Answer(Meeting.Later);
        }
        // Survivors, each of its own half, when all others died: neither has the better right, and of two of whom one cannot be reached that one is to come.
        // Who cannot be reached reigns over itself alone, however many reigns it lived through before.
        // Prevents: u, whom nobody reaches, is the last of epoch 4; a is the last of epoch 2, told by u that it is former, asks u in vain, for ever.
        bool mustCome = own.Nodes > 0 && request.Weight.Nodes <= own.Nodes && IsOutOfReach(request.Address);
        bool isLater = !mustCome && (request.Weight.Epoch != state.View.Epoch
            ? request.Weight.Epoch > state.View.Epoch
            : request.Weight with { Nodes = 0 } > own with { Nodes = 0 });
        if (!isLater)
        {
            return Answer(Meeting.JoinMe);
        }
        Claim(request.Address);
        return Answer(Meeting.Later);
    }

    /// <summary>
    /// Another host weighs more. The word may be old, and whoever said it gone: this side ends only when the other says so now.
    /// </summary>
    private void Claim(string address)
    {
        _claimed = address;
        _lookAt = state.Now;
        if (_searches.TryGetValue(address, out Search? search))
        {
            search.AskAt = state.Now;
        }
    }

    /// <summary>Somebody may be there who is no member of this side: it is asked once.</summary>
    public void Found(string address)
    {
        if (!IsMember(address))
        {
            Claim(address);
        }
    }

    /// <summary>Whoever was asked answers.</summary>
    public void Answered(CallId call, PeerReply reply)
    {
        if (Find(call) is not { } search)
        {
            return;
        }
        search.Call = null;
        search.Pause = 0;
        _inVainSince.Remove(search.Origin);
        switch (reply)
        {
            case Met { Meeting: Meeting.JoinMe } met when !StandsByWhatItTold(met.Host) && met.Host != state.Self:
                Heavier = met.Address;
                break;
            case Redirected redirected when redirected.Address != state.Options.Address && search.Hops == 0
                && !IsMember(redirected.Address) && search.Redirects++ < 3:
                search.Asked = redirected.Address;
                Ask(search, hops: 0);
                return;
            default:
                break;
        }
        Rest(search);
    }

    /// <summary>Whoever was asked does not answer.</summary>
    public void Failed(CallId call, ExchangeFailure failure)
    {
        if (Find(call) is not { } search)
        {
            return;
        }
        search.Call = null;
        string origin = search.Origin;
        if (search.Asked == origin)
        {
            if (_inVainSince.Count == InVainMax)
            {
                _inVainSince.Clear();
            }
            _inVainSince.TryAdd(origin, state.Now);
        }
        if (search.Asked != origin && search.Hops == 0 && failure is not (ExchangeFailure.NotNorris or ExchangeFailure.OtherVersion))
        {
            // The other host lives, says whoever named it; only the way to it is broken.
            search.Asked = origin;
            Ask(search, PeerRequest.HopsMax);
            return;
        }
        // Where nobody listens somebody may start again, but nobody who was lost lives there.
        search.Pause = failure == ExchangeFailure.ConnectionRefused ? Math.Min(PauseMaxMicroseconds, (search.Pause * 2) + 1_000_000) : 0;
        Rest(search);
    }

    private void FindTargets()
    {
        _targets.Clear();
        foreach ((_, string address) in state.Lost.All)
        {
            Add(address);
        }
        foreach (string address in state.JoinAddresses)
        {
            Add(address);
        }

        // A member of this side may have become the host of another.
        if (_claimed is { } claimed && claimed != state.Options.Address && !_targets.Contains(claimed))
        {
            _targets.Add(claimed);
        }
        _claimed = null;

        void Add(string address)
        {
            if (address != state.Options.Address && !_targets.Contains(address) && !IsMember(address))
            {
                _targets.Add(address);
            }
        }
    }

    private bool IsMember(string address)
    {
        foreach (Member member in state.View.BySeniority)
        {
            if (member.Kind == MemberKind.Node && member.Address == address)
            {
                return true;
            }
        }
        return false;
    }

    private bool IsOutOfReach(string address) =>
        _inVainSince.TryGetValue(address, out Timestamp first) && state.Now.Since(first) >= InVainTimeouts * state.TimeoutMicroseconds;

    private bool StandsByWhatItTold(MemberId host) =>
        _told.TryGetValue(host, out Timestamp at) && state.Now.Since(at) < StandsByTimeouts * state.TimeoutMicroseconds;

    private Met Answer(Meeting meeting) => new(meeting, state.Self, state.Options.Address);

    private SideWeight Weigh(Timestamp since = default) => new(watch.IsStalled ? 0 : (uint)watch.CountHeard(since), state.View.Epoch, state.Self);

    private void Ask(Search search, int hops)
    {
        search.Hops = hops;
        search.Call = state.Call(search.Asked, new MeetRequest(state.Self, state.Options.Address, Weigh(), state.View.Network, state.NetworkNow) { Hops = hops });
    }

    private void Rest(Search search)
    {
        search.Redirects = 0;
        search.AskAt = state.Now.Plus(Math.Max(state.Options.TimeoutMicroseconds / 4, search.Pause));
    }

    private Search? Find(CallId call)
    {
        foreach (Search search in _searches.Values)
        {
            if (search.Call == call)
            {
                return search;
            }
        }
        return null;
    }

    private sealed class Search(string origin)
    {
        public string Origin => origin;

        public CallId? Call { get; set; }

        public string Asked { get; set; } = "";

        public int Hops { get; set; }

        public int Redirects { get; set; }

        public Timestamp AskAt { get; set; }

        public long Pause { get; set; }
    }
}
