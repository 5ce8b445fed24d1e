using Norris.Protocol;
using Norris.Protocol.Membership;
using Norris.Protocol.Messages;
using Norris.Protocol.Ordering;

namespace Norris.Tests.Protocol;

/// <summary>A member that passes on to the host what somebody asks whose own way there is broken.</summary>
public sealed class PassingOnTests
{
    private const long Start = 1_000_000_000;
    private const long Pause = 20_000;

    private static readonly MemberId Host = new(1);
    private static readonly MemberId Self = new(2);
    private static readonly MemberId Newcomer = new(4);
    private static readonly CallId Asked = new(77);

    private readonly NodeCore _node = new(new NodeCoreOptions { Token = SomeNode.TokenOf(Self), Name = "n2", Address = SomeNode.AddressOf(Self) });
    private readonly StreamId _stream;
    private long _now = Start;

    public PassingOnTests()
    {
        Pass(0);
        _node.Join([SomeNode.AddressOf(Host)]);
        _node.Settle();
        var snapshot = new Snapshot { Network = 7, Host = Host, Position = At(10), Time = new(1), Members = [SomeNode.Of(Host), SomeNode.Of(Self)], Departed = [] };
        _node.Step(Assert.Single(_node.Effects.Calls).Id, new JoinAccepted(Self, snapshot, new(Start), new(Start)));
        _node.Settle();
        Pass(Pause);
        _stream = _node.Effects.UpstreamChanges[^1].Stream;
        _node.UpstreamAnswered(_stream, new FollowAccepted(_stream));
        _node.Settle();
        _node.Effects.Clear();
        Ask(Asked);
    }

    [Fact]
    public void The_hosts_answer_goes_back_to_who_asked()
    {
        JoinAccepted accepted = LetIn();
        _node.Step(Assert.Single(_node.Effects.Calls).Id, accepted);
        Assert.Equal(new Answer(Asked, accepted), Assert.Single(_node.Effects.Answers));
    }

    [Fact]
    public void Once_it_is_host_itself_it_is_asked_again_and_what_the_old_host_says_goes_nowhere()
    {
        CallId call = Assert.Single(_node.Effects.Calls).Id;
        _node.UpstreamClosed(_stream, ExchangeFailure.ConnectionRefused);
        for (int i = 0; _node.Role != NodeRole.Hosting; i++)
        {
            Assert.True(i < 100, "it never took over");
            Pass(Pause);
        }
        Assert.IsType<Busy>(Assert.Single(_node.Effects.Answers, static answer => answer.Id == Asked).Reply);
        _node.Effects.Clear();
        _node.Step(call, LetIn());
        Assert.Empty(_node.Effects.Answers);
    }

    [Fact]
    public void So_much_is_passed_on_and_who_asks_then_is_to_ask_again()
    {
        for (int i = 1; i < QueueLimits.PassedOnMax; i++)
        {
            Ask(new CallId((ulong)(1000 + i)));
        }
        Assert.Equal(QueueLimits.PassedOnMax, _node.Effects.Calls.Count);
        Assert.Empty(_node.Effects.Answers);

        Ask(new CallId(999));
        Assert.Equal(QueueLimits.PassedOnMax, _node.Effects.Calls.Count);
        Answer answer = Assert.Single(_node.Effects.Answers);
        Assert.Equal(new CallId(999), answer.Id);
        Assert.IsType<Busy>(answer.Reply);

        _node.Step(_node.Effects.Calls[5].Id, LetIn());
        Ask(new CallId(998));
        Assert.Equal(QueueLimits.PassedOnMax + 1, _node.Effects.Calls.Count);
    }

    private void Ask(CallId call)
    {
        _node.Step(call, new JoinRequest(SomeNode.TokenOf(Newcomer), "d", SomeNode.AddressOf(Newcomer)) { Hops = PeerRequest.HopsMax });
        _node.Settle();
    }

    private static JoinAccepted LetIn() => new(
        Newcomer,
        new Snapshot { Network = 7, Host = Host, Position = At(11), Time = new(1), Members = [SomeNode.Of(Host), SomeNode.Of(Self), SomeNode.Of(Newcomer, 11)], Departed = [] },
        new(Start),
        new(Start));

    private static Position At(ulong sequence) => new(new Epoch(1), new SequenceNumber(sequence), new Digest(sequence));

    private void Pass(long microseconds)
    {
        _now += microseconds;
        _node.Advance(new(_now));
        _node.Settle();
    }
}
