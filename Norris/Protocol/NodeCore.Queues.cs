namespace Norris.Protocol;

/// <summary>What waits in the core, and how much may.</summary>
internal sealed partial class NodeCore
{
    /// <summary>Every queue of the core.</summary>
    public IReadOnlyList<QueueFill> Queues =>
    [
        new("log", IsInBytes: true, _state.Log.BytesHeld, _state.Options.RetentionBytes),
        new("waiting", IsInBytes: true, _state.Outbox.Bytes, _state.Options.OutboxBytesMax),
        new("held_back", IsInBytes: true, HeldBack.Bytes, _state.Options.HoldBackBytesMax),
        new("passed_on", IsInBytes: false, _passedOn.Count, QueueLimits.PassedOnMax),
        new("departed", IsInBytes: false, _state.View.Departed.Count, 2 * QueueLimits.DepartedMax),
        new("lost", IsInBytes: false, _state.Lost.All.Count, QueueLimits.LostMax),
        new("askers", IsInBytes: false, _state.Askers.All.Count, QueueLimits.AskersMax),
        new("shown_before", IsInBytes: false, _state.ShownBefore.Count, QueueLimits.ShownBeforeMax),
    ];
}
