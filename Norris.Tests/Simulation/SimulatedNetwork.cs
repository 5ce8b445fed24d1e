using Norris.Protocol;
using Norris.Protocol.Messages;

namespace Norris.Tests.Simulation;

/// <summary>
/// Carries calls and log streams between machines. A call is lost, repeated, late, or loses its answer; but whoever called hears of it
/// once, if only that no answer came. A machine without a process refuses quickly; across a cut there is no word, and what was sent may
/// still arrive when the cut heals.
/// </summary>
internal sealed class SimulatedNetwork(Cluster cluster)
{
    public const long CallTimeout = 1_000_000;
    public const int RequestBytes = 200;

    private readonly Link?[] _links = new Link?[Cluster.MachinesMax * Cluster.MachinesMax];
    private readonly List<SimulatedStream> _streams = [];

    public IReadOnlyList<SimulatedStream> Streams => _streams;

    /// <summary>Asked for each request: true swallows it. For scenarios.</summary>
    public Func<SimulatedNode, string, PeerRequest, bool>? Swallows { get; set; }

    /// <summary>Asked for each answer: true swallows it. For scenarios.</summary>
    public Func<SimulatedNode, SimulatedNode, PeerReply, bool>? SwallowsAnswer { get; set; }

    /// <summary>The way from one machine to another.</summary>
    public Link Between(int from, int to)
    {
        ref Link? link = ref _links[(from * Cluster.MachinesMax) + to];
        return link ??= new Link(cluster, from, to);
    }

    public Link Between(string from, string to) => Between(cluster.MachineAt(from), cluster.MachineAt(to));

    public void Call(SimulatedNode from, OutboundCall call)
    {
        if (call.Request is Submission lent)
        {
            // The entries are the core's memory, lent for this moment; they travel on in a copy.
            call = call with { Request = lent with { Entries = lent.Entries.ToArray() } };
        }
        int machine = cluster.MachineAt(call.Address);
        var pending = new PendingCall(from, call.Id, machine, call.Request);
        cluster.Events.After(CallTimeout, () => FailNow(pending, ExchangeFailure.TimedOut));
        Link there = Between(from.Machine, machine);
        if (Swallows?.Invoke(from, call.Address, call.Request) == true)
        {
            return;
        }
        if (cluster.IsOutOfReach(machine) && machine != from.Machine)
        {
            FailOutOfReach(pending);
            return;
        }
        if (there.LossPerMille > 0 && there.Random.Chance(there.LossPerMille))
        {
            Lose(pending, there.Random);
            return;
        }
        int bytes = RequestBytes + (call.Request is Submission submission ? submission.Entries.Length : 0);
        there.Carry(() => Arrive(pending), bytes);
        if (there.RepeatPerMille > 0 && there.Random.Chance(there.RepeatPerMille))
        {
            cluster.Events.After(there.Random.LogUniform(100, 3_000_000), () => there.Carry(() => ArriveAgain(pending), bytes));
        }
    }

    public void Answer(SimulatedNode from, PendingCall call, PeerReply reply)
    {
        Link back = Between(from.Machine, call.From.Machine);
        if (SwallowsAnswer?.Invoke(from, call.From, reply) == true)
        {
            return;
        }
        if (back.LossPerMille > 0 && back.Random.Chance(back.LossPerMille))
        {
            Lose(call, back.Random);
            return;
        }
        back.Carry(() =>
        {
            if (!call.IsDone)
            {
                call.IsDone = true;
                call.From.Process(core => core.Step(call.Id, reply));
            }
        });
    }

    /// <summary>The process that was asked died: its machine says so, when it can.</summary>
    public void Reset(PendingCall call)
    {
        Link back = Between(call.To, call.From.Machine);
        cluster.Events.After(back.Random.LogUniform(50, 50_000), () => back.Pass(() => FailNow(call, ExchangeFailure.Reset)));
    }

    public SimulatedStream Open(SimulatedNode from, UpstreamChange change)
    {
        var stream = new SimulatedStream(cluster, from, change);
        _streams.Add(stream);
        stream.Open();
        return stream;
    }

    public void Forget(SimulatedStream stream) => _streams.Remove(stream);

    public void CalmDown()
    {
        foreach (Link? link in _links)
        {
            link?.CalmDown();
        }
    }

    /// <summary>Half of those that nobody reaches have a machine before them that says so; the other half one that drops what comes.</summary>
    public static bool IsRefusedAt(int machine) => machine % 2 == 0;

    private void FailOutOfReach(PendingCall call)
    {
        if (IsRefusedAt(call.To))
        {
            Between(call.From.Machine, call.To).Carry(() => FailNow(call, ExchangeFailure.ConnectionRefused), RequestBytes);
        }
    }

    private void Lose(PendingCall call, SimulationRandom random)
    {
        if (cluster.Plan.LossIsLoud || random.Chance(500))
        {
            cluster.Events.After(random.Between(100, 200_000), () => FailNow(call, ExchangeFailure.Reset));
        }
    }

    private static void FailNow(PendingCall call, ExchangeFailure failure)
    {
        if (!call.IsDone)
        {
            call.IsDone = true;
            call.From.Process(core => core.Failed(call.Id, failure));
        }
    }

    private void Arrive(PendingCall call)
    {
        Link back = Between(call.To, call.From.Machine);
        if (!call.IsConnected)
        {
            // Half of the calls find an open connection; the others need a word from there first.
            call.IsConnected = true;
            if (!back.IsOpen && back.Random.Chance(500))
            {
                back.Pass(() => Arrive(call));
                return;
            }
        }
        if (call.IsDone && back.Random.Chance(500))
        {
            // Whoever called has given up, and its connection with it.
            return;
        }
        if (cluster.At(call.To) is { } target)
        {
            target.Ask(call);
        }
        else
        {
            back.Carry(() => FailNow(call, ExchangeFailure.ConnectionRefused));
        }
    }

    private void ArriveAgain(PendingCall call)
    {
        if (cluster.At(call.To) is { } target)
        {
            cluster.Count("Repeated call");
            target.Ask(call);
        }
    }
}

/// <summary>A call that somebody waits for.</summary>
internal sealed class PendingCall(SimulatedNode from, CallId id, int to, PeerRequest request)
{
    public SimulatedNode From => from;

    public CallId Id => id;

    /// <summary>The machine that is asked.</summary>
    public int To => to;

    public PeerRequest Request => request;

    public bool IsConnected { get; set; }

    public bool IsDone { get; set; }
}
