using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Norris.Load.Hostile;

/// <summary>
/// Who takes its time, and who takes up room: connections that say nothing, or a byte a second, or never read. They all run at once, since each
/// lasts as long as a node waits.
/// </summary>
internal static class SlowCases
{
    private static readonly TimeSpan Beat = TimeSpan.FromMilliseconds(500);

    /// <summary>All of them: what is tried, and what is answered.</summary>
    public static IEnumerable<(string Name, Func<IPEndPoint, Task<string>> Try, string Answers)> All() =>
    [
        ("half-open: nothing is ever sent", static node => SlowlyAsync(node, "", ""), ""),
        ("a request line a byte at a time", static node => SlowlyAsync(node, "", $"GET /{new string('a', 200)}"), "408"),
        ("fields a byte at a time", static node => SlowlyAsync(node, "GET / HTTP/1.1\r\nHost: h\r\n", string.Concat(Enumerable.Repeat("X: y\r\n", 40))), "408"),
        ("an empty line, and then nothing", static node => SlowlyAsync(node, "\r\n", ""), "408"),
        ("a content that never comes", static node => SlowlyAsync(node, "POST /v1/messages HTTP/1.1\r\nHost: h\r\nContent-Length: 1000\r\n\r\n", ""), "408"),
        ("a content a byte at a time", static node => SlowlyAsync(node, "POST /v1/messages HTTP/1.1\r\nHost: h\r\nContent-Length: 1000\r\n\r\n", new string('x', 100)), "408"),
        ("chunks a byte at a time", static node => SlowlyAsync(node, "POST /v1/messages HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n", string.Concat(Enumerable.Repeat("1\r\nx\r\n", 20))), "408"),
        ("a content that nobody asked for, and that never comes", static node => SlowlyAsync(node, "POST /nowhere HTTP/1.1\r\nHost: h\r\nContent-Length: 1000\r\n\r\n", ""), "404"),
        ("a content that waits to be asked for", static node => SlowlyAsync(node, "POST /v1/messages HTTP/1.1\r\nHost: h\r\nContent-Length: 1000\r\nExpect: 100-continue\r\n\r\n", ""), "100 408"),
    ];

    /// <summary>Opens connections that say nothing, holds them, and closes them; how many a node took.</summary>
    public static async Task<int> FloodAsync(IPEndPoint node, int connections, Func<Task> meanwhile)
    {
        var held = new List<Socket>();
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        for (int i = 0; i < connections; i++)
        {
            held.Add(await HostileClient.ConnectAsync(node, limit.Token));
        }
        await meanwhile();
        int open = held.Count(static socket => !(socket.Poll(0, SelectMode.SelectRead) && socket.Available == 0));
        held.ForEach(static socket => socket.Dispose());
        return open;
    }

    /// <summary>Asks for much again and again and reads nothing: how many bytes of requests a node takes before it waits.</summary>
    public static async Task<long> NeverReadAsync(IPEndPoint node, long bytesMax)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        using Socket socket = await HostileClient.ConnectAsync(node, limit.Token);
        socket.ReceiveBufferSize = 4096;
        byte[] requests = Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat("GET / HTTP/1.1\r\nHost: h\r\n\r\n", 1000)));
        socket.SendTimeout = 2000;
        long sent = 0;
        try
        {
            while (sent < bytesMax)
            {
                sent += await Task.Run(() => socket.Send(requests));
            }
        }
        catch (SocketException)
        {
            // It takes no more, or has ended the connection.
        }
        return sent;
    }

    private static async Task<string> SlowlyAsync(IPEndPoint node, string atOnce, string slowly)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(120));
        using Socket socket = await HostileClient.ConnectAsync(node, limit.Token);
        Task<byte[]> reading = HostileClient.ReadAsync(socket, limit.Token);
        try
        {
            await socket.SendAsync(Encoding.ASCII.GetBytes(atOnce));
            for (int i = 0; i < slowly.Length && !reading.IsCompleted; i++)
            {
                await socket.SendAsync(Encoding.ASCII.GetBytes(slowly[i..(i + 1)]));
                await Task.WhenAny(reading, Task.Delay(Beat));
            }
        }
        catch (SocketException)
        {
            // It has had enough.
        }
        return Answers.Of(await reading).Statuses;
    }
}
