using System.Buffers;
using System.Text;
using Norris.Protocol.Ordering;

namespace Norris.Protocol.Membership;

/// <summary>
/// The guests whose sessions this node holds. A log that loses the node loses them with it, and so does one that never knew them; but
/// their sessions live on here. Once the node is in again it submits a joined entry for each whose session still lives, with the old
/// token, so that the host gives it the old id. What such a guest has waiting is held back until that entry is in the log.
/// <para>Prevents: n's side merges into another; the page of n's guest g still shows the chat, and g's next message gets 401.</para>
/// <para>Prevents: n sends what g had waiting ahead of g's joined entry; the host knows no g and passes it over; it is lost.</para>
/// </summary>
internal sealed class LocalGuests(CoreState state)
{
    private readonly List<LocalGuest> _inOrder = [];
    private readonly Dictionary<MemberId, LocalGuest> _byId = [];
    private readonly Dictionary<MemberToken, LocalGuest> _byToken = [];
    private readonly ArrayBufferWriter<byte> _scratch = new(256);
    private int _away;

    /// <summary>The guest with this id, or null.</summary>
    public LocalGuest? Find(MemberId id) => _byId.GetValueOrDefault(id);

    /// <summary>The guest with this token, or null.</summary>
    public LocalGuest? Find(MemberToken token) => _byToken.GetValueOrDefault(token);

    /// <summary>A guest came in through this node, or came back, says the log; or one of this node's came in through another one.</summary>
    public void Joined(Member member)
    {
        if (member.Id == state.Self)
        {
            return; // a lie: this node was put out, and somebody has its id
        }
        LocalGuest? guest = Find(member.Token);
        if (member.Via != state.Self)
        {
            if (guest is not null)
            {
                WentOver(guest);
            }
            return;
        }
        if (guest is not null)
        {
            Return(guest, member);
            return;
        }
        Displace(member.Id);
        guest = new LocalGuest(member.Id, member.Token, member.Name);
        _inOrder.Add(guest);
        _byId.Add(guest.Id, guest);
        _byToken.Add(guest.Token, guest);
        state.AdoptAuthor(member);
    }

    /// <summary>
    /// An id is this node's own or another one's of its guests, says the log, that a guest had who is away. No host gives it while anybody remembers who
    /// had it; where one does, that guest's session is over.
    /// <para>Prevents: a host that lies gives g's id to h, both of them n's, and n, which has two guests of one id then, ends.</para>
    /// </summary>
    public void Displace(MemberId id)
    {
        if (Find(id) is { } guest)
        {
            Forget(guest, LeaveReason.Lost);
        }
    }

    /// <summary>A joined entry for this guest was delivered.</summary>
    public void Confirmed(MemberId id)
    {
        if (Find(id) is { } guest)
        {
            guest.IsConfirmed = true;
        }
    }

    /// <summary>
    /// A guest of this node's is no member any more, says the log: since its session is over, or since the node itself was lost or is about
    /// to be; then the session waits.
    /// </summary>
    /// <param name="member">The guest.</param>
    /// <param name="reason">Why it is gone.</param>
    /// <param name="isOwnWord">Whether this node said so.</param>
    public void Left(Member member, LeaveReason reason, bool isOwnWord)
    {
        if (Find(member.Id) is not { } guest || (guest.IsAway && !guest.IsLeaving))
        {
            return;
        }
        if (isOwnWord || guest.IsLeaving || reason == LeaveReason.Left || !guest.IsConfirmed)
        {
            // Whoever was not told yet that it is in will be told that it is not.
            Forget(guest, reason);
            return;
        }
        guest.Name = member.Name;
        PutAway(guest);
    }

    /// <summary>The log is about to be given up: what it says the guests are called is kept.</summary>
    public void NoteNames()
    {
        foreach (LocalGuest guest in _inOrder)
        {
            guest.Name = state.View.Find(guest.Id)?.Name ?? guest.Name;
        }
    }

