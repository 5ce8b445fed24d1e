using Norris.Node;
using Norris.Protocol;

namespace Norris.Tests.Node;

/// <summary>Many threads in, one at a time out, and nobody left waiting.</summary>
public sealed class MailboxTests
{
    private const int Threads = 8;
    private const int Each = 20_000;

    [Fact]
    public async Task Each_input_is_applied_once_and_never_two_at_a_time()
    {
        await using InProcessNode node = InProcessNode.Listen("idle");
        var state = new Tally();
        await PostFromManyThreadsAsync(node, state, _ => { });
        Assert.Equal((Threads * Each, 0, 0), (state.Applied, state.Abandoned, state.Overlaps));
        Assert.Equal(0, state.OutOfTurn);
    }

    [Fact]
    public async Task When_a_node_ends_every_input_is_applied_or_abandoned_and_not_both()
    {
        await using InProcessNode node = InProcessNode.Listen("idle");
        var state = new Tally();
        await PostFromManyThreadsAsync(node, state, i =>
        {
            if (i == Each / 2)
            {
                node.Loop.Post(new LeaveInput());
            }
        });
        Assert.Equal(NodeEndReason.Left, (await node.Loop.Ended).Reason);
        Assert.Equal(Threads * Each, state.Applied + state.Abandoned);
        Assert.Equal(0, state.Overlaps);
        Assert.True(state.Abandoned > 0);
    }

    [Fact]
    public async Task What_an_input_posts_is_applied_after_it()
    {
        await using InProcessNode node = InProcessNode.Listen("idle");
        var order = new List<string>();
        node.Loop.Post(new ActionInput(loop =>
        {
            loop.Post(new ActionInput(_ => order.Add("second")));
            order.Add("first");
        }));
        Assert.Equal(["first", "second"], order);
    }

    [Fact]
    public async Task Whoever_asks_a_node_that_is_over_is_told()
    {
        await using InProcessNode node = InProcessNode.Listen("idle");
        await node.LeaveAsync();
        Assert.Equal(-1, await node.AskAsync(_ => 1, -1));
        var batch = new LineBatch();
        batch.Add("x"u8);
        var lines = new LinesInput(batch, 0, isTyped: false);
        node.Loop.Post(lines);
        Assert.Equal(new LinesResult(0, null), await lines.Taken);
        var name = new RenameInput("x"u8.ToArray());
        node.Loop.Post(name);
        Assert.False(await name.Taken);
        var message = new PostInput(default, [new PostedMessage("x"u8.ToArray())]);
        node.Loop.Post(message);
        Assert.Equal(SubmitStatus.NotIn, (await message.WaitAsync()).Status);
    }

    [Fact]
    public async Task A_bug_ends_the_node_and_leaves_nobody_waiting()
    {
        await using InProcessNode node = await InProcessNode.StartAsync("alice");
        var query = new QueryInput<int>(_ => throw new InvalidOperationException("a bug"), -1);
        node.Loop.Post(query);
        Assert.Equal(-1, await query.Answer.WaitAsync(InProcessNode.Patience));
        NodeEnd end = await node.Loop.Ended.WaitAsync(InProcessNode.Patience);
        Assert.Equal(NodeEndReason.Broken, end.Reason);
        Assert.Contains("a bug", end.Line, StringComparison.Ordinal);
        Assert.Equal(-1, await node.AskAsync(_ => 1, -1));
    }

    [Fact]
    public async Task A_broken_invariant_ends_the_node_and_leaves_nobody_waiting()
    {
        await using InProcessNode node = await InProcessNode.StartAsync("alice");
        var query = new QueryInput<int>(_ => throw new InvariantViolatedException("one and one are two"), -1);
        node.Loop.Post(query);
        Assert.Equal(-1, await query.Answer.WaitAsync(InProcessNode.Patience));
        Assert.Equal(NodeEndReason.Broken, (await node.Loop.Ended).Reason);
    }

    private static async Task PostFromManyThreadsAsync(InProcessNode node, Tally state, Action<int> before)
    {
        await Task.WhenAll(Enumerable.Range(0, Threads).Select(thread => Task.Factory.StartNew(
            () =>
            {
                for (int i = 0; i < Each; i++)
                {
                    if (thread == 0)
                    {
                        before(i);
                    }
                    node.Loop.Post(new TallyInput(state, thread, i));
                }
            },
            CancellationToken.None,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default)));
        // Whoever works last has applied the last one before the loop answers this.
        await node.AskAsync(_ => 0, 0);
    }

    private sealed class Tally
    {
        public readonly int[] Last = [.. Enumerable.Repeat(-1, Threads)];
        public int Inside;
        public int Applied;
        public int Abandoned;
        public int Overlaps;
        public int OutOfTurn;
    }

    private sealed class TallyInput(Tally state, int thread, int number) : NodeInput
    {
        public override void Apply(NodeLoop loop) => Count(ref state.Applied);

        public override void Abandon() => Count(ref state.Abandoned);

        private void Count(ref int counter)
        {
            state.Overlaps += Interlocked.Increment(ref state.Inside) == 1 ? 0 : 1;
            state.OutOfTurn += state.Last[thread] + 1 == number ? 0 : 1;
            state.Last[thread] = number;
            counter++;
            Interlocked.Decrement(ref state.Inside);
        }
    }

    private sealed class ActionInput(Action<NodeLoop> act) : NodeInput
    {
        public override void Apply(NodeLoop loop) => act(loop);
    }
}
