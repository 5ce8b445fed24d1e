using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Microsoft.Extensions.Logging;
using Norris.Discovery;
using Norris.Http;
using Norris.Node;
using Norris.Node.Delivery;
using Norris.Node.Guests;
using Norris.Options;
using Norris.Protocol;
using Norris.Terminal;
using Norris.Transport;
using Norris.Transport.Secure;

namespace Norris;

/// <summary>
/// One node as a process: listens, joins, carries lines in and events out, and leaves cleanly on the end of input, /quit, SIGINT or
/// SIGTERM. What cannot go on is one line on standard error and an exit status.
/// </summary>
internal sealed class NodeProcess(NodeOptions options, TimeProvider time)
{
    private const int Succeeded = 0;
    private const int Failed = 1;

    /// <summary>How long requests in flight may take when the node has left.</summary>
    private static readonly TimeSpan StopGrace = TimeSpan.FromMilliseconds(300);

    /// <summary>How long leaving may take after a signal: longer than a handover, shorter than a supervisor's patience.</summary>
    private static readonly TimeSpan SignalPatience = TimeSpan.FromSeconds(20);

    /// <summary>How often it is said that nobody is accepted, while that lasts.</summary>
    private static readonly TimeSpan TroublePause = TimeSpan.FromMinutes(1);

    private readonly ConnectionLimits _connections = ConnectionLimits.Within(ProcessLimits.LiftDescriptors());
    private readonly TaskCompletionSource<int> _leave = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Action<string>? _tell;

    /// <summary>Runs until the node has left; the exit status.</summary>
    public async Task<int> RunAsync()
    {
        MemberCredentials? credentials = null;
        if (options.IsSecured && SecretFile.TryLoad(options, static line => Console.Error.WriteLine($"norris: {line}"), out credentials) is { } mistake)
        {
            Console.Error.WriteLine($"norris: {mistake}");
            return Failed;
        }
        using (credentials)
        using (Listener? listener = TryListen(options.Listen, "--listen"))
        using (Listener? web = listener is not null && options.IsSecured ? TryListen(options.Web, "--web") : null)
        using (ILoggerFactory logging = StartLogging())
        {
            if (listener is null || (options.IsSecured && web is null))
            {
                return Failed;
            }
            string address = AdvertisedAddress.Derive(options, listener.LocalEndPoint);
            NodeSettings settings = SettingsOf(options, address, listener.LocalEndPoint.Port);
            settings = credentials is null ? settings : settings.Proving(credentials);
            if (!TryOpenSearch(listener.LocalEndPoint, ref settings, out SegmentSearch? search))
            {
                return Failed;
            }
            await using var node = new NodeLoop(settings, TimeText.LocalZone(), time, logging.CreateLogger("norris"));
            ILogger http = logging.CreateLogger("norris.http");
            TellOfTrouble(listener, logging.CreateLogger("norris.process"));
            var doors = new Doors(node, time, logging.CreateLogger("norris.door"), NamesOf(options))
            {
                Connections = _connections,
                HandlerFailed = exception => ProcessLog.HandlerFailed(http, exception),
                RequestRejected = (reason, whose) => ProcessLog.RequestRejected(http, whose, reason),
            };
            await using HttpServer server = doors.ForNodes(listener, credentials);
            await using HttpServer? people = web is null ? null : doors.ForPeople(web, options.WebKey);
            if (search is not null)
            {
                node.FindOthers(search);
            }
            node.Show(() => new QueueFill("connections", IsInBytes: false, server.ConnectionCount, _connections.ConnectionsMax));
            return await RunAsync(node, server, people, listener.LocalEndPoint, address, doors.Link);
        }
    }

