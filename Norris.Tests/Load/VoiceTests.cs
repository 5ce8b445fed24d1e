using Norris.Load.Networks;
using Norris.Load.Verification;

namespace Norris.Tests.Load;

public sealed class VoiceTests
{
    private readonly OrderWatch _watch = new();
    private readonly Observer _one;
    private readonly Observer _other;
    private readonly SilentVoice _voice;

    public VoiceTests()
    {
        (_one, _other) = (Observe("one"), Observe("other"));
        _voice = new SilentVoice([_one, _other]);
    }

    [Fact]
    public async Task A_message_is_there_when_the_last_observer_has_it()
    {
        Task<Arrival> first = _voice.SayAsync();
        Task<Arrival> second = _voice.SayAsync();
        _voice.Reach(_one, 1, 10);
        _voice.Reach(_one, 2, 20);
        Assert.False(first.IsCompleted);
        _voice.Reach(_other, 1, 30);
        Assert.Equal(new Arrival(30, null), await first);
        Assert.False(second.IsCompleted);
        _voice.Reach(_other, 2, 40);
        Assert.Equal(new Arrival(40, null), await second);
        Assert.Equal([1, 2], _voice.Sent);
        Assert.Equal((2, 0), (_voice.SaidCount, _voice.Pending));
    }

    [Fact]
    public async Task Who_sees_nothing_more_is_not_waited_for()
    {
        Task<Arrival> said = _voice.SayAsync();
        _voice.Reach(_one, 1, 10);
        _voice.Forget(_other, 15);
        Assert.Equal(new Arrival(15, null), await said);
    }

    [Fact]
    public async Task Who_comes_later_is_waited_for_from_its_first_message_on()
    {
        Observer late = Observe("late");
        Task<Arrival> first = _voice.SayAsync();
        Task<Arrival> second = _voice.SayAsync();
        Task<Arrival> third = _voice.SayAsync();
        ReachBoth(1, 10);
        Assert.Equal(new Arrival(10, null), await first);
        _voice.Reach(late, 2, 20);
        ReachBoth(2, 30);
        ReachBoth(3, 40);
        Assert.Equal(new Arrival(30, null), await second);
        Assert.False(third.IsCompleted);
        _voice.Reach(late, 3, 50);
        Assert.Equal(new Arrival(50, null), await third);
    }

    [Fact]
    public async Task A_voice_that_ends_tells_whoever_waits_and_says_nothing_more()
    {
        Task<Arrival> said = _voice.SayAsync();
        _voice.End("its node was killed");
        Assert.Equal("its node was killed", (await said).Failure);
        Assert.Equal("its node was killed", (await _voice.SayAsync()).Failure);
        Assert.Equal([1], _voice.Sent);
        Assert.False(_voice.IsAlive);
    }

    [Fact]
    public async Task What_is_refused_is_not_waited_for_and_the_next_is()
    {
        Task<Arrival> refused = _voice.SayAsync();
        Task<Arrival> next = _voice.SayAsync();
        _voice.Refuse(1);
        Assert.Equal("refused", (await refused).Failure);
        Assert.Equal(1, _voice.Pending);
        ReachBoth(2, 20);
        Assert.Equal(new Arrival(20, null), await next);
    }

    private void ReachBoth(int message, long at)
    {
        _voice.Reach(_one, message, at);
        _voice.Reach(_other, message, at);
    }

    private Observer Observe(string name) => new(name, _watch.Watch(name), static _ => null);

    private sealed class SilentVoice(IEnumerable<Observer> established) : Voice(0, established)
    {
        public List<int> Sent { get; } = [];

        public void Refuse(int message) => Fail(message, "refused");

        protected override void Send(int message) => Sent.Add(message);
    }
}
