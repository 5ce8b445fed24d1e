using Norris.Protocol.Membership;

namespace Norris.Protocol.Ordering;

/// <summary>
/// The fold over the log up to one position: what a newcomer starts from. It holds who is in and how far each got, and no message.
/// </summary>
internal sealed record Snapshot
{
    /// <summary>Names the network.</summary>
    public required ulong Network { get; init; }

    /// <summary>The host at this position.</summary>
    public required MemberId Host { get; init; }

    /// <summary>The position: epoch, sequence number and digest of the last entry folded in.</summary>
    public required Position Position { get; init; }

    /// <summary>That entry's time.</summary>
    public required Timestamp Time { get; init; }

    /// <summary>The members in seniority order.</summary>
    public required IReadOnlyList<Member> Members { get; init; }

    /// <summary>The nodes that left last, oldest first.</summary>
    public required IReadOnlyList<Departed> Departed { get; init; }

    /// <summary>Takes one of a view and a log that stand at the same position.</summary>
    public static Snapshot Of(View view, Log log) => Of(view, new Position(view.Epoch, log.Last, log.Digest), log.LastTime);

    /// <summary>Takes one of a view that stands at a position, whose entry has that time.</summary>
    public static Snapshot Of(View view, Position position, Timestamp time)
    {
        var members = new Member[view.BySeniority.Count];
        for (int i = 0; i < members.Length; i++)
        {
            members[i] = view.BySeniority[i].Frozen();
        }
        return new Snapshot
        {
            Network = view.Network,
            Host = view.Host,
            Position = position,
            Time = time,
            Members = members,
            Departed = [.. view.Departed.OldestFirst],
        };
    }

    /// <summary>Puts a view and a log there. False when the snapshot contradicts itself; then both are to be thrown away.</summary>
    public bool TryRestore(View view, Log log)
    {
        view.Reset(Network, Position.Epoch, Host);
        foreach (Member member in Members)
        {
            if (!view.Add(member.Copy()))
            {
                return false;
            }
        }
        foreach (Departed departed in Departed)
        {
            view.Departed.Add(departed);
        }
        log.Reset(Position.Sequence, Position.Digest, Time);
        return view.HostMember is { Kind: MemberKind.Node };
    }
}
