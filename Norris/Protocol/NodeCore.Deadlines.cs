using Norris.Protocol.Ordering;

namespace Norris.Protocol;

/// <summary>When a node wants to be told the time again.</summary>
internal sealed partial class NodeCore
{
    private void UpdateDeadline()
    {
        var earliest = Timestamp.Infinite;
        switch (Role)
        {
            case NodeRole.Joining:
                Consider(_joiner!.NextDeadline, ref earliest);
                break;
            case NodeRole.Following:
            case NodeRole.TakingOver:
                // Looking at the clock as often as the host speaks tells standing still from silence.
                // Prevents: n's clock jumps, or its machine stands still, by a little more than the time-out, and n takes that for the host's silence.
                Consider(_state.Now.Plus(_state.Options.HeartbeatMicroseconds), ref earliest);
                Consider(_follower?.NextDeadline ?? Timestamp.Zero, ref earliest);
                Consider(Role == NodeRole.Following ? _follower!.NextTurn : Timestamp.Zero, ref earliest);
                Consider(_candidacy?.NextDeadline ?? Timestamp.Zero, ref earliest);
                Consider(Role == NodeRole.Following ? _farewell?.NextDeadline ?? Timestamp.Zero : Timestamp.Zero, ref earliest);
                break;
            case NodeRole.Hosting:
            case NodeRole.HandingOver:
            case NodeRole.Merging:
                if (_handover is not { IsClosing: true } && Role != NodeRole.Merging)
                {
                    Consider(_sequencer.Watch.IsStalled ? Timestamp.Zero : _sequencer.NextRelease, ref earliest);
                    Consider(_sequencer.Watch.NextDeadline, ref earliest);
                    Consider(_sequencer.NextProbe, ref earliest);
                }
                Consider(_handover?.NextDeadline ?? Timestamp.Zero, ref earliest);
                Consider(_resignation?.NextDeadline ?? Timestamp.Zero, ref earliest);
                Consider(_candidacy?.NextDeadline ?? (_sequencer.Watch.IsStalled && Role == NodeRole.Hosting ? _soundsAt : Timestamp.Zero), ref earliest);
                Consider(Role == NodeRole.Hosting ? _meetings.NextDeadline : Timestamp.Zero, ref earliest);
                Consider(Role == NodeRole.Merging ? _merge!.NextDeadline : Timestamp.Zero, ref earliest);
                break;
            default:
                break;
        }
        Consider(IsWithoutHost ? _absence.Deadline : Timestamp.Zero, ref earliest);
        Consider(_sequencer.Streams.NextHeartbeat(), ref earliest);
        Consider(_lastWord?.NextDeadline ?? Timestamp.Zero, ref earliest);
        NextDeadline = earliest;
    }

    private static void Consider(Timestamp deadline, ref Timestamp earliest)
    {
        if (deadline != Timestamp.Zero && deadline < earliest)
        {
            earliest = deadline;
        }
    }
}
