using System.Buffers;
using System.Net;
using System.Text;
using Norris.Http;
using Norris.Tests.Http.RealPeers;
using Norris.Transport;

namespace Norris.Tests.Http;

public sealed class HttpOriginTests
{
    [Fact]
    public async Task Keeps_its_connection_and_reads_whole_replies()
    {
        await using LoopbackServer server = new(TestSite.Create().HandleAsync);
        await using HttpOrigin origin = OriginOf(server.EndPoint);
        for (int round = 0; round < 3; round++)
        {
            HttpReply reply = await origin.SendAsync(new HttpRequest(RequestMethod.Get, "/hello"), TimeSpan.FromSeconds(30));
            Assert.Equal((RequestOutcome.Answered, 200, "hello"), (reply.Outcome, reply.Status, Encoding.UTF8.GetString(reply.Content.Span)));
            Assert.Equal(1, server.Server.ConnectionCount);
        }
    }

    [Fact]
    public async Task Says_that_nobody_listens()
    {
        IPEndPoint nobody;
        using (Listener listener = Listener.Bind(new IPEndPoint(IPAddress.Loopback, 0), ConnectionLimits.Default, TimeProvider.System))
        {
            nobody = listener.LocalEndPoint;
        }

        await using HttpOrigin origin = OriginOf(nobody);
        HttpReply reply = await origin.SendAsync(new HttpRequest(RequestMethod.Get, "/hello"), TimeSpan.FromSeconds(30));
        Assert.Equal(RequestOutcome.Refused, reply.Outcome);
    }

    [Fact]
    public async Task Streams_both_ways_at_once()
    {
        await using LoopbackServer server = new(TestSite.Create().HandleAsync);
        await using HttpOrigin origin = OriginOf(server.EndPoint);
        (RequestOutcome outcome, HttpClientConnection? connection) = await origin.ConnectAsync(TimeSpan.FromSeconds(30));
        Assert.Equal(RequestOutcome.Answered, outcome);
        await using HttpClientConnection client = connection!;
        ContentWriter upload = client.StartStream(new HttpRequest(RequestMethod.Post, "/echo"));
        upload.Write("one"u8);
        Assert.True(await upload.FlushAsync());
        Assert.Equal(RequestOutcome.Answered, await client.ReadHeadAsync());
        for (int round = 0; round < 3; round++)
        {
            ContentRead read = await client.ReadContentAsync();
            Assert.Equal("one", Encoding.UTF8.GetString(read.Buffer));
            client.AdvanceContentTo(read.Buffer.End, read.Buffer.End);
            upload.Write("one"u8);
            Assert.True(await upload.FlushAsync());
        }

        Assert.True(await upload.CompleteAsync());
        Assert.Equal("one", Encoding.UTF8.GetString((await client.ReadAllContentAsync(100)).Buffer));
        Assert.True(await client.SkipContentAsync(0));
    }

    private static HttpOrigin OriginOf(IPEndPoint endPoint) =>
        new(endPoint, new Dialer(ConnectionLimits.Default, TimeProvider.System), HttpLimits.Default, TimeProvider.System);
}
