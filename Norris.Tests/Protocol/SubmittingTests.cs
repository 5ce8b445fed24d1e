using System.Text;
using Norris.Protocol;
using Norris.Protocol.Membership;
using Norris.Protocol.Messages;
using Norris.Protocol.Ordering;

namespace Norris.Tests.Protocol;

/// <summary>A member of two whose host does not take what it says, since something before that is missing there.</summary>
public sealed class SubmittingTests
{
    private const long Start = 1_000_000_000;

    private static readonly MemberId Host = new(1);
    private static readonly MemberId Self = new(2);

    private readonly NodeCore _node = new(new NodeCoreOptions { Token = SomeNode.TokenOf(Self), Name = "n2", Address = SomeNode.AddressOf(Self) });
    private long _now = Start;

    public SubmittingTests()
    {
        _node.Advance(new(_now));
        _node.Join([SomeNode.AddressOf(Host)]);
        _node.Settle();
        var snapshot = new Snapshot
        {
            Network = 7,
            Host = Host,
            Position = new(new Epoch(1), new SequenceNumber(10), new Digest(10)),
            Time = new(1),
            Members = [SomeNode.Of(Host), SomeNode.Of(Self)],
            Departed = [],
        };
        _node.Step(Assert.Single(_node.Effects.Calls).Id, new JoinAccepted(Self, snapshot, new(Start), new(Start)));
        _node.Settle();
        StreamId stream = Assert.Single(_node.Effects.UpstreamChanges).Stream;
        _node.UpstreamAnswered(stream, new FollowAccepted(stream));
    }

    [Fact]
    public void What_the_host_took_and_has_no_more_is_said_again_and_is_no_fault_of_the_host()
    {
        OutboundCall first = Say("one");
        Answer(first, new SubmissionAccepted(new(Start), new(Start), SequenceNumber.None));
        OutboundCall second = Say("two");
        Assert.Equal([2UL], Numbers(second));

        Answer(second, new Refused(RefusalReason.OutOfTurn));
        Assert.DoesNotContain(_node.Effects.Notices, static notice => notice is HostMisbehaved);
        OutboundCall again = Submitted();
        Assert.Equal([1UL, 2UL], Numbers(again));

        // Now nothing can be missing.
        Answer(again, new Refused(RefusalReason.OutOfTurn));
        Assert.Contains(_node.Effects.Notices, static notice => notice is HostMisbehaved);
    }

    private OutboundCall Say(string text)
    {
        Assert.True(_node.TrySubmitMessage(Self, Encoding.UTF8.GetBytes(text), out _));
        return Submitted();
    }

    private OutboundCall Submitted()
    {
        _node.Effects.Clear();
        _now += 30_000;
        _node.Advance(new(_now));
        _node.Settle();
        return Assert.Single(_node.Effects.Calls, static call => call.Request is Submission { Entries.IsEmpty: false });
    }

    private void Answer(OutboundCall call, PeerReply reply)
    {
        _node.Effects.Clear();
        _node.Step(call.Id, reply);
        _node.Settle();
    }

    private static ulong[] Numbers(OutboundCall call) => EntryNumbers.In(((Submission)call.Request).Entries.Span);
}
