using System.Net;
using System.Text;
using System.Text.Json;
using Norris.Node;
using Norris.Node.Delivery;
using Norris.Protocol.Membership;
using Norris.Protocol.Ordering;
using Norris.Tests.Node;

namespace Norris.Tests.Api;

/// <summary><c>GET /v1/events</c> from a place on: what was missed is made again, and the rest follows without a gap.</summary>
public sealed class MissedEventsTests : IAsyncLifetime
{
    private static readonly (string, string) Lines = ("Accept", "application/x-ndjson");

    /// <summary>More than are written on the loop at once.</summary>
    private const int RunMessages = 100;

    private InProcessNode _node = null!;

    public async Task InitializeAsync() => _node = await InProcessNode.StartAsync("alice");

    public async Task DisposeAsync() => await _node.DisposeAsync();

    [Fact]
    public async Task Everybody_has_the_name_of_that_time()
    {
        await _node.SayAsync("one");
        List<JsonElement> live = [await _node.NextAsync("message")];
        _node.Loop.Post(new RenameInput("al"u8.ToArray()));
        await _node.SayAsync("two");
        live.AddRange(await _node.HearMessagesAsync(1));
        await using EventReader again = await EventReader.OpenAsync(_node, $"/v1/events?after={Seq(live[0]) - 1}", null, Lines);
        Assert.Equal(live.Select(static each => each.GetRawText()), await TakeAsync(again, live.Count));
        Assert.Equal("alice", live[0].GetProperty("name").GetString());
        Assert.Equal("al", live[^1].GetProperty("name").GetString());
    }

    [Fact]
    public async Task A_reader_that_connects_again_and_again_in_a_storm_misses_nothing_and_sees_nothing_twice()
    {
        const int Messages = 3000;
        await using EventReader first = await EventReader.OpenAsync(_node, "/v1/events", null);
        Task saying = Task.Run(() => _node.SayAsync([.. Enumerable.Range(0, Messages).Select(static n => $"{n}")]));
        var said = new List<string>();
        EventReader reader = first;
        while (said.Count < Messages)
        {
            string id = "";
            for (int i = 0; i < 40 && said.Count < Messages; i++)
            {
                id = (await reader.LineAsync())["id: ".Length..];
                said.Add(JsonElement.Parse((await reader.LineAsync())["data: ".Length..]).GetProperty("text").GetString()!);
                Assert.Equal("", await reader.LineAsync());
            }
            await reader.DisposeAsync();
            reader = await EventReader.OpenAsync(_node, "/v1/events", null, ("Last-Event-ID", id));
        }
        await reader.DisposeAsync();
        await saying;
        Assert.Equal(Enumerable.Range(0, Messages).Select(static n => $"{n}"), said);
    }

    [Fact]
    public async Task A_guest_sees_what_came_after_it_came_in()
    {
        await _node.SayAsync("before");
        (string id, _, string token) = await _node.OpenGuestAsync("gwen");
        await _node.SayAsync("after");
        await using EventReader reader = await EventReader.OpenAsync(_node, "/v1/events?after=0", token, Lines);
        JsonElement[] seen = [.. (await TakeAsync(reader, 2)).Select(static line => JsonElement.Parse(line))];
        Assert.Equal(("joined", id), (seen[0].GetProperty("type").GetString(), seen[0].GetProperty("member").GetString()));
        Assert.Equal("after", seen[1].GetProperty("text").GetString());
    }

    [Theory]
    [InlineData("7.3")]
    [InlineData("0.3")]
    [InlineData("1.3.0123456789abcdef")]
    [InlineData("1.300.0123456789abcdef")]
    public async Task An_id_of_another_side_or_network_is_answered_with_a_gap_and_all_that_is_held(string id)
    {
        await _node.SayAsync("one", "two");
        await _node.HearMessagesAsync(2);
        await using EventReader reader = await EventReader.OpenAsync(_node, "/v1/events", null, Lines, ("Last-Event-ID", id));
        JsonElement[] seen = [.. (await TakeAsync(reader, 3)).Select(static line => JsonElement.Parse(line))];
        Assert.Equal(["gap", "message", "message"], seen.Select(static each => each.GetProperty("type").GetString()));
        Assert.Equal(Seq(seen[1]), seen[0].GetProperty("before").GetUInt64());
    }

