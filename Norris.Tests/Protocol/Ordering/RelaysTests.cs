using Norris.Protocol;
using Norris.Protocol.Membership;
using Norris.Protocol.Messages;
using Norris.Protocol.Ordering;

namespace Norris.Tests.Protocol.Ordering;

/// <summary>Whom a host with a fan-out of 2 sends to whom, in a view of nine: host 1, and 2 to 9 in their seniority.</summary>
public sealed class RelaysTests
{
    private static readonly MemberId Host = new(1);

    private readonly CoreState _state = new(new NodeCoreOptions { Token = SomeNode.TokenOf(Host), Name = "n1", Address = "10.0.0.1:7000", FanOut = 2 }) { Now = new(10_000_000) };
    private readonly Relays _relays;

    public RelaysTests()
    {
        _relays = new Relays(_state);
        var snapshot = new Snapshot
        {
            Network = 7,
            Host = Host,
            Position = new(new Epoch(1), new SequenceNumber(10), new Digest(10)),
            Time = new(1),
            Members = [.. Enumerable.Range(1, 9).Select(static id => SomeNode.Of(new((ulong)id)))],
            Departed = [],
        };
        Assert.True(_state.TryStartFrom(snapshot, Host, isRemembered: true));
        foreach (Member member in _state.View.BySeniority)
        {
            (member.Progress.HasFollowed, member.Progress.LastHeard) = (true, _state.Now);
        }
    }

    [Theory]
    [InlineData(2, 0)]
    [InlineData(3, 0)]
    [InlineData(4, 2)]
    [InlineData(5, 2)]
    [InlineData(6, 3)]
    [InlineData(7, 3)]
    [InlineData(8, 4)]
    [InlineData(9, 4)]
    public void The_senior_ones_follow_the_host_and_the_others_one_of_those_before_them(ulong member, ulong relay) =>
        Assert.Equal(new MemberId(relay), For(member));

    [Theory]
    [InlineData(4, 2, 3)]
    [InlineData(8, 4, 2)]
    [InlineData(9, 4, 2)]
    [InlineData(4, 4, 0)]
    public void Who_lost_its_relay_is_sent_to_another_one_and_in_the_end_to_none(ulong member, ulong without, ulong relay) =>
        Assert.Equal(new MemberId(relay), For(member, without));

    [Fact]
    public void One_that_was_not_heard_for_a_while_is_nobodys_relay()
    {
        _state.View.Find(new(2))!.Progress.LastHeard = new(1);
        _state.View.Find(new(3))!.Progress.HasFollowed = false;
        Assert.Equal(MemberId.None, For(4));
        Assert.Equal(new MemberId(4), For(8));
    }

    [Fact]
    public void A_report_holds_for_one_reign_and_says_the_last_word_of_each()
    {
        _state.Reports.Take(new(4), new(9), ageMicroseconds: 5);
        _state.Reports.Take(new(5), new(8), ageMicroseconds: 0);
        _state.Reports.Take(new(4), new(10), ageMicroseconds: 0);
        _state.Reports.Take(new(4), new(7), ageMicroseconds: 9);
        _state.Now = _state.Now.Plus(3);
        Assert.Equal([new PositionReport(new(4), new(10), 3), new PositionReport(new(5), new(8), 3)], _state.Reports.TakeAll());
        Assert.False(_state.Reports.HasAny);

        _state.Reports.Take(new(4), new(10), ageMicroseconds: 0);
        _state.View.Reset(7, new Epoch(2), new(2));
        Assert.Empty(_state.Reports.TakeAll());
    }

    private MemberId For(ulong member, ulong without = 0) => _relays.For(_state.View.Find(new(member))!, new(without))?.Id ?? MemberId.None;
}
