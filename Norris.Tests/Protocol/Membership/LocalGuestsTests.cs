using System.Buffers;
using Norris.Protocol;
using Norris.Protocol.Membership;
using Norris.Protocol.Ordering;

namespace Norris.Tests.Protocol.Membership;

/// <summary>What a node submits for its guests when it is in again, and what becomes of what they had waiting.</summary>
public sealed class LocalGuestsTests
{
    private static readonly MemberId Host = new(1);
    private static readonly MemberId Self = new(2);
    private static readonly MemberId Guest = new(3);
    private static readonly MemberToken HostToken = new(1, 1);
    private static readonly MemberToken SelfToken = new(2, 2);
    private static readonly MemberToken GuestToken = new(3, 3);

    private readonly CoreState _state = new(new NodeCoreOptions { Token = SelfToken, Name = "self", Address = "10.0.0.2:7000" });
    private readonly ArrayBufferWriter<byte> _scratch = new();

    public LocalGuestsTests()
    {
        _state.Now = new Timestamp(1_000_000);
        Assert.True(_state.TryStartFrom(Snapshot(lastOfSelf: 0), Self, isRemembered: true));
        Fold(output => EntryWriter.WriteJoined(output, new(1_000_000), Self, 1, Guest, MemberKind.Guest, Self, GuestToken, "gwen"u8, []));
        Say(1);
        Assert.Equal([(Guest, 1UL)], Sent().Select(static entry => (entry.Author, entry.Number)));
        _state.Effects.Clear();
    }

    [Fact]
    public void What_the_network_remembers_of_a_guest_is_confirmed_and_its_count_goes_on_from_there()
    {
        Say(2);
        Rejoin(Snapshot(lastOfSelf: 1, new Departed(Guest, MemberKind.Guest, GuestToken, 1)));

        OrderedSubmission ordered = Assert.Single(_state.Effects.Ordered);
        Assert.Equal((Guest, 1UL, SequenceNumber.None), (ordered.Author, ordered.Number, ordered.Sequence));
        Assert.Empty(_state.Effects.Notices.OfType<InDoubt>());
        SentEntry joined = Assert.Single(Sent());
        Assert.Equal((EntryType.Joined, Self, 2UL, GuestToken, 1UL), (joined.Type, joined.Author, joined.Number, joined.Token, joined.Count));
        Return(Guest, 2, 1);
        Assert.Equal([(Guest, 2UL)], Sent().Select(static entry => (entry.Author, entry.Number)));
    }

    [Fact]
    public void What_was_sent_of_a_guest_that_the_network_does_not_remember_is_in_doubt_and_not_sent_again()
    {
        Say(2);
        Rejoin(Snapshot(lastOfSelf: 1));

        InDoubt doubt = Assert.Single(_state.Effects.Notices.OfType<InDoubt>());
        Assert.Equal((Guest, 1UL, 1UL), (doubt.Author, doubt.First, doubt.Last));
        Assert.Empty(_state.Effects.Ordered);
        Assert.Equal(1UL, Assert.Single(Sent()).Count);
        Return(Guest, 2, 1);
        Assert.Equal([(Guest, 2UL)], Sent().Select(static entry => (entry.Author, entry.Number)));
    }

    [Fact]
    public void A_guest_whose_id_was_taken_gets_another_one_and_what_it_has_waiting_follows()
    {
        Say(2);
        _scratch.ResetWrittenCount();
        EntryWriter.WriteRenamed(_scratch, new(1_000_000), Guest, 3, Guest, "gwyn"u8);
        _state.Outbox.Add(Guest, _scratch.WrittenSpan);
        var other = new Member
        {
            Id = Guest,
            Kind = MemberKind.Guest,
            Token = new MemberToken(9, 9),
            Name = "other",
            Address = "",
            Via = Host,
            JoinedAt = new SequenceNumber(4),
        };
        Rejoin(Snapshot(lastOfSelf: 1) with { Members = [.. Snapshot(lastOfSelf: 1).Members, other] });
        var now = new MemberId(77);
        Assert.Equal(1UL, Assert.Single(Sent()).Count);
        Return(now, 2, 1);

        Assert.Equal([new ReturnedGuest(Guest, now)], _state.Effects.Returned);
        Assert.Equal([(now, 2UL, default), (now, 3UL, now)], Sent().Select(static entry => (entry.Author, entry.Number, entry.Subject)));
        Assert.Equal(GuestToken, _state.Guests.Find(now)?.Token);
        Assert.Null(_state.Guests.Find(Guest));
    }

