using System.Net;
using Norris.Transport;

namespace Norris.Http;

/// <summary>
/// An HTTP/1.1 server (RFC 9110, RFC 9112): takes connections from a source and lets an application answer the requests on
/// them. It knows nothing of what is served.
/// </summary>
internal sealed class HttpServer : IAsyncDisposable
{
    private readonly IConnectionSource _source;
    private readonly CancellationTokenSource _stopping = new();
    private readonly HashSet<HttpServerConnection> _connections = [];
    private readonly TaskCompletionSource _emptied = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly AddressCounts _addresses = new();
    private readonly Doorkeeper _doorkeeper;
    private Task _accepting = Task.CompletedTask;

    public HttpServer(IConnectionSource source, HttpHandler application, HttpLimits limits, TimeProvider clock)
    {
        _source = source;
        Application = application;
        Limits = limits;
        Clock = clock;
        Date = new DateField(clock);
        _doorkeeper = new Doorkeeper(limits, Date, Rejections);
    }

    /// <summary>Told of exceptions that handlers let escape: mistakes of the program, answered with 500.</summary>
    public Action<Exception>? HandlerFailed { get; init; }

    /// <summary>Told of requests that are rejected: why, and whose.</summary>
    public Action<RejectionReason, EndPoint?>? RequestRejected { get; init; }

    /// <summary>Told where a connection came from on which somebody spoke TLS, which this server does not.</summary>
    public Action<EndPoint?>? TlsSpoken { get; init; }

    /// <summary>How many connections are open.</summary>
    public int ConnectionCount
    {
        get
        {
            lock (_connections)
            {
                return _connections.Count;
            }
        }
    }

    /// <summary>What was rejected.</summary>
    public RejectionCounts Rejections { get; } = new();

    /// <summary>What was answered with problem details.</summary>
    public ProblemCounts Problems { get; } = new();

    internal HttpHandler Application { get; }

    internal HttpLimits Limits { get; }

    internal TimeProvider Clock { get; }

    internal DateField Date { get; }

    internal CancellationToken Stopping => _stopping.Token;

    /// <summary>Begins to accept.</summary>
    public void Start() => _accepting = AcceptAsync();

    /// <summary>
    /// Stops in good order: accepts nobody any more, closes connections that rest, and lets requests in flight finish; what is
    /// not finished after <paramref name="grace"/> is aborted. Returns when no connection is left and no handler runs.
    /// </summary>
    public async Task StopAsync(TimeSpan grace)
    {
        await _stopping.CancelAsync();
        await _accepting;
        HttpServerConnection[] left = Snapshot();
        foreach (HttpServerConnection connection in left)
        {
            connection.Wake();
        }

        if (ConnectionCount == 0)
        {
            _emptied.TrySetResult();
        }

        await using ITimer timer = Clock.CreateTimer(
            static self => ((HttpServer)self!).AbortAll(), this, grace, Timeout.InfiniteTimeSpan);
        await _emptied.Task;
    }

    /// <summary>Stops at once: aborts every connection, and returns when their handlers have returned.</summary>
    public async ValueTask DisposeAsync()
    {
        await StopAsync(TimeSpan.Zero);
        _stopping.Dispose();
    }

    internal void Report(Exception exception) => HandlerFailed?.Invoke(exception);

    internal void Report(RejectionReason reason, EndPoint? whose)
    {
        Rejections.Count(reason);
        RequestRejected?.Invoke(reason, whose);
    }

    internal void Remove(HttpServerConnection connection)
    {
        if (connection.Address is { } address)
        {
            _addresses.Remove(address);
        }

        lock (_connections)
        {
            _connections.Remove(connection);
            if (_connections.Count > 0)
            {
                return;
            }
        }

        if (_stopping.IsCancellationRequested && _accepting.IsCompleted)
        {
            _emptied.TrySetResult();
        }
    }

    private async Task AcceptAsync()
    {
        while (await _source.AcceptAsync(_stopping.Token) is { } connection)
        {
            IPAddress? address = AddressKey.Of(connection.RemoteEndPoint);
            if (address is not null && !_addresses.TryAdd(address, MaxOf(connection)))
            {
                _doorkeeper.TurnAway(connection);
                continue;
            }

            HttpServerConnection served = new(this, connection, address);
            lock (_connections)
            {
                _connections.Add(served);
            }

            ThreadPool.UnsafeQueueUserWorkItem(served, preferLocal: false);
        }
    }

    private int MaxOf(Connection connection) => AddressKey.OfOther(connection.RemoteEndPoint, connection.LocalEndPoint) is null
        ? Limits.ConnectionsFromMachineMax
        : Limits.ConnectionsPerAddressMax;

    private void AbortAll()
    {
        foreach (HttpServerConnection connection in Snapshot())
        {
            connection.Abort();
        }
    }

    private HttpServerConnection[] Snapshot()
    {
        lock (_connections)
        {
            return [.. _connections];
        }
    }
}
