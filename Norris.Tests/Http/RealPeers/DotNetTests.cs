using System.Net;
using System.Text;
using Norris.Http;
using Norris.Transport;

namespace Norris.Tests.Http.RealPeers;

public sealed class DotNetTests
{
    [Fact]
    public async Task HttpClient_talks_to_our_server()
    {
        await using LoopbackServer server = new(TestSite.Create().HandleAsync);
        using HttpClient client = new() { BaseAddress = new Uri(server.Url) };
        Assert.Equal("hello", await client.GetStringAsync("/hello"));
        using HttpResponseMessage stream = await client.GetAsync("/stream");
        Assert.Equal(string.Concat(Enumerable.Repeat("line\n", 10)), await stream.Content.ReadAsStringAsync());
        Assert.Equal(["10"], stream.TrailingHeaders.GetValues("X-Lines"));

        using HttpRequestMessage expecting = new(System.Net.Http.HttpMethod.Post, "/collect") { Content = new StringContent("patience") };
        expecting.Headers.ExpectContinue = true;
        using HttpResponseMessage collected = await client.SendAsync(expecting);
        Assert.Equal("patience", await collected.Content.ReadAsStringAsync());

        byte[] upload = new byte[5_000_000];
        new Random(1).NextBytes(upload);
        using HttpRequestMessage chunked = new(System.Net.Http.HttpMethod.Put, "/echo") { Content = new ByteArrayContent(upload) };
        chunked.Headers.TransferEncodingChunked = true;
        using HttpResponseMessage echoed = await client.SendAsync(chunked);
        Assert.Equal(upload, await echoed.Content.ReadAsByteArrayAsync());
        Assert.Equal(1, server.Server.ConnectionCount);
        Assert.Empty(server.Failures);
    }

    [Fact]
    public async Task Many_HttpClients_at_once_are_all_answered()
    {
        await using LoopbackServer server = new(TestSite.Create().HandleAsync);
        using HttpClient client = new() { BaseAddress = new Uri(server.Url) };
        await Parallel.ForEachAsync(Enumerable.Range(0, 500), new ParallelOptions { MaxDegreeOfParallelism = 32 }, async (each, stop) =>
        {
            using HttpResponseMessage answer = await client.PostAsync("/collect", new StringContent($"{each}"), stop);
            Assert.Equal($"{each}", await answer.Content.ReadAsStringAsync(stop));
        });
        Assert.Empty(server.Failures);
    }

    [Fact]
    public async Task Our_client_talks_to_HttpListener()
    {
        using HttpListener listener = Listen(out int port);
        Task serving = ServeAsync(listener);
        await using HttpOrigin origin = new(
            new IPEndPoint(IPAddress.Loopback, port), new Dialer(ConnectionLimits.Default, TimeProvider.System), HttpLimits.Default, TimeProvider.System);
        for (int round = 0; round < 3; round++)
        {
            HttpRequest request = new(RequestMethod.Post, "/echo") { Content = "a text"u8.ToArray(), MediaType = "text/plain" };
            HttpReply reply = await origin.SendAsync(request, TimeSpan.FromSeconds(30));
            Assert.Equal((RequestOutcome.Answered, 200, "a text"), (reply.Outcome, reply.Status, Encoding.UTF8.GetString(reply.Content.Span)));
            reply = await origin.SendAsync(new HttpRequest(RequestMethod.Get, "/chunked"), TimeSpan.FromSeconds(30));
            Assert.Equal((RequestOutcome.Answered, 200, "chunks"), (reply.Outcome, reply.Status, Encoding.UTF8.GetString(reply.Content.Span)));
        }

        listener.Stop();
        await serving;
    }

    private static HttpListener Listen(out int port)
    {
        while (true)
        {
            port = Nginx.FreePort();
            HttpListener listener = new();
            listener.Prefixes.Add($"http://127.0.0.1:{port}/");
            try
            {
                listener.Start();
                return listener;
            }
            catch (HttpListenerException)
            {
                listener.Close(); // somebody took the port in between
            }
        }
    }

    private static async Task ServeAsync(HttpListener listener)
    {
        try
        {
            while (true)
            {
                HttpListenerContext context = await listener.GetContextAsync();
                context.Response.SendChunked = context.Request.RawUrl == "/chunked";
                if (context.Response.SendChunked)
                {
                    await context.Response.OutputStream.WriteAsync("chu"u8.ToArray());
                    await context.Response.OutputStream.FlushAsync();
                    await context.Response.OutputStream.WriteAsync("nks"u8.ToArray());
                }
                else
                {
                    context.Response.ContentLength64 = context.Request.ContentLength64;
                    await context.Request.InputStream.CopyToAsync(context.Response.OutputStream);
                }

                context.Response.Close();
            }
        }
        catch (Exception e) when (e is HttpListenerException or ObjectDisposedException)
        {
            // stopped
        }
    }
}
