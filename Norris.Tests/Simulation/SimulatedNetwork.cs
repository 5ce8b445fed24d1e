using Norris.Protocol;
using Norris.Protocol.Messages;

namespace Norris.Tests.Simulation;

/// <summary>
/// Carries calls and log streams between addresses. A call is lost, repeated, late, or loses its answer; but whoever called hears of it
/// once, if only that no answer came. A stream is an ordered pipe of bytes that may break at any point.
/// </summary>
internal sealed class SimulatedNetwork(Cluster cluster)
{
    public const long CallTimeout = 1_000_000;
    private const int RequestBytes = 200;

    private readonly Dictionary<(string From, string To), Link> _links = [];
    private readonly List<SimulatedStream> _streams = [];

    public IReadOnlyList<SimulatedStream> Streams => _streams;

    /// <summary>Asked for each request: true swallows it. For scenarios.</summary>
    public Func<SimulatedNode, string, PeerRequest, bool>? Swallows { get; set; }

    /// <summary>Asked for each answer: true swallows it. For scenarios.</summary>
    public Func<SimulatedNode, SimulatedNode, PeerReply, bool>? SwallowsAnswer { get; set; }

    public Link Between(string from, string to)
    {
        if (!_links.TryGetValue((from, to), out Link? link))
        {
            link = new Link(cluster.Random, cluster.Plan);
            _links.Add((from, to), link);
        }
        return link;
    }

    public long Delay(string from, string to, int bytes = RequestBytes) => Between(from, to).Delay(bytes, cluster.IsCalm);

    public void Call(SimulatedNode from, OutboundCall call)
    {
        if (call.Request is Submission lent)
        {
            // The entries are the core's memory, lent for this moment; they travel on in a copy.
            call = call with { Request = lent with { Entries = lent.Entries.ToArray() } };
        }
        var pending = new PendingCall(from, call.Id, call.Address);
        cluster.Events.After(CallTimeout, () => Fail(pending, ExchangeFailure.TimedOut, 0));
        int bytes = RequestBytes + (call.Request is Submission submission ? submission.Entries.Length : 0);
        bool isFaulty = cluster.Plan.CallsBreak && !cluster.IsCalm;
        if (Swallows?.Invoke(from, call.Address, call.Request) == true || (isFaulty && cluster.Random.Chance(30)))
        {
            if (cluster.Random.Chance(500))
            {
                Fail(pending, ExchangeFailure.Reset, cluster.Random.Between(100, 200_000));
            }
            return;
        }
        if (isFaulty && cluster.Random.Chance(30))
        {
            // The connection breaks while the request may or may not have arrived.
            Fail(pending, ExchangeFailure.Reset, cluster.Random.Between(100, 20_000));
        }
        cluster.Events.After(Delay(from.Address, call.Address, bytes), () => Arrive(pending, call.Request));
        if (cluster.Plan.CallsAreRepeated && !cluster.IsCalm && cluster.Random.Chance(50))
        {
            long late = cluster.Random.LogUniform(100, 3_000_000);
            cluster.Events.After(Delay(from.Address, call.Address, bytes) + late, () =>
            {
                if (!cluster.IsCalm)
                {
                    Arrive(pending, call.Request);
                }
            });
        }
    }

    public void Answer(SimulatedNode from, PendingCall call, PeerReply reply)
    {
        if (SwallowsAnswer?.Invoke(from, call.From, reply) == true)
        {
            return;
        }
        if (cluster.Plan.CallsBreak && !cluster.IsCalm && cluster.Random.Chance(30))
        {
            Fail(call, ExchangeFailure.Reset, cluster.Random.Between(100, 100_000));
            return;
        }
        cluster.Events.After(Delay(from.Address, call.From.Address), () =>
        {
            if (!call.IsDone && !IsCut(from.Address, call.From.Address))
            {
                call.IsDone = true;
                call.From.Process(core => core.Step(call.Id, reply));
            }
        });
    }

    public void Fail(PendingCall call, ExchangeFailure failure, long after) => cluster.Events.After(after, () =>
    {
        if (!call.IsDone)
        {
            call.IsDone = true;
            call.From.Process(core => core.Failed(call.Id, failure));
        }
    });

    public SimulatedStream Open(SimulatedNode from, UpstreamChange change)
    {
        var stream = new SimulatedStream(cluster, from, change);
        _streams.Add(stream);
        stream.Open();
        return stream;
    }

    public void Forget(SimulatedStream stream) => _streams.Remove(stream);

    public bool IsCut(string from, string to) => cluster.IsCut(from) || cluster.IsCut(to);

    private void Arrive(PendingCall call, PeerRequest request)
    {
        if (IsCut(call.From.Address, call.Address))
        {
            return;
        }
        if (cluster.At(call.Address) is { } target)
        {
            target.Ask(call, request);
        }
        else
        {
            Fail(call, ExchangeFailure.ConnectionRefused, Delay(call.Address, call.From.Address));
        }
    }
}

/// <summary>A call that somebody waits for.</summary>
internal sealed class PendingCall(SimulatedNode from, CallId id, string address)
{
    public SimulatedNode From => from;

    public CallId Id => id;

    public string Address => address;

    public bool IsDone { get; set; }
}
