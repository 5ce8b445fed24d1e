using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Norris.Load.Hostile;

/// <summary>
/// Sends bytes as they are, on a connection of their own, and reads the answers to the end. It is no client of HTTP: it believes nothing but
/// status lines and lengths.
/// </summary>
internal static class HostileClient
{
    /// <summary>Longer than any answer takes, and than a node waits for who is slow.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <summary>Sends, ends the sending side, and reads to the end.</summary>
    public static async Task<Answers> SendAsync(IPEndPoint node, ReadOnlyMemory<byte> bytes)
    {
        using var limit = new CancellationTokenSource(Patience);
        using Socket socket = await ConnectAsync(node, limit.Token);
        Task<byte[]> reading = ReadAsync(socket, limit.Token);
        try
        {
            for (ReadOnlyMemory<byte> rest = bytes; !rest.IsEmpty;)
            {
                rest = rest[await socket.SendAsync(rest, limit.Token)..];
            }
            socket.Shutdown(SocketShutdown.Send);
        }
        catch (SocketException)
        {
            // It was refused before all was sent: the answer says why.
        }
        return Answers.Of(await reading);
    }

    /// <summary>Connects.</summary>
    public static async Task<Socket> ConnectAsync(IPEndPoint node, CancellationToken cancellation)
    {
        var socket = new Socket(node.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(node, cancellation);
        return socket;
    }

    /// <summary>Reads to the end, also to an abrupt one.</summary>
    public static async Task<byte[]> ReadAsync(Socket socket, CancellationToken cancellation)
    {
        var heard = new MemoryStream();
        byte[] buffer = new byte[16 * 1024];
        try
        {
            for (int count = 1; count > 0;)
            {
                count = await socket.ReceiveAsync(buffer, cancellation);
                heard.Write(buffer, 0, count);
            }
        }
        catch (SocketException)
        {
            // Reset: what came before counts.
        }
        return heard.ToArray();
    }
}

/// <summary>What a node answered on one connection.</summary>
/// <param name="Statuses">The statuses, with blanks between; a message that is none of HTTP's is "?".</param>
/// <param name="FirstContent">The content of the first answer.</param>
internal sealed record Answers(string Statuses, byte[] FirstContent)
{
    /// <summary>Takes the answers apart.</summary>
    public static Answers Of(byte[] heard)
    {
        var statuses = new List<string>();
        byte[]? content = null;
        ReadOnlySpan<byte> rest = heard;
        while (!rest.IsEmpty)
        {
            int end = rest.IndexOf("\r\n\r\n"u8);
            if (end < 0 || !rest.StartsWith("HTTP/1.1 "u8))
            {
                statuses.Add("?");
                break;
            }
            string head = Encoding.ASCII.GetString(rest[..end]);
            rest = rest[(end + 4)..];
            int length = LengthOf(head, rest.Length);
            statuses.Add(head[9..12]);
            content ??= rest[..length].ToArray();
            rest = rest[length..];
        }
        return new Answers(string.Join(' ', statuses), content ?? []);
    }

    private static int LengthOf(string head, int most)
    {
        const string Field = "\r\nContent-Length: ";
        int at = head.IndexOf(Field, StringComparison.Ordinal);
        if (at < 0)
        {
            // A stream lasts to the end; other answers without a length have no content.
            return head.Contains("\r\nTransfer-Encoding: chunked", StringComparison.Ordinal) ? most : 0;
        }
        int end = head.IndexOf('\r', at + Field.Length);
        return Math.Min(most, int.Parse(head[(at + Field.Length)..(end < 0 ? head.Length : end)], System.Globalization.CultureInfo.InvariantCulture));
    }
}
