using Norris.Protocol.Messages;
using Norris.Protocol.Ordering;

namespace Norris.Protocol;

/// <summary>That a node without a host does not look for one for ever.</summary>
internal sealed partial class NodeCore
{
    private readonly HostAbsence _absence;

    private bool IsWithoutHost => _state.Quorum is null && !_state.IsLeaving && Role switch
    {
        NodeRole.Joining => _wasIn,
        NodeRole.TakingOver => true,
        NodeRole.Following => !_follower!.HearsHost,
        _ => false,
    };

    /// <summary>Goes on by itself when that lasted too long.</summary>
    private void EndAbsence()
    {
        if (!IsWithoutHost)
        {
            _absence.StartOver();
        }
        else if (_absence.IsTooLong)
        {
            _joiner?.LetGo();
            _follower?.DropOffer();
            _sequencer.Streams.EndAll(StreamEnd.HostChanged);
            _state.Notify(new GoesOnAlone());
            Reign(_state.HighestEpoch.Next, static _ => null);
            StepRole();
        }
    }
}
