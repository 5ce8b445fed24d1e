namespace Norris.Discovery;

/// <summary>
/// When a node answers questions on one link, so that a thousand who hear one do not all answer it. An answer is heard by everybody, and so answers
/// every question before it: at most one is due at a time. The host answers at once; other members wait their turn, and keep silent when two members
/// answered meanwhile; who only looks itself keeps silent when a member did, or one that goes before it.
/// <para>
/// The turns are drawn as in RFC 5401 (RandomBackoff): few draw an early one, however large the network is, so that most hear an
/// answer before their own is due.
/// </para>
/// Knows no socket and no clock; times are in milliseconds of whoever calls.
/// </summary>
/// <param name="random">Where turns are drawn from.</param>
/// <param name="instance">This node's own, as its words say it.</param>
internal sealed class AnswerTurn(Random random, ulong instance)
{
    /// <summary>The longest that anybody waits for its turn.</summary>
    public const int TurnMsMax = 200;

    /// <summary>So long nobody answers again: what one answer said is not said twice to those who asked together.</summary>
    public const int RestMs = 20;

    /// <summary>So many members that answer are enough: one of them may be out of the newcomer's reach.</summary>
    private const int AnswersEnough = 2;

    private int _heard;
    private long _restsUntil = long.MinValue;

    /// <summary>When the answer is due; null while none is.</summary>
    public long? DueAt { get; private set; }

    /// <summary>Somebody asked.</summary>
    public void Asked(Standing own, long now)
    {
        if (DueAt is null)
        {
            _heard = 0;
            DueAt = Math.Max(_restsUntil, now + (own.IsHost ? 0 : Draw(Math.Max(1, own.Nodes))));
        }
    }

    /// <summary>Somebody else answered.</summary>
    public void Heard(SegmentWord answer, Standing own)
    {
        _heard += answer.IsOfMember ? 1 : 0;
        bool isEnough = own.IsMember ? _heard >= AnswersEnough : answer.IsOfMember || answer.Instance < instance;
        if (isEnough)
        {
            DueAt = null;
        }
    }

    /// <summary>Whether to answer now; if so, it counts as done.</summary>
    public bool TryTake(long now)
    {
        if (DueAt is not { } due || due > now)
        {
            return false;
        }
        (DueAt, _restsUntil) = (null, now + RestMs);
        return true;
    }

    private long Draw(int others)
    {
        double lambda = Math.Log(others) + 1;
        double x = (random.NextDouble() * lambda / TurnMsMax) + (lambda / (TurnMsMax * (Math.Exp(lambda) - 1)));
        return (long)(TurnMsMax / lambda * Math.Log(x * (Math.Exp(lambda) - 1) * (TurnMsMax / lambda)));
    }
}
