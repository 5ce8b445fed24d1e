using System.Net.Http.Headers;
using System.Text;
using Norris.Api;
using Norris.Http;
using Norris.Node;
using Norris.Protocol.Messages;
using Norris.Tests.Http;
using Norris.Tests.Wire;
using Norris.Transport;
using Norris.Wire;

namespace Norris.Tests.Node.Peers;

/// <summary>A follower's stream, as the follower sees it.</summary>
public sealed class DownstreamTests
{
    [Fact]
    public async Task A_follower_that_does_not_read_keeps_no_node_from_stopping()
    {
        await using InProcessNode node = await InProcessNode.StartAsync("alice");
        var memory = new MemoryListener(ConnectionLimits.Default, TimeProvider.System);
        await using var server = new HttpServer(memory, new NodeApplication(node.Loop, TimeProvider.System).AnswerAsync, HttpLimits.Default, TimeProvider.System);
        server.Start();
        JoinAccepted accepted = await JoinAsync(node);
        await using var follower = new RawClient(memory.Connect());
        await follower.SendAsync(FollowRequest(accepted));
        await follower.ReadUntilAsync("\r\n\r\n");
        await node.SayAsync([.. Enumerable.Repeat(new string('x', 50_000), 20)]);

        node.Loop.Post(new QueryBugInput());
        Assert.Equal(NodeEndReason.Broken, (await node.Loop.Ended.WaitAsync(InProcessNode.Patience)).Reason);
        await server.StopAsync(TimeSpan.Zero).WaitAsync(InProcessNode.Patience);
        Assert.Equal(0, server.ConnectionCount);
    }

    [Fact]
    public async Task A_stream_ends_with_a_word_why()
    {
        await using InProcessNode node = await InProcessNode.StartAsync("alice");
        JoinAccepted accepted = await JoinAsync(node);
        using HttpResponseMessage first = await node.Http.SendAsync(Follow(accepted), HttpCompletionOption.ResponseHeadersRead, InProcessNode.Patience);
        Assert.Equal(WireFormat.MediaType, first.Content.Headers.ContentType?.MediaType);
        using HttpResponseMessage second = await node.Http.SendAsync(Follow(accepted), HttpCompletionOption.ResponseHeadersRead, InProcessNode.Patience);
        byte[] heard = await first.Content.ReadAsByteArrayAsync(InProcessNode.Patience);
        Assert.Equal([(byte)LogFrameKind.End, (byte)StreamEnd.Replaced], heard[^LogFrame.EndBytes..]);

        // Or the node would wait, when it leaves, for a successor that never answers.
        using var goodbye = new HttpRequestMessage(HttpMethod.Delete, $"/v1/members/{accepted.Member}");
        goodbye.Headers.Authorization = new AuthenticationHeaderValue("Bearer", Samples.Token.ToString());
        using HttpResponseMessage left = await node.Http.SendAsync(goodbye, InProcessNode.Patience);
        await node.NextAsync("left");
    }

    /// <summary>Becomes a member as a node would.</summary>
    internal static async Task<JoinAccepted> JoinAsync(InProcessNode node)
    {
        using var content = new ByteArrayContent(Samples.Bytes(Samples.Join));
        content.Headers.ContentType = MediaTypeHeaderValue.Parse(WireFormat.MediaType);
        using HttpResponseMessage joined = await node.Http.PostAsync("/v1/members", content, InProcessNode.Patience);
        return Assert.IsType<JoinAccepted>(JoinCodec.TryReadAccepted(await joined.Content.ReadAsByteArrayAsync(InProcessNode.Patience)));
    }

    internal static string LogTarget(JoinAccepted accepted) =>
        $"/v1/log?from={accepted.Snapshot.Position.Sequence.Next}&member={accepted.Member}&network={accepted.Snapshot.Network:x16}&promised=0&epoch={accepted.Snapshot.Position.Epoch}&digest={accepted.Snapshot.Position.Digest}";

    internal static HttpRequestMessage Follow(JoinAccepted accepted) => new(HttpMethod.Get, LogTarget(accepted))
    {
        Headers = { Authorization = new AuthenticationHeaderValue("Bearer", Samples.Token.ToString()) },
    };

    private static string FollowRequest(JoinAccepted accepted) => new StringBuilder()
        .Append($"GET {LogTarget(accepted)} HTTP/1.1\r\nHost: h\r\nAuthorization: Bearer {Samples.Token}\r\n\r\n").ToString();

    private sealed class QueryBugInput : NodeInput
    {
        public override void Apply(NodeLoop loop) => throw new Norris.Protocol.InvariantViolatedException("the test says so");
    }
}
