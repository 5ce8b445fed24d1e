using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Norris.Http;
using Norris.Node;
using Norris.Node.Peers;
using Norris.Tests.Transport.Secure;
using Norris.Transport;
using Norris.Transport.Secure;

namespace Norris.Tests.Node;

/// <summary>A network with a secret: who has it is in, who has not is told so, and scripts on the machine come by another door.</summary>
public sealed class SecuredNetworkTests : IDisposable
{
    private readonly List<MemberCredentials> _credentials = [];

    public void Dispose() => _credentials.ForEach(static each => each.Dispose());

    [Fact]
    public async Task Members_talk_as_in_an_open_network()
    {
        await using InProcessNode host = await InProcessNode.StartAsync("host", change: With(Secrets.One));
        await using InProcessNode second = await InProcessNode.StartAsync("second", [host.Address], change: With(Secrets.One));
        await using InProcessNode third = await InProcessNode.StartAsync("third", [second.Address], change: With(Secrets.One)); // redirected
        await third.SayAsync("hi", "there");
        foreach (InProcessNode node in (InProcessNode[])[host, second, third])
        {
            Assert.Equal(["hi", "there"], (await node.HearMessagesAsync(2)).Where(static each => each.TryGetProperty("text", out _)).Select(static each => each.GetProperty("text").GetString()));
        }
    }

    [Fact]
    public async Task Members_compare_their_digests()
    {
        await using InProcessNode host = await InProcessNode.StartAsync("host", change: With(Secrets.One));
        await using InProcessNode second = await InProcessNode.StartAsync("second", [host.Address], change: With(Secrets.One));
        foreach (InProcessNode node in (InProcessNode[])[host, second])
        {
            IReadOnlyList<DigestComparison> compared = await node.Loop.CompareDigestsAsync(InProcessNode.Patience);
            Assert.Equal([DigestVerdict.Own, DigestVerdict.Same], compared.Select(static each => each.Verdict));
        }
    }

    [Fact]
    public async Task A_host_change_needs_no_other_proof()
    {
        await using InProcessNode host = await InProcessNode.StartAsync("host", change: With(Secrets.One));
        await using InProcessNode second = await InProcessNode.StartAsync("second", [host.Address], change: With(Secrets.One));
        await using InProcessNode third = await InProcessNode.StartAsync("third", [host.Address], change: With(Secrets.One));
        await host.LeaveAsync();
        await third.SayAsync("who is host?");
        await second.HearMessagesAsync(1);
        Assert.True(await second.AskAsync(static loop => loop.Core.Role == Norris.Protocol.NodeRole.Hosting, false));
    }

    [Fact]
    public async Task Another_secret_is_told_at_once_on_both_sides()
    {
        await using InProcessNode host = await InProcessNode.StartAsync("host", change: With(Secrets.One));
        NodeEnd end = await JoinInVainAsync(host, With(Secrets.Two));
        Assert.Equal((NodeEndReason.CouldNotJoin, $"cannot join through {host.Address}: the network there has another secret; start this node with the --secret-file of that network"), (end.Reason, end.Line));
        Assert.Matches(@"^not let in: 127\.0\.0\.1:\d+ has another secret; start it with the --secret-file of this network$", await host.DoorLog.NextAsync());
        Assert.Equal([("other_secret", 1)], await HandshakesAsync(host));
        Assert.Equal(1, await MembersAsync(host));
    }

    [Fact]
    public async Task No_secret_is_told_at_once_on_both_sides()
    {
        await using InProcessNode host = await InProcessNode.StartAsync("host", change: With(Secrets.One));
        NodeEnd end = await JoinInVainAsync(host, static same => same);
        Assert.Equal($"cannot join through {host.Address}: the network there has a secret; start this node with its --secret-file", end.Line);
        Assert.Matches(@"^not let in: 127\.0\.0\.1:\d+ speaks without TLS, and this network has a secret: ", await host.DoorLog.NextAsync());
        Assert.Equal([("not_tls", 1)], await HandshakesAsync(host));
        Assert.Equal(1, await MembersAsync(host));
    }

    [Fact]
    public async Task A_secret_for_an_open_network_is_told_at_once_on_both_sides()
    {
        await using InProcessNode host = await InProcessNode.StartAsync("host");
        NodeEnd end = await JoinInVainAsync(host, With(Secrets.One));
        Assert.Equal($"cannot join through {host.Address}: what answers there has no secret: it is an open network, which is joined without --secret-file, or no Norris node", end.Line);
        Assert.Matches(@"^not let in: 127\.0\.0\.1:\d+ speaks TLS, and this network is open: ", await host.DoorLog.NextAsync());
        Assert.Equal(1, await MembersAsync(host));
    }

