using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Norris.Node.Delivery;
using Norris.Node.Guests;
using Norris.Node.Peers;
using Norris.Protocol;
using Norris.Protocol.Messages;
using Norris.Protocol.Ordering;
using Norris.Transport;

namespace Norris.Node;

/// <summary>
/// Where time, sockets and the core meet. Whatever happens becomes an input; a burst of inputs is told to the core, the core settles,
/// and its effects are carried out: calls sent, streams opened, followers written to, events made, waiting requests answered. Only the
/// thread that works off the mailbox touches the core and what is in here.
/// </summary>
internal sealed partial class NodeLoop : IAsyncDisposable
{
    private const int InputsAtOnceMax = 256;

    private readonly Mailbox _mailbox = new();
    private readonly OwnClock _clock;
    private readonly ITimer _timer;
    private readonly PeerAddresses _addresses = new(Resolver.OfThisMachine);
    private readonly Dialer _dialer;
    private readonly PeerCalls _calls;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly List<Downstream> _downstreams = [];
    private readonly Dictionary<StreamId, Downstream> _downstreamById = [];
    private readonly Dictionary<CallId, TaskCompletionSource<PeerReply>> _answers = [];
    private readonly TaskCompletionSource<NodeEnd> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly NodeEnd _outOfMemory;
    private Upstream? _upstream;
    private TaskCompletionSource? _room;
    private Timestamp _timerAt = Timestamp.Infinite;
    private ulong _lastInbound;
    private NodeRole _role;
    private bool _hasLeft;
    private bool _isOver;

