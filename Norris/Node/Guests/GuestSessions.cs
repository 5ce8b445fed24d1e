using System.Net;
using Norris.Protocol;
using Norris.Protocol.Membership;
using Norris.Protocol.Ordering;

namespace Norris.Node.Guests;

/// <summary>
/// The guests that this node vouches for: programs and pages that are members of their own, over plain HTTP. A session without a
/// request or an open stream for a minute is a lost member. A session outlives its node's place in the log: while the node is away, its
/// guests' wishes wait with the node's own, and the core brings back those whose session lives. Only the loop touches it.
/// </summary>
internal sealed class GuestSessions(NodeCore core, NodeSettings settings)
{
    private readonly Dictionary<MemberToken, GuestSession> _byToken = [];
    private readonly long _patienceMicroseconds = (long)settings.GuestPatience.TotalMicroseconds;
    private readonly Dictionary<IPAddress, int> _countByAddress = [];
    private Timestamp _sweepAt;

    /// <summary>How many sessions there are.</summary>
    public int Count => _byToken.Count;

    /// <summary>True when no more sessions are opened.</summary>
    public bool IsFull => _byToken.Count >= settings.GuestsMax;

    /// <summary>Whether an address of another machine has as many guests here as it may.</summary>
    public bool HasTooMany(IPAddress? from) => from is not null && _countByAddress.GetValueOrDefault(from) >= settings.GuestsPerAddressMax;

    /// <summary>How many places are remembered of the guest of whom most are.</summary>
    public int RememberedMost => _byToken.Values.Select(static session => session.Remembered).DefaultIfEmpty().Max();

    /// <summary>When the sessions are to be looked through again; <see cref="Timestamp.Zero"/> when there are none.</summary>
    public Timestamp NextSweep => _byToken.Count == 0 ? Timestamp.Zero : _sweepAt;

    /// <summary>The session with this token, which was heard of just now; null when there is none or its guest is not in yet.</summary>
    public GuestSession? Find(MemberToken token, Timestamp now)
    {
        if (!_byToken.TryGetValue(token, out GuestSession? session) || session.Id.IsNone || session.IsLeaving)
        {
            return null;
        }
        session.HeardAt = now;
        return session;
    }

    /// <summary>Whether there is a session with this token, whatever its state.</summary>
    public bool Has(MemberToken token) => _byToken.ContainsKey(token);

    /// <summary>
    /// Opens a session, with a token of its own unless it comes with one. Null when there are too many, or the node takes no submissions now.
    /// </summary>
    public (GuestSession Session, ulong Number)? TryOpen(MemberToken token, ReadOnlySpan<byte> name, Timestamp now, IPAddress? from = null)
    {
        token = token == MemberToken.None ? RandomToken.Next() : token;
        if (IsFull)
        {
            return null;
        }
        var session = new GuestSession(token, from) { HeardAt = now };
        if (!core.TrySubmitGuest(session.Commitment, name, out ulong number))
        {
            session.Dispose();
            return null;
        }
        if (from is not null)
        {
            _countByAddress[from] = _countByAddress.GetValueOrDefault(from) + 1;
        }
        _byToken.Add(token, session);
        _sweepAt = _byToken.Count == 1 ? now.Plus(_patienceMicroseconds / 4) : _sweepAt;
        return (session, number);
    }

    /// <summary>
    /// Begins a session once its submission has its place. Null, and the session is dropped, when the core has no guest with its token:
    /// a submission may have become void, or the guest may have come in and been lost while the node was away.
    /// </summary>
    public OpenedGuest? TryBegin(GuestSession session)
    {
        if (core.FindGuest(session.Commitment) is not { } guest)
        {
            GiveUp(session);
            return null;
        }
        if (session.Id.IsNone)
        {
            (session.Id, session.ToldId) = (guest.Id, guest.Id);
        }
        return new OpenedGuest(session.ToldId, core.View.Find(guest.Id)?.Name ?? guest.Name, session.Token, core.NextNumberOf(guest.Id) ?? 1);
    }

    /// <summary>A session that never began is given up.</summary>
    public void GiveUp(GuestSession session)
    {
        if (session.Id.IsNone)
        {
            Drop(session);
        }
    }

    /// <summary>A guest is back under another id.</summary>
    public void Returned(MemberId before, MemberId now)
    {
        foreach (GuestSession session in _byToken.Values)
        {
            if (session.Id == before)
            {
                session.Id = now;
                return;
            }
        }
    }

    /// <summary>Lets a guest leave; false when the node takes no submissions now.</summary>
    public bool TryLeave(GuestSession session, LeaveReason reason, out ulong number)
    {
        if (!core.TrySubmitGuestLeft(session.Id, reason, out number))
        {
            return false;
        }
        session.IsLeaving = true;
        return true;
    }

    /// <summary>A guest is no member any more.</summary>
    public void Gone(MemberId guest)
    {
        foreach (GuestSession session in _byToken.Values)
        {
            if (session.Id == guest)
            {
                Drop(session);
                return;
            }
        }
    }

    /// <summary>Lets go of guests that were silent too long.</summary>
    public void Sweep(Timestamp now)
    {
        if (_byToken.Count == 0 || now < _sweepAt)
        {
            return;
        }
        _sweepAt = now.Plus(_patienceMicroseconds / 4);
        foreach (GuestSession session in _byToken.Values)
        {
            if (session.OpenStreams == 0 && !session.IsLeaving && !session.Id.IsNone && now.Since(session.HeardAt) > _patienceMicroseconds)
            {
                TryLeave(session, LeaveReason.Lost, out _);
            }
        }
    }

    private void Drop(GuestSession session)
    {
        _byToken.Remove(session.Token);
        if (session.From is { } from && --_countByAddress[from] == 0)
        {
            _countByAddress.Remove(from);
        }
        session.End();
        session.Dispose();
    }
}