    [Fact]
    public void A_guest_that_leaves_while_its_id_is_changed_leaves_under_the_new_one()
    {
        Rejoin(Snapshot(lastOfSelf: 1));
        Sent();
        _state.Guests.Find(Guest)!.IsLeaving = true;
        var now = new MemberId(77);
        Return(now, 2, 1);
        SentEntry left = Assert.Single(Sent());
        Assert.Equal((EntryType.Left, now), (left.Type, left.Subject));
    }

    [Fact]
    public void A_guest_that_is_still_in_there_but_spoke_elsewhere_comes_in_anew()
    {
        Say(2);
        Fold(output => EntryWriter.WriteMessage(output, new(1_000_000), Guest, 1, "hi"u8));
        Snapshot snapshot = Snapshot(lastOfSelf: 1);
        Member behind = _state.View.Find(Guest)!.Copy();
        behind.LastNumber = 0;
        Rejoin(snapshot with { Members = [.. snapshot.Members, behind] });

        SentEntry[] sent = [.. Sent()];
        Assert.Equal([(EntryType.Left, 2UL), (EntryType.Joined, 3UL)], sent.Select(static entry => (entry.Type, entry.Number)));
        Assert.Equal(1UL, sent[1].Count);
        Fold(output => EntryWriter.WriteLeft(output, new(1_000_000), Self, 2, Guest, LeaveReason.Lost));
        Return(Guest, 3, 1);
        Assert.Equal([(Guest, 2UL)], Sent().Select(static entry => (entry.Author, entry.Number)));
        Assert.Empty(_state.Effects.Notices.OfType<GuestGone>());
    }

    [Fact]
    public void A_guest_of_this_node_that_nobody_here_knows_is_said_to_be_gone()
    {
        Snapshot snapshot = Snapshot(lastOfSelf: 1);
        var stranger = new Member
        {
            Id = new MemberId(8),
            Kind = MemberKind.Guest,
            Token = new MemberToken(8, 8),
            Name = "stranger",
            Address = "",
            Via = Self,
            JoinedAt = new SequenceNumber(4),
        };
        Rejoin(snapshot with { Members = [.. snapshot.Members, stranger] });
        SentEntry left = Sent().First();
        Assert.Equal((EntryType.Left, stranger.Id), (left.Type, left.Subject));
    }

    [Fact]
    public void A_guest_that_went_on_through_another_node_meanwhile_is_this_nodes_no_more()
    {
        Say(2);
        Rejoin(Snapshot(lastOfSelf: 1) with { Members = [.. Snapshot(lastOfSelf: 1).Members, ThroughHost()] });
        Assert.Empty(Sent());
        Assert.Equal(Guest, Assert.Single(_state.Effects.Notices.OfType<GuestGone>()).Guest);
        Assert.Null(_state.Guests.Find(GuestToken));
    }

    [Fact]
    public void One_that_goes_on_through_another_node_while_this_one_would_bring_it_back_is_not_said_to_be_gone()
    {
        Rejoin(Snapshot(lastOfSelf: 1, new Departed(Guest, MemberKind.Guest, GuestToken, 1)));
        _scratch.ResetWrittenCount();
        EntryWriter.WriteLeft(_scratch, new(1_000_000), Self, 3, Guest, LeaveReason.Lost);
        _state.Outbox.Add(Self, _scratch.WrittenSpan);
        Fold(output => EntryWriter.WriteJoined(output, new(1_000_000), MemberId.None, 0, Guest, MemberKind.Guest, Host, GuestToken, "gwen"u8, []));

        Assert.Equal([(EntryType.Joined, MemberId.None), (EntryType.Left, MemberId.None)], Sent().Select(static entry => (entry.Type, entry.Subject)));
        Assert.Equal(Guest, Assert.Single(_state.Effects.Notices.OfType<GuestGone>()).Guest);
        Assert.Null(_state.Guests.Find(GuestToken));
    }

