using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Norris.Node;
using Norris.Node.Delivery;
using Norris.Protocol;
using Norris.Tests.Api;
using Norris.Tests.Wire;
using Norris.Wire;

namespace Norris.Tests.Node;

/// <summary>
/// What people, scripts and programs see of a node whose side has no majority: a host of two, whose other node lets calls wait and says nothing,
/// until its process is gone.
/// </summary>
public sealed class NoMajorityTests : IAsyncLifetime, IDisposable
{
    private readonly TcpListener _silent = new(IPAddress.Loopback, 0);
    private readonly StringBuilder _told = new();
    private InProcessNode _node = null!;
    private FeedReader _terminal = null!;

    public async Task InitializeAsync()
    {
        _silent.Start();
        _node = await InProcessNode.StartAsync("alice", change: static settings => settings with
        {
            Core = settings.Core with { Partition = PartitionRule.Majority, TimeoutMicroseconds = 300_000 },
        });
        _terminal = _node.Loop.Presenter.Text.Subscribe(isWaitedFor: false, long.MaxValue);
        using var content = new ByteArrayContent(
            Samples.Bytes(Samples.Join with { Name = "silent", Address = $"{_silent.LocalEndpoint}", Partition = PartitionRule.Majority }));
        content.Headers.ContentType = MediaTypeHeaderValue.Parse(WireFormat.MediaType);
        using HttpResponseMessage joined = await _node.Http.PostAsync("/v1/members", content, InProcessNode.Patience);
        Assert.Equal(HttpStatusCode.OK, joined.StatusCode);
        await AwaitOnTerminalAsync("no majority of the members can be reached: nothing is ordered here, and no message taken, until they can");
    }

    public async Task DisposeAsync()
    {
        _silent.Stop();
        _terminal.Dispose();
        await _node.DisposeAsync();
    }

    public void Dispose() => _silent.Dispose();

    [Fact]
    public async Task A_message_is_refused_with_a_problem_and_may_be_tried_again()
    {
        using HttpResponseMessage refused = await _node.PostAsync("in vain");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
        Assert.Equal("application/problem+json", refused.Content.Headers.ContentType?.MediaType);
        Assert.Equal(TimeSpan.FromSeconds(1), refused.Headers.RetryAfter?.Delta);
        Assert.Contains("no majority", (await refused.JsonAsync()).GetProperty("detail").GetString(), StringComparison.Ordinal);

        await GoOnAsync();
        using HttpResponseMessage taken = await _node.PostAsync("at last");
        Assert.Equal(HttpStatusCode.Created, taken.StatusCode);
        Assert.Equal("at last", (await _node.NextAsync("message")).GetProperty("text").GetString());
    }

    [Fact]
    public async Task A_guest_is_refused_as_well()
    {
        await _node.SendAsync(HttpMethod.Post, "/v1/guests", "{\"name\":\"gwen\"}", "application/json").AssertProblemAsync(HttpStatusCode.ServiceUnavailable);
        await GoOnAsync();
        Assert.Equal("gwen", (await _node.OpenGuestAsync("gwen")).Name);
    }

    [Fact]
    public async Task The_node_lives_and_is_not_ready()
    {
        await _node.SendAsync(HttpMethod.Get, "/readyz").AssertProblemAsync(HttpStatusCode.ServiceUnavailable);
        using HttpResponseMessage stopped = await _node.SendAsync(HttpMethod.Get, "/readyz");
        Assert.Contains("no majority", (await stopped.JsonAsync()).GetProperty("detail").GetString(), StringComparison.Ordinal);
        using HttpResponseMessage lives = await _node.SendAsync(HttpMethod.Get, "/healthz");
        Assert.Equal(HttpStatusCode.OK, lives.StatusCode);
        JsonElement health = await lives.JsonAsync();
        Assert.True(health.GetProperty("live").GetBoolean());
        Assert.False(health.GetProperty("ready").GetBoolean());
        Assert.Contains("\nnorris_majority 0\n", await MetricsAsync(), StringComparison.Ordinal);

        await GoOnAsync();
        using HttpResponseMessage goesOn = await _node.SendAsync(HttpMethod.Get, "/readyz");
        Assert.Equal(HttpStatusCode.OK, goesOn.StatusCode);
        Assert.Contains("\nnorris_majority 1\n", await MetricsAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_types_is_told_what_was_not_sent()
    {
        LinesResult taken = await PostLinesAsync(isTyped: true, "hello?", new string('x', 61));
        Assert.Equal((2, true), (taken.Next, taken.Room is { IsCompleted: true }));
        await AwaitOnTerminalAsync("not sent, since no majority of the members can be reached: hello?\n");
        await AwaitOnTerminalAsync($"not sent, since no majority of the members can be reached: {new string('x', 60)}...\n");

        await GoOnAsync();
        await _node.SayAsync("later");
        Assert.Equal("later", (await _node.NextAsync("message")).GetProperty("text").GetString());
    }

    [Fact]
    public async Task What_a_program_writes_waits_and_is_said_later()
    {
        LinesResult taken = await PostLinesAsync(isTyped: false, "one", "two");
        Assert.Equal((0, false), (taken.Next, taken.Room is null or { IsCompleted: true }));

        Task said = _node.SayAsync("one", "two");
        await GoOnAsync();
        await taken.Room!.WaitAsync(InProcessNode.Patience);
        await said;
        Assert.Equal(["one", "two"], Order.Texts(await _node.HearMessagesAsync(2)));
        Assert.DoesNotContain("not sent", _told.ToString(), StringComparison.Ordinal);
    }

    /// <summary>The other process is gone, which its machine says: the one that lives goes on.</summary>
    private async Task GoOnAsync()
    {
        _silent.Stop();
        await AwaitOnTerminalAsync("a majority of the members is in touch again: messages are taken");
    }

    private async Task<LinesResult> PostLinesAsync(bool isTyped, params string[] lines)
    {
        var batch = new LineBatch();
        foreach (string line in lines)
        {
            batch.Add(Encoding.UTF8.GetBytes(line));
        }
        var input = new LinesInput(batch, 0, isTyped);
        _node.Loop.Post(input);
        return await input.Taken.WaitAsync(InProcessNode.Patience);
    }

    private async Task<string> MetricsAsync()
    {
        using HttpResponseMessage response = await _node.SendAsync(HttpMethod.Get, "/metrics");
        return await response.Content.ReadAsStringAsync(InProcessNode.Patience);
    }

    private async Task AwaitOnTerminalAsync(string what)
    {
        CancellationToken patience = InProcessNode.Patience;
        while (!_told.ToString().Contains(what, StringComparison.Ordinal))
        {
            ReadOnlyMemory<byte> bytes = _terminal.Read();
            if (bytes.IsEmpty)
            {
                await _terminal.WaitAsync(patience);
            }
            _told.Append(Encoding.UTF8.GetString(bytes.Span));
        }
    }
}
