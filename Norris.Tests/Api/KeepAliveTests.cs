using System.Threading.Channels;
using Microsoft.Extensions.Time.Testing;
using Norris.Tests.Node;

namespace Norris.Tests.Api;

/// <summary>What is said to idle streams of events.</summary>
public sealed class KeepAliveTests
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(15);

    [Fact]
    public async Task An_idle_stream_of_server_sent_events_gets_a_comment_every_15_seconds_and_lines_get_none()
    {
        var time = new ObservedTime();
        await using InProcessNode node = await InProcessNode.StartAsync("alice", time: time);
        await using EventReader lines = await EventReader.OpenAsync(node, "application/x-ndjson");
        await using EventReader events = await EventReader.OpenAsync(node, null);
        for (int i = 0; i < 3; i++)
        {
            // Who is woken meanwhile, though there is nothing to read, waits anew.
            Task<string> comment = events.LineAsync();
            while (!comment.IsCompleted && await Task.WhenAny(comment, time.WaitingAsync()) != comment)
            {
                time.Advance(Interval);
            }
            Assert.Equal((":", ""), (await comment, await events.LineAsync()));
        }
        await node.SayAsync("at last");
        string line = await events.LineAsync();
        while (line is ":" or "")
        {
            // Time was let pass once more before the last comment had come.
            line = await events.LineAsync();
        }
        Assert.StartsWith("id: ", line, StringComparison.Ordinal);
        Assert.Equal("at last", (await lines.NextAsync()).GetProperty("text").GetString());
    }

    [Fact]
    public async Task An_event_puts_the_comment_off()
    {
        var time = new ObservedTime();
        await using InProcessNode node = await InProcessNode.StartAsync("alice", time: time);
        await using EventReader events = await EventReader.OpenAsync(node, null);
        await time.WaitingAsync();
        time.Advance(Interval / 2);
        await node.SayAsync("hello");
        Assert.StartsWith("id: ", await events.LineAsync(), StringComparison.Ordinal);
        Assert.StartsWith("data: ", await events.LineAsync(), StringComparison.Ordinal);
        Assert.Equal("", await events.LineAsync());
        await time.WaitingAsync();
        time.Advance(Interval / 2);
        await node.SayAsync("again");
        Assert.StartsWith("id: ", await events.LineAsync(), StringComparison.Ordinal);
    }

    /// <summary>Time that passes when it is told to, and says when somebody waits for the interval: to let it pass before would be too early.</summary>
    private sealed class ObservedTime : FakeTimeProvider
    {
        private readonly Channel<bool> _waiting = Channel.CreateUnbounded<bool>();

        /// <summary>Completes once for each time that somebody begins to wait for the interval.</summary>
        public async Task WaitingAsync()
        {
            await _waiting.Reader.WaitToReadAsync(InProcessNode.Patience);
            _waiting.Reader.TryRead(out _);
        }

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            ITimer timer = base.CreateTimer(callback, state, dueTime, period);
            if (dueTime == Interval)
            {
                _waiting.Writer.TryWrite(true);
            }
            return timer;
        }
    }
}
