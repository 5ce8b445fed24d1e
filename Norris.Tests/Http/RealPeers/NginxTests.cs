using System.Buffers;
using System.Net;
using System.Text;
using Norris.Http;
using Norris.Transport;

namespace Norris.Tests.Http.RealPeers;

public sealed class NginxTests
{
    private const string Proxy = """
        upstream norris { server {upstream}; keepalive 4; }
        server {
          listen 127.0.0.1:{port};
          client_max_body_size 100m;
          location / {
            proxy_pass http://norris;
            proxy_http_version 1.1;
            proxy_set_header Connection "";
            {options}
          }
        }
        """;

    [ToolFact("nginx")]
    public async Task Proxies_to_us_with_buffers()
    {
        System.Collections.Concurrent.ConcurrentBag<EndPoint> peers = [];
        Router site = TestSite.Create();
        await using LoopbackServer server = new(exchange =>
        {
            if (exchange.Path.SequenceEqual("/hello"u8))
            {
                peers.Add(exchange.RemoteEndPoint!);
            }

            return site.HandleAsync(exchange);
        });
        await using Nginx nginx = await Nginx.StartAsync(ProxyTo(server, ""));
        await CheckSiteAsync(nginx);
        Assert.Empty(server.Failures);
        Assert.Single(peers.Distinct()); // nginx keeps its connection to us
    }

    [ToolFact("nginx")]
    public async Task Proxies_to_us_without_buffers()
    {
        await using LoopbackServer server = new(TestSite.Create().HandleAsync);
        await using Nginx nginx = await Nginx.StartAsync(ProxyTo(server, "proxy_buffering off; proxy_request_buffering off;"));
        await CheckSiteAsync(nginx);
        Assert.Empty(server.Failures);
    }

    [ToolFact("nginx")]
    public async Task Passes_each_chunk_on_while_the_stream_goes_on()
    {
        TaskCompletionSource<ContentWriter> opened = new(TaskCreationOptions.RunContinuationsAsynchronously);
        TaskCompletionSource closed = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await using LoopbackServer server = new(async exchange =>
        {
            opened.SetResult(exchange.StartStream(200, "text/plain"u8));
            await closed.Task;
        });
        await using Nginx nginx = await Nginx.StartAsync(ProxyTo(server, "proxy_buffering off; proxy_request_buffering off;"));
        await using HttpOrigin origin = OriginOf(nginx);
        (_, HttpClientConnection? connection) = await origin.ConnectAsync(TimeSpan.FromSeconds(30));
        await using HttpClientConnection client = connection!;
        await client.SendAsync(new HttpRequest(RequestMethod.Get, "/"));
        ContentWriter stream = await opened.Task;
        await stream.FlushAsync();
        Assert.Equal(RequestOutcome.Answered, await client.ReadHeadAsync());
        for (int round = 0; round < 20; round++)
        {
            byte[] tick = Encoding.ASCII.GetBytes($"tick {round}\n");
            stream.WriteBorrowed(tick);
            await stream.FlushAsync();
            ContentRead read = await client.ReadContentAsync();
            Assert.Equal(tick, read.Buffer.ToArray());
            client.AdvanceContentTo(read.Buffer.End, read.Buffer.End);
        }

        closed.SetResult();
        Assert.True((await client.ReadContentAsync()).IsCompleted);
    }

    [ToolFact("nginx")]
    public async Task Passes_an_upload_on_while_it_goes_on()
    {
        SemaphoreSlim heard = new(0);
        StringBuilder all = new();
        await using LoopbackServer server = new(async exchange =>
        {
            while (true)
            {
                ContentRead read = await exchange.Content.ReadAsync();
                Assert.True(read.IsOk);
                lock (all)
                {
                    all.Append(Encoding.ASCII.GetString(read.Buffer));
                }

                exchange.Content.AdvanceTo(read.Buffer.End);
                heard.Release();
                if (read.IsCompleted)
                {
                    await exchange.RespondAsync(204);
                    return;
                }
            }
        });
        await using Nginx nginx = await Nginx.StartAsync(ProxyTo(server, "proxy_buffering off; proxy_request_buffering off;"));
        await using HttpOrigin origin = OriginOf(nginx);
        (_, HttpClientConnection? connection) = await origin.ConnectAsync(TimeSpan.FromSeconds(30));
        await using HttpClientConnection client = connection!;
        ContentWriter upload = client.StartStream(new HttpRequest(RequestMethod.Post, "/"));
        for (int round = 0; round < 20; round++)
        {
            upload.Write("tick"u8);
            Assert.True(await upload.FlushAsync());
            await heard.WaitAsync();
        }

        await upload.CompleteAsync();
        Assert.Equal(RequestOutcome.Answered, await client.ReadHeadAsync());
        Assert.Equal((204, string.Concat(Enumerable.Repeat("tick", 20))), (client.Status, all.ToString()));
    }

