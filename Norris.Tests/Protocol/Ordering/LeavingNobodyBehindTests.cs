using Norris.Protocol;
using Norris.Protocol.Membership;
using Norris.Protocol.Messages;
using Norris.Protocol.Ordering;

namespace Norris.Tests.Protocol.Ordering;

/// <summary>A candidate whose log begins at #10 finds one that is at #5, which it cannot bring forward: whom it leaves the turn to, and how often.</summary>
public sealed class LeavingNobodyBehindTests
{
    private static readonly MemberId Host = new(1);
    private static readonly MemberId Elder = new(2);
    private static readonly MemberId Behind = new(3);
    private static readonly MemberId Self = new(4);

    private readonly CoreState _state = new(new NodeCoreOptions { Token = SomeNode.TokenOf(Self), Name = "n4", Address = SomeNode.AddressOf(Self) })
    {
        Now = new(1_000_000),
    };

    [Theory]
    [InlineData(0, 12UL, true, false)]
    [InlineData(1, 12UL, true, true)]
    [InlineData(1, 10UL, true, true)]
    [InlineData(1, 9UL, false, false)]
    [InlineData(2, 12UL, false, false)]
    public void The_turn_is_anybodys_then_the_elders_then_its_own(int timesUnservable, ulong elderAt, bool leavesTheTurn, bool toTheElder)
    {
        Start(elderJoinedAt: 2, selfJoinedAt: 10);

        var candidacy = new Candidacy(_state, isHostGone: true, timesUnservable);
        candidacy.Advance();
        Answer(candidacy, elderAt);
        candidacy.Advance();

        Assert.Equal(leavesTheTurn ? CandidacyEnd.CannotServe : CandidacyEnd.None, candidacy.End);
        Assert.Equal(toTheElder ? Elder : MemberId.None, candidacy.Other);
        Assert.Equal(toTheElder ? SomeNode.AddressOf(Elder) : "", candidacy.Address);
        Assert.Equal(leavesTheTurn, candidacy.IsSounding);
    }

    // Whoever heard late of being let in is the more senior, and has a log that begins later.
    [Theory]
    [InlineData(4, true)]
    [InlineData(5, true)]
    [InlineData(6, false)]
    public void The_elder_is_who_came_in_before_what_is_lacked_however_senior_the_candidate_is(ulong elderJoinedAt, bool toTheElder)
    {
        Start(elderJoinedAt, selfJoinedAt: 3);

        var candidacy = new Candidacy(_state, isHostGone: true, timesUnservable: 1);
        candidacy.Advance();
        Answer(candidacy, elderAt: 12);
        candidacy.Advance();

        Assert.Equal(toTheElder ? Elder : MemberId.None, candidacy.Other);
        Assert.Equal(toTheElder ? CandidacyEnd.CannotServe : CandidacyEnd.None, candidacy.End);
    }

    private void Start(ulong elderJoinedAt, ulong selfJoinedAt)
    {
        var snapshot = new Snapshot
        {
            Network = 7,
            Host = Host,
            Position = At(10),
            Time = new(1),
            Members = [.. new[] { SomeNode.Of(Host), SomeNode.Of(Elder, elderJoinedAt), SomeNode.Of(Behind, 5), SomeNode.Of(Self, selfJoinedAt) }.OrderBy(static member => member.JoinedAt.Value)],
            Departed = [],
        };
        Assert.True(_state.TryStartFrom(snapshot, Self, isRemembered: false));
    }

    private void Answer(Candidacy candidacy, ulong elderAt)
    {
        OutboundCall[] calls = [.. _state.Effects.Calls];
        Assert.Equal(2, calls.Length);
        foreach (OutboundCall call in calls)
        {
            candidacy.Answered(call.Id, new Promised(At(call.Address == SomeNode.AddressOf(Elder) ? elderAt : 5), new Epoch(1), default));
        }
    }

    private static Position At(ulong sequence) => new(new Epoch(1), new SequenceNumber(sequence), new Digest(sequence));
}
