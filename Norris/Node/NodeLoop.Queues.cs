using Norris.Protocol;
using Norris.Transport;

namespace Norris.Node;

/// <summary>What waits at a node, and what is counted around it, in whichever room.</summary>
internal sealed partial class NodeLoop
{
    private readonly List<Func<QueueFill>> _otherQueues = [];

    /// <summary>Every queue of this node. For inputs only.</summary>
    public IEnumerable<QueueFill> Queues =>
    [
        .. Core.Queues,
        new("printed", IsInBytes: true, Presenter.Text.BacklogBytes + Presenter.Json.BacklogBytes, QueueLimits.PrintedBytesMax),
        new("events", IsInBytes: true, Math.Max(Presenter.Sse.StreamBacklogBytes, Presenter.Json.StreamBacklogBytes), Settings.EventBacklogBytesMax),
        new("guests", IsInBytes: false, Guests.Count, Settings.GuestsMax),
        new("remembered", IsInBytes: false, Guests.RememberedMost, QueueLimits.RememberedMax),
        new("moved_from", IsInBytes: false, Presenter.Left.Count, QueueLimits.MovedFromMax),
        .. _otherQueues.Select(static queue => queue()),
    ];

    /// <summary>Whom this node turned away. Any thread.</summary>
    public Refusals Refusals { get; } = new();

    /// <summary>What the server in front of this node rejected; set before <see cref="Start"/>.</summary>
    public Func<IEnumerable<(string Reason, long Count)>> RejectedRequests { get; set; } = static () => [];

    /// <summary>What became of the handshakes of those who connected to a node with a secret; set before <see cref="Start"/>.</summary>
    public Func<IEnumerable<(string Outcome, long Count)>> Handshakes { get; set; } = static () => [];

    /// <summary>What that server answered with problem details, by status; set before <see cref="Start"/>.</summary>
    public Func<IEnumerable<(int Status, long Count)>> AnsweredProblems { get; set; } = static () => [];

    /// <summary>Bytes on the connections that were made to it; null where nobody counts them. Set before <see cref="Start"/>.</summary>
    public Traffic? Accepted { get; set; }

    /// <summary>Bytes on the connections that this node made.</summary>
    public Traffic Dialed => _dialer.Traffic;

    /// <summary>Has a queue shown that is none of the node's own. Before <see cref="Start"/>.</summary>
    /// <param name="queue">How full it is; any thread.</param>
    public void Show(Func<QueueFill> queue) => _otherQueues.Add(queue);
}
