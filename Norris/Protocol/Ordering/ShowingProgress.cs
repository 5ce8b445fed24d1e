namespace Norris.Protocol.Ordering;

/// <summary>
/// How far the people at this node have been shown what is deliverable. While they get on with it they are waited for: what they have not
/// been shown is held, counts as lag, and slows senders down. Once they have stood still for too long they are waited for no more, and
/// get a gap when the log is trimmed past them.
/// <para>Prevents: three write faster than a fourth's output is read; its log passes the retention, and its reader, who never stopped, misses half.</para>
/// <para>Prevents: somebody presses Ctrl-S in one terminal, and nobody can say anything any more.</para>
/// </summary>
internal sealed class ShowingProgress(long patienceMicroseconds)
{
    private SequenceNumber? _told;
    private Timestamp _movedAt;

    /// <summary>The node says how far. A node that never does shows everything at once.</summary>
    public void Told(SequenceNumber shown, SequenceNumber deliverable, Timestamp now)
    {
        if (shown != _told || shown >= deliverable)
        {
            _told = shown;
            _movedAt = now;
        }
    }

    /// <summary>What counts as shown.</summary>
    public SequenceNumber At(SequenceNumber deliverable, Timestamp now) =>
        _told is { } told && told < deliverable && now.Since(_movedAt) <= patienceMicroseconds ? told : deliverable;

    /// <summary>This node's own timers were late by so much: nobody could have been shown anything.</summary>
    public void Forgive(long stallMicroseconds) => _movedAt = _movedAt.Plus(stallMicroseconds);
}
