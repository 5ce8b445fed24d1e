using Norris.Protocol;
using Norris.Protocol.Membership;
using Norris.Protocol.Messages;
using Norris.Protocol.Ordering;

namespace Norris.Tests.Simulation;

/// <summary>
/// What a node owes the others, looked at from outside as it answers them and changes its role: it keeps its word to a candidate, and gives
/// none while it hears the host; lets nobody in of whom only it knows, nor back into what was said before; and goes, or ends its side, when
/// those have everything who go on.
/// </summary>
internal sealed class Conduct(Cluster cluster, SimulatedNode node)
{
    /// <summary>A quarter: who heard the host within half a time-out promises nothing, and clocks jump.</summary>
    private const long HeardWithin = 250_000;

    private const long MergePatience = 2_000_000;

    /// <summary>Far more than a reading of another's clock can be off, and far less than wrong clocks differ.</summary>
    private const long ClockErrorMax = 20_000_000;

    private readonly HashSet<(MemberId, SequenceNumber)> _letIn = [];
    private bool _mayDiverge;
    private NodeRole _lastRole;
    private MemberId _lastHost;
    private Timestamp _mergesSince;
    private long _hostHeardAt = -1;

    /// <summary>Its last word to a candidate.</summary>
    public GivenPromise? Promise { get; private set; }

    private NodeCore Core => node.Core;

    /// <summary>How many gaps there are once the people here have heard of all.</summary>
    private int Gaps => node.Presenter.Gaps + Core.Effects.Notices.Count(static notice => notice is Gap);

    /// <summary>A batch comes down its stream.</summary>
    /// <param name="stream">The stream.</param>
    /// <param name="header">What comes first.</param>
    /// <param name="entries">What comes then.</param>
    /// <param name="isWrong">Whether the digest is not that of the log.</param>
    public void Receive(StreamId stream, in BatchHeader header, ReadOnlySpan<byte> entries, bool isWrong)
    {
        _mayDiverge |= isWrong;
        SequenceNumber before = Core.Log.Last;
        Core.Receive(stream, header, entries);
        bool isFenced = Promise is { } promise && promise.Gaps == Gaps && header.Epoch < promise.Epoch;
        cluster.Check(!isFenced || Core.Log.Last == before, node, $"takes in what was ordered in epoch {header.Epoch}, and promised {Promise?.Epoch} (P5)");
        cluster.Check(!isWrong || Core.Log.Last == before || Core.View.Find(Core.Self) is null || IsSayingSo, node, "follows a log with another digest, and says nothing (P10)");
        _hostHeardAt = IsFollowing ? cluster.Events.Now - header.SilenceMicroseconds : -1;
    }

    /// <summary>It says that its history is another one. True when somebody has told it so.</summary>
    public bool TellsOfDivergence()
    {
        bool may = _mayDiverge;
        _mayDiverge = false;
        return may;
    }

    /// <summary>Its stream ended, or is another one.</summary>
    public void LostTouch() => _hostHeardAt = -1;

    /// <summary>Another node asks it something.</summary>
    public void Ask(CallId id, PeerRequest request)
    {
        bool hearsHost = IsFollowing && _hostHeardAt >= 0 && cluster.Events.Now - _hostHeardAt <= HeardWithin;
        MemberId host = Core.View.Host;
        int answers = Core.Effects.Answers.Count;
        Core.Step(id, request);
        if (request is TakeoverRequest takeover && Core.Effects.Answers.Count > answers && Core.Effects.Answers[^1].Reply is Promised)
        {
            cluster.Check(!hearsHost || takeover.Member == host, node, $"would follow {takeover.Member}, though it hears the host (P6)");
            if (takeover.IsBinding)
            {
                Promises(takeover);
            }
        }
    }

    /// <summary>It answers, perhaps after a while.</summary>
    public void Answers(PeerReply reply)
    {
        if (reply is not JoinAccepted accepted || Core.Role != NodeRole.Hosting || Core.View.Find(accepted.Member) is not { } newcomer)
        {
            return;
        }
        // With the majority rule the newcomer makes the majority. Else somebody must be told first: the others that are in know nothing of it
        // yet. Who asks again is told again.
        bool isFirst = !Core.View.BySeniority.Any(other =>
            other is { Kind: MemberKind.Node, IsReachable: true } && other.Id != Core.Self && _letIn.Contains((other.Id, other.JoinedAt)));
        bool mayBeAlone = cluster.Plan.Kind == PlanKind.Majority || !_letIn.Add((newcomer.Id, newcomer.JoinedAt)) || isFirst;
        cluster.Check(mayBeAlone || IsKnownElsewhere(newcomer), node, $"lets {newcomer.Id} in, and nobody else knows: if it died now, nobody would (P7)");

        var before = new SequenceNumber(newcomer.JoinedAt.Value - 1);
        if (before >= Core.Log.Before && before > SequenceNumber.None)
        {
            var position = new Position(Core.View.Epoch, before, Core.Log.DigestAt(before));
            PeerReply curious = Core.Follow(new FollowRequest(newcomer.Id, newcomer.Token, Core.View.Network, position, Epoch.None));
            cluster.Check(curious is Refused, node, $"lets {newcomer.Id} have what was said before it came (P8)");
        }
    }

