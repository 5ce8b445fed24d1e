using System.Net;
using System.Text.Json;
using Norris.Protocol.Messages;
using Norris.Tests.Node;
using Norris.Tests.Node.Peers;
using Norris.Wire;

namespace Norris.Tests.Api;

/// <summary>The view, the events and what is for members only.</summary>
public sealed class MembersTests
{
    [Fact]
    public async Task The_view_is_told_to_anybody_and_is_the_same_at_every_node()
    {
        await using InProcessNode host = await InProcessNode.StartAsync("host");
        await using InProcessNode node = await InProcessNode.StartAsync("node", [host.Address]);
        (string guest, string _, string _) = await node.OpenGuestAsync("gwen");
        await host.NextAsync("joined");
        await host.NextAsync("joined");
        using HttpResponseMessage response = await node.SendAsync(HttpMethod.Get, "/v1/members");
        Assert.Equal("application/json", response.Content.Headers.ContentType?.ToString());
        JsonElement view = await response.JsonAsync();
        Assert.Equal(["network", "epoch", "host", "self", "position", "secured", "members"], Names(view));
        Assert.Equal(["seq", "digest"], Names(view.GetProperty("position")));
        Assert.False(view.GetProperty("secured").GetBoolean());
        JsonElement[] members = [.. view.GetProperty("members").EnumerateArray()];
        Assert.Equal(["host", "node", "gwen"], members.Select(each => each.GetProperty("name").GetString()));
        Assert.Equal(["host", "node", "guest"], members.Select(each => each.GetProperty("role").GetString()));
        Assert.All(members[..2], each => Assert.Equal(["id", "name", "role", "address", "reachable"], Names(each)));
        Assert.Equal(["id", "name", "role", "via"], Names(members[2]));
        Assert.Equal([host.Address, node.Address], members[..2].Select(each => each.GetProperty("address").GetString()));
        Assert.Equal(guest, members[2].GetProperty("id").GetString());
        Assert.Equal(view.GetProperty("self").GetString(), members[2].GetProperty("via").GetString());
        Assert.Equal(view.GetProperty("host").GetString(), members[0].GetProperty("id").GetString());

        using HttpResponseMessage other = await host.SendAsync(HttpMethod.Get, "/v1/members");
        JsonElement same = await other.JsonAsync();
        Assert.All(["network", "epoch", "host", "position", "members"], name => Assert.Equal(view.GetProperty(name).GetRawText(), same.GetProperty(name).GetRawText()));
    }

    [Theory]
    [InlineData("/v1/log")]
    [InlineData("/v1/log?from=1")]
    [InlineData("/v1/log?from=1&member=00000001&epoch=1&digest=0")]
    public async Task The_log_is_refused_to_whoever_is_no_member(string target)
    {
        await using InProcessNode node = await InProcessNode.StartAsync("alice");
        await node.SendAsync(HttpMethod.Get, target).AssertProblemAsync(HttpStatusCode.Unauthorized);
        await node.SendAsync(HttpMethod.Get, target, token: "0123456789abcdef0123456789abcdef").AssertProblemAsync(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task A_member_is_let_go_with_its_own_token_only()
    {
        await using InProcessNode node = await InProcessNode.StartAsync("alice");
        JoinAccepted accepted = await DownstreamTests.JoinAsync(node);
        string target = $"/v1/members/{accepted.Member}";
        await node.SendAsync(HttpMethod.Delete, target).AssertProblemAsync(HttpStatusCode.Unauthorized);
        await node.SendAsync(HttpMethod.Delete, target, token: "0123456789abcdef0123456789abcdef").AssertProblemAsync(HttpStatusCode.Unauthorized);
        await node.SendAsync(HttpMethod.Delete, "/v1/members/nobody", token: Wire.Samples.Token.ToString()).AssertProblemAsync(HttpStatusCode.Unauthorized);
        using HttpResponseMessage left = await node.SendAsync(HttpMethod.Delete, target, token: Wire.Samples.Token.ToString());
        Assert.Equal(HttpStatusCode.NoContent, left.StatusCode);
        Assert.Equal(accepted.Member.ToString(), (await node.NextAsync("left")).GetProperty("member").GetString());
    }

    [Fact]
    public async Task What_no_node_would_send_is_refused()
    {
        await using InProcessNode node = await InProcessNode.StartAsync("alice");
        await node.SendAsync(HttpMethod.Post, "/v1/members", "x").AssertProblemAsync(HttpStatusCode.UnsupportedMediaType);
        await node.SendAsync(HttpMethod.Post, "/v1/members", "x", WireFormat.MediaType).AssertProblemAsync(HttpStatusCode.BadRequest);
        await node.SendAsync(HttpMethod.Post, "/v1/messages", "x", WireFormat.MediaType).AssertProblemAsync(HttpStatusCode.BadRequest);
        await node.SendAsync(HttpMethod.Post, "/v1/messages", new string('\0', SubmissionCodec.HeaderBytes), WireFormat.MediaType).AssertProblemAsync(HttpStatusCode.Unauthorized);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("text/event-stream")]
    public async Task Events_come_as_server_sent_events_with_the_same_objects_as_lines(string? accept)
    {
        await using InProcessNode node = await InProcessNode.StartAsync("alice");
        await using EventReader sse = await EventReader.OpenAsync(node, accept);
        await using EventReader lines = await EventReader.OpenAsync(node, "application/x-ndjson");
        Assert.Equal("text/event-stream", sse.Response.Content.Headers.ContentType?.ToString());
        Assert.Equal("application/x-ndjson", lines.Response.Content.Headers.ContentType?.ToString());
        Assert.Equal("no-store", sse.Response.Headers.CacheControl?.ToString());
        await node.SayAsync("one\ntwo", "\u2028 \"quoted\" \\");
        (string id, _, string token) = await node.OpenGuestAsync("gwen");
        using HttpResponseMessage closed = await node.SendAsync(HttpMethod.Delete, $"/v1/guests/{id}", token: token);
        string network = await node.NetworkAsync();
        for (int i = 0; i < 4; i++)
        {
            string line = await lines.LineAsync();
            Assert.Equal($"id: 1.{JsonElement.Parse(line).GetProperty("seq").GetUInt64()}.{network}", await sse.LineAsync());
            Assert.Equal($"data: {line}", await sse.LineAsync());
            Assert.Equal("", await sse.LineAsync());
        }
        await node.LeaveAsync();
        Assert.Equal(await lines.ReadToEndAsync() == "", await sse.ReadToEndAsync() == "");
    }

    private static IEnumerable<string> Names(JsonElement element) => element.EnumerateObject().Select(each => each.Name);
}
