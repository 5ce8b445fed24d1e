using System.Net;
using System.Text;
using Microsoft.Extensions.Time.Testing;
using Norris.Http;
using Norris.Transport;

namespace Norris.Tests.Http;

/// <summary>A whole server on memory connections and a clock that only the test moves.</summary>
internal sealed class TestServer : IAsyncDisposable
{
    private readonly MemoryListener _listener;
    private readonly HttpServer _server;

    public TestServer(HttpHandler application, HttpLimits? limits = null, ConnectionLimits? transport = null)
    {
        _listener = new MemoryListener(transport ?? ConnectionLimits.Default, Clock);
        _server = new HttpServer(_listener, application, limits ?? HttpLimits.Default, Clock) { HandlerFailed = Failures.Enqueue };
        _server.Start();
    }

    public FakeTimeProvider Clock { get; } = new(new DateTimeOffset(2026, 11, 24, 5, 22, 1, TimeSpan.Zero));

    public System.Collections.Concurrent.ConcurrentQueue<Exception> Failures { get; } = new();

    public HttpServer Server => _server;

    public RawClient Connect() => new(_listener.Connect());

    public async ValueTask DisposeAsync()
    {
        _listener.Stop();
        await _server.DisposeAsync();
    }
}

/// <summary>A real server on a loopback socket.</summary>
internal sealed class LoopbackServer : IAsyncDisposable
{
    private readonly Listener _listener;
    private readonly HttpServer _server;

    public LoopbackServer(HttpHandler application, HttpLimits? limits = null, ConnectionLimits? transport = null)
    {
        _listener = Listener.Bind(new IPEndPoint(IPAddress.Loopback, 0), transport ?? ConnectionLimits.Default, TimeProvider.System);
        _server = new HttpServer(_listener, application, limits ?? HttpLimits.Default, TimeProvider.System) { HandlerFailed = Failures.Enqueue };
        _server.Start();
    }

    public System.Collections.Concurrent.ConcurrentQueue<Exception> Failures { get; } = new();

    public IPEndPoint EndPoint => _listener.LocalEndPoint;

    public string Url => $"http://{EndPoint}";

    public HttpServer Server => _server;

    public async Task<RawClient> ConnectAsync()
    {
        DialResult dialled = await new Dialer(ConnectionLimits.Default, TimeProvider.System).DialAsync(EndPoint, TimeSpan.FromSeconds(30));
        return new RawClient(dialled.Connection ?? throw new InvalidOperationException(dialled.Outcome.ToString()));
    }

    public async ValueTask DisposeAsync()
    {
        _listener.Dispose();
        await _server.DisposeAsync();
    }
}

/// <summary>A client that says exactly what it is told and shows exactly what it hears.</summary>
internal sealed class RawClient(Connection connection) : IAsyncDisposable
{
    private readonly StringBuilder _heard = new();

    public Connection Connection => connection;

    public async Task SendAsync(string text)
    {
        connection.Output.WriteBorrowed(Encoding.Latin1.GetBytes(text));
        await connection.Output.FlushAsync();
    }

    public void Finish() => ((MemoryConnection)connection).FinishSending();

    /// <summary>Reads until what was heard (and not yet taken) contains the marker; returns it up to the marker's end.</summary>
    public async Task<string> ReadUntilAsync(string marker)
    {
        while (true)
        {
            string heard = _heard.ToString();
            int at = heard.IndexOf(marker, StringComparison.Ordinal);
            if (at >= 0)
            {
                _heard.Remove(0, at + marker.Length);
                return heard[..(at + marker.Length)];
            }

            Assert.True(await HearAsync(), $"The connection ended before '{marker}'; heard: '{heard}'");
        }
    }

    /// <summary>Reads to the end of the connection.</summary>
    public async Task<string> ReadToEndAsync()
    {
        while (await HearAsync())
        {
        }

        string heard = _heard.ToString();
        _heard.Clear();
        return heard;
    }

    /// <summary>Reads one response whose length is given by Content-Length.</summary>
    public async Task<string> ReadResponseAsync()
    {
        string head = await ReadUntilAsync("\r\n\r\n");
        int at = head.IndexOf("Content-Length: ", StringComparison.Ordinal);
        int length = at < 0 ? 0 : int.Parse(head[(at + 16)..head.IndexOf('\r', at)]);
        while (_heard.Length < length)
        {
            Assert.True(await HearAsync(), "The connection ended within the content.");
        }

        string content = _heard.ToString(0, length);
        _heard.Remove(0, length);
        return head + content;
    }

    public ValueTask DisposeAsync() => connection.DisposeAsync();

    private async Task<bool> HearAsync()
    {
        System.IO.Pipelines.ReadResult read = await connection.Input.ReadAsync();
        foreach (ReadOnlyMemory<byte> part in read.Buffer)
        {
            _heard.Append(Encoding.Latin1.GetString(part.Span));
        }

        bool heard = !read.Buffer.IsEmpty;
        connection.Input.AdvanceTo(read.Buffer.End);
        return heard || !read.IsCompleted;
    }
}
