using Norris.Protocol.Ordering;

namespace Norris.Node.Delivery;

/// <summary>
/// Who was in the view at some places of the log that the node still holds: events that somebody missed are made again from the last of these places
/// before them, and name everybody as they were called then.
/// </summary>
internal sealed class RosterCheckpoints
{
    private readonly List<Checkpoint> _all = [];

    private long _bytesSince;

    /// <summary>Another log, or the same from a later place: nothing before it can be made again.</summary>
    public void Clear() => _all.Clear();

    /// <summary>
    /// Takes the view after an entry down, if so many bytes of the log lie between it and the last place; forgets what the log does not reach any more.
    /// </summary>
    /// <param name="at">The entry.</param>
    /// <param name="roster">The view after it; copied.</param>
    /// <param name="before">The last entry that the log does not hold any more.</param>
    /// <param name="bytesBetween">How many bytes there are to be between two places.</param>
    public void Note(SequenceNumber at, Roster roster, SequenceNumber before, long bytesBetween)
    {
        if (_all.Count > 0 && _bytesSince < bytesBetween)
        {
            return;
        }
        _bytesSince = 0;
        _all.RemoveAll(checkpoint => checkpoint.At < before);
        _all.Add(new Checkpoint(at, [.. roster.Members], roster.Host, roster.Epoch, roster.Network));
    }

    /// <summary>So many bytes of the log lie behind the place that was noted last, or asked about.</summary>
    public void Pass(int bytes) => _bytesSince += bytes;

    /// <summary>The last place that is not after an entry, or the first of all; null when there is none that the log reaches.</summary>
    public (SequenceNumber At, Roster Roster)? Find(SequenceNumber after, SequenceNumber before)
    {
        Checkpoint? found = null;
        foreach (Checkpoint checkpoint in _all)
        {
            if (checkpoint.At >= before && (found is null || checkpoint.At <= after))
            {
                found = checkpoint;
            }
        }
        return found is null ? null : (found.At, new Roster(found.Members, found.Host, found.Epoch, found.Network));
    }

    private sealed record Checkpoint(SequenceNumber At, RosterMember[] Members, Protocol.Membership.MemberId Host, Epoch Epoch, ulong Network);
}