    [Fact]
    public async Task An_id_says_of_which_network_it_is()
    {
        await using EventReader live = await EventReader.OpenAsync(_node, "/v1/events", null);
        await _node.SayAsync("one", "two");
        string id = (await live.LineAsync())["id: ".Length..];
        Assert.Equal($"1.3.{await _node.NetworkAsync()}", id);
        await using EventReader again = await EventReader.OpenAsync(_node, "/v1/events", null, Lines, ("Last-Event-ID", id));
        Assert.Equal("two", JsonElement.Parse(await again.LineAsync()).GetProperty("text").GetString());
    }

    [Fact]
    public async Task What_the_log_does_not_reach_any_more_is_a_gap()
    {
        await using InProcessNode node = await InProcessNode.StartAsync(
            "small", change: static settings => settings with { Core = settings.Core with { RetentionBytes = 2_000_000 } });
        string text = new('x', 10_000);
        await node.SayAsync([.. Enumerable.Repeat(text, 1000)]);
        List<JsonElement> live = await node.HearMessagesAsync(1000);
        await using EventReader reader = await EventReader.OpenAsync(node, "/v1/events?after=3", null, Lines);
        List<JsonElement> seen = [JsonElement.Parse(await reader.LineAsync())];
        Assert.Equal("gap", seen[0].GetProperty("type").GetString());
        Assert.Equal(3UL, seen[0].GetProperty("after").GetUInt64());
        while (IsGap(seen[^1]) || Seq(seen[^1]) < Seq(live[^1]))
        {
            seen.Add(JsonElement.Parse(await reader.LineAsync()));
        }
        // It may let go of more at any moment: that is another gap.
        JsonElement last = seen.Last(IsGap);
        ulong from = last.GetProperty("before").GetUInt64();
        Assert.InRange(from, Seq(live[^300]), Seq(live[^100]));
        Assert.Equal(
            live.Where(each => Seq(each) >= from).Select(static each => each.GetRawText()),
            seen[(seen.IndexOf(last) + 1)..].Select(static each => each.GetRawText()));

        static bool IsGap(JsonElement each) => each.GetProperty("type").GetString() == "gap";
    }

    [Fact]
    public async Task Who_has_seen_all_gets_what_comes_next_and_no_gap()
    {
        await using EventReader reader = await EventReader.OpenAsync(_node, "/v1/events", null, Lines, ("Last-Event-ID", "1.2"));
        await _node.SayAsync("one");
        Assert.Equal((3UL, "message"), (Seq(JsonElement.Parse(await reader.LineAsync())), (await _node.NextAsync("message")).GetProperty("type").GetString()));
    }

    [Fact]
    public async Task Who_read_from_a_run_before_the_loop_heard_of_its_end_does_not_get_it_twice()
    {
        await using InProcessNode node = await InProcessNode.StartAsync(
            "alice", change: static settings => settings with { Core = settings.Core with { ReorderWindowMicroseconds = 0 } });
        var replay = new Replay(isLines: true, new EventPlace(new SequenceNumber(60), new Epoch(1)), MemberId.None);
        var step = new ReplayInput(replay);
        Assert.False(await node.AskAsync(loop => IsDoneWhileWriting(loop, step), true));
        Assert.True(await step.Done.WaitAsync(InProcessNode.Patience));
        Assert.Equal(61UL, Seq(JsonElement.Parse(replay.Output.Span[..replay.Output.Span.IndexOf((byte)'\n')].ToArray())));
    }

    [Fact]
    public async Task While_a_large_run_is_written_elsewhere_its_end_is_waited_for()
    {
        await using InProcessNode node = await InProcessNode.StartAsync(
            "alice", change: static settings => settings with { Core = settings.Core with { ReorderWindowMicroseconds = 0 } });
        var replay = new Replay(isLines: true, new EventPlace(new SequenceNumber(3)), MemberId.None);
        var step = new ReplayInput(replay);
        Assert.False(await node.AskAsync(loop => IsDoneWhileWriting(loop, step), true));
        Assert.True(await step.Done.WaitAsync(InProcessNode.Patience));
        Assert.Null(replay.Live);
        Assert.Equal(RunMessages - 1, Encoding.UTF8.GetString(replay.Output.Span).Count('\n'));
    }

