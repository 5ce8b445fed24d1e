using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Norris.Load.Nodes;

namespace Norris.Load.Networks;

/// <summary>A guest's session at a node, over plain HTTP: it comes in, posts, reads the events, and leaves.</summary>
internal sealed class GuestSession
{
    private static readonly HttpClient Client = new(new SocketsHttpHandler { ConnectTimeout = TimeSpan.FromSeconds(5) }) { Timeout = TimeSpan.FromSeconds(60) };

    private readonly string _address;
    private readonly string _id;
    private readonly AuthenticationHeaderValue _token;

    private GuestSession(string address, string id, string token) => (_address, _id, _token) = (address, id, new AuthenticationHeaderValue("Bearer", token));

    /// <summary>Comes in.</summary>
    /// <param name="address">The node's <c>HOST:PORT</c>.</param>
    /// <param name="name">The guest's name; the network may add a number to it.</param>
    /// <param name="cancellation">Waits no longer.</param>
    /// <exception cref="HttpRequestException">The node did not let it in.</exception>
    public static async Task<GuestSession> OpenAsync(string address, string name, CancellationToken cancellation)
    {
        using var content = new StringContent(JsonSerializer.Serialize(new { name }), Encoding.UTF8, "application/json");
        using HttpResponseMessage answer = await Client.PostAsync(new Uri($"http://{address}/v1/guests"), content, cancellation);
        Expect(answer, HttpStatusCode.Created);
        using JsonDocument guest = JsonDocument.Parse(await answer.Content.ReadAsByteArrayAsync(cancellation));
        return new GuestSession(address, guest.RootElement.GetProperty("id").GetString()!, guest.RootElement.GetProperty("token").GetString()!);
    }

    /// <summary>Posts a message, and waits until it is ordered.</summary>
    /// <returns>The status of the answer: 201 when it is ordered.</returns>
    public async Task<HttpStatusCode> PostAsync(ReadOnlyMemory<byte> text, CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri($"http://{_address}/v1/messages")) { Content = new ReadOnlyMemoryContent(text) };
        request.Headers.Authorization = _token;
        using HttpResponseMessage answer = await Client.SendAsync(request, cancellation);
        return answer.StatusCode;
    }

    /// <summary>Opens the stream of events; what happens from then on comes to <paramref name="take"/>, on a thread of its own.</summary>
    /// <returns>Completes when the stream ends, or is ended with <paramref name="cancellation"/>.</returns>
    /// <exception cref="HttpRequestException">The node does not give it.</exception>
    public async Task<Task> FollowAsync(PrintedLines.Taker take, CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri($"http://{_address}/v1/events"));
        request.Headers.Authorization = _token;
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/x-ndjson"));
        HttpResponseMessage answer = await Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellation);
        Expect(answer, HttpStatusCode.OK);
        Stream stream = await answer.Content.ReadAsStreamAsync(cancellation);
        return Task.Factory.StartNew(() => Read(answer, stream, take, cancellation), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
    }

    /// <summary>Leaves, and waits until that is ordered.</summary>
    /// <exception cref="HttpRequestException">The node does not let it go.</exception>
    public async Task CloseAsync(CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(HttpMethod.Delete, new Uri($"http://{_address}/v1/guests/{_id}"));
        request.Headers.Authorization = _token;
        using HttpResponseMessage answer = await Client.SendAsync(request, cancellation);
        Expect(answer, HttpStatusCode.NoContent);
    }

    private static void Read(HttpResponseMessage answer, Stream stream, PrintedLines.Taker take, CancellationToken cancellation)
    {
        using (answer)
        using (cancellation.Register(answer.Dispose))
        {
            try
            {
                PrintedLines.Read(stream, take);
            }
            catch (Exception e) when (e is IOException or ObjectDisposedException or HttpRequestException || cancellation.IsCancellationRequested)
            {
                // The stream is cut: whoever expects more of it reports that. An answer that is disposed of while it is read may throw anything.
            }
        }
    }

    private static void Expect(HttpResponseMessage answer, HttpStatusCode status)
    {
        if (answer.StatusCode != status)
        {
            throw new HttpRequestException($"{answer.RequestMessage?.Method} {answer.RequestMessage?.RequestUri} is answered with {(int)answer.StatusCode}, not {(int)status}", null, answer.StatusCode);
        }
    }
}
