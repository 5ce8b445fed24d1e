using System.Buffers;
using System.Text;
using Norris.Http;

namespace Norris.Tests.Http.RealPeers;

/// <summary>A small site with one of everything.</summary>
internal static class TestSite
{
    public static Router Create() => new Router()
        .Map(RequestMethod.Get, "/hello", static async exchange => await exchange.RespondAsync(200, "text/plain"u8, "hello"u8.ToArray()))
        .Map(RequestMethod.Get, "/items/{id}", static async exchange =>
            await exchange.RespondAsync(200, "text/plain"u8, Encoding.UTF8.GetBytes(PercentCoding.DecodeToString(exchange.RouteValue("id")))))
        .Map(RequestMethod.Post, "/echo", EchoAsync, 64 * 1024 * 1024)
        .Map(RequestMethod.Put, "/echo", EchoAsync, 64 * 1024 * 1024)
        .Map(RequestMethod.Post, "/collect", static async exchange =>
        {
            ContentRead all = await exchange.Content.ReadAllAsync(1024 * 1024);
            if (all.IsOk)
            {
                exchange.SetHeader("X-Length"u8, Encoding.ASCII.GetBytes(all.Buffer.Length.ToString()));
                await exchange.RespondAsync(201, "text/plain"u8, all.Buffer.ToArray());
            }
        })
        .Map(RequestMethod.Get, "/stream", static async exchange =>
        {
            ContentWriter stream = exchange.StartStream(200, "text/plain"u8);
            for (int line = 0; line < 10; line++)
            {
                stream.Write("line\n"u8);
                if (!await stream.FlushAsync())
                {
                    return;
                }
            }

            stream.AddTrailer("X-Lines"u8, "10"u8);
        });

    /// <summary>Sends back what comes, while it comes.</summary>
    private static async ValueTask EchoAsync(HttpExchange exchange)
    {
        ContentWriter stream = exchange.StartStream(200, "application/octet-stream"u8);
        while (true)
        {
            ContentRead read = await exchange.Content.ReadAsync();
            if (!read.IsOk)
            {
                throw new InvalidOperationException(read.Rejection.ToString());
            }

            foreach (ReadOnlyMemory<byte> part in read.Buffer)
            {
                stream.WriteBorrowed(part);
            }

            await stream.FlushAsync();
            exchange.Content.AdvanceTo(read.Buffer.End);
            if (read.IsCompleted)
            {
                return;
            }
        }
    }
}
