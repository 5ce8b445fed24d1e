using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Norris.Load.Networks;

/// <summary>
/// One request over a connection of its own, whose thread waits in the system calls: nothing of it goes through the threads that all the sockets of this
/// program share.
/// <para>Prevents: a thousand nodes of this program join, and a guest's request and the answer to it each wait a second until those threads come to them.</para>
/// </summary>
internal static class BlockingPost
{
    private const int LimitMilliseconds = 60_000;

    /// <summary>Posts JSON, and waits for the answer.</summary>
    /// <param name="server">Where.</param>
    /// <param name="path">What, from the first slash on.</param>
    /// <param name="content">What is sent.</param>
    /// <returns>The answer's status and content.</returns>
    /// <exception cref="HttpRequestException">There is no answer.</exception>
    public static (int Status, ReadOnlyMemory<byte> Content) Send(EndPoint server, string path, ReadOnlySpan<byte> content)
    {
        try
        {
            using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true, SendTimeout = LimitMilliseconds, ReceiveTimeout = LimitMilliseconds };
            socket.Connect(server);
            byte[] head = Encoding.ASCII.GetBytes(
                $"POST {path} HTTP/1.1\r\nHost: {server}\r\nContent-Type: application/json\r\nContent-Length: {content.Length}\r\nConnection: close\r\n\r\n");
            using var stream = new NetworkStream(socket);
            stream.Write([.. head, .. content]);
            using var received = new MemoryStream();
            stream.CopyTo(received);
            byte[] answer = received.ToArray();
            int end = answer.AsSpan().IndexOf("\r\n\r\n"u8);
            return answer.AsSpan().StartsWith("HTTP/1.1 "u8) && end > 0 && int.TryParse(answer.AsSpan(9, 3), out int status)
                ? (status, answer.AsMemory(end + 4))
                : throw new HttpRequestException($"POST {path} of {server} is answered with no HTTP");
        }
        catch (Exception e) when (e is SocketException or IOException)
        {
            throw new HttpRequestException($"POST {path} of {server} is not answered: {e.Message}", e);
        }
    }
}