    [Fact]
    public async Task What_is_still_to_come_is_waited_for()
    {
        await using EventReader reader = await EventReader.OpenAsync(_node, "/v1/events?after=1000000", null, Lines);
        await _node.SayAsync("one");
        Assert.Equal("one", JsonElement.Parse(await reader.LineAsync()).GetProperty("text").GetString());
    }

    [Theory]
    [InlineData("?after=")]
    [InlineData("?after=x")]
    [InlineData("?after=1.")]
    [InlineData("?after=.1")]
    [InlineData("?after=-1")]
    [InlineData("?after=1.2.3")]
    [InlineData("?after=1.2.0123456789abcdeg")]
    [InlineData("?after=1.2.00123456789abcdef")]
    [InlineData("?after=1..0123456789abcdef")]
    [InlineData("?types=")]
    [InlineData("?types=message,,left")]
    [InlineData("?types=nonsense")]
    public Task What_is_asked_for_and_is_nonsense_is_refused(string query) =>
        _node.SendAsync(HttpMethod.Get, $"/v1/events{query}").AssertProblemAsync(HttpStatusCode.BadRequest);

    [Theory]
    [InlineData("text/event-stream")]
    [InlineData("application/x-ndjson")]
    public async Task Only_the_types_that_are_asked_for_come(string accept)
    {
        await _node.SayAsync("one");
        await _node.HearMessagesAsync(1);
        await using EventReader reader = await EventReader.OpenAsync(_node, "/v1/events?types=message%2Cleft&after=2", null, ("Accept", accept));
        (string id, _, string token) = await _node.OpenGuestAsync("gwen");
        await _node.SayAsync("two");
        // What the node says waits in the hold-back window; that a guest leaves does not.
        await _node.HearMessagesAsync(1);
        using HttpResponseMessage closed = await _node.SendAsync(HttpMethod.Delete, $"/v1/guests/{id}", token: token);
        await _node.LeaveAsync();
        string[] types = [.. (await reader.ReadToEndAsync()).Split('\n').Select(static line => line.Replace("data: ", "", StringComparison.Ordinal))
            .Where(static line => line.StartsWith('{')).Select(static line => JsonElement.Parse(line).GetProperty("type").GetString()!)];
        Assert.Equal(["message", "message", "left"], types);
    }

    [Fact]
    public async Task A_token_may_stand_in_the_query_of_events_alone()
    {
        (_, _, string token) = await _node.OpenGuestAsync("gwen");
        await using EventReader reader = await EventReader.OpenAsync(_node, $"/v1/events?access_token={token}", null, Lines);
        await _node.PostAsync("hello", token);
        Assert.Equal("gwen", JsonElement.Parse(await reader.LineAsync()).GetProperty("name").GetString());
        await _node.SendAsync(HttpMethod.Get, "/v1/events?access_token=nonsense").AssertProblemAsync(HttpStatusCode.Unauthorized);
        await _node.SendAsync(HttpMethod.Get, $"/v1/events?access_token={new string('b', 32)}").AssertProblemAsync(HttpStatusCode.Unauthorized);
        await _node.SendAsync(HttpMethod.Post, $"/v1/messages?access_token={token}", "as whom?").AssertProblemAsync(HttpStatusCode.Unauthorized);
    }

    /// <summary>On the loop: has a large run written elsewhere, and applies a step meanwhile: the loop cannot hear of the end of the run before this is over.</summary>
    private static bool IsDoneWhileWriting(NodeLoop loop, ReplayInput step)
    {
        for (int i = 0; i < RunMessages; i++)
        {
            Assert.True(loop.Core.TrySubmitMessage(loop.Core.Self, "x"u8, out _));
        }
        loop.Core.Settle();
        loop.Presenter.Pump();
        Assert.True(loop.Presenter.IsWriting);
        step.Apply(loop);
        return step.Done.IsCompleted;
    }

    private static ulong Seq(JsonElement each) => each.GetProperty("seq").GetUInt64();

    private static async Task<List<string>> TakeAsync(EventReader reader, int count)
    {
        var lines = new List<string>();
        while (lines.Count < count)
        {
            lines.Add(await reader.LineAsync());
        }
        return lines;
    }
}
