using Norris.Protocol;
using Norris.Protocol.Membership;
using Norris.Protocol.Messages;
using Norris.Protocol.Ordering;

namespace Norris.Tests.Protocol;

/// <summary>A node at #10, whose log begins there, stands and finds a member at #5: how long and how often it leaves the turn to others.</summary>
public sealed class LeavingTheTurnTests
{
    private const long Start = 1_000_000_000;
    private const long Pause = 20_000;

    private static readonly MemberId Host = new(1);
    private static readonly MemberId Elder = new(2);
    private static readonly MemberId Behind = new(3);
    private static readonly MemberId Self = new(4);

    private readonly NodeCoreOptions _options = new() { Token = SomeNode.TokenOf(Self), Name = "n4", Address = SomeNode.AddressOf(Self) };
    private readonly NodeCore _node;
    private long _now = Start;

    public LeavingTheTurnTests()
    {
        _node = new NodeCore(_options);
        Pass(0);
        _node.Join([SomeNode.AddressOf(Host)]);
        _node.Settle();
        var snapshot = new Snapshot
        {
            Network = 7,
            Host = Host,
            Position = At(10),
            Time = new(1),
            Members = [SomeNode.Of(Host), SomeNode.Of(Elder), SomeNode.Of(Behind, 5), SomeNode.Of(Self, 10)],
            Departed = [],
        };
        _node.Step(Assert.Single(_node.Effects.Calls).Id, new JoinAccepted(Self, snapshot, new(Start), new(Start)));
        _node.Settle();
    }

    [Fact]
    public void Who_can_serve_all_has_as_long_as_it_may_pause_itself()
    {
        HostDies();
        Stand();
        // The elder's turn was waited for once already, in vain.
        Answer(new PromisedElsewhere(new Epoch(1), Elder), new Promised(At(5), new Epoch(1), default));
        Stand();
        Answer(Promised(10), Promised(5));
        Stand();
        Answer(Promised(10), Promised(5));
        long left = _now;
        Stand();

        Assert.InRange(_now - left, _options.TimeoutMicroseconds / 2, _options.TimeoutMicroseconds);
        Answer(Promised(10), Promised(5));
        Assert.Equal(2, _node.Effects.Calls.Count(static call => call.Request is TakeoverRequest { IsBinding: true }));
    }

    [Fact]
    public void It_is_left_anew_after_every_reign()
    {
        HostDies();
        Stand();
        Answer(Promised(9), Promised(5));
        Pass(Pause);
        StreamId stream = _node.Effects.UpstreamChanges[^1].Stream;
        _node.UpstreamAnswered(stream, new FollowAccepted(stream));
        Pass(Pause);
        _node.UpstreamClosed(stream, ExchangeFailure.Reset);
        HostDies();
        Stand();
        Answer(Promised(9), Promised(5));

        Assert.DoesNotContain(_node.Effects.Calls, static call => call.Request is TakeoverRequest { IsBinding: true });
        Assert.Equal(NodeRole.Following, _node.Role);
    }

    private void HostDies()
    {
        Pass(Pause);
        _node.UpstreamClosed(_node.Effects.UpstreamChanges[^1].Stream, ExchangeFailure.ConnectionRefused);
    }

    /// <summary>Time passes until it stands: everybody whom it asks for the log is busy.</summary>
    private void Stand()
    {
        _node.Effects.Clear();
        for (int i = 0; _node.Role != NodeRole.TakingOver; i++)
        {
            Assert.True(i < 200, "it never stood");
            Pass(Pause);
            if (_node.Effects.UpstreamChanges.Count > 0)
            {
                _node.UpstreamAnswered(_node.Effects.UpstreamChanges[^1].Stream, new Busy(Pause));
            }
        }
    }

    private void Answer(PeerReply elder, PeerReply behind)
    {
        OutboundCall[] calls = [.. _node.Effects.Calls.Where(static call => call.Request is TakeoverRequest)];
        _node.Effects.Clear();
        foreach (OutboundCall call in calls)
        {
            if (call.Address == SomeNode.AddressOf(Host))
            {
                _node.Failed(call.Id, ExchangeFailure.ConnectionRefused);
            }
            else
            {
                _node.Step(call.Id, call.Address == SomeNode.AddressOf(Elder) ? elder : behind);
            }
        }
        Pass(1);
    }

    private static Promised Promised(ulong sequence) => new(At(sequence), new Epoch(1), default);

    private static Position At(ulong sequence) => new(new Epoch(1), new SequenceNumber(sequence), new Digest(sequence));

    private void Pass(long microseconds)
    {
        _now += microseconds;
        _node.Advance(new(_now));
        _node.Settle();
    }
}
