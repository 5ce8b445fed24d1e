using Norris.Protocol.Membership;

namespace Norris.Protocol.Ordering;

/// <summary>
/// What the host knows of its followers: how far each has come, so what is stable and what somebody else has seen; who has fallen
/// silent; and whether one lags so far that senders must wait for it.
/// </summary>
internal sealed class FollowerWatch(CoreState state)
{
    /// <summary>So many times as long as others waited for one they must not have waited before that is forgotten: one that lags costs a tenth.</summary>
    private const long TimesPaidBack = 9;

    private Timestamp _nextCheck;
    private Timestamp _awakeSince;
    private Timestamp _pressureCheckedAt;
    private Timestamp _comparedAt;
    private long _costMicroseconds;
    private bool _waitsForOne;
    private SequenceNumber _seenElsewhere;
    private bool _committedIsStale;
    private Timestamp _stalledAt;
    private bool _stableIsStale;

    /// <summary>True when senders must wait because a member lags: half of the retention is not stable.</summary>
    public bool IsPressed { get; private set; }

    /// <summary>True while this host leaves: then nobody is put out for being slow, since the slow one may be the only one to go on.</summary>
    public bool IsLeaving { get; set; }

    /// <summary>True once another node was offered the reign and may have it, whatever this one hears: then even a host alone is not sure of its order.</summary>
    public bool MayBeSucceeded { get; set; }

    /// <summary>When this reign began, on the node's own clock.</summary>
    public Timestamp StartedAt { get; private set; }

    /// <summary>The entry that starts this reign.</summary>
    public SequenceNumber ReignsFrom { get; set; }

    /// <summary>
    /// The host may show its people the entries up to here: those that somebody else has too, so that a host cut off at this moment has
    /// shown nothing that the others never see.
    /// <para>Prevents: host orders m, shows m, freezes before sending it; the others take over without m; the host comes back having shown what is not in the order.</para>
    /// </summary>
    public SequenceNumber Showable => state.Makes(Mistake.ShowsAtOnce) ? state.Log.Last
        : state.Quorum is not null ? state.ShowableHere
        : !state.View.HasCandidateBesides(state.Self) && !MayBeSucceeded ? state.Log.Last : _seenElsewhere;

    /// <summary>
    /// True while this host hears no majority: it orders nothing, since it does not know whether the others have another host by now.
    /// </summary>
    public bool IsStalled => _stalledAt != Timestamp.Zero;

    /// <summary>For how long, in microseconds.</summary>
    public uint StalledMicroseconds => IsStalled ? (uint)Math.Clamp(state.Now.Since(_stalledAt), 0, uint.MaxValue) : 0;

    /// <summary>A reign begins: nobody has said anything yet, everybody was just heard.</summary>
    public void Start()
    {
        foreach (Member member in state.View.BySeniority)
        {
            member.Progress.Reset(state.Now);
        }
        state.Quorum?.StartOver(state.Now);
        ReignsFrom = state.Log.Last.Next;
        StartedAt = state.Now;
        _stalledAt = Timestamp.Zero;
        _committedIsStale = true;
        _seenElsewhere = state.Deliverable;
        _stableIsStale = true;
        (_pressureCheckedAt, _comparedAt, _costMicroseconds) = (Timestamp.Zero, Timestamp.Zero, 0);
        (IsPressed, _waitsForOne, MayBeSucceeded) = (false, false, false);
    }

    /// <summary>A node is alive and has everything up to <paramref name="acknowledged"/>.</summary>
    public void Heard(Member member, SequenceNumber acknowledged) => Heard(member, acknowledged, state.Now);

    /// <summary>The same, as a relay heard it at <paramref name="at"/>, on this node's own clock.</summary>
    public void Heard(Member member, SequenceNumber acknowledged, Timestamp at)
    {
        FollowerProgress progress = member.Progress;
        progress.LastHeard = Timestamp.Max(progress.LastHeard, at);
        progress.HasFollowed = true;
        if (acknowledged > progress.Acknowledged)
        {
            _stableIsStale |= progress.Acknowledged <= state.Stable;
            progress.Acknowledged = acknowledged;
            _committedIsStale = true;
        }
        state.Quorum?.IsAlive(member.Id);
        // What only those have who cannot be asked for it is lost with this host.
        _seenElsewhere = acknowledged > _seenElsewhere && (member.IsReachable || state.Makes(Mistake.CountsWhomNobodyReaches)) ? acknowledged : _seenElsewhere;
    }

