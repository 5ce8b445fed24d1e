using Norris.Protocol.Membership;

namespace Norris.Protocol.Ordering;

/// <summary>
/// Who passes the log on to whom: the tree below the host. The most senior nodes, as many as the fan-out, follow the host itself; every other
/// one is sent to a more senior one when it asks for the log, as in a heap. Nobody is moved for a place that changes: only who asks anew is sent
/// anew. Seniority never changes among those who are in, so a relay is always more senior than whom it serves, and nobody follows itself.
/// </summary>
internal sealed class Relays(CoreState state)
{
    private readonly List<Member> _nodes = [];

    /// <summary>
    /// Through whom that member is to follow this host; null when through nobody. <paramref name="without"/> did not serve it: those whom it
    /// leaves spread over the others. The member itself stands for all: it is to be served here.
    /// </summary>
    public Member? For(Member member, MemberId without)
    {
        _nodes.Clear();
        int rank = -1;
        foreach (Member node in state.View.BySeniority)
        {
            if (node.Id == member.Id)
            {
                rank = _nodes.Count;
                break;
            }
            if (node.Kind == MemberKind.Node && node.Id != state.View.Host)
            {
                _nodes.Add(node);
            }
        }
        int fanOut = state.Options.FanOut;
        if (rank < fanOut || without == member.Id)
        {
            return null;
        }
        Member? first = null;
        for (int parent = (rank / fanOut) - 1; parent >= 0 && first is null; parent = (parent / fanOut) - 1)
        {
            first = CanServe(_nodes[parent], without) ? _nodes[parent] : null;
        }
        for (int i = 0; i < fanOut && first is null; i++)
        {
            Member other = _nodes[(rank + i) % fanOut];
            first = CanServe(other, without) ? other : null;
        }
        return first;
    }

    /// <summary>Only one that can be reached, follows, and was heard a moment ago.</summary>
    private bool CanServe(Member relay, MemberId without) =>
        relay.Id != without && relay.IsReachable && relay.Progress.HasFollowed && !relay.Intake.IsLeaving
        && state.Now.Since(relay.Progress.LastHeard) <= state.Options.TimeoutMicroseconds / 2;
}
