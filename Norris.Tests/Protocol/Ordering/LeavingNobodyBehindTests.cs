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

    public LeavingNobodyBehindTests()
    {
        var snapshot = new Snapshot
        {
            Network = 7,
            Host = Host,
            Position = At(10),
            Time = new(1),
            Members = [SomeNode.Of(Host), SomeNode.Of(Elder), SomeNode.Of(Behind, 5), SomeNode.Of(Self, 10)],
            Departed = [],
        };
        Assert.True(_state.TryStartFrom(snapshot, Self, isRemembered: false));
    }

    [Theory]
    [InlineData(0, 12UL, true, false)]
    [InlineData(1, 12UL, true, true)]
    [InlineData(1, 10UL, true, true)]
    [InlineData(1, 9UL, false, false)]
    [InlineData(2, 12UL, false, false)]
    public void The_turn_is_anybodys_then_the_elders_then_its_own(int timesUnservable, ulong elderAt, bool leavesTheTurn, bool toTheElder)
    {
        var candidacy = new Candidacy(_state, isHostGone: true, timesUnservable);
        candidacy.Advance();
        Answer(candidacy, elderAt);
        candidacy.Advance();

        Assert.Equal(leavesTheTurn ? CandidacyEnd.CannotServe : CandidacyEnd.None, candidacy.End);
        Assert.Equal(toTheElder ? Elder : MemberId.None, candidacy.Other);
        Assert.Equal(toTheElder ? SomeNode.AddressOf(Elder) : "", candidacy.Address);
        Assert.Equal(leavesTheTurn, candidacy.IsSounding);
    }

    private void Answer(Candidacy candidacy, ulong elderAt)
    {
        OutboundCall[] calls = [.. _state.Effects.Calls];
        Assert.Equal([SomeNode.AddressOf(Elder), SomeNode.AddressOf(Behind)], calls.Select(static call => call.Address));
        candidacy.Answered(calls[0].Id, new Promised(At(elderAt), new Epoch(1), default));
        candidacy.Answered(calls[1].Id, new Promised(At(5), new Epoch(1), default));
    }

    private static Position At(ulong sequence) => new(new Epoch(1), new SequenceNumber(sequence), new Digest(sequence));
}