    /// <summary>
    /// A node's word came that was said at <paramref name="sentAt"/>, on the network's clock. What lay around here while this host stood still
    /// says nothing about who is with it now.
    /// <para>Prevents: the host freezes, the others take over and are three; it wakes, finds four old signs of life, and the three join it.</para>
    /// </summary>
    public void HeardWord(Member member, Timestamp sentAt)
    {
        if (sentAt >= _awakeSince && state.NetworkNow.Since(sentAt) <= state.Options.TimeoutMicroseconds / 2)
        {
            member.Progress.HeardAt = state.Now;
        }
    }

    /// <summary>How many nodes this host really hears, itself among them: what its own lateness excuses does not count.</summary>
    /// <param name="since">Nor does what was heard before this, on the node's own clock.</param>
    public int CountHeard(Timestamp since)
    {
        int heard = 1;
        foreach (Member member in state.View.BySeniority)
        {
            heard += member.Kind == MemberKind.Node && member.Id != state.Self && !member.Intake.IsLeaving
                && member.Progress.HeardAt >= since && state.Now.Since(member.Progress.HeardAt) <= state.Options.TimeoutMicroseconds / 2 ? 1 : 0;
        }
        return heard;
    }

    /// <summary>The view changed: who counts for what is stable may be others now.</summary>
    public void ViewChanged() => (_stableIsStale, _committedIsStale) = (true, true);

    /// <summary>
    /// With the majority rule: commits what enough nodes have. What earlier hosts ordered is committed only together with something of this reign.
    /// <para>Prevents: a orders x and is cut off; b orders y and dies; a reigns again, a majority gets x, people see it, and a dies; whoever had
    /// y has the later epoch, reigns, and takes x back (Ongaro and Ousterhout, 2014, figure 8).</para>
    /// </summary>
    public void UpdateCommitted()
    {
        while (state.Quorum is { } quorum && (_committedIsStale || (state.View.NodeCount == 1 && state.Committed < state.Log.Last)))
        {
            SequenceNumber reached = quorum.Reached(HasAcknowledged, state.Log.Last);
            // Once a view counts no more, another look may find more.
            _committedIsStale = reached >= ReignsFrom && reached > state.Committed;
            if (!_committedIsStale)
            {
                return;
            }
            state.Commit(reached);
            _stableIsStale = true;
        }
    }

    /// <summary>Whether the entries up to <paramref name="at"/> are committed once that node has them.</summary>
    public bool IsCommittedWith(MemberId node, SequenceNumber at) =>
        at >= ReignsFrom && state.Quorum!.Reached(member => member.Id == node ? state.Log.Last : HasAcknowledged(member), state.Log.Last) >= at;

    /// <summary>How far a node is.</summary>
    private SequenceNumber HasAcknowledged(Member node) => node.Id == state.Self ? state.Log.Last : AsLast(node).Progress.Acknowledged;

    private bool IsHeard(Member node) =>
        node.Id == state.Self || state.Now.Since(AsLast(node).Progress.LastHeard) <= state.TimeoutMicroseconds;

    /// <summary>
    /// A node of an earlier view, as the member that it is now, or was last.
    /// <para>Prevents: n is put out, comes back, and is put out again before anything is committed; what it has counts in one view only.</para>
    /// </summary>
    private Member AsLast(Member node) => state.View.Find(node.Id) ?? state.Quorum?.FindLeaver(state.View, node.Id) ?? node;

    /// <summary>This node's own timers were late by so much: what it did not hear meanwhile is no one's fault.</summary>
    public void Forgive(long stallMicroseconds)
    {
        _awakeSince = state.NetworkNow;
        _pressureCheckedAt = _pressureCheckedAt.Plus(stallMicroseconds);
        foreach (Member member in state.View.BySeniority)
        {
            member.Progress.LastHeard = member.Progress.LastHeard.Plus(stallMicroseconds);
        }
    }

    /// <summary>
    /// Brings what is stable up to date, trims the log, and names a node to be removed: one that was silent past the time-out, or one
    /// that made the others wait too long. Null when all is well. Call again until it is.
    /// </summary>
    public (Member Member, LeaveReason Reason)? Check()
    {
        if (_stableIsStale)
        {
            _stableIsStale = false;
            UpdateStable();
        }
        UpdatePressure();
        if (_costMicroseconds > TimesPaidBack * state.Options.SlowPatienceMicroseconds && !IsLeaving && !IsStalled && FindSlowest() is { } slow)
        {
            _costMicroseconds = 0;
            return (slow, LeaveReason.Slow);
        }
        if (state.Now < _nextCheck)
        {
            return null;
        }
        if (state.Quorum?.IsEnough(IsHeard) == false)
        {
            _stalledAt = IsStalled ? _stalledAt : state.Now;
            _nextCheck = state.Now.Plus(state.Options.HeartbeatMicroseconds);
            return null;
        }
        if (IsStalled)
        {
            _stalledAt = Timestamp.Zero;
            state.Majority(isThere: true);
        }
        foreach (Member member in state.View.BySeniority)
        {
            if (member.Kind == MemberKind.Node && member.Id != state.Self && !member.Intake.IsLeaving
                && state.Now.Since(member.Progress.LastHeard) > state.TimeoutMicroseconds && !state.Makes(Mistake.RemovesNobody))
            {
                return (member, LeaveReason.Lost);
            }
        }
        _nextCheck = state.Now.Plus(state.Options.HeartbeatMicroseconds);
        return null;
    }

