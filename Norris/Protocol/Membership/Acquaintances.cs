using Norris.Protocol.Messages;
using Norris.Protocol.Ordering;

namespace Norris.Protocol.Membership;

/// <summary>
/// Since when a host has known each of the hosts that it meets. A machine that was suspended, its clock with it, cannot tell that time has passed:
/// to its host the followers spoke a moment ago, whatever they did since. The other host's clock tells. Where the two read their networks' clocks
/// differently, or otherwise than before, this host counts only whom it hears from now on.
/// <para>Prevents: a's machine is suspended, clock and all, and b goes on with c, d and e; a's machine wakes, and b asks a which of the two is to join the
/// other; a finds that it heard four others within half a time-out, and they join a, which nobody was with.</para>
/// </summary>
internal sealed class Acquaintances(CoreState state)
{
    private const int KnownMax = 64;

    /// <summary>After so many heartbeats, whoever is with this host has spoken.</summary>
    private const int HeartbeatsToHear = 3;

    private readonly Dictionary<MemberId, (long AheadMicroseconds, Timestamp Since)> _known = [];

    /// <summary>
    /// Another host asks: whoever was heard since this moment, on the node's own clock, counts for this side; null while it is too early to say.
    /// </summary>
    public Timestamp? CountsSince(MeetRequest request)
    {
        if (state.Makes(Mistake.WeighsFromMemory))
        {
            return Timestamp.Zero;
        }
        long ahead = request.SentAt.Since(state.NetworkNow);
        if (!_known.TryGetValue(request.Host, out (long AheadMicroseconds, Timestamp Since) known) || !IsSmall(ahead - known.AheadMicroseconds))
        {
            if (_known.Count == KnownMax)
            {
                _known.Clear();
            }
            known = (ahead, IsSmall(ahead) ? Timestamp.Zero : state.Now);
            _known[request.Host] = known;
        }
        // What waited at the door while the machine was suspended comes in one burst when it wakes.
        return known.Since == Timestamp.Zero ? known.Since
            : state.Now < known.Since.Plus(HeartbeatsToHear * state.Options.HeartbeatMicroseconds) ? null
            : known.Since.Plus(state.Options.HeartbeatMicroseconds);
    }

    // Whoever asks says any number: its absolute value need not be one.
    private bool IsSmall(long microseconds) => microseconds <= state.Options.TimeoutMicroseconds / 2 && microseconds >= -state.Options.TimeoutMicroseconds / 2;
}