    [ToolFact("nginx")]
    public async Task Answers_our_client()
    {
        string page = string.Concat(Enumerable.Range(0, 20_000).Select(each => $"{each} "));
        await using Nginx nginx = await Nginx.StartAsync(
            """
            server {
              listen 127.0.0.1:{port};
              root {folder};
              default_type text/plain;
              location = /empty { return 204; }
              location = /moved { return 307 /page.txt; }
              location = /chunked.txt { ssi on; ssi_types *; }
            }
            """,
            ("page.txt", page),
            ("chunked.txt", page));
        await using HttpOrigin origin = OriginOf(nginx);
        HttpReply reply = await SendAsync(origin, RequestMethod.Get, "/page.txt");
        Assert.Equal((RequestOutcome.Answered, 200, page), (reply.Outcome, reply.Status, Encoding.ASCII.GetString(reply.Content.Span)));
        Assert.True(reply.Headers.TryGet("content-length"u8, out _));
        reply = await SendAsync(origin, RequestMethod.Get, "/chunked.txt");
        Assert.Equal((RequestOutcome.Answered, 200, page), (reply.Outcome, reply.Status, Encoding.ASCII.GetString(reply.Content.Span)));
        Assert.True(reply.Headers.TryGet("transfer-encoding"u8, out _));
        reply = await SendAsync(origin, RequestMethod.Head, "/page.txt");
        Assert.Equal((RequestOutcome.Answered, 200, 0), (reply.Outcome, reply.Status, reply.Content.Length));
        reply = await SendAsync(origin, RequestMethod.Get, "/empty");
        Assert.Equal((RequestOutcome.Answered, 204), (reply.Outcome, reply.Status));
        reply = await SendAsync(origin, RequestMethod.Get, "/moved");
        Assert.Equal((RequestOutcome.Answered, 307), (reply.Outcome, reply.Status));
        Assert.True(reply.Headers.TryGet("location"u8, out ReadOnlySpan<byte> location) && location.EndsWith("/page.txt"u8));
        reply = await SendAsync(origin, RequestMethod.Get, "/nothing");
        Assert.Equal((RequestOutcome.Answered, 404), (reply.Outcome, reply.Status));
    }

    private static async Task CheckSiteAsync(Nginx nginx)
    {
        using HttpClient client = new() { BaseAddress = new Uri(nginx.Url) };
        for (int round = 0; round < 3; round++)
        {
            Assert.Equal("hello", await client.GetStringAsync("/hello"));
            Assert.Equal("a b", await client.GetStringAsync("/items/a%20b"));
            Assert.Equal(string.Concat(Enumerable.Repeat("line\n", 10)), await client.GetStringAsync("/stream"));
            using HttpRequestMessage head = new(System.Net.Http.HttpMethod.Head, "/hello");
            using HttpResponseMessage headed = await client.SendAsync(head);
            Assert.Equal(5, headed.Content.Headers.ContentLength);
            using HttpResponseMessage collected = await client.PostAsync("/collect", new StringContent("some text"));
            Assert.Equal((HttpStatusCode.Created, "some text"), (collected.StatusCode, await collected.Content.ReadAsStringAsync()));
            using HttpResponseMessage missing = await client.GetAsync("/nothing");
            Assert.Equal(HttpStatusCode.NotFound, missing.StatusCode);
        }

        byte[] upload = new byte[3_000_000];
        new Random(1).NextBytes(upload);
        using HttpRequestMessage chunked = new(System.Net.Http.HttpMethod.Post, "/echo") { Content = new ByteArrayContent(upload) };
        chunked.Headers.TransferEncodingChunked = true;
        using HttpResponseMessage echoed = await client.SendAsync(chunked);
        Assert.Equal(upload, await echoed.Content.ReadAsByteArrayAsync());
    }

    private static string ProxyTo(LoopbackServer server, string options) =>
        Proxy.Replace("{upstream}", server.EndPoint.ToString(), StringComparison.Ordinal).Replace("{options}", options, StringComparison.Ordinal);

    private static ValueTask<HttpReply> SendAsync(HttpOrigin origin, RequestMethod method, string target) =>
        origin.SendAsync(new HttpRequest(method, target), TimeSpan.FromSeconds(30));

    private static HttpOrigin OriginOf(Nginx nginx) =>
        new(nginx.EndPoint, new Dialer(ConnectionLimits.Default, TimeProvider.System), HttpLimits.Default, TimeProvider.System);
}