    /// <summary>It has drawn its conclusions.</summary>
    public void Concluded()
    {
        MemberId host = Core.View.Host;
        if (Core.Role == NodeRole.HandingOver && host != Core.Self && _lastHost == Core.Self)
        {
            bool hasAll = Find(host) is { } successor && (node.Tip.HeldBy & successor.Bit) != 0;
            cluster.Check(hasAll, node, $"hands over to {host}, which does not have everything (P4, P6)");
            cluster.Check(Core.View.HostMember is not { IsReachable: false }, node, $"hands over to {host}, whom nobody reaches (P6)");
        }
        if (Core.Role == NodeRole.Merging && _lastRole != NodeRole.Merging)
        {
            _mergesSince = node.Clock.At(cluster.Events.Now);
        }
        // Where all have everything already, a side ends at the moment at which it is to: nobody sees it merging.
        bool hasEnded = _lastRole != NodeRole.Merging
            && (Core.Role == NodeRole.Merging || (_lastRole == NodeRole.Hosting && Core.Role == NodeRole.Joining)
                || Core.Effects.EndedStreams.Exists(static ended => ended.Reason == StreamEnd.Merged));
        if (hasEnded && cluster.Nodes.Exists(other => other.WasIn && other.Tip.Founding != node.Tip.Founding))
        {
            // Also when whoever it is to join has just died.
            cluster.GaveUp.Add(node.Tip.Founding);
        }
        if (Core.Effects.EndedStreams.Exists(static ended => ended.Reason == StreamEnd.Merged))
        {
            CheckEndOfSide();
        }
        if (Core.Role == NodeRole.Hosting && _lastRole != NodeRole.Hosting)
        {
            CheckClock();
        }
        if (Core.Role == NodeRole.TakingOver && _lastRole == NodeRole.Hosting)
        {
            cluster.Count("Renewal");
        }
        (_lastRole, _lastHost) = (Core.Role, host);
    }

    private bool IsSayingSo => Core.Effects.Notices.Exists(static notice => notice is Diverged);

    private bool IsFollowing => Core.Role == NodeRole.Following && Core.Effects.UpstreamChanges.Count == 0;

    /// <summary>Somebody else had the newcomer's entry, or one after it.</summary>
    private bool IsKnownElsewhere(Member newcomer)
    {
        ulong others = ~node.Bit;
        foreach (SimulatedNode process in cluster.Nodes)
        {
            others &= process.Core.Self == newcomer.Id ? ~process.Bit : ulong.MaxValue;
        }
        HistoryEntry at = node.Tip;
        while ((at.HeldBy & others) == 0 && at.Sequence > newcomer.JoinedAt)
        {
            at = at.Parent!;
        }
        return (at.HeldBy & others) != 0;
    }

    private void Promises(TakeoverRequest request)
    {
        bool isFree = Promise is not { } last || last.Gaps != Gaps || request.Epoch > last.Epoch || (request.Epoch == last.Epoch && request.Member == last.Candidate);
        cluster.Check(isFree, node, $"promises epoch {request.Epoch} to {request.Member}, after {Promise?.Epoch} to {Promise?.Candidate} (P1)");
        Promise = new GivenPromise(request.Member, request.Epoch, Gaps);
    }

    /// <summary>Its followers are sent away: they have seen the same, unless one of them took too long.</summary>
    private void CheckEndOfSide()
    {
        bool mayLack = _lastRole == NodeRole.Merging && node.Clock.At(cluster.Events.Now).Since(_mergesSince) >= MergePatience;
        foreach (Member member in Core.View.BySeniority)
        {
            bool hasAll = !member.Progress.HasFollowed || Find(member.Id) is not { } other || other == node || (node.Tip.HeldBy & other.Bit) != 0;
            cluster.Check(mayLack || hasAll, node, $"ends its side before {member.Id} has everything (P5)");
        }
    }

    /// <summary>P2: the times are those of one clock, whoever is host.</summary>
    private void CheckClock()
    {
        HistoryEntry? at = node.Tip;
        while (at is not null && at.Reign.Host == Core.Self)
        {
            at = at.Parent;
        }
        if (at is null || cluster.Plan.Troubles.Contains(Trouble.ClockJumps) || Find(at.Reign.Host) is not { } before || before.Core.View.Network != Core.View.Network)
        {
            return;
        }
        long ahead = Core.NetworkNow.Since(before.Core.Clock.At(before.Clock.At(cluster.Events.Now)));
        cluster.Check(Math.Abs(ahead) < ClockErrorMax, node, $"is host, and its clock is {ahead / 1000} ms ahead of that of {before.Name}, who was (P2)");
    }

    private SimulatedNode? Find(MemberId member) => cluster.Nodes.Find(other => other.Core.Self == member);
}
