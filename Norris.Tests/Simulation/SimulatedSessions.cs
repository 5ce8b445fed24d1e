using Norris.Protocol;
using Norris.Protocol.Membership;

namespace Norris.Tests.Simulation;

/// <summary>
/// The sessions that a process's guests hold: they know nothing of the node's place in the log, and go on over it. At the end each of
/// them is a member, with the token that it came with, and nobody else is a guest of the node.
/// </summary>
internal sealed class SimulatedSessions(Cluster cluster, SimulatedNode node)
{
    private readonly List<(MemberId Id, MemberToken Token)> _open = [];

    /// <summary>How many are open.</summary>
    public int Count => _open.Count;

    /// <summary>The guest of one of them, the oldest first.</summary>
    public MemberId this[int index] => _open[index].Id;

    /// <summary>Whether this guest's session is open.</summary>
    public bool IsOpen(MemberId guest) => _open.Exists(session => session.Id == guest);

    /// <summary>What was submitted to open a session has its place: it begins, if the core has its guest.</summary>
    public MemberId Begin(MemberToken token)
    {
        if (node.Core.FindGuest(token) is not { } guest)
        {
            return MemberId.None;
        }
        _open.Add((guest.Id, token));
        return guest.Id;
    }

    /// <summary>The core says that one is over.</summary>
    public void Gone(MemberId guest) => _open.RemoveAll(session => session.Id == guest);

    /// <summary>The core says that one is a member again.</summary>
    public void Returned(in ReturnedGuest returned)
    {
        cluster.Count("Guest, back");
        MemberId before = returned.Before;
        int at = _open.FindIndex(session => session.Id == before);
        if (at >= 0)
        {
            _open[at] = (returned.Now, _open[at].Token);
        }
    }

    /// <summary>What the core submitted for guests by itself counts as submitted, before the order shows it.</summary>
    public void Heed(Effects effects)
    {
        foreach (Notice notice in effects.Notices)
        {
            if (notice is SpokeForGuest spoke)
            {
                cluster.Count(spoke.IsBack ? "Guest, brought back" : "Guest, of no session");
                cluster.History.Submitted(node, node.Core.Self, spoke.Number);
            }
        }
    }

    /// <summary>Everybody who has a session is in, as who it was, and speaks; nobody else is a guest here.</summary>
    public void CheckAtRest()
    {
        foreach ((MemberId id, MemberToken token) in _open)
        {
            Member? member = node.Core.View.Find(id);
            cluster.Check(member is not null && member.Token == token && member.Via == node.Core.Self, node, $"guest {id} has a session, and is no member");
            cluster.Check(member.IsLocal, node, $"guest {id} is in, and not known as the node's own");
        }
        foreach (Member member in node.Core.View.BySeniority)
        {
            bool isStranger = member.Kind == MemberKind.Guest && member.Via == node.Core.Self && !IsOpen(member.Id);
            cluster.Check(!isStranger, node, $"guest {member.Id} is a member without a session");
        }
    }
}