    /// <summary>When <see cref="Check"/> has something to find at the earliest.</summary>
    public Timestamp NextDeadline => _nextCheck;

    private void UpdateStable()
    {
        // With nobody else in, every new entry is stable at once, and there is no acknowledgement to wait for.
        _stableIsStale = state.View.NodeCount == 1;
        SequenceNumber stable = state.Log.Last;
        for (int i = 0; i < state.View.BySeniority.Count && !_stableIsStale; i++)
        {
            Member member = state.View.BySeniority[i];
            if (member.Kind == MemberKind.Node && member.Id != state.Self && member.Progress.Acknowledged < stable
                && !state.Makes(Mistake.CountsStableWithoutTheSlowest))
            {
                stable = member.Progress.Acknowledged;
            }
        }
        if (state.Quorum is not null && stable > state.Committed)
        {
            // Prevents: a cut-off host says that all but one are lost, and takes what that one has for what everybody has; nobody commits that they
            // are lost, and another host takes back what was let go of.
            stable = state.Committed;
        }
        if (stable > state.Stable)
        {
            state.Stable = stable;
        }
    }

    /// <summary>
    /// Senders wait from when half of the retention is not stable, or not shown here, until no more than half of that is left. The time
    /// that they wait for one that is a quarter of the retention behind most of the others counts against it, and nine times as long that they do
    /// not wait makes up for it: it is put out when it has cost the others a tenth of the time and the patience.
    /// <para>Prevents: a slow reader frees a little, senders fill it at once: it holds everybody at its pace for ever.</para>
    /// <para>Prevents: the same, a little less slow: senders wait for it half of the time, for ever.</para>
    /// <para>Prevents: everybody prints at the same pace, a little slower than they could write, and one after the other is put out.</para>
    /// </summary>
    private void UpdatePressure()
    {
        long half = state.Options.RetentionBytes / 2;
        long passed = _pressureCheckedAt == Timestamp.Zero ? 0 : Math.Max(0, state.Now.Since(_pressureCheckedAt));
        _costMicroseconds = IsPressed && _waitsForOne ? _costMicroseconds + (TimesPaidBack * passed) : Math.Max(0, _costMicroseconds - passed);
        _pressureCheckedAt = Timestamp.Max(_pressureCheckedAt, state.Now);

        long lag = state.Log.BytesHeld > half / 2 ? state.Log.BytesAfter(state.Stable) : 0;
        IsPressed = Math.Max(lag, state.ShowingLagBytes) > (IsPressed ? half / 2 : half);
        if (!IsPressed)
        {
            _waitsForOne = false;
        }
        else if (state.Now.Since(_comparedAt) >= state.Options.HeartbeatMicroseconds)
        {
            _comparedAt = state.Now;
            _waitsForOne = AreMostAheadOf(lag - (half / 2));
        }
    }

    /// <summary>Whether most nodes, this one among them, lag by less than so many bytes.</summary>
    private bool AreMostAheadOf(long lagBytes)
    {
        int ahead = 0;
        foreach (Member member in state.View.BySeniority)
        {
            if (member.Kind == MemberKind.Node)
            {
                SequenceNumber has = member.Id == state.Self ? state.Shown : member.Progress.Acknowledged;
                ahead += state.Log.BytesAfter(has) < lagBytes ? 1 : 0;
            }
        }
        return ahead * 2 >= state.View.NodeCount;
    }

    private Member? FindSlowest()
    {
        Member? slowest = null;
        foreach (Member member in state.View.BySeniority)
        {
            if (member.Kind == MemberKind.Node && member.Id != state.Self && !member.Intake.IsLeaving
                && (slowest is null || member.Progress.Acknowledged < slowest.Progress.Acknowledged))
            {
                slowest = member;
            }
        }
        // Who follows through a relay has nothing before the relay has it: where most of its lag is the relay's, the relay is the slow one.
        while (slowest is not null && state.View.Find(slowest.Progress.Relay) is { Intake.IsLeaving: false } relay
            && 2 * state.Log.BytesAfter(relay.Progress.Acknowledged) > state.Log.BytesAfter(slowest.Progress.Acknowledged))
        {
            slowest = relay;
        }
        return slowest;
    }
}
