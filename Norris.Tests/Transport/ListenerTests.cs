using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Time.Testing;
using Norris.Tests.Http;
using Norris.Transport;

namespace Norris.Tests.Transport;

public sealed class ListenerTests
{
    private static readonly IPEndPoint _anyPort = new(IPAddress.Loopback, 0);

    [Fact]
    public void Says_which_port_it_got_and_shares_it_with_nobody()
    {
        using Listener listener = Listener.Bind(_anyPort, ConnectionLimits.Default, TimeProvider.System);
        Assert.NotEqual(0, listener.LocalEndPoint.Port);
        SocketException refused = Assert.Throws<SocketException>(
            () => Listener.Bind(listener.LocalEndPoint, ConnectionLimits.Default, TimeProvider.System));
        Assert.Equal(SocketError.AddressAlreadyInUse, refused.SocketErrorCode);
    }

    [Fact]
    public async Task Binds_again_right_after_connections_were_closed()
    {
        IPEndPoint endPoint;
        using (Listener listener = Listener.Bind(_anyPort, ConnectionLimits.Default, TimeProvider.System))
        {
            endPoint = listener.LocalEndPoint;
            DialResult dialled = await new Dialer(ConnectionLimits.Default, TimeProvider.System).DialAsync(endPoint, TimeSpan.FromMinutes(1));
            await using Connection server = (await listener.AcceptAsync(default))!;
            Task closing = server.CloseAsync(TimeSpan.FromMinutes(1)).AsTask(); // who closes first keeps the address in TIME_WAIT
            await dialled.Connection!.CloseAsync(TimeSpan.FromMinutes(1));
            await closing;
            await dialled.Connection!.DisposeAsync();
        }

        using Listener again = Listener.Bind(endPoint, ConnectionLimits.Default, TimeProvider.System);
        Assert.Equal(endPoint, again.LocalEndPoint);
    }

    [Fact]
    public async Task Accepts_nobody_once_cancelled_or_disposed()
    {
        using Listener listener = Listener.Bind(_anyPort, ConnectionLimits.Default, TimeProvider.System);
        using CancellationTokenSource cancel = new();
        Task<Connection?> accepting = listener.AcceptAsync(cancel.Token).AsTask();
        await cancel.CancelAsync();
        Assert.Null(await accepting);
        accepting = listener.AcceptAsync(default).AsTask();
        listener.Dispose();
        Assert.Null(await accepting);
    }

    [Fact]
    public async Task Rests_while_the_machine_has_no_descriptors_and_goes_on()
    {
        using Listener real = Listener.Bind(_anyPort, ConnectionLimits.Default, TimeProvider.System);
        using Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(real.LocalEndPoint);
        Queue<SocketError> troubles = new([
            SocketError.TooManyOpenSockets, SocketError.ConnectionAborted, SocketError.NoBufferSpaceAvailable, SocketError.ConnectionReset,
        ]);
        FakeTimeProvider clock = new();
        using Listener listener = new(
            _ => troubles.TryDequeue(out SocketError trouble) ? throw new SocketException((int)trouble) : new(socket), _anyPort, ConnectionLimits.Default, clock);
        List<AcceptTrouble> told = [];
        listener.Troubled = told.Add;
        Task<Connection?> accepting = listener.AcceptAsync(default).AsTask();
        TimeSpan rested = await clock.AdvanceUntilAsync(accepting);
        Assert.InRange(rested, ConnectionLimits.Default.AcceptPause * 2, TimeSpan.MaxValue);
        Assert.Empty(troubles);
        Assert.Equal([AcceptTrouble.NoDescriptors, AcceptTrouble.NoMemory], told);
        await using Connection accepted = (await accepting)!;
        Assert.Equal(socket.LocalEndPoint, accepted.LocalEndPoint);
    }

    [Fact]
    public async Task Makes_room_when_a_connection_is_disposed()
    {
        using Listener listener = Listener.Bind(_anyPort, new ConnectionLimits { ConnectionsMax = 1 }, TimeProvider.System);
        Dialer dialer = new(ConnectionLimits.Default, TimeProvider.System);
        DialResult first = await dialer.DialAsync(listener.LocalEndPoint, TimeSpan.FromMinutes(1));
        DialResult second = await dialer.DialAsync(listener.LocalEndPoint, TimeSpan.FromMinutes(1));
        Connection accepted = (await listener.AcceptAsync(default))!;
        List<AcceptTrouble> told = [];
        listener.Troubled = told.Add;
        ValueTask<Connection?> next = listener.AcceptAsync(default);
        Assert.False(next.IsCompleted);
        Assert.Equal([AcceptTrouble.Full], told);
        await accepted.DisposeAsync();
        await using Connection other = (await next)!;
        Assert.Equal(second.Connection!.LocalEndPoint, other.RemoteEndPoint);
        await first.Connection!.DisposeAsync();
        await second.Connection!.DisposeAsync();
    }

    [Theory]
    [InlineData(null, 16 * 1024)]
    [InlineData(1_048_576, 16 * 1024)]
    [InlineData(1024, 768)]
    [InlineData(64, 48)]
    [InlineData(1, 1)]
    public void A_quarter_of_few_descriptors_is_kept_for_connections_of_its_own(int? descriptors, int connectionsMax) =>
        Assert.Equal(connectionsMax, ConnectionLimits.Within(descriptors).ConnectionsMax);
}
