using System.Globalization;
using System.Text;
using Norris.Load.Compare.Peers;
using Norris.Load.Report;
using Norris.Load.Verification;

namespace Norris.Load.Compare;

/// <summary>All peers in turn, some times over, and the ratios between what they came to in the same round.</summary>
internal sealed class Comparison(CompareOptions options)
{
    // What a peer does in a second or so; the rest would only take longer.
    private static readonly Dictionary<string, double> Parts = new(StringComparer.Ordinal) { ["mosquitto"] = 0.05, ["rabbitmq"] = 0.05 };

    private readonly Dictionary<string, List<RoomMeasure>> _measures = [];
    private readonly Dictionary<string, string> _names = [];

    /// <summary>The peers that can be asked for.</summary>
    public static IReadOnlyList<string> Known { get; } = ["floor", "norris", "nats", "redis", "mosquitto", "rabbitmq"];

    /// <summary>Runs, and returns the report.</summary>
    /// <exception cref="ViolationException">Norris lost, doubled or reordered something.</exception>
    public async Task<string> RunAsync()
    {
        var wanted = new List<string>();
        foreach (string key in options.Peers.Split(','))
        {
            await using Peer peer = Create(key);
            _names[key] = peer.Name;
            if (peer.FindMissing() is { } missing)
            {
                await Console.Error.WriteLineAsync($"compare: without {peer.Name}: {missing}");
            }
            else
            {
                wanted.Add(key);
                _measures[key] = [];
            }
        }
        for (int run = 1; run <= options.Runs; run++)
        {
            foreach (string key in wanted)
            {
                await RunAsync(key, run);
            }
        }
        return Report();
    }

    private async Task RunAsync(string key, int run)
    {
        await using Peer peer = Create(key);
        int messages = Math.Max(options.Senders, (int)(options.Messages * (options.Rate > 0 ? 1 : Parts.GetValueOrDefault(key, 1))));
        try
        {
            RoomMeasure measure = await new RoomRun(options, peer, messages).RunAsync();
            _measures[key].Add(measure);
            await Console.Error.WriteLineAsync(string.Create(
                CultureInfo.InvariantCulture,
                $"compare: run {run} of {options.Runs}: {peer.Name}: {measure.DeliveriesPerSecond:N0} deliveries/s, {measure.Orders} orders, "
                + $"server {measure.ServerMicroseconds:F3} us, client {measure.ClientMicroseconds:F3} us, {measure.PeakMebibytes:F0} MiB"));
        }
        catch (ViolationException e) when (key is not ("norris" or "floor"))
        {
            // What another program loses is a result, and no reason to stop.
            await Console.Error.WriteLineAsync($"compare: run {run} of {options.Runs}: {e.Message}");
        }
    }

    private Peer Create(string key) => key switch
    {
        "floor" => new FloorPeer(options.TextBytes),
        "norris" => new NorrisPeer(options.Binary, $"Norris, --reorder-window {options.ReorderWindow}", ["--reorder-window", options.ReorderWindow]),
        "nats" => new NatsPeer(),
        "redis" => new RedisPeer(),
        "mosquitto" => new MosquittoPeer(),
        _ => new RabbitPeer(),
    };

    private string Report()
    {
        string what = options.Rate > 0 ? $"{options.Rate} messages/s in all" : "as fast as they are taken";
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"compare: {options.Senders} senders, {options.Receivers} receivers, {options.Messages:N0} messages of {options.TextBytes} bytes, {what}, ");
        text.Append(CultureInfo.InvariantCulture, $"{options.Runs} runs in turn, {Environment.ProcessorCount} processors shared with this program; median (min to max)\n\n");
        text.Append(options.Rate > 0 ? Latencies() : Throughput());
        return text.ToString();
    }

    private string Throughput()
    {
        var text = new StringBuilder(
            "| peer | deliveries/s | of the floor | to NATS core | processor time per delivery, us | to NATS core | server's memory, MiB | orders |\n|---|---:|---:|---:|---:|---:|---:|---:|\n");
        foreach ((string key, List<RoomMeasure> measures) in _measures.Where(static each => each.Value.Count > 0))
        {
            text.Append(CultureInfo.InvariantCulture, $"| {_names[key]} | {Cell(measures.Select(static each => each.DeliveriesPerSecond / 1e6), 2)} M ");
            text.Append(CultureInfo.InvariantCulture, $"| {Ratio(key, "floor", static each => each.DeliveriesPerSecond)} | {Ratio(key, "nats", static each => each.DeliveriesPerSecond)} ");
            text.Append(CultureInfo.InvariantCulture, $"| {Cell(measures.Select(Processor), 3)} | {Ratio(key, "nats", Processor)} ");
            text.Append(CultureInfo.InvariantCulture, $"| {Cell(measures.Select(static each => each.PeakMebibytes), 0)} | {measures.Max(static each => each.Orders)} |\n");
        }
        return text.ToString();
    }

    private string Latencies()
    {
        var text = new StringBuilder("| peer | p50, us | p99, us | p99 to NATS core | p99.9, us | max, us | orders |\n|---|---:|---:|---:|---:|---:|---:|\n");
        foreach ((string key, List<RoomMeasure> measures) in _measures.Where(static each => each.Value.Count > 0))
        {
            text.Append(CultureInfo.InvariantCulture, $"| {_names[key]} ");
            foreach (double part in new[] { 0.5, 0.99, 0.999, 1 })
            {
                text.Append(CultureInfo.InvariantCulture, $"| {Cell(measures.Select(each => Percentile.Of(each.Latencies, part)), 0)} ");
                if (part == 0.99)
                {
                    text.Append(CultureInfo.InvariantCulture, $"| {Ratio(key, "nats", static each => Percentile.Of(each.Latencies, 0.99))} ");
                }
            }
            text.Append(CultureInfo.InvariantCulture, $"| {measures.Max(static each => each.Orders)} |\n");
        }
        return text.ToString();
    }

    // Each round's own ratio: what disturbs the machine for a while disturbs both.
    private string Ratio(string key, string other, Func<RoomMeasure, double> figure) =>
        _measures.TryGetValue(other, out List<RoomMeasure>? others) && others.Count > 0
            ? Cell(_measures[key].Zip(others, (each, against) => figure(each) / figure(against)), 2)
            : "";

    private static double Processor(RoomMeasure measure) => measure.ServerMicroseconds + measure.ClientMicroseconds;

    private static string Cell(IEnumerable<double> values, int decimals)
    {
        Spread spread = Spread.Of(values);
        string format = "F" + decimals.ToString(CultureInfo.InvariantCulture);
        return $"{spread.Median.ToString(format, CultureInfo.InvariantCulture)} ({spread.Min.ToString(format, CultureInfo.InvariantCulture)} to {spread.Max.ToString(format, CultureInfo.InvariantCulture)})";
    }
}
