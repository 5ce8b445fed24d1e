using System.Collections.Concurrent;
using Norris.Load.Nodes;
using Norris.Load.Scenarios;
using Norris.Load.Verification;

namespace Norris.Load.Networks;

/// <summary>A network under load: who speaks in it, who observes it, and the verdict about what they saw.</summary>
internal abstract class LoadNetwork : IAsyncDisposable
{
    private readonly ConcurrentDictionary<int, Voice> _byNumber = new();
    private readonly Lock _gate = new();
    private Voice[] _speaking = [];
    private Observer[] _observers = [];
    private int _nextNumber;

    /// <summary>Makes one without anybody.</summary>
    /// <param name="firstNumber">The number of the first voice.</param>
    protected LoadNetwork(int firstNumber) => _nextNumber = firstNumber;

    /// <summary>What judges the order.</summary>
    public OrderWatch Watch { get; } = new();

    /// <summary>Everybody who ever observed, in the order in which they came.</summary>
    public IReadOnlyList<Observer> Observers => Volatile.Read(ref _observers);

    /// <summary>Messages that somebody said and that somebody still lacks.</summary>
    public long Backlog => _byNumber.Values.Sum(static voice => (long)voice.Pending);

    /// <summary>Messages said by everybody together.</summary>
    public long SaidCount => _byNumber.Values.Sum(static voice => (long)voice.SaidCount);

    /// <summary>The observers that see everything that is said from now on.</summary>
    public abstract IReadOnlyList<Observer> WaitedFor { get; }

    /// <summary>How the network is described in a report.</summary>
    public abstract string Description { get; }

    /// <summary>Addresses at which guests may come in.</summary>
    public abstract IReadOnlyList<string> Addresses { get; }

    /// <summary>What is to be plotted about its members' memory; nothing where it is not known.</summary>
    public abstract IReadOnlyList<Gauge> MemoryGauges { get; }

    /// <summary>What each observer gets, to be plotted.</summary>
    public IEnumerable<Gauge> DeliveryGauges() => Observers.Where(static each => each.IsPlotted).Select(static each => new Gauge("Deliveries per member", each.Name, "messages/s", () => each.Messages, IsRate: true));

    /// <summary>Brings everybody in.</summary>
    public abstract Task StartAsync();

    /// <summary>Waits until nothing is under way any more, and judges all that was seen.</summary>
    /// <exception cref="ViolationException">A promise was broken.</exception>
    public abstract Task SettleAsync();

    /// <summary>Has everybody leave, and judges what they saw meanwhile.</summary>
    /// <exception cref="ViolationException">A promise was broken.</exception>
    public abstract Task LeaveAsync();

    /// <inheritdoc/>
    public abstract ValueTask DisposeAsync();

    /// <summary>Who says the next message: those that live, in turn.</summary>
    /// <param name="turn">Any number that ascends by one.</param>
    public Voice? SpeakerAt(long turn)
    {
        Voice[] speaking = Volatile.Read(ref _speaking);
        return speaking.Length == 0 ? null : speaking[(int)(turn % speaking.Length)];
    }

    /// <summary>One run of the plainest scenario: somebody says something, and it ends when everybody has it.</summary>
    public async Task<Response> TalkAsync(ScenarioContext context)
    {
        if (Watch.Violation is { } violation)
        {
            throw new ViolationException(violation);
        }
        Voice? voice = SpeakerAt(context.InvocationNumber);
        if (voice is null)
        {
            return Response.Fail("nobody is there to speak");
        }
        Arrival arrival = await voice.SayAsync().WaitAsync(context.Cancellation);
        return arrival.Failure is { } why ? Response.Fail(why) : Response.Ok(context.SinceDue(arrival.At));
    }

    /// <summary>Adds an observer.</summary>
    /// <param name="name">What it is called in reports.</param>
    /// <param name="isWaitedFor">Whether a message is there only when this one has it, too.</param>
    /// <param name="isPlotted">Whether its deliveries are plotted.</param>
    protected Observer Observe(string name, bool isWaitedFor = true, bool isPlotted = true)
    {
        lock (_gate)
        {
            var observer = new Observer(name, Watch.Watch(name), number => _byNumber.GetValueOrDefault(number), isWaitedFor) { IsPlotted = isPlotted };
            Volatile.Write(ref _observers, [.. _observers, observer]);
            return observer;
        }
    }

    /// <summary>An observer sees nothing more.</summary>
    protected void Forget(Observer observer, long at)
    {
        observer.Watched.End();
        foreach (Voice voice in _byNumber.Values)
        {
            voice.Forget(observer, at);
        }
    }

    /// <summary>Adds a voice.</summary>
    /// <param name="create">Makes it with its number.</param>
    /// <param name="takesTurns">Whether <see cref="SpeakerAt"/> gives it.</param>
    public T AddVoice<T>(Func<int, T> create, bool takesTurns)
        where T : Voice
    {
        lock (_gate)
        {
            T voice = create(_nextNumber++);
            _byNumber[voice.Number] = voice;
            if (takesTurns)
            {
                Volatile.Write(ref _speaking, [.. _speaking, voice]);
            }
            return voice;
        }
    }

    /// <summary>A voice says nothing more by turns.</summary>
    protected void Silence(Voice voice)
    {
        lock (_gate)
        {
            Volatile.Write(ref _speaking, [.. _speaking.Where(each => each != voice)]);
        }
    }

    /// <summary>Compares the digests of nodes that stand at the same place.</summary>
    /// <exception cref="ViolationException">They differ.</exception>
    protected static void CompareDigests(IEnumerable<NodePosition> positions)
    {
        foreach (IGrouping<ulong, NodePosition> same in positions.GroupBy(static position => position.Sequence))
        {
            if (same.Select(static position => position.Digest).Distinct().Count() > 1)
            {
                throw new ViolationException($"position {same.Key}: digests differ: {string.Join(", ", same.Select(static position => position.Digest))}");
            }
        }
    }

    /// <summary>Judges what was seen until now; nothing may be under way.</summary>
    /// <exception cref="ViolationException">A promise was broken.</exception>
    protected void Judge()
    {
        foreach (Observer observer in Observers)
        {
            observer.Watched.Settle();
        }
        string? violation = Watch.Violation
            ?? _byNumber.Values.Where(static voice => voice.IsAlive).Select(voice => Watch.FindLoss(voice.Number, voice.SaidCount)).FirstOrDefault(static loss => loss is not null);
        if (violation is not null)
        {
            throw new ViolationException(violation);
        }
    }
}