    [Fact]
    public async Task A_plain_client_at_the_door_for_nodes_is_told_where_to_go()
    {
        await using InProcessNode host = await InProcessNode.StartAsync("host", change: With(Secrets.One));
        using var client = new HttpClient();
        HttpResponseMessage answer = await client.GetAsync(new Uri($"http://{host.Address}/v1/members"));
        Assert.Equal(HttpStatusCode.UpgradeRequired, answer.StatusCode);
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType!.MediaType);
        Assert.Contains("--secret-file", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("GET", "/v1/members")]
    [InlineData("GET", "/v1/events")]
    [InlineData("GET", "/metrics")]
    [InlineData("POST", "/v1/messages")]
    [InlineData("POST", "/v1/guests")]
    [InlineData("DELETE", "/v1/guests/00000000")]
    [InlineData("GET", "/v1/nothing")]
    public async Task Whoever_has_no_key_gets_nothing_even_on_the_nodes_own_machine(string method, string path)
    {
        await using InProcessNode host = await InProcessNode.StartAsync("host", change: With(Secrets.One));
        using var client = new HttpClient { BaseAddress = host.Http.BaseAddress };
        foreach (string? shown in (string?[])[null, "Bearer 00000000000000000000000000000001", $"Basic {host.Link!.Fragment["#key=".Length..]}", "Bearer x"])
        {
            using var request = new HttpRequestMessage(new HttpMethod(method), path);
            request.Content = method == "POST" ? new StringContent("{\"name\":\"x\"}") : null;
            if (shown is not null)
            {
                request.Headers.TryAddWithoutValidation("Authorization", shown);
            }
            HttpResponseMessage answer = await client.SendAsync(request);
            Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
            Assert.Contains("the key that the node printed", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task The_key_speaks_as_the_node_and_opens_sessions_that_stand_for_themselves()
    {
        await using InProcessNode host = await InProcessNode.StartAsync("host", change: With(Secrets.One));
        HttpResponseMessage said = await host.Http.PostAsync(new Uri("/v1/messages", UriKind.Relative), new StringContent("as the node"));
        Assert.Equal(HttpStatusCode.Created, said.StatusCode);
        Assert.Equal("host", (await host.NextAsync("message")).GetProperty("name").GetString());

        HttpResponseMessage opened = await host.Http.PostAsJsonAsync(new Uri("/v1/guests", UriKind.Relative), new { name = "bot" });
        Assert.Equal(HttpStatusCode.Created, opened.StatusCode);
        JsonElement guest = await opened.Content.ReadFromJsonAsync<JsonElement>();
        using var client = new HttpClient { BaseAddress = host.Http.BaseAddress };
        client.DefaultRequestHeaders.Authorization = new("Bearer", guest.GetProperty("token").GetString());
        Assert.Equal(HttpStatusCode.Created, (await client.PostAsync(new Uri("/v1/messages", UriKind.Relative), new StringContent("as a guest"))).StatusCode);
        Assert.Equal("bot", (await host.NextAsync("message")).GetProperty("name").GetString());
        JsonElement view = await client.GetFromJsonAsync<JsonElement>(new Uri("/v1/members", UriKind.Relative));
        Assert.True(view.GetProperty("secured").GetBoolean());
        // A session is no key: what is the node's own is not for it.
        Assert.Equal(HttpStatusCode.Unauthorized, (await client.GetAsync(new Uri("/metrics", UriKind.Relative))).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await client.PostAsJsonAsync(new Uri("/v1/guests", UriKind.Relative), new { name = "x" })).StatusCode);
    }

    [Fact]
    public async Task The_page_and_the_supervisors_question_need_no_key()
    {
        await using InProcessNode host = await InProcessNode.StartAsync("host", change: With(Secrets.One));
        using var client = new HttpClient { BaseAddress = host.Http.BaseAddress };
        string page = await client.GetStringAsync(new Uri("/", UriKind.Relative));
        Assert.DoesNotContain(host.Link!.Fragment["#key=".Length..], page, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync(new Uri("/healthz", UriKind.Relative))).StatusCode);
    }

    /// <summary>Neither door does what the other one is for.</summary>
    [Fact]
    public async Task Nodes_and_people_have_doors_of_their_own()
    {
        await using InProcessNode host = await InProcessNode.StartAsync("host", change: With(Secrets.One));
        using var submission = new ByteArrayContent([]);
        submission.Headers.ContentType = new("application/vnd.norris.1");
        Assert.Equal(HttpStatusCode.UnsupportedMediaType, (await host.Http.PostAsync(new Uri("/v1/messages", UriKind.Relative), submission)).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await host.Http.GetAsync(new Uri("/v1/log", UriKind.Relative))).StatusCode);
        Assert.Equal(HttpStatusCode.MethodNotAllowed, (await host.Http.PostAsync(new Uri("/v1/members", UriKind.Relative), new StringContent("x"))).StatusCode);

        MemberCredentials member = Credentials(Secrets.One);
        var dialer = new Dialer(ConnectionLimits.Default, TimeProvider.System, member);
        await using var origin = new HttpOrigin(IPEndPoint.Parse(host.Address), dialer, HttpLimits.Default, TimeProvider.System);
        Assert.Equal(404, (await origin.SendAsync(new HttpRequest(RequestMethod.Get, "/v1/events"), TimeSpan.FromMinutes(1))).Status);
        HttpReply text = await origin.SendAsync(
            new HttpRequest(RequestMethod.Post, "/v1/messages") { MediaType = "text/plain", Content = Encoding.ASCII.GetBytes("hi") }, TimeSpan.FromMinutes(1));
        Assert.Equal(415, text.Status);
    }

    private MemberCredentials Credentials(params string[] secrets)
    {
        _credentials.Add(Secrets.Of(secrets));
        return _credentials[^1];
    }

    private Func<NodeSettings, NodeSettings> With(params string[] secrets)
    {
        MemberCredentials credentials = Credentials(secrets);
        return settings => settings.Proving(credentials);
    }

    private static async Task<NodeEnd> JoinInVainAsync(InProcessNode host, Func<NodeSettings, NodeSettings> change)
    {
        await using InProcessNode stranger = InProcessNode.Listen("stranger", [host.Address], change: change);
        stranger.Loop.Start();
        return await stranger.Loop.Ended.WaitAsync(InProcessNode.Patience);
    }

    private static async Task<(string Outcome, long Count)[]> HandshakesAsync(InProcessNode node) =>
        [.. (await node.AskAsync(static loop => loop.Handshakes().ToArray(), [])).Where(static each => each.Count > 0)];

    private static Task<int> MembersAsync(InProcessNode node) => node.AskAsync(static loop => loop.Core.View.BySeniority.Count, -1);
}
