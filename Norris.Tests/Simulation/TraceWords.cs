using Norris.Protocol;
using Norris.Protocol.Messages;

namespace Norris.Tests.Simulation;

/// <summary>What nodes say to each other and to their people, in short, for traces.</summary>
internal static class TraceWords
{
    public static string Of(object message) => message switch
    {
        Submission s => $"submission at {s.Position.Sequence} with {s.Entries.Length} bytes{Through(s)}",
        FollowRequest f => $"follow after {f.After.Sequence}, promised {f.Promised}{Through(f)}",
        JoinRequest j => $"join as {j.Name}, confirmed {j.Confirmed}, sent {j.Sent}{Through(j)}",
        TakeoverRequest t => $"{(t.IsBinding ? "promise" : "would you promise")} {t.Epoch} to {t.Member} at {t.Position.Epoch}/{t.Position.Sequence}{(t.IsReturning ? ", returning" : "")}",
        ReachRequest => "are you there",
        MeetRequest m => $"meet {m.Host}, {m.Weight.Nodes} nodes, epoch {m.Weight.Epoch}{Through(m)}",
        JoinAccepted a => $"accepted as {a.Member} at {a.Snapshot.Position.Sequence}{(a.IsRemembered ? "" : ", not remembered")}",
        Promised p => $"yes, at {p.Position.Epoch}/{p.Position.Sequence}, highest {p.Highest}, with {p.Entries.Length} bytes",
        Ready r => $"is in as {r.Name} {r.Self} at {r.Snapshot.Position.Sequence}",
        Gap g => $"is back as {g.Self}: missed from {g.After} to {g.Snapshot.Position.Sequence}, {g.Reason}",
        _ => message.ToString()!,
    };

    private static string Through(PeerRequest request) => request.Hops > 0 ? $", passed on by at most {request.Hops}" : "";
}
