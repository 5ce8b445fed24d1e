using Norris.Protocol;
using Norris.Protocol.Membership;
using Norris.Protocol.Messages;
using Norris.Protocol.Ordering;
using Norris.Tests.Fuzzing;

namespace Norris.Tests.Simulation;

/// <summary>
/// Messages that look valid and mean harm, at any time and to anybody: from who is no member, and from a process that has a member's token and says what
/// that one never would. None of it may change what the others promise, nor bring the network into a state from which it does not come to rest.
/// <para>
/// Left out is what an open network cannot know to be false: words of a member that are that member's own to say (its goodbye, its place in the log, that it
/// stands), the claim of being the host of another side, and positions ahead of everybody's. With the majority rule nothing comes with a member's
/// token, since a sign of life in its name is one that counts.
/// </para>
/// </summary>
internal sealed class ByzantineNoise(Cluster cluster)
{
    private readonly SimulationRandom _random = cluster.NewRandom(SimulationStream.Noise);

    /// <summary>How many were sent.</summary>
    public int Sent { get; private set; }

    /// <summary>Sends until some time.</summary>
    public void Begin(long until) => cluster.Events.After(_random.LogUniform(1_000, 100_000), () =>
    {
        if (cluster.Events.Now < until && !cluster.IsCalm)
        {
            Send();
            Begin(until);
        }
    });

    private void Send()
    {
        List<SimulatedNode> living = cluster.Nodes.FindAll(static node => node.IsAlive && node.Core.IsIn && !node.Core.Self.IsNone && node.Core.View.BySeniority.Count > 0);
        if (living.Count == 0)
        {
            return;
        }
        SimulatedNode target = living[_random.Below(living.Count)];
        SimulatedNode liar = living[_random.Below(living.Count)];
        IReadOnlyList<Member> members = target.Core.View.BySeniority;
        Member other = members[_random.Below(members.Count)];
        bool isMember = cluster.Plan.Kind != PlanKind.Majority && liar != target && _random.Chance(400);
        Sent++;
        cluster.Count(isMember ? "Noise of a member" : "Noise of a stranger");
        if (isMember)
        {
            Ask(target, OfMember(liar, target, other));
            return;
        }
        if (_random.Chance(200))
        {
            Follow(target, other);
            return;
        }
        Ask(target, OfStranger(target, other));
    }

    /// <summary>What somebody says who has no token of a member's.</summary>
    private PeerRequest OfStranger(SimulatedNode target, Member other)
    {
        var token = new MemberToken(_random.Next(), _random.Next() | 1);
        Position position = NotAhead(target);
        return _random.Below(5) switch
        {
            0 => new Submission(other.Id, token, target.Core.View.Host, position, target.Core.NetworkNow, default, Forged(other)),
            1 => new LeaveRequest(other.Id, token),
            2 => new TakeoverRequest(
                target.Core.Self, target.Core.View.Network, other.Id, token, "10.9.9.9:1", AnyEpoch(target), IsBinding: _random.Chance(500), position),
            3 => new JoinRequest(MemberToken.None, "noise", "10.9.9.9:1", cluster.Plan.Partition, Promised: AnyEpoch(target)),
            _ => new JoinRequest(token, _random.Chance(500) ? "no\u202Eise" : "noise", _random.Chance(500) ? "" : "not an address", cluster.Plan.Partition),
        };
    }

    /// <summary>What a member says that is another's to say.</summary>
    private PeerRequest OfMember(SimulatedNode liar, SimulatedNode target, Member other)
    {
        NodeCore self = liar.Core;
        MemberToken token = self.View.Find(self.Self)?.Token ?? MemberToken.None;
        // A node speaks for its guests, as whom it likes: those are its own.
        bool isOwn = other.Id == self.Self || other.Via == self.Self;
        return _random.Below(3) switch
        {
            0 => new Submission(self.Self, token, self.View.Host, self.Position, self.NetworkNow, default, isOwn ? default : Forged(other)),
            1 => new LeaveRequest(isOwn ? MemberId.None : other.Id, token),
            _ => new TakeoverRequest(target.Core.Self, self.View.Network, self.Self, token, liar.Address, new Epoch(ulong.MaxValue), IsBinding: true, self.Position),
        };
    }

    private void Follow(SimulatedNode target, Member other) => target.Process(core =>
    {
        PeerReply reply = core.Follow(new FollowRequest(other.Id, new MemberToken(_random.Next(), 1), core.View.Network, NotAhead(target), AnyEpoch(target)));
        cluster.Check(reply is not FollowAccepted, target, "gives its log to who has no member's token (P8)");
    });

    /// <summary>Asks; nobody waits for the answer.</summary>
    private static void Ask(SimulatedNode target, PeerRequest request) =>
        target.Ask(new PendingCall(target, new CallId(ulong.MaxValue), target.Machine, request) { IsDone = true });

    private static Position NotAhead(SimulatedNode node) => node.Core.Position;

    private Epoch AnyEpoch(SimulatedNode target) => _random.Chance(300) ? new Epoch(ulong.MaxValue) : new Epoch(target.Core.View.Epoch.Value + (ulong)_random.Below(4));

    private byte[] Forged(Member author) => WireTarget.Written(output =>
    {
        Timestamp time = new(_random.Between(0, long.MaxValue));
        switch (_random.Below(4))
        {
            case 0:
                EntryWriter.WriteMessage(output, time, author.Id, author.LastNumber + 1, "forged"u8);
                break;
            case 1:
                EntryWriter.WriteRenamed(output, time, author.Id, author.LastNumber + 1, author.Id, "forged"u8);
                break;
            case 2:
                EntryWriter.WriteLeft(output, time, author.Id, author.LastNumber + 1, author.Id, LeaveReason.Lost);
                break;
            default:
                EntryWriter.WriteEpochStarted(output, time, author.Id, new Epoch(99));
                break;
        }
    });
}
