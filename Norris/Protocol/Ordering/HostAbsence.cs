namespace Norris.Protocol.Ordering;

/// <summary>
/// For how long a node that was in has been without a host, whatever it tries. Where every side goes on, that ends: after
/// <see cref="TimeoutsMax"/> time-outs it goes on by itself, and meets the others as any side does (P6 has a bound that hangs on nobody's answer).
/// <para>Prevents: two sides that lost their hosts look for each other; each answer is right by itself, nobody's is the one that
/// another one waits for, and they ask on for ever. No such round is known: this is for the one that is not.</para>
/// </summary>
internal sealed class HostAbsence(CoreState state)
{
    /// <summary>So many time-outs, and a quarter of one more for each more senior node, so that one begins and the others find it.</summary>
    public const int TimeoutsMax = 7;

    private const int SeniorsMax = 4;

    private Timestamp _since;

    /// <summary>When it has lasted too long.</summary>
    public Timestamp Deadline => _since.Plus(
        (TimeoutsMax * state.Options.TimeoutMicroseconds) + (state.View.CountSeniors(state.Self, SeniorsMax) * state.Options.TimeoutMicroseconds / SeniorsMax));

    /// <summary>Whether it has.</summary>
    public bool IsTooLong => state.Now >= Deadline;

    /// <summary>
    /// There is a host, or nobody looks for one; or this node stood still, or its clock jumped: it did not look meanwhile, and how long that was cannot
    /// be told from when it had to be woken.
    /// <para>Prevents: a machine is suspended while it asks to be let in; it wakes with the answer on the way, counts the night, and goes on alone.</para>
    /// </summary>
    public void StartOver() => _since = state.Now;
}
