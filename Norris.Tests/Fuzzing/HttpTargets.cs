using System.Buffers;
using System.IO.Pipelines;
using System.Text;
using Norris.Http;
using Norris.Tests.Http.Tables;
using Norris.Transport;

namespace Norris.Tests.Fuzzing;

/// <summary>The limits of HTTP targets: small, so that they are met.</summary>
internal static class FuzzLimits
{
    public static readonly HttpLimits Http = new()
    {
        StartLineBytesMax = 160,
        FieldSectionBytesMax = 300,
        FieldLinesMax = 8,
        ContentBytesMax = 96,
        ChunkExtensionBytesMax = 24,
        ChunkExtensionBytesTotalMax = 40,
    };
}

/// <summary>Requests, one after the other on a connection, with their contents: read the same however they arrive.</summary>
internal sealed class RequestTarget : FuzzTarget
{
    public override string What => "the HTTP request reader";

    public override void Run(byte[] input) => HoldsHoweverCut(input, cuts => Transcript.OfRequests(input, FuzzLimits.Http, cuts));

    public override IEnumerable<byte[]> Seeds() => new[]
    {
        "GET / HTTP/1.1\r\nHost: h\r\n\r\n",
        "POST /v1/messages HTTP/1.1\r\nHost: h:7000\r\nContent-Type: text/plain\r\nContent-Length: 5\r\n\r\nhelloGET /x?a=%20 HTTP/1.0\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n5;a=b\r\nhello\r\n0\r\nt: v\r\n\r\n",
        "\r\nOPTIONS * HTTP/1.1\r\nHost:\r\nExpect: 100-continue\r\nConnection: close\r\n\r\n",
        "GET http://u:80/p?q HTTP/1.1\r\nHost: h\r\n\r\n",
        "PUT / HTTP/1.1\r\nHost: [::1]\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
    }.Select(Encoding.Latin1.GetBytes);
}

/// <summary>Responses to a request with the method that the first byte says.</summary>
internal sealed class ResponseTarget : FuzzTarget
{
    private static readonly RequestMethod[] Methods = [RequestMethod.Get, RequestMethod.Head, RequestMethod.Post, RequestMethod.Delete];

    public override string What => "the HTTP response reader";

    public override void Run(byte[] input)
    {
        if (input.Length == 0)
        {
            return;
        }
        byte[] rest = input[1..];
        RequestMethod method = Methods[input[0] % Methods.Length];
        HoldsHoweverCut(rest, cuts => Transcript.OfResponses(rest, FuzzLimits.Http, method, cuts));
    }

    public override IEnumerable<byte[]> Seeds() => new[]
    {
        "0HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhiHTTP/1.1 204 No Content\r\n\r\n",
        "1HTTP/1.1 200 OK\r\nContent-Length: 2000\r\n\r\nHTTP/1.1 304 Not Modified\r\n\r\n",
        "0HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 201 \r\nTransfer-Encoding: chunked\r\nContent-Type: application/vnd.norris.1\r\n\r\n2\r\nhi\r\n0\r\n\r\n",
        "2HTTP/1.0 503 x\r\nNorris-Retry-After-Microseconds: 5\r\n\r\nuntil the end",
        "3HTTP/1.1 307 Temporary Redirect\r\nLocation: http://h:1/v1/log\r\nNorris-Relay: 00000001\r\n\r\n",
    }.Select(Encoding.Latin1.GetBytes);
}

/// <summary>Chunked contents: read the same however they arrive; and what we write as chunks is read as what it was.</summary>
internal sealed class ChunkedTarget : FuzzTarget
{
    private const string Head = "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n";
    private static readonly HttpLimits Wide = new();

    public override string What => "chunked contents, read and written";

    public override void Run(byte[] input)
    {
        byte[] whole = [.. Encoding.ASCII.GetBytes(Head), .. input];
        HoldsHoweverCut(whole, cuts => Transcript.OfRequests(whole, FuzzLimits.Http, cuts));
        if (input.Length <= 32 * 1024)
        {
            WriteAndRead(input);
        }
    }

    public override IEnumerable<byte[]> Seeds() => new[]
    {
        "5\r\nhello\r\n0\r\n\r\n",
        "00a;ext=\"v\"\r\n0123456789\r\n1\r\nx\r\n000\r\nTrailer: v\r\n\r\n",
        "FFFFFFFFFFFFFFFF\r\n",
        "2 ;a\r\nhi\r\n0;b=c\r\n\r\nGET / HTTP/1.1\r\nHost: h\r\n\r\n",
    }.Select(Encoding.Latin1.GetBytes);

    private static void WriteAndRead(byte[] content)
    {
        (MemoryConnection client, MemoryConnection server) = MemoryConnection.CreatePair(ConnectionLimits.Default, TimeProvider.System);
        var connection = new HttpClientConnection(client, "h", Wide, TimeProvider.System);
        ContentWriter writer = connection.StartStream(new HttpRequest(RequestMethod.Post, "/"));
        foreach (int[] cuts in Cuts(content).Skip(1).Take(1).DefaultIfEmpty([]))
        {
            int start = 0;
            foreach (int end in cuts.Append(content.Length))
            {
                writer.Write(content.AsSpan(start..end));
                Holds(Done(writer.FlushAsync(CancellationToken.None)), "a flush has room");
                start = end;
            }
        }
        Holds(Done(writer.CompleteAsync()), "the end has room");
        Holds(server.Input.TryRead(out ReadResult read), "it was sent");
        string heard = Transcript.OfRequests(read.Buffer.ToArray(), Wide);
        server.Input.AdvanceTo(read.Buffer.End);
        Holds(heard == $"POST / \"{Encoding.Latin1.GetString(content)}\"", $"read back as {heard}");
        Done(connection.DisposeAsync());
        Done(server.DisposeAsync());
    }

    private static T Done<T>(ValueTask<T> task)
    {
        Holds(task.IsCompleted, "nothing has to be waited for");
        return task.GetAwaiter().GetResult();
    }

    private static void Done(ValueTask task)
    {
        Holds(task.IsCompleted, "nothing has to be waited for");
        task.GetAwaiter().GetResult();
    }
}