    private async Task<int> RunAsync(NodeLoop node, HttpServer server, HttpServer? people, IPEndPoint listening, string address, string? link)
    {
        using PosixSignalRegistration interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, OnSignal);
        using PosixSignalRegistration terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, OnSignal);
        OutputWriter output = OutputWriter.ToStandardOutput();
        var terminal = new TerminalSession(node, options, output);
        _tell = line => node.Presenter.Transcript?.Tell(line);
        // A person's window was closed. Without one, whoever started the node has said whether it outlives the terminal (nohup).
        using PosixSignalRegistration? hangUp = terminal.HasPerson ? PosixSignalRegistration.Create(PosixSignal.SIGHUP, OnSignal) : null;
        terminal.Announce(listening.ToString(), address, link);
        server.Start();
        people?.Start();
        node.Start();

        using var inputStop = new CancellationTokenSource();
        Task<int> input = options.Headless ? Task.Delay(Timeout.Infinite, inputStop.Token).ContinueWith(_ => Succeeded, TaskScheduler.Default) : terminal.ReadAsync(inputStop.Token);
        Task first = await Task.WhenAny(input, _leave.Task, node.Ended, output.Failed);
        int status = first == input ? await input : Succeeded;
        if (first == input)
        {
            // The end of the input is no reason to leave before one is in: what was said is to be ordered, and a network that cannot
            // be joined is to be reported.
            await Task.WhenAny(node.Ready, node.Ended, _leave.Task);
        }
        node.Post(new LeaveInput());
        Task leaving = LeaveAsync(node, terminal, input, inputStop);
        if (first == _leave.Task && await Task.WhenAny(leaving, Task.Delay(SignalPatience, time)) != leaving)
        {
            await Console.Error.WriteLineAsync("norris: nobody reads the output; what was left of it is dropped");
            return Failed;
        }
        await leaving;
        if (output.Failed.IsCompleted && await output.Failed is { IsQuiet: false } failure)
        {
            await Console.Error.WriteLineAsync(failure.Line);
            status = Failed;
        }
        NodeEnd end = await node.Ended;
        if (end.Reason != NodeEndReason.Left)
        {
            await Console.Error.WriteLineAsync($"norris: {end.Line}");
            status = Failed;
        }
        await Task.WhenAll(server.StopAsync(StopGrace), people?.StopAsync(StopGrace) ?? Task.CompletedTask);
        return status;
    }

    private static async Task LeaveAsync(NodeLoop node, TerminalSession terminal, Task input, CancellationTokenSource inputStop)
    {
        await node.Ended;
        await inputStop.CancelAsync();
        // What is printed from here on is for a terminal that is as it was before.
        await input;
        await terminal.CompleteAsync();
    }

    private void OnSignal(PosixSignalContext context)
    {
        // The second signal ends the process as it would any other: whoever sends two is in a hurry.
        context.Cancel = _leave.TrySetResult(Succeeded);
    }

    private Listener? TryListen(IPEndPoint place, string option)
    {
        try
        {
            return Listener.Bind(place, _connections, time);
        }
        catch (SocketException e)
        {
            string what = e.SocketErrorCode switch
            {
                SocketError.AddressAlreadyInUse => $"something listens there already; stop it, or give another port with {option} ADDR:PORT (port 0 picks one)",
                SocketError.AddressNotAvailable => $"this machine does not have that address; give one that it has, or 0.0.0.0 for all, with {option} ADDR:PORT",
                SocketError.AccessDenied => $"not allowed; ports below 1024 need rights, give another with {option} ADDR:PORT",
                _ => $"{e.Message}; give another address with {option} ADDR:PORT",
            };
            Console.Error.WriteLine($"norris: cannot listen on {place}: {what}");
            return null;
        }
    }

    /// <summary>
    /// Asks on the segment, if that is wanted. False when it cannot be done and nothing else was named to join through: that has been said then. With
    /// other addresses the node joins through these only, and starts no network.
    /// </summary>
    private bool TryOpenSearch(IPEndPoint listening, ref NodeSettings settings, out SegmentSearch? search)
    {
        search = null;
        if (!options.JoinAuto)
        {
            return true;
        }
        search = SegmentSearch.TryOpen(listening, SegmentLink.Group, settings.NetworkTag, settings.SegmentInstance, time, Random.Shared, out string failure);
        if (search is not null)
        {
            return true;
        }
        bool hasOthers = options.Join.Count > 0;
        Console.Error.WriteLine($"norris: cannot look for others on this segment: {failure}; "
            + (hasOthers ? "joining through the named addresses only" : "name a member's address with --join ADDR:PORT, or start a network without --join"));
        settings = settings with { Join = [.. settings.Join.Take(options.Join.Count)], Search = TimeSpan.Zero };
        return hasOthers;
    }

    /// <summary>What the machine has, or the process may have.</summary>
    private static long MemoryBytes => GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;

    private void TellOfTrouble(Listener listener, ILogger log)
    {
        if (options.RetentionBytes is { } retention && ProcessLimits.WarnOf(retention, MemoryBytes) is { } warning)
        {
            ProcessLog.HoldsMuch(log, warning);
        }
        var seldom = new Seldom(TroublePause, time);
        listener.Troubled = trouble =>
        {
            if (seldom.IsDue())
            {
                ProcessLog.AcceptsNobody(log, ProcessLimits.Describe(trouble, _connections.ConnectionsMax));
            }
        };
    }

    /// <summary>What a node is started with that was told these options, and listens.</summary>
    /// <param name="options">The options.</param>
    /// <param name="address">Where others reach it, as HOST:PORT.</param>
    /// <param name="port">Where it listens.</param>
    internal static NodeSettings SettingsOf(NodeOptions options, string address, int port) => new(
        new NodeCoreOptions
        {
            Token = RandomToken.Next(),
            Name = options.NameFor(port),
            Address = address,
            Partition = options.Partition,
            HeartbeatMicroseconds = (long)options.Heartbeat.TotalMicroseconds,
            TimeoutMicroseconds = (long)options.Timeout.TotalMicroseconds,
            RetentionBytes = options.RetentionBytes ?? ProcessLimits.RetentionWithin(MemoryBytes, QueueLimits.LogBytesMax, OptionsReader.RetentionBytesMin),
            FanOut = options.FanOut,
            ReachPatienceMicroseconds = (long)options.Timeout.TotalMicroseconds,
            ReorderWindowMicroseconds = (long?)options.ReorderWindow?.TotalMicroseconds,
        },
        [.. options.Join.Select(each => each.ToString()), .. options.JoinAuto ? [address] : Array.Empty<string>()])
    {
        Search = options.JoinAuto ? SegmentSearch.Patience : TimeSpan.Zero,
    };

    /// <summary>The host names that people gave this node and its network, and its machine's.</summary>
    private static IEnumerable<string> NamesOf(NodeOptions options) =>
        [.. options.Join.Select(static join => join.Host), options.Advertise?.Host ?? "", Environment.MachineName];

    // Whoever types at a terminal is told what matters in words, between the lines.
    private LogLevel DefaultLogLevel() =>
        !options.Headless && options.Output == OutputForm.Text && StandardStreams.DisturbsTyping(Environment.GetEnvironmentVariable("TERM")) ? LogLevel.Error : LogLevel.Warning;

    private ILoggerFactory StartLogging() => LoggerFactory.Create(logging =>
    {
        logging.SetMinimumLevel(options.LogLevel ?? DefaultLogLevel());
        if (TerminalSession.FormOf(options) == InputForm.Screen && StandardStreams.DisturbsTyping(Environment.GetEnvironmentVariable("TERM")))
        {
            logging.AddProvider(new ScreenLog(line => _tell?.Invoke(line)));
            return;
        }
        logging.AddSimpleConsole(console =>
            {
                console.SingleLine = true;
                console.UseUtcTimestamp = true;
                console.TimestampFormat = "yyyy-MM-dd'T'HH:mm:ss.fff'Z' ";
            })
            .AddConsole(console => console.LogToStandardErrorThreshold = LogLevel.Trace);
    });
}

/// <summary>Diagnostics of the process itself.</summary>
internal static partial class ProcessLog
{
    [LoggerMessage(EventId = 60, EventName = "RequestRejected", Level = LogLevel.Debug, Message = "rejected a request from {Whose}: {Reason}")]
    public static partial void RequestRejected(ILogger logger, EndPoint? whose, RejectionReason reason);

    [LoggerMessage(EventId = 61, EventName = "HandlerFailed", Level = LogLevel.Error, Message = "a request could not be answered because of a bug of this node")]
    public static partial void HandlerFailed(ILogger logger, Exception exception);

    [LoggerMessage(EventId = 62, EventName = "AcceptsNobody", Level = LogLevel.Warning, Message = "accepts no connections for now: {Why}")]
    public static partial void AcceptsNobody(ILogger logger, string why);

    [LoggerMessage(EventId = 63, EventName = "HoldsMuch", Level = LogLevel.Warning, Message = "{Warning}")]
    public static partial void HoldsMuch(ILogger logger, string warning);
}