    /// <summary>
    /// The node is in another log, or in the same one anew: who of its guests is in there, who is to be brought back, and whose session
    /// ended meanwhile. How far each guest's count is known there decides what of its is sent again, as with a node's own.
    /// </summary>
    public void StartFrom()
    {
        foreach (LocalGuest guest in _inOrder.ToArray())
        {
            guest.IsOnItsWay = FindOnItsWay(guest, null);
            if (state.View.Find(guest.Id) is { } other && other.Via != state.Self && other.Token == guest.Token)
            {
                WentOver(guest);
            }
            else if (guest.IsConfirmed && state.View.Find(guest.Id) is { } member && member.Via == state.Self && member.Token == guest.Token)
            {
                StayIn(guest, member);
            }
            else if ((guest.IsLeaving && !guest.IsOnItsWay) || !guest.IsConfirmed)
            {
                // One that was never confirmed comes in anew with its first entry, if that still waits; if it was ordered, whoever waited for it has
                // heard that nobody knows its place, and has no session. One that leaves is known until what brings it back, and still waits, is past.
                // Prevents: g's session is over, its joined and its left entry wait one behind the other, and g is forgotten; the joined one comes as that
                // of somebody new; n is put out before the left one comes, and brings g back, who stays a member for ever.
                Forget(guest, LeaveReason.Lost);
            }
            else
            {
                PutAway(guest);
                ulong last = CountOf(guest, out bool isRemembered);
                state.CountUpTo(guest.Id, last, isRemembered);
                FindOnItsWay(guest, last);
            }
        }
        EndStrangers();
    }

    /// <summary>
    /// The end of the log was taken back, and with it what it said of some guests: what this node submitted about them waits again, and will be
    /// ordered again.
    /// </summary>
    public void TookBack()
    {
        foreach (LocalGuest guest in _inOrder.ToArray())
        {
            if (state.View.Find(guest.Id) is { } member && member.Via == state.Self && member.Token == guest.Token)
            {
                member.IsLocal = true;
                _away -= guest.IsAway ? 1 : 0;
                guest.IsAway = false;
                state.Outbox.Release(guest.Id);
            }
            else if (guest.IsConfirmed)
            {
                PutAway(guest);
                guest.IsOnItsWay = FindOnItsWay(guest, null);
            }
            else
            {
                // Nobody was told yet that it is in.
                Drop(guest);
            }
        }
        EndStrangers();
    }

    /// <summary>The node is in: submits that those come back who are away.</summary>
    public void BringBack()
    {
        if (_away == 0)
        {
            return;
        }
        foreach (LocalGuest guest in _inOrder.ToArray())
        {
            if (!guest.IsAway || guest.IsOnItsWay)
            {
                continue;
            }
            bool isIn = state.View.Find(guest.Id) is { } member && member.Via == state.Self;
            if (guest.IsLeaving)
            {
                if (!isIn)
                {
                    Forget(guest, LeaveReason.Lost);
                }
                continue;
            }
            ulong number = Begin();
            EntryWriter.WriteGuestJoined(
                _scratch, state.NetworkNow, state.Self, number, state.Self, guest.Token, Encoding.UTF8.GetBytes(guest.Name), CountOf(guest, out _));
            Submit(guest.Id, number, isBack: true);
            guest.IsOnItsWay = true;
        }
    }

    private void Return(LocalGuest guest, Member member)
    {
        member.IsLocal = true;
        MemberId before = guest.Id;
        if (before != member.Id)
        {
            // Its id was taken meanwhile, and the network had forgotten it: nothing of its that still waits was ever sent.
            Displace(member.Id);
            _byId.Remove(before);
            _byId.Add(member.Id, guest);
            guest.Id = member.Id;
            state.Outbox.ChangeAuthor(before, member.Id);
        }
        guest.Name = member.Name;
        guest.IsOnItsWay = false;
        if (guest.IsAway)
        {
            guest.IsAway = false;
            _away--;
        }
        state.Outbox.Release(guest.Id);
        state.Effects.Returned.Add(new ReturnedGuest(before, guest.Id));
        if (before != guest.Id && guest.IsLeaving)
        {
            // What was submitted of its leaving named the old id.
            SubmitLeft(guest.Id);
        }
    }

    /// <summary>
    /// The log that the node starts from has this guest still. When it spoke elsewhere meanwhile, it has to come in anew for its count to go
    /// on from there.
    /// <para>Prevents: g says #3 on the other side; here the host waits for #3, which is never sent again, and refuses #4.</para>
    /// </summary>
    private void StayIn(LocalGuest guest, Member member)
    {
        if (state.NumbersOf(guest.Id).Confirmed > member.LastNumber)
        {
            PutAway(guest);
            guest.IsOnItsWay = false;
            if (!guest.IsLeaving)
            {
                SubmitLeft(guest.Id);
            }
            return;
        }
        if (guest.IsAway)
        {
            guest.IsAway = false;
            _away--;
        }
        state.AdoptAuthor(member);
        state.Outbox.Release(guest.Id);
    }

