using System.Buffers;
using System.Net;
using Norris.Http;
using Norris.Protocol.Membership;
using Norris.Protocol.Messages;
using Norris.Protocol.Ordering;
using Norris.Tests.Transport.Secure;
using Norris.Transport;
using Norris.Transport.Secure;
using Norris.Wire;

namespace Norris.Tests.Node;

/// <summary>Everybody in a network knows everybody's token; in one with a secret that is of no use to who has not the key to it.</summary>
public sealed class SpeakingForOthersTests : IDisposable
{
    private readonly MemberCredentials _hosts = Secrets.Of(Secrets.One);
    private readonly MemberCredentials _victims = Secrets.Of(Secrets.One);
    private readonly MemberCredentials _impostors = Secrets.Of(Secrets.One);
    private readonly MemberCredentials _strangers = Secrets.Of(Secrets.Two);

    private static TimeSpan Long => TimeSpan.FromMinutes(1);

    public void Dispose()
    {
        _hosts.Dispose();
        _victims.Dispose();
        _impostors.Dispose();
        _strangers.Dispose();
    }

    [Theory]
    [InlineData("leave")]
    [InlineData("speak")]
    [InlineData("follow")]
    [InlineData("take over")]
    [InlineData("join")]
    public async Task A_member_cannot_do_it_for_another(string what)
    {
        await using InProcessNode host = await InProcessNode.StartAsync("host", change: settings => settings.Proving(_hosts));
        await using InProcessNode victim = await InProcessNode.StartAsync("victim", [host.Address], change: settings => settings.Proving(_victims));
        (Member member, View view, Position position) = await host.AskAsync(loop => (loop.Core.View.BySeniority[1], loop.Core.View, loop.Core.Position), default);
        Assert.Equal(("victim", new MemberToken(_victims.Key.Low, _victims.Key.High)), (member.Name, member.Token));

        await using HttpOrigin origin = OriginOf(host, _impostors);
        HttpReply reply = await origin.SendAsync(Request(what, member, view, position), Long);
        Assert.Equal((RequestOutcome.Answered, 401), (reply.Outcome, reply.Status));

        // It is the key that is missing, and nothing else: with it the same is not refused for that.
        await using HttpOrigin own = OriginOf(host, _victims);
        (RequestOutcome outcome, HttpClientConnection? connection) = await own.ConnectAsync(Long);
        Assert.Equal(RequestOutcome.Answered, outcome);
        await connection!.SendAsync(Request(what, member, view, position));
        Assert.Equal(RequestOutcome.Answered, await connection.ReadHeadAsync());
        Assert.NotEqual(401, connection.Status);
        await connection.DisposeAsync();
    }

    /// <summary>What comes through a member that passes it on shows whose it is by itself.</summary>
    [Fact]
    public async Task What_is_passed_on_is_its_signers_and_nobody_elses()
    {
        await using InProcessNode host = await InProcessNode.StartAsync("host", change: settings => settings.Proving(_hosts));
        await using HttpOrigin relay = OriginOf(host, _impostors);
        HttpRequest join = Join(new JoinRequest(new MemberToken(_victims.Key.Low, _victims.Key.High), "victim", "127.0.0.1:1"));
        HttpRequest other = Join(new JoinRequest(new MemberToken(_victims.Key.Low, _victims.Key.High), "fool", "127.0.0.1:1"));
        string proof = ProofOf(_victims, join);

        Assert.Equal(401, (await relay.SendAsync(Join(new JoinRequest(new MemberToken(_victims.Key.Low, _victims.Key.High), "victim", "127.0.0.1:1")), Long)).Status);
        Assert.Equal(401, (await relay.SendAsync(other.AddHeader("norris-proof", proof), Long)).Status);
        Assert.Equal(401, (await relay.SendAsync(Signed(join, ProofOf(_impostors, join)), Long)).Status);
        Assert.Equal(401, (await relay.SendAsync(Signed(join, ProofOf(_strangers, join)), Long)).Status);
        Assert.Equal(401, (await relay.SendAsync(Signed(join, "no proof"), Long)).Status);
        Assert.Equal(401, (await relay.SendAsync(Signed(join, "AAAA.AAAA"), Long)).Status);
        Assert.Equal(200, (await relay.SendAsync(Signed(join, proof), Long)).Status);
    }

    [Fact]
    public void A_process_that_becomes_another_member_is_known_by_its_key_still()
    {
        var first = new MemberToken(_victims.Key.Low, _victims.Key.High);
        MemberToken token = first;
        for (int i = 0; i < 64; i++)
        {
            Assert.True(token.ComesFrom(first));
            token = token.Another();
            Assert.False(first.ComesFrom(token));
        }
        Assert.False(new MemberToken(_impostors.Key.Low, _impostors.Key.High).ComesFrom(first));
    }

    private static HttpOrigin OriginOf(InProcessNode node, MemberCredentials credentials) => new(
        IPEndPoint.Parse(node.Address), new Dialer(ConnectionLimits.Default, TimeProvider.System, credentials), HttpLimits.Default, TimeProvider.System);

    private static string ProofOf(MemberCredentials signer, HttpRequest request) => signer.Prove("POST", request.Target, request.Content.Span);

    private static HttpRequest Signed(HttpRequest request, string proof) =>
        new HttpRequest(request.Method, request.Target) { MediaType = request.MediaType, Content = request.Content }.AddHeader("norris-proof", proof);

    private static HttpRequest Join(JoinRequest request)
    {
        var content = new ArrayBufferWriter<byte>();
        JoinCodec.Write(content, request);
        return new HttpRequest(RequestMethod.Post, "/v1/members") { MediaType = WireFormat.MediaType, Content = content.WrittenMemory };
    }

    private static HttpRequest Request(string what, Member member, View view, Position position)
    {
        switch (what)
        {
            case "leave":
                return new HttpRequest(RequestMethod.Delete, $"/v1/members/{member.Id}").AddHeader("authorization", $"Bearer {member.Token}");
            case "follow":
                return new HttpRequest(RequestMethod.Get, $"/v1/log?from=1&member={member.Id}&network={view.Network:x16}&epoch=0&digest=0&promised=0")
                    .AddHeader("authorization", $"Bearer {member.Token}");
            case "speak":
                var submission = new Submission(member.Id, member.Token, view.Host, position, default, default, default);
                byte[] bytes = new byte[SubmissionCodec.BytesOf(submission)];
                SubmissionCodec.Write(bytes, submission);
                return new HttpRequest(RequestMethod.Post, "/v1/messages") { MediaType = WireFormat.MediaType, Content = bytes };
            case "take over":
                var question = new ArrayBufferWriter<byte>();
                TakeoverCodec.Write(question, new TakeoverRequest(view.Host, view.Network, member.Id, member.Token, member.Address, view.Epoch.Next, false, default));
                return new HttpRequest(RequestMethod.Post, "/v1/epochs") { MediaType = WireFormat.MediaType, Content = question.WrittenMemory };
            default:
                return Join(new JoinRequest(member.Token, member.Name, member.Address));
        }
    }
}