    [Fact]
    public void The_entry_that_brings_a_guest_back_and_waits_for_another_network_carries_the_count_that_is_right_there()
    {
        Rejoin(Snapshot(lastOfSelf: 1, new Departed(Guest, MemberKind.Guest, GuestToken, 0)));
        Assert.Equal(0UL, Assert.Single(Sent()).Count);
        Rejoin(Snapshot(lastOfSelf: 1, new Departed(Guest, MemberKind.Guest, GuestToken, 1)));
        SentEntry again = Assert.Single(Sent());
        Assert.Equal((2UL, 1UL), (again.Number, again.Count));
    }

    private static Snapshot Snapshot(ulong lastOfSelf, params Departed[] departed) => new()
    {
        Network = 7,
        Host = Host,
        Position = new Position(new Epoch(1), new SequenceNumber(10), new Digest(5)),
        Time = new Timestamp(1),
        Members = [Node(Host, HostToken, "host", 0), Node(Self, SelfToken, "self", lastOfSelf)],
        Departed = departed,
    };

    private static Member ThroughHost() => new()
    {
        Id = Guest,
        Kind = MemberKind.Guest,
        Token = GuestToken,
        Name = "gwen",
        Address = "",
        Via = Host,
        JoinedAt = new SequenceNumber(9),
    };

    private static Member Node(MemberId id, MemberToken token, string name, ulong last) => new()
    {
        Id = id,
        Kind = MemberKind.Node,
        Token = token,
        Name = name,
        Address = $"10.0.0.{id.Value}:7000",
        Via = MemberId.None,
        JoinedAt = new SequenceNumber(id.Value),
        LastNumber = last,
    };

    private void Rejoin(Snapshot snapshot)
    {
        Assert.True(_state.TryStartFrom(snapshot, Self, isRemembered: true));
        _state.Guests.BringBack();
    }

    private void Return(MemberId id, ulong number, ulong count)
    {
        Fold(output => EntryWriter.WriteJoined(output, new(1_000_000), Self, number, id, MemberKind.Guest, Self, GuestToken, "gwen"u8, BitConverter.GetBytes(count)));
    }

    private void Fold(Action<ArrayBufferWriter<byte>> write)
    {
        _scratch.ResetWrittenCount();
        write(_scratch);
        Assert.True(_state.TryFold(new Entry(_scratch.WrittenSpan), _state.Log.Last.Next));
        _state.Log.Append(_scratch.WrittenSpan);
        _state.DeliverUpTo(_state.Log.Last);
    }

    private void Say(ulong number)
    {
        Assert.Equal(number, _state.Outbox.NextNumber(Guest));
        _scratch.ResetWrittenCount();
        EntryWriter.WriteMessage(_scratch, new(1_000_000), Guest, number, "hi"u8);
        _state.Outbox.Add(Guest, _scratch.WrittenSpan);
    }

    private List<SentEntry> Sent()
    {
        _scratch.ResetWrittenCount();
        _state.Outbox.TakeUnsent(_scratch);
        var sent = new List<SentEntry>();
        ReadOnlySpan<byte> entries = _scratch.WrittenSpan;
        while (!entries.IsEmpty)
        {
            Assert.True(Entry.TryRead(entries, out Entry entry));
            bool isJoined = entry.Type == EntryType.Joined;
            sent.Add(new SentEntry(
                entry.Type, entry.Author, entry.Number, entry.Type == EntryType.Message ? default : entry.Subject,
                isJoined ? entry.JoinedToken : default, isJoined ? entry.JoinedCount : 0));
            entries = entries[entry.Bytes.Length..];
        }
        return sent;
    }

    private readonly record struct SentEntry(EntryType Type, MemberId Author, ulong Number, MemberId Subject, MemberToken Token, ulong Count);
}
