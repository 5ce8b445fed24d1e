using System.Text;
using System.Text.Json;
using Norris.Node;
using Norris.Node.Delivery;
using Norris.Protocol.Membership;

namespace Norris.Tests.Node.Delivery;

/// <summary>Events out of the log, for readers at any pace.</summary>
public sealed class PresenterTests
{
    [Fact]
    public async Task A_reader_so_slow_that_the_log_moved_on_is_told_what_it_missed()
    {
        const int TextBytes = 60_000;
        const int Messages = 200; // 12 MB: more than is written ahead for a reader, and far more than is held of the log
        await using InProcessNode node = await InProcessNode.StartAsync(
            "alice", change: settings => settings with { Core = settings.Core with { RetentionBytes = 300_000 } });
        using FeedReader slow = node.Loop.Presenter.Json.Subscribe(isWaitedFor: true, 0);
        var text = Encoding.ASCII.GetBytes(new string('x', TextBytes));
        for (int i = 0; i < Messages; i++)
        {
            var input = new PostInput(MemberToken.None, [new PostedMessage(text)]);
            node.Loop.Post(input);
            Assert.Equal(SubmitStatus.Ordered, (await input.WaitAsync()).Status);
        }
        Assert.True(node.Loop.Presenter.IsBehind);

        // The loop may look at any moment, and finds room for the gap while the first lines are read or when it is told to look.
        List<JsonElement> heard = ReadLines(slow);
        node.Loop.Nudge();
        var after = new PostInput(MemberToken.None, [new PostedMessage("after"u8.ToArray())]);
        node.Loop.Post(after);
        ulong place = (await after.WaitAsync()).Ordered.Sequence.Value;
        // What has its place is shown a moment later.
        while (!heard[^1].TryGetProperty("seq", out JsonElement seq) || seq.GetUInt64() != place)
        {
            await slow.WaitAsync(InProcessNode.Patience);
            heard.AddRange(ReadLines(slow));
        }

        Assert.Equal(["gap", "message"], heard[^2..].Select(each => each.GetProperty("type").GetString()));
        List<JsonElement> before = heard[..^2];
        Assert.All(before, each => Assert.Equal("message", each.GetProperty("type").GetString()));
        Order.AssertContiguous(before);
        Assert.InRange(before.Count, 1, Messages - 1);
        Assert.Equal(before[^1].GetProperty("seq").GetUInt64(), heard[^2].GetProperty("after").GetUInt64());
        Assert.Equal(place, heard[^2].GetProperty("before").GetUInt64());
        Assert.Equal("slow", heard[^2].GetProperty("reason").GetString());
        Assert.Equal(place, heard[^1].GetProperty("seq").GetUInt64());
    }

    [Fact]
    public async Task Whoever_listens_before_the_node_is_in_hears_that_it_is_in_both_forms()
    {
        await using InProcessNode node = InProcessNode.Listen("alice");
        using FeedReader json = node.Loop.Presenter.Json.Subscribe(isWaitedFor: false, long.MaxValue);
        using FeedReader sse = node.Loop.Presenter.Sse.Subscribe(isWaitedFor: false, long.MaxValue);
        node.Loop.Start();
        await node.Loop.Ready.WaitAsync(InProcessNode.Patience);
        await node.SayAsync("hello");
        await node.NextAsync("message");
        await json.WaitAsync(InProcessNode.Patience);
        await sse.WaitAsync(InProcessNode.Patience);
        string[] lines = [.. ReadLines(json).Select(each => each.GetRawText())];
        string[] data = [.. ReadText(sse).Split('\n').Where(line => line.StartsWith("data: ", StringComparison.Ordinal)).Select(line => line[6..])];
        Assert.Equal(2, lines.Length);
        Assert.Equal(lines, data);
    }

    [Fact]
    public async Task A_large_run_written_elsewhere_keeps_the_order()
    {
        await using InProcessNode node = await InProcessNode.StartAsync("alice");
        await node.NextAsync("ready");
        await node.SayAsync([.. Enumerable.Range(0, 5000).Select(n => $"{n}")]);
        List<JsonElement> heard = await node.HearMessagesAsync(5000);
        Order.AssertContiguous(heard);
        Assert.Equal(Enumerable.Range(0, 5000).Select(n => $"{n}"), Order.Texts(heard));
    }

    private static List<JsonElement> ReadLines(FeedReader reader) =>
        [.. ReadText(reader).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonElement.Parse(line))];

    private static string ReadText(FeedReader reader)
    {
        var text = new StringBuilder();
        for (ReadOnlyMemory<byte> bytes = reader.Read(); !bytes.IsEmpty; bytes = reader.Read())
        {
            text.Append(Encoding.UTF8.GetString(bytes.Span));
        }
        return text.ToString();
    }
}
