using System.Net;
using Norris.Http;
using Norris.Transport;

namespace Norris.Tests.Http;

/// <summary>Connections of an address that has as many as it may.</summary>
public sealed class TurnedAwayTests
{
    [Fact]
    public async Task One_too_many_is_told_so_and_has_room_once_another_has_left()
    {
        using var listener = Listener.Bind(new IPEndPoint(IPAddress.Loopback, 0), ConnectionLimits.Default, TimeProvider.System);
        await using var server = new HttpServer(
            listener, static async exchange => await exchange.RespondAsync(204), HttpLimits.Default with { ConnectionsFromMachineMax = 2 }, TimeProvider.System);
        server.Start();
        var dialer = new Dialer(ConnectionLimits.Default, TimeProvider.System);
        await using HttpClientConnection first = await OpenAsync(dialer, listener);
        HttpClientConnection second = await OpenAsync(dialer, listener);
        Assert.Equal((204, 204), (await AskAsync(first), await AskAsync(second)));

        await using (HttpClientConnection third = await OpenAsync(dialer, listener))
        {
            Assert.Equal(RequestOutcome.Answered, await third.ReadHeadAsync());
            Assert.Equal(429, third.Status);
            Assert.True(third.Headers.ListContains("connection"u8, "close"u8));
            Assert.Contains("\"status\":429", System.Text.EncodingExtensions.GetString(System.Text.Encoding.UTF8, (await third.ReadAllContentAsync(4096)).Buffer), StringComparison.Ordinal);
        }
        Assert.Equal(("connections_too_many", 1L), Assert.Single(server.Rejections.All));

        await second.DisposeAsync();
        int status;
        do
        {
            await using HttpClientConnection next = await OpenAsync(dialer, listener);
            status = await AskAsync(next);
        }
        while (status != 204); // the server hears of the second one's end when it comes to it
        Assert.Equal(204, await AskAsync(first));
    }

    private static async Task<HttpClientConnection> OpenAsync(Dialer dialer, Listener listener)
    {
        DialResult dialled = await dialer.DialAsync(listener.LocalEndPoint, TimeSpan.FromSeconds(60), CancellationToken.None);
        return new HttpClientConnection(dialled.Connection!, "h", HttpLimits.Default, TimeProvider.System);
    }

    private static async Task<int> AskAsync(HttpClientConnection connection)
    {
        await connection.SendAsync(new HttpRequest(RequestMethod.Get, "/"));
        return await connection.ReadHeadAsync() == RequestOutcome.Answered ? connection.Status : 0;
    }
}