    public NodeLoop(NodeSettings settings, TimeZoneInfo zone, TimeProvider time, ILogger log)
    {
        Settings = settings;
        _outOfMemory = NodeEnd.OutOfMemory(settings.Core.RetentionBytes);
        _time = time;
        _log = log;
        _clock = new OwnClock(time);
        _dialer = new Dialer(ConnectionLimits.Default, time, settings.Credentials);
        _calls = new PeerCalls(_addresses, _dialer, settings, time);
        _timer = time.CreateTimer(static self => ((NodeLoop)self!).Post(TickInput.Instance), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        Core = new NodeCore(settings.Core);
        Core.Advance(_clock.Now);
        Presenter = new Presenter(this, zone, log);
        Guests = new GuestSessions(Core, settings);
    }

    /// <summary>What the node was started with.</summary>
    public NodeSettings Settings { get; }

    /// <summary>The protocol. For inputs only.</summary>
    public NodeCore Core { get; }

    /// <summary>Events. Its feeds may be subscribed to by anybody.</summary>
    public Presenter Presenter { get; }

    /// <summary>Guests. For inputs only.</summary>
    public GuestSessions Guests { get; }

    /// <summary>What was counted. For inputs only.</summary>
    public NodeCounters Counters { get; } = new();

    /// <summary>The node's own clock.</summary>
    public Timestamp Now => _clock.Now;

    /// <summary>True once the node is to leave. For inputs only.</summary>
    public bool IsLeaving { get; set; }

    /// <summary>Completes when the node is in the view for the first time.</summary>
    public Task Ready => _ready.Task;

    /// <summary>Completes when the node is no member any more, or never became one.</summary>
    public Task<NodeEnd> Ended => _ended.Task;

    /// <summary>Founds a network, or joins one.</summary>
    public void Start() => Post(new StartInput());

    /// <summary>Tells the loop. Any thread; often the input has been applied when this returns.</summary>
    public void Post(NodeInput input) => _mailbox.Post(input, this);

    /// <summary>Tells the loop that there may be room again where there was none.</summary>
    public void Nudge() => Post(TickInput.Instance);

    /// <summary>Works off what has come in. The mailbox sees to it that one thread at a time does.</summary>
    public void WorkOff(ConcurrentQueue<NodeInput> inputs)
    {
        NodeInput? input = null;
        try
        {
            for (int i = 0; i < InputsAtOnceMax && !_isOver && inputs.TryDequeue(out input); i++)
            {
                Core.Advance(_clock.Now);
                input.Apply(this);
                input = null;
            }
            if (_isOver)
            {
                while (inputs.TryDequeue(out NodeInput? late))
                {
                    late.Abandon();
                }
                return;
            }
            Guests.Sweep(_clock.Now);
            if (Presenter.HasBegun)
            {
                Core.ShownUpTo(Presenter.Shown);
            }
            Core.Settle();
            CarryOut(Core.Effects);
            PumpAll();
            TellSegment();
            SetTimer();
        }
        catch (OutOfMemoryException)
        {
            input?.Abandon();
            Finish(_outOfMemory);
        }
        catch (Exception e)
        {
            // Whatever it is, the core may be half way through something: a node that went on would order wrongly, or never again.
            NodeLog.Broken(_log, e);
            input?.Abandon();
            Finish(new NodeEnd(NodeEndReason.Broken, $"stopped because of a bug of its own, rather than order wrongly: {e.Message}"));
        }
    }

    /// <summary>For inputs: a name under which the core answers what <paramref name="answer"/> waits for.</summary>
    public CallId Await(TaskCompletionSource<PeerReply> answer)
    {
        var id = new CallId(++_lastInbound);
        _answers.Add(id, answer);
        return id;
    }

    /// <summary>For inputs: a task that completes when there may be room for submissions again.</summary>
    public Task AwaitRoom() => (_room ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;

    /// <summary>For inputs: a follower's stream has begun.</summary>
    public void Add(Downstream downstream)
    {
        _downstreams.Add(downstream);
        _downstreamById.Add(downstream.Stream, downstream);
    }

    /// <summary>For inputs: a follower's stream is over.</summary>
    public void Remove(Downstream downstream)
    {
        if (_downstreamById.Remove(downstream.Stream))
        {
            _downstreams.Remove(downstream);
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _upstream?.Stop();
        _search?.Dispose();
        await _timer.DisposeAsync();
        await _calls.DisposeAsync();
    }

    private void CarryOut(Effects effects)
    {
        foreach (OutboundCall call in effects.Calls)
        {
            _ = CallAsync(call);
        }
        foreach (Answer answer in effects.Answers)
        {
            if (answer.Reply is Refused refused)
            {
                NodeLog.PeerRefused(_log, refused.Reason);
            }
            if (_answers.Remove(answer.Id, out TaskCompletionSource<PeerReply>? waiting))
            {
                waiting.SetResult(answer.Reply);
            }
        }
        foreach (UpstreamChange change in effects.UpstreamChanges)
        {
            Change(change);
        }
        EndStreams(effects);
        foreach (ReturnedGuest returned in effects.Returned)
        {
            Follow(returned);
        }
        foreach (OrderedSubmission ordered in effects.Ordered)
        {
            Confirm(ordered);
        }
        foreach (Notice notice in effects.Notices)
        {
            Heed(notice);
        }
        GiveUpOnTheGone();
        if (_touch.IsUnderWay && _touch.TakeDue(Core.IsInTouch, _clock.Now) is { } missed)
        {
            Presenter.Tell(missed);
        }
        if (Core.Role != _role)
        {
            NodeLog.RoleChanged(_log, Core.Role, _role);
            _role = Core.Role;
        }
        if (Counters.Takeovers.IsUnderWay || Counters.HostLost.IsUnderWay)
        {
            Counters.Takeovers.Settled(Core.Role, _clock.Now);
            Counters.HostLost.Settled(Core.IsInTouch, _clock.Now);
        }
        effects.Clear();
    }

    private void EndStreams(Effects effects)
    {
        foreach (EndedStream ended in effects.EndedStreams)
        {
            if (_downstreamById.TryGetValue(ended.Stream, out Downstream? downstream))
            {
                downstream.End(this, ended.Reason);
            }
        }
        effects.EndedStreams.Clear();
    }

    private void PumpAll()
    {
        for (int i = _downstreams.Count - 1; i >= 0; i--)
        {
            _downstreams[i].Pump(this);
        }
        // Taking a batch can end a stream, too.
        EndStreams(Core.Effects);
        Presenter.Pump();
        if (_room is not null && Core.IsIn && Core.HasMajority && Core.Waiting.Bytes < Settings.Core.OutboxBytesMax / 2 && !Presenter.IsBehind)
        {
            _room.SetResult();
            _room = null;
        }
        if (_hasLeft && Presenter.IsDone)
        {
            Finish(new NodeEnd(NodeEndReason.Left, ""));
        }
    }

    private async Task CallAsync(OutboundCall call)
    {
        (PeerReply? reply, ExchangeFailure failure) = await _calls.SendAsync(call.Address, call.Request);
        Post(new CallEndedInput(call.Id, reply, failure));
    }

    private void Change(UpstreamChange change)
    {
        _upstream?.Stop();
        _upstream = null;
        if (change.Request is not null)
        {
            _upstream = new Upstream(change.Stream, this, _addresses, _dialer, Settings, _time);
            _ = _upstream.RunAsync(change.Address, change.Request);
        }
    }

    private void SetTimer()
    {
        Timestamp due = Core.NextDeadline;
        Timestamp sweep = Guests.NextSweep;
        due = sweep != Timestamp.Zero && sweep < due ? sweep : due;
        due = _touch.DueAt is { } touch && touch < due ? touch : due;
        // A timer that fires too early costs one tick; setting it costs more, so it is only ever moved forward.
        if (due < _timerAt)
        {
            _timerAt = due;
            // Whole milliseconds, rounded up: the system's timers round down, and a tick too early would only be one more tick.
            long milliseconds = Math.Clamp((due.Since(_clock.Now) + 999) / 1000, 0, 1_000_000);
            _timer.Change(TimeSpan.FromMilliseconds(milliseconds), Timeout.InfiniteTimeSpan);
        }
    }

    private void Finish(NodeEnd end)
    {
        if (_isOver)
        {
            return;
        }
        _isOver = true;
        _search?.Dispose();
        foreach (Downstream downstream in _downstreams.ToArray())
        {
            downstream.End(this, StreamEnd.Stopping);
        }
        foreach (TaskCompletionSource<PeerReply> answer in _answers.Values)
        {
            answer.TrySetResult(new Busy(Settings.Core.HeartbeatMicroseconds));
        }
        foreach (TaskCompletionSource<SubmitResult> confirmation in _confirmations.Values)
        {
            confirmation.TrySetResult(new SubmitResult(SubmitStatus.Unknown, default));
        }
        _room?.TrySetResult();
        Presenter.Complete();
        _ended.TrySetResult(end);
    }

    /// <summary>The time has come that the core asked for.</summary>
    private sealed class TickInput : NodeInput
    {
        public static TickInput Instance { get; } = new();

        public override void Apply(NodeLoop loop)
        {
            loop.Counters.Ticks++;
            loop._calls.CloseIdle();
            loop._timerAt = Timestamp.Infinite;
        }
    }

    /// <summary>The node begins.</summary>
    private sealed class StartInput : NodeInput
    {
        public override void Apply(NodeLoop loop)
        {
            if (loop.Settings.Join.Count == 0)
            {
                loop.Core.Found();
            }
            else
            {
                loop.Core.Join(loop.Settings.Join, (long)loop.Settings.Search.TotalMicroseconds);
            }
            loop.BeginSearch();
        }
    }
}
