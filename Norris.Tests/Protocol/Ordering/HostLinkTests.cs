using Norris.Protocol.Membership;
using Norris.Protocol.Messages;
using Norris.Protocol.Ordering;

namespace Norris.Tests.Protocol.Ordering;

/// <summary>With the majority rule: a member with the end of an old reign and a host that goes by something else find the last entry that both have.</summary>
public sealed class HostLinkTests
{
    private const ulong Committed = 10;

    private readonly TailOfSelf _tail = new();
    private readonly List<ulong> _asked = [];

    public static TheoryData<int, ulong> Tails
    {
        get
        {
            var data = new TheoryData<int, ulong>();
            foreach (int entries in (int[])[1, 2, 3, 4, 7, 16, 100])
            {
                for (ulong common = 0; common <= (ulong)entries; common++)
                {
                    data.Add(entries, Committed + common);
                }
            }
            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Tails))]
    public void The_last_common_entry_is_found_by_halves_and_nothing_before_it_is_given_up(int entries, ulong common)
    {
        Digest digest = Fill(entries, common);
        Assert.True(TryFind(common));

        Assert.Equal((common, digest), (_tail.Last.Value, _tail.State.Log.Digest));
        Assert.Equal(common, _asked[^1]);
        Assert.True(_asked.Count <= 2 + Math.Ceiling(Math.Log2(entries + 1)), $"{_asked.Count} questions");
    }

    [Fact]
    public void Where_the_host_lacks_what_is_committed_the_member_joins_again()
    {
        Fill(5, Committed);
        Assert.False(TryFind(Committed - 1));
        Assert.Equal(Committed + 5, _tail.Last.Value);
    }

    [Fact]
    public void Another_host_is_asked_from_the_beginning()
    {
        Fill(8, Committed);
        var link = new HostLink(_tail.State, "10.0.0.1:7000");
        Assert.Equal(Committed + 8, Ask(link));
        Assert.True(link.TryDisagree());
        Assert.Equal(Committed + 4, Ask(link));
        link.Redirected("10.0.0.3:7000");
        // What the first had and had not says nothing about this one.
        Assert.Equal(Committed + 8, Ask(link));
        Assert.True(link.Agrees());
        Assert.Equal(Committed + 8, _tail.Last.Value);
    }

    [Theory]
    [InlineData(0, 50)]
    [InlineData(200, 12)]
    public void The_more_there_are_the_longer_the_pauses_get(int more, int times)
    {
        for (ulong i = 1; i <= (ulong)more; i++)
        {
            _tail.Joined(new MemberId(100 + i));
        }
        var link = new HostLink(_tail.State, "10.0.0.1:7000");
        long until = _tail.State.Now.Plus(_tail.State.Options.TimeoutMicroseconds).Microseconds;
        while (_tail.State.Now.Microseconds < until)
        {
            Ask(link);
            link.Busy(retryAfterMicroseconds: 100_000);
            _tail.State.Now = link.NextDeadline;
        }
        Assert.Equal(times, _asked.Count);
    }

    private Digest Fill(int entries, ulong common)
    {
        for (int i = 1; i <= entries; i++)
        {
            _tail.Message(TailOfSelf.Host, (ulong)i);
        }
        return _tail.State.Log.DigestAt(new SequenceNumber(common));
    }

    private bool TryFind(ulong common)
    {
        SequenceNumber last = _tail.Last;
        var link = new HostLink(_tail.State, "10.0.0.1:7000");
        while (true)
        {
            Assert.True(_asked.Count < 50, "the search does not end");
            if (Ask(link) <= common)
            {
                if (link.Agrees())
                {
                    return true;
                }
            }
            else if (!link.TryDisagree())
            {
                return false;
            }
            Assert.Equal(last, _tail.Last);
        }
    }

    /// <summary>After which entry the host is asked for its log now.</summary>
    private ulong Ask(HostLink link)
    {
        _tail.State.Effects.Clear();
        link.Advance();
        FollowRequest request = Assert.Single(_tail.State.Effects.UpstreamChanges).Request!;
        Assert.Equal(_tail.State.Log.DigestAt(request.After.Sequence), request.After.Digest);
        _asked.Add(request.After.Sequence.Value);
        return request.After.Sequence.Value;
    }
}
