using Norris.Protocol.Membership;
using Norris.Protocol.Ordering;

namespace Norris.Tests.Simulation;

/// <summary>One submission, and what became of it.</summary>
internal sealed class Submitted
{
    public required SimulatedNode Node { get; init; }

    public required MemberId Author { get; init; }

    public required ulong Number { get; init; }

    /// <summary>The time of sending that it carries.</summary>
    public required Timestamp SentAt { get; init; }

    /// <summary>The last submission that its author had been shown: what it may be a reply to.</summary>
    public required Submitted? RepliesTo { get; init; }

    /// <summary>What may be a reply to this.</summary>
    public List<Submitted> Replies { get; } = [];

    /// <summary>The host and the reign that it was taken in by last, on that host's clock, and the time that this host had to give it.</summary>
    public SimulatedNode? ArrivedAt { get; set; }

    public Epoch ArrivedIn { get; set; }

    public Timestamp Arrival { get; set; }

    public Timestamp Effective { get; set; }

    /// <summary>Its place in the history that gave it one last; there are several only where the order branched.</summary>
    public HistoryEntry? Place { get; set; }

    /// <summary>Its places in other histories, from before.</summary>
    public List<HistoryEntry>? OtherPlaces { get; private set; }

    /// <summary>The nodes that showed it to their people, a bit for each.</summary>
    public ulong ShownBy { get; set; }

    public bool IsConfirmed { get; set; }

    /// <summary>Its node was told that nobody knows whether it has a place.</summary>
    public bool IsInDoubt { get; set; }

    public bool IsInFinalOrder { get; set; }

    public void PlaceAt(HistoryEntry entry)
    {
        if (Place is not null)
        {
            (OtherPlaces ??= []).Add(Place);
        }
        Place = entry;
    }

    /// <inheritdoc/>
    public override string ToString() => $"{Author}#{Number} of {Node.Name}";
}
