using Norris.Protocol.Ordering;

namespace Norris.Protocol;

/// <summary>
/// How far this node trusts its own suspicions. Each timer of its own that fires late makes it more patient with others for a while: a
/// machine that stands still or is overloaded hears late what the others said in time.
/// <para>Source: local health in Dadgar, Phillips and Currey, "Lifeguard: Local Health Awareness for More Accurate Failure Detection", 2017.</para>
/// </summary>
internal sealed class LocalHealth(long timeoutMicroseconds, long heartbeatMicroseconds)
{
    /// <summary>How bad it can get: the patience is then three times the time-out.</summary>
    private const int ScoreMax = 8;

    private const int ScoreOfOneTimeout = 4;

    /// <summary>One late timer is forgotten after so many heartbeats without one.</summary>
    private const int HeartbeatsToForget = 20;

    private int _score;
    private Timestamp _betterAt;

    /// <summary>After how long a silent peer is suspected now, in microseconds.</summary>
    public long TimeoutMicroseconds => timeoutMicroseconds + (timeoutMicroseconds * _score / ScoreOfOneTimeout);

    /// <summary>A timer of this node's fired late by more than a heartbeat.</summary>
    public void WasLate(Timestamp now)
    {
        _score = Math.Min(ScoreMax, _score + 1);
        _betterAt = now.Plus(HeartbeatsToForget * heartbeatMicroseconds);
    }

    /// <summary>Time passes.</summary>
    public void Advance(Timestamp now)
    {
        while (_score > 0 && now >= _betterAt)
        {
            _score--;
            _betterAt = _betterAt.Plus(HeartbeatsToForget * heartbeatMicroseconds);
        }
    }
}
