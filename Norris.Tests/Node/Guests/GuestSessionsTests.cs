using Norris.Node;
using Norris.Node.Guests;
using Norris.Protocol;
using Norris.Protocol.Membership;
using Norris.Protocol.Ordering;

namespace Norris.Tests.Node.Guests;

/// <summary>A minute without a request or an open stream ends a session; nothing else does.</summary>
public sealed class GuestSessionsTests
{
    private const long Second = 1_000_000;

    private readonly NodeCore _core;
    private readonly GuestSessions _sessions;
    private Timestamp _now = new(1_000 * Second);

    public GuestSessionsTests()
    {
        var settings = new NodeSettings(
            new NodeCoreOptions { Token = new MemberToken(1, 2), Name = "alice", Address = "127.0.0.1:7000", ReorderWindowMicroseconds = 0 }, [])
        {
            GuestsMax = 3,
            GuestsPerAddressMax = 2,
        };
        _core = new NodeCore(settings.Core);
        _sessions = new GuestSessions(_core, settings);
        _core.Advance(_now);
        _core.Found();
        Settle();
    }

    [Fact]
    public void A_session_without_a_request_for_a_minute_is_a_lost_member()
    {
        GuestSession session = Open("gwen");
        Pass(60);
        Assert.NotNull(_core.View.Find(session.Id));
        Pass(16);
        Assert.Null(_core.View.Find(session.Id));
        Assert.Equal(0, _sessions.Count);
        Assert.Null(_sessions.Find(session.Token, _now));
        Assert.True(session.Ended.IsCancellationRequested);
    }

    [Fact]
    public void An_address_that_has_as_many_guests_as_it_may_has_room_again_when_one_is_gone()
    {
        System.Net.IPAddress from = System.Net.IPAddress.Parse("10.0.0.2");
        _sessions.TryOpen(MemberToken.None, "one"u8, _now, from);
        Assert.False(_sessions.HasTooMany(from));
        GuestSession second = _sessions.TryOpen(MemberToken.None, "two"u8, _now, from)!.Value.Session;
        Assert.True(_sessions.HasTooMany(from));
        Assert.False(_sessions.HasTooMany(System.Net.IPAddress.Parse("10.0.0.3")));
        Assert.False(_sessions.HasTooMany(null));
        _sessions.GiveUp(second);
        Assert.False(_sessions.HasTooMany(from));
    }

    [Fact]
    public void Every_request_begins_the_minute_anew()
    {
        GuestSession session = Open("gwen");
        for (int i = 0; i < 20; i++)
        {
            Pass(55);
            Assert.Same(session, _sessions.Find(session.Token, _now));
        }
        Assert.NotNull(_core.View.Find(session.Id));
    }

    [Fact]
    public void An_open_stream_keeps_a_session()
    {
        GuestSession listener = Open("gwen");
        GuestSession silent = Open("gus");
        listener.OpenStreams++;
        Pass(3600);
        Assert.NotNull(_core.View.Find(listener.Id));
        Assert.Null(_core.View.Find(silent.Id));
        Assert.Same(listener, _sessions.Find(listener.Token, _now));
        listener.OpenStreams--;
        Pass(59);
        Assert.NotNull(_core.View.Find(listener.Id));
        Pass(17);
        Assert.Null(_core.View.Find(listener.Id));
    }

    [Fact]
    public void Whoever_left_is_known_no_more_and_its_streams_end()
    {
        GuestSession session = Open("gwen");
        Assert.True(_sessions.TryLeave(session, LeaveReason.Left, out _));
        Assert.Null(_sessions.Find(session.Token, _now));
        Settle();
        Assert.Equal(0, _sessions.Count);
        Assert.True(session.Ended.IsCancellationRequested);
    }

    [Fact]
    public void There_are_only_so_many_sessions_and_each_that_ends_makes_room()
    {
        GuestSession first = Open("g1");
        Open("g2");
        Open("g3");
        Assert.True(_sessions.IsFull);
        Assert.Null(_sessions.TryOpen(MemberToken.None, "g4"u8, _now));
        _sessions.TryLeave(first, LeaveReason.Left, out _);
        Settle();
        Open("g4");
    }

    [Fact]
    public void A_session_counts_only_when_its_guest_is_in()
    {
        (GuestSession session, ulong _) = _sessions.TryOpen(MemberToken.None, "gwen"u8, _now)!.Value;
        Assert.Null(_sessions.Find(session.Token, _now));
        Assert.Null(_sessions.Find(MemberToken.None, _now));
    }

    [Fact]
    public void A_session_never_begins_as_anybody_but_the_guest_with_its_token()
    {
        GuestSession other = Open("gus");
        (GuestSession asNode, ulong _) = _sessions.TryOpen(MemberToken.None, "gwen"u8, _now)!.Value;
        Assert.Null(_sessions.TryBegin(asNode));
        (GuestSession asOther, ulong _) = _sessions.TryOpen(MemberToken.None, "gwyn"u8, _now)!.Value;
        Assert.Null(_sessions.TryBegin(asOther));
        Assert.NotEqual(other.Id, asOther.Id);
        Assert.Equal(1, _sessions.Count);
        Assert.All([asNode, asOther], session => Assert.Null(_sessions.Find(session.Token, _now)));
    }

    [Fact]
    public void Tokens_differ()
    {
        var tokens = Enumerable.Range(0, 1000).Select(_ => RandomToken.Next()).ToHashSet();
        Assert.Equal(1000, tokens.Count);
        Assert.DoesNotContain(MemberToken.None, tokens);
    }

    private GuestSession Open(string name)
    {
        (GuestSession session, ulong number) = _sessions.TryOpen(MemberToken.None, System.Text.Encoding.UTF8.GetBytes(name), _now)!.Value;
        _core.Settle();
        Assert.Equal(_core.Effects.Ordered.Single(ordered => ordered.Number == number).Subject, _sessions.TryBegin(session)?.Id);
        Settle();
        return session;
    }

    /// <summary>Lets seconds pass, looking after the sessions when they ask for it.</summary>
    private void Pass(int seconds)
    {
        for (int i = 0; i < seconds; i++)
        {
            _now = _now.Plus(Second);
            _core.Advance(_now);
            if (_sessions.NextSweep != Timestamp.Zero && _sessions.NextSweep <= _now)
            {
                _sessions.Sweep(_now);
            }
            Settle();
        }
    }

    private void Settle()
    {
        _core.Settle();
        foreach (GuestGone gone in _core.Effects.Notices.OfType<GuestGone>().ToArray())
        {
            _sessions.Gone(gone.Guest);
        }
        _core.Effects.Clear();
    }
}
