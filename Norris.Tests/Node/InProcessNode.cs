using System.Collections.Concurrent;
using System.Net;
using System.Text;
using System.Text.Json;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Norris.Http;
using Norris.Node;
using Norris.Node.Delivery;
using Norris.Node.Guests;
using Norris.Protocol;
using Norris.Protocol.Membership;
using Norris.Transport;

namespace Norris.Tests.Node;

/// <summary>A whole node in this process, on a real loopback socket, wired as the program wires it, with a clock of its own.</summary>
internal sealed class InProcessNode : IAsyncDisposable
{
    private readonly Listener _listener;
    private readonly Listener? _web;
    private readonly HttpServer? _people;
    private readonly FeedReader _events;
    private readonly Queue<JsonElement> _heard = new();
    private readonly List<byte> _line = [];

    private InProcessNode(string name, IReadOnlyList<string> join, TimeProvider time, Func<NodeSettings, NodeSettings> change, ILogger log)
    {
        _listener = Listener.Bind(new IPEndPoint(IPAddress.Loopback, 0), ConnectionLimits.Default, time);
        Address = _listener.LocalEndPoint.ToString();
        NodeSettings settings = change(new NodeSettings(
            new NodeCoreOptions { Token = RandomToken.Next(), Name = name, Address = Address, TimeoutMicroseconds = 30_000_000 }, join));
        Loop = new NodeLoop(settings, TimeZoneInfo.Utc, time, log);
        var doors = new Doors(Loop, time, DoorLog, ["chat.example.org"]) { HandlerFailed = Failures.Enqueue };
        Server = doors.ForNodes(_listener, settings.Credentials);
        if (settings.Credentials is not null)
        {
            _web = Listener.Bind(new IPEndPoint(IPAddress.Loopback, 0), ConnectionLimits.Default, time);
            _people = doors.ForPeople(_web, MemberToken.None);
            Link = new Uri(doors.Link!);
        }
        _events = Loop.Presenter.Json.Subscribe(isWaitedFor: false, long.MaxValue);
        Http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseProxy = false })
        {
            BaseAddress = new Uri($"http://{_web?.LocalEndPoint.ToString() ?? Address}"),
            Timeout = Timeout.InfiniteTimeSpan,
        };
        if (Link is not null)
        {
            Http.DefaultRequestHeaders.Authorization = new("Bearer", Link.Fragment["#key=".Length..]);
        }
    }

    /// <summary>Long enough for any machine; only a test that fails waits for it.</summary>
    public static CancellationToken Patience => new CancellationTokenSource(TimeSpan.FromSeconds(60)).Token;

    public NodeLoop Loop { get; }

    public HttpServer Server { get; }

    public HttpClient Http { get; }

    public string Address { get; }

    /// <summary>The page's address with the key, where there is a secret.</summary>
    public Uri? Link { get; }

    /// <summary>What was said of those who were not let in.</summary>
    public CollectingLog DoorLog { get; } = new();

    /// <summary>What handlers let escape: bugs.</summary>
    public ConcurrentQueue<Exception> Failures { get; } = new();

    /// <summary>A node that listens and has not been started: it is in no view.</summary>
    public static InProcessNode Listen(
        string name, IReadOnlyList<string>? join = null, TimeProvider? time = null, Func<NodeSettings, NodeSettings>? change = null, ILogger? log = null)
    {
        var node = new InProcessNode(name, join ?? [], time ?? TimeProvider.System, change ?? (same => same), log ?? NullLogger.Instance);
        node.Server.Start();
        node._people?.Start();
        return node;
    }

    /// <summary>A node that has founded a network, or is in the one of the nodes at <paramref name="join"/>.</summary>
    public static async Task<InProcessNode> StartAsync(
        string name, IReadOnlyList<string>? join = null, TimeProvider? time = null, Func<NodeSettings, NodeSettings>? change = null, ILogger? log = null)
    {
        InProcessNode node = Listen(name, join, time, change, log);
        node.Loop.Start();
        await node.Loop.Ready.WaitAsync(Patience);
        return node;
    }

    /// <summary>Says lines as the terminal does, and waits where there is no room.</summary>
    public async Task SayAsync(params string[] lines)
    {
        var batch = new LineBatch();
        foreach (string line in lines)
        {
            batch.Add(Encoding.UTF8.GetBytes(line));
        }
        for (int next = 0; next < batch.Count;)
        {
            var input = new LinesInput(batch, next, isTyped: false);
            Loop.Post(input);
            LinesResult taken = await input.Taken.WaitAsync(Patience);
            next = taken.Next;
            await (taken.Room ?? throw new InvalidOperationException("The node takes no more.")).WaitAsync(Patience);
        }
    }

    /// <summary>The next event that the node delivers.</summary>
    public async Task<JsonElement> NextAsync()
    {
        CancellationToken patience = Patience;
        while (_heard.Count == 0)
        {
            ReadOnlyMemory<byte> bytes = _events.Read();
            if (bytes.IsEmpty)
            {
                Assert.False(_events.IsAtEnd, "The node has ended.");
                await _events.WaitAsync(patience);
            }
            foreach (byte each in bytes.Span)
            {
                if (each != '\n')
                {
                    _line.Add(each);
                    continue;
                }
                _heard.Enqueue(JsonElement.Parse(_line.ToArray()));
                _line.Clear();
            }
        }
        return _heard.Dequeue();
    }

    /// <summary>The next event of this type; others before it are passed over.</summary>
    public async Task<JsonElement> NextAsync(string type)
    {
        JsonElement next;
        do
        {
            next = await NextAsync();
        }
        while (next.GetProperty("type").GetString() != type);
        return next;
    }

    /// <summary>All events up to the one that brings the messages to this many.</summary>
    public async Task<List<JsonElement>> HearMessagesAsync(int count)
    {
        var heard = new List<JsonElement>();
        while (count > 0)
        {
            JsonElement next = await NextAsync();
            heard.Add(next);
            count -= next.GetProperty("type").GetString() == "message" ? 1 : 0;
        }
        return heard;
    }

    /// <summary>What the loop says.</summary>
    public async Task<T> AskAsync<T>(Func<NodeLoop, T> ask, T whenOver)
    {
        var query = new QueryInput<T>(ask, whenOver);
        Loop.Post(query);
        return await query.Answer.WaitAsync(Patience);
    }

    /// <summary>Leaves in good order.</summary>
    public async Task<NodeEnd> LeaveAsync()
    {
        Loop.Post(new LeaveInput());
        return await Loop.Ended.WaitAsync(Patience);
    }

    /// <summary>Stops without a word, as a node does whose process is gone.</summary>
    public async Task BreakAsync()
    {
        Loop.Post(new QueryInput<int>(static _ => throw new InvalidOperationException("gone"), 0));
        await Loop.Ended.WaitAsync(Patience);
    }

    public async ValueTask DisposeAsync()
    {
        await LeaveAsync();
        Http.Dispose();
        await Server.DisposeAsync();
        if (_people is not null)
        {
            await _people.DisposeAsync();
        }
        await Loop.DisposeAsync();
        _listener.Dispose();
        _web?.Dispose();
        _events.Dispose();
        Assert.Empty(Failures);
    }
}

/// <summary>A wall clock that is wrong by so much; time passes on it as it does.</summary>
internal sealed class ShiftedTime(TimeSpan shift) : TimeProvider
{
    public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + shift;
}

/// <summary>A monotonic clock that can be told to be ahead, as that of a machine that stood still: the timers are late then.</summary>
internal sealed class JumpingTime : TimeProvider
{
    private long _ahead;

    public void Jump(TimeSpan by) => Interlocked.Add(ref _ahead, (long)(by.TotalSeconds * TimestampFrequency));

    public override long GetTimestamp() => base.GetTimestamp() + Interlocked.Read(ref _ahead);
}

/// <summary>Keeps the lines that were logged as warnings or worse.</summary>
internal sealed class CollectingLog : ILogger
{
    private readonly Channel<string> _lines = Channel.CreateUnbounded<string>();

    /// <summary>The next line.</summary>
    public ValueTask<string> NextAsync() => _lines.Reader.ReadAsync(InProcessNode.Patience);

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Warning;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (IsEnabled(logLevel))
        {
            _lines.Writer.TryWrite(formatter(state, exception));
        }
    }
}