    /// <summary>
    /// Guests that the log has as this node's, whose sessions were given up: nobody else would say that they are gone. And what this node
    /// still has waiting about guests that are others' now is about nobody.
    /// </summary>
    private void EndStrangers()
    {
        foreach (Member member in state.View.BySeniority)
        {
            if (member.Kind == MemberKind.Guest && member.Via == state.Self && Find(member.Token) is null)
            {
                SubmitLeft(member.Id);
            }
        }
        state.Outbox.ChangeWaiting(state.Self, entry =>
        {
            if (new Entry(entry) is { Type: EntryType.Left } left && state.View.Find(left.Subject) is { } other && other.Via != state.Self)
            {
                EntryWriter.SetSubject(entry, MemberId.None);
            }
        });
    }

    /// <summary>
    /// A guest of this node's, while the node was away, went on through another one with its token: there is its session now.
    /// <para>Prevents: n is frozen, and its guest g goes on through m; n comes back, and a minute later says that g is lost, since its session here is
    /// silent. That is refused, g being m's, and so is all that n has to say after it.</para>
    /// </summary>
    private void WentOver(LocalGuest guest)
    {
        MemberId id = guest.Id;
        state.Outbox.ChangeWaiting(state.Self, entry =>
        {
            if (new Entry(entry) is { Type: EntryType.Left } left && left.Subject == id)
            {
                EntryWriter.SetSubject(entry, MemberId.None);
            }
        });
        Forget(guest, LeaveReason.Lost);
    }

    private void PutAway(LocalGuest guest)
    {
        if (!guest.IsAway)
        {
            guest.IsAway = true;
            _away++;
        }
        state.Outbox.Hold(guest.Id);
    }

    private void Forget(LocalGuest guest, LeaveReason reason)
    {
        Drop(guest);
        state.Notify(new GuestGone(guest.Id, reason));
    }

    private void Drop(LocalGuest guest)
    {
        _inOrder.Remove(guest);
        _byId.Remove(guest.Id);
        _byToken.Remove(guest.Token);
        _away -= guest.IsAway ? 1 : 0;
        state.Outbox.RemoveAuthor(guest.Id);
    }

    /// <summary>
    /// What a guest's count goes on from when it comes back. Nobody but this node speaks for it, so the node can tell: what the network
    /// remembers of it or what it was seen to say elsewhere; or, when the network does not remember it, all that was ever sent of it,
    /// since any of that may have been ordered (P4).
    /// </summary>
    private ulong CountOf(LocalGuest guest, out bool isRemembered)
    {
        (ulong confirmed, ulong sent) = state.NumbersOf(guest.Id);
        isRemembered = state.View.Departed.TryFind(guest.Id, guest.Token, out Departed departed);
        if (isRemembered)
        {
            return Math.Max(confirmed, departed.LastNumber);
        }
        return state.View.Find(guest.Id) is { } member && member.Via == state.Self ? confirmed : Math.Max(confirmed, sent);
    }

    /// <summary>Whether an entry that brings the guest in waits already; sets the count that it carries.</summary>
    private bool FindOnItsWay(LocalGuest guest, ulong? count)
    {
        bool isThere = false;
        state.Outbox.ChangeWaiting(state.Self, entry =>
        {
            if (new Entry(entry) is { Type: EntryType.Joined } joined && joined.JoinedToken == guest.Token)
            {
                isThere = true;
                if (count is { } last)
                {
                    EntryWriter.SetJoinedCount(entry, last);
                }
            }
        });
        return isThere;
    }

    private void SubmitLeft(MemberId guest)
    {
        ulong number = Begin();
        EntryWriter.WriteLeft(_scratch, state.NetworkNow, state.Self, number, guest, LeaveReason.Lost);
        Submit(guest, number, isBack: false);
    }

    private ulong Begin()
    {
        _scratch.ResetWrittenCount();
        return state.Outbox.NextNumber(state.Self);
    }

    private void Submit(MemberId guest, ulong number, bool isBack)
    {
        state.Outbox.Add(state.Self, _scratch.WrittenSpan);
        state.Notify(new SpokeForGuest(guest, number, isBack));
    }
}
