using System.Collections.Concurrent;
using System.Net.WebSockets;
using System.Text.Json;

namespace Norris.Tests.EndToEnd.Page;

/// <summary>
/// The connection to a browser over which it is driven: the Chrome DevTools Protocol, JSON messages over a WebSocket. A command is
/// <c>{"id","sessionId","method","params"}</c>, and is answered with its id; what else comes is an event, of which only mistakes of pages are kept.
/// </summary>
internal sealed class DevTools : IAsyncDisposable
{
    private readonly ClientWebSocket _socket = new();
    private readonly ConcurrentDictionary<int, TaskCompletionSource<JsonElement>> _asked = [];
    private readonly SemaphoreSlim _sending = new(1);
    private Task _reading = Task.CompletedTask;
    private int _last;

    /// <summary>What scripts of pages let escape: bugs.</summary>
    public ConcurrentQueue<string> Mistakes { get; } = new();

    public static async Task<DevTools> ConnectAsync(Uri address, CancellationToken cancellation)
    {
        var tools = new DevTools();
        await tools._socket.ConnectAsync(address, cancellation);
        tools._reading = tools.ReadAsync();
        return tools;
    }

    /// <summary>Has the browser do something; what it answers. Null when it refuses, as it does for a page that is just being left.</summary>
    public async Task<JsonElement?> TryAskAsync(string method, object parameters, string? session, CancellationToken cancellation)
    {
        int id = Interlocked.Increment(ref _last);
        TaskCompletionSource<JsonElement> answer = new(TaskCreationOptions.RunContinuationsAsynchronously);
        _asked[id] = answer;
        byte[] command = JsonSerializer.SerializeToUtf8Bytes(session is null
            ? new Dictionary<string, object> { ["id"] = id, ["method"] = method, ["params"] = parameters }
            : new Dictionary<string, object> { ["id"] = id, ["sessionId"] = session, ["method"] = method, ["params"] = parameters });
        await _sending.WaitAsync(cancellation);
        try
        {
            await _socket.SendAsync(command, WebSocketMessageType.Text, endOfMessage: true, cancellation);
        }
        finally
        {
            _sending.Release();
        }
        JsonElement said = await answer.Task.WaitAsync(cancellation);
        return said.TryGetProperty("result", out JsonElement result) ? result : null;
    }

    /// <summary>The same, where a refusal is a failure.</summary>
    public async Task<JsonElement> AskAsync(string method, object parameters, string? session, CancellationToken cancellation) =>
        await TryAskAsync(method, parameters, session, cancellation) ?? throw new InvalidOperationException($"The browser refused {method}.");

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _socket.Abort();
        await _reading;
        _socket.Dispose();
        _sending.Dispose();
    }

    private async Task ReadAsync()
    {
        using var message = new MemoryStream();
        byte[] buffer = new byte[64 * 1024];
        try
        {
            while (true)
            {
                ValueWebSocketReceiveResult piece = await _socket.ReceiveAsync(buffer.AsMemory(), CancellationToken.None);
                message.Write(buffer, 0, piece.Count);
                if (!piece.EndOfMessage)
                {
                    continue;
                }
                Take(JsonElement.Parse(message.GetBuffer().AsSpan(0, (int)message.Length)));
                message.SetLength(0);
            }
        }
        catch (Exception e) when (e is WebSocketException or OperationCanceledException or JsonException)
        {
            foreach (TaskCompletionSource<JsonElement> waiting in _asked.Values)
            {
                waiting.TrySetException(new InvalidOperationException("The browser is gone."));
            }
        }
    }

    private void Take(JsonElement said)
    {
        if (said.TryGetProperty("id", out JsonElement id))
        {
            if (_asked.TryRemove(id.GetInt32(), out TaskCompletionSource<JsonElement>? waiting))
            {
                waiting.SetResult(said);
            }
        }
        else if (said.GetProperty("method").GetString() == "Runtime.exceptionThrown")
        {
            Mistakes.Enqueue(said.GetProperty("params").GetRawText());
        }
    }
}
